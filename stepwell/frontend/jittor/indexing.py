"""`x[...]` with numbers, slices, None and an ellipsis."""

from __future__ import annotations

import operator
from types import EllipsisType

from stepwell.frontend.jittor import operations as ops
from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.node import Node

_Item = int | slice | None


def index(a: Node, key: object) -> Node:
    """The part of `a` that `key` names; a single element has the shape `[1]`.

    Raises:
        TensorError: a number is out of range, or the key is of an unsupported kind.
    """
    items = _items(key, len(a.shape))
    starts: list[int] = []
    counts: list[int] = []
    steps: list[int] = []
    dropped: list[int] = []
    shape: list[int] = []
    for item in items:
        if item is None:
            shape.append(1)
            continue
        dim = len(starts)
        size = a.shape[dim]
        if isinstance(item, slice):
            first, stop, step = item.indices(size)
            if step < 0:
                raise TensorError("slices with a negative step are not supported")
            count = len(range(first, stop, step))
            shape.append(count)
        else:
            first, count, step = _place(item, size, dim), 1, 1
            dropped.append(dim)
        starts.append(first)
        counts.append(count)
        steps.append(step)
    made = a
    if any(starts) or tuple(counts) != a.shape or dropped:
        made = ops.slice_of(a, tuple(starts), tuple(counts), tuple(steps), tuple(dropped))
    return ops.reshape(made, shape or [1]) if made.shape != tuple(shape or [1]) else made


def _place(number: int, size: int, dim: int) -> int:
    if not -size <= number < size:
        raise TensorError(f"index {number} is out of range for dimension {dim} of size {size}")
    return number % size


def _items(key: object, rank: int) -> list[_Item]:
    """One item for each dimension, and a None for each new one."""
    given = key if isinstance(key, tuple) else (key,)
    items: list[_Item] = []
    named = sum(one is not None and one is not Ellipsis for one in given)
    if named > rank:
        raise TensorError(f"{named} indices for {rank} dimensions")
    missing: list[_Item] = [slice(None)] * (rank - named)
    for one in given:
        if isinstance(one, EllipsisType):
            items += missing
            missing = []
        elif one is None or isinstance(one, slice):
            items.append(one)
        else:
            items.append(_as_number(one))
    return items + missing


def _as_number(one: object) -> int:
    if isinstance(one, bool) or not hasattr(one, "__index__"):
        raise TensorError(f"indexing by {type(one).__name__} is not supported")
    return operator.index(one)
