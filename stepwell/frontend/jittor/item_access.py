"""`x[key]` and `x[key] = value`, for all keys that NumPy has.

https://numpy.org/doc/stable/user/basics.indexing.html says what they mean. Places in a Var may stay
uncomputed when they are read; truth values, and places that are written to, are computed at once.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import reduce
from math import prod
from typing import Any

import numpy as np

from stepwell.frontend.jittor import operations as ops
from stepwell.frontend.jittor.dtypes import AnyArray, TensorError, bool_
from stepwell.frontend.jittor.functions import ones, ternary
from stepwell.frontend.jittor.indexing import aligned, index, part_of, place_in, turned_around
from stepwell.frontend.jittor.var import Operand, Var, array, as_var

_Place = int | slice | None | Var | AnyArray


def get_item(x: Var, key: object) -> Var:
    """The part of `x` that `key` names; a single element has the shape `[1]`.

    A place outside in a Var, which is computed later, reads 0.

    Raises:
        TensorError: a place is out of range, arrays do not fit each other, or the key is of an
            unsupported kind.
    """
    if not _has_arrays(key):
        return x._another(index(x.node, key))
    items = _items(x, key)
    basic = tuple(slice(None) if _is_array(one) else one for one in items)
    part = x[basic]
    kept = [one for one in items if not isinstance(one, int)]
    dims = [dim for dim, one in enumerate(kept) if _is_array(one)]
    places = [_in_range(kept[dim], part.shape[dim], dim) for dim in dims]
    others = [dim for dim in range(part.ndim) if dim not in dims]
    sizes = [part.shape[dim] for dim in dims]
    table = part.transpose([*dims, *others])
    table = table.reshape([prod(sizes), *(part.shape[dim] for dim in others)])
    steps = [prod(sizes[n + 1 :]) for n in range(len(sizes))]
    where = reduce(operator.add, (_times(p, s) for p, s in zip(places, steps, strict=True)))
    found = Var(ops.gathered(table.node, where.node))
    return _moved(found, where.ndim, _target(items))


def set_item(x: Var, key: object, value: Operand) -> None:
    """Makes `x` hold its elements with `value`, repeated where that is smaller, in the part that
    `key` names. What was computed from `x` before is unchanged; derivatives flow to both.

    Raises:
        TensorError: as for `get_item`; the value does not fit the part.
    """
    given = as_var(value, x.node.dtype).cast(x.dtype)
    if not _has_arrays(key):
        made = _with_part(x, key, given)
    elif isinstance(key, Var) and key.dtype == "bool" and key.ndim == x.ndim and _is_one(given):
        _check_mask(key.shape, x.shape)
        made = ternary(key, given.reshape(1), x)
    else:
        made = _with_elements(x, key, given)
    x.assign(made)


def _with_part(x: Var, key: object, value: Var) -> Var:
    part = part_of(x.node.shape, key)
    shape = part.shape or [1]
    here = tuple(count for dim, count in enumerate(part.counts) if dim not in part.dropped)
    chosen = ones(list(here) or [1], dtype=bool_).reshape(here)
    spread = []
    for one in (chosen, _fitting(value, shape).reshape(here)):
        made = ops.unslice(one.node, x.node.shape, part.sizes, tuple(part.dropped))
        spread.append(Var(turned_around(made, part.turned)))
    return ternary(spread[0], spread[1], x)


def _with_elements(x: Var, key: object, value: Var) -> Var:
    """Each element is written by the last that names it."""
    count = x.numel()
    numbers = np.arange(count).reshape(x.shape)
    try:
        written = np.asarray(operator.getitem(numbers, _computed(key)))
    except IndexError as error:
        raise TensorError(f"in assigning to a part of {x.shape!r}: {error}") from None
    values = _fitting(value, written.shape or (1,)).reshape(-1)
    by = np.full(count, -1, np.int64)
    by[written.reshape(-1)] = np.arange(written.size)
    if not written.size:
        return x[...]
    known = array(by.reshape(x.shape) >= 0)
    chosen = array(np.maximum(by, 0).reshape(x.shape))
    return ternary(known, Var(ops.gathered(values.node, chosen.node)), x)


def _fitting(value: Var, shape: Sequence[int]) -> Var:
    """`value` repeated to `shape`; more dimensions of size 1 at its front do not matter."""
    own = list(value.shape)
    while len(own) > len(shape) and own[0] == 1:
        own.pop(0)
    try:
        return value.reshape(own or [1]).broadcast(tuple(shape))
    except TensorError:
        raise TensorError(
            f"a value of {value.shape!r} does not fit a part of {list(shape)}"
        ) from None


def _is_one(value: Var) -> bool:
    return value.numel() == 1


# Keys.


def _has_arrays(key: object) -> bool:
    return any(_is_array(one) for one in (key if isinstance(key, tuple) else (key,)))


def _is_array(one: object) -> bool:
    return isinstance(one, (Var, list, bool, np.bool_)) or (
        isinstance(one, np.ndarray) and (one.ndim > 0 or one.dtype == bool)
    )


def _computed(key: object) -> Any:
    """The key as NumPy takes it."""
    if isinstance(key, tuple):
        return tuple(_computed(one) for one in key)
    return key.data if isinstance(key, Var) else _as_array(key)


def _items(x: Var, key: object) -> list[_Place]:
    """One item for each dimension, and a None for each new one: truth values as the places where
    they hold, lists as arrays."""
    given = [_as_array(one) for one in (key if isinstance(key, tuple) else (key,))]
    ranks = [_rank(one) for one in given]
    items: list[_Place] = []
    dim = 0
    for one in aligned(tuple(given), x.ndim, ranks):
        if isinstance(one, (Var, np.ndarray)) and _holds_truth(one):
            mask = one.data if isinstance(one, Var) else one
            _check_mask(mask.shape, x.shape[dim : dim + mask.ndim])
            items += np.nonzero(mask)
            dim += mask.ndim
            continue
        if isinstance(one, np.ndarray):
            items.append(_checked(one, x.shape[dim], dim))
        elif one is None or isinstance(one, (Var, slice)):
            items.append(one)
        elif hasattr(one, "__index__"):
            items.append(place_in(operator.index(one), x.shape[dim], dim))
        else:
            raise TensorError(f"indexing by {type(one).__name__} is not supported")
        dim += one is not None
    return items


def _as_array(one: object) -> object:
    if isinstance(one, (bool, np.bool_)):
        raise TensorError("a single truth value is no index; say x[None] for a new dimension")
    if not isinstance(one, (list, np.ndarray)):
        return one
    found = np.asarray(one) if len(one) else np.zeros(np.shape(one), np.int64)
    if found.dtype.kind not in "iub":
        raise TensorError(f"an index of {found.dtype} is not supported; places are integers")
    return found


def _rank(one: object) -> int:
    """How many dimensions the item is for."""
    if one is None or one is Ellipsis:
        return 0
    return one.ndim if isinstance(one, (Var, np.ndarray)) and _holds_truth(one) else 1


def _holds_truth(one: Var | AnyArray) -> bool:
    return one.dtype == "bool"


def _check_mask(mask: Sequence[int], shape: Sequence[int]) -> None:
    if tuple(mask) != tuple(shape):
        raise TensorError(f"truth values of {list(mask)} do not fit elements of {list(shape)}")


def _checked(places: AnyArray, size: int, dim: int) -> AnyArray:
    """The places counted from the start; raises TensorError where one is outside."""
    outside = (places < -size) | (places >= size)
    if outside.any():
        place_in(int(places[outside][0]), size, dim)
    return np.where(places < 0, places + size, places)


def _in_range(places: _Place, size: int, dim: int) -> Var:
    """The places as a Var, counted from the start."""
    if isinstance(places, Var):
        if places.node.dtype.kind != "int":
            raise TensorError(f"an index of {places.dtype} is not supported; places are integers")
        return ternary(places < 0, places + size, places)
    return array(np.asarray(places, np.int64))


def _times(places: Var, step: int) -> Var:
    return places if step == 1 else places * step


# Where the places' dimensions go.


def _target(items: Sequence[_Place]) -> int:
    """Before how many of the other dimensions: at the front, unless arrays and numbers are all side
    by side."""
    chosen = [n for n, one in enumerate(items) if isinstance(one, int) or _is_array(one)]
    if chosen[-1] - chosen[0] + 1 != len(chosen):
        return 0
    return chosen[0]


def _moved(found: Var, count: int, target: int) -> Var:
    """The first `count` dimensions behind `target` of the others."""
    if not target:
        return found
    others = list(range(count, found.ndim))
    return found.transpose([*others[:target], *range(count), *others[target:]])
