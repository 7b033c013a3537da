"""Functions that put elements together, pick them, or add them up along a dimension."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.frontend.jittor import operations as ops
from stepwell.frontend.jittor.dtypes import TensorError, int32
from stepwell.frontend.jittor.functions import arange, logical_or, maximum, minimum, ternary
from stepwell.frontend.jittor.node import Number
from stepwell.frontend.jittor.var import Var


def concat(parts: Sequence[Var], dim: int = 0) -> Var:
    """The parts one after the other along `dim`; their other sizes must be equal."""
    if len(parts) == 1:
        return parts[0][...]
    return Var(ops.concatenated([part.node for part in parts], dim))


cat = concat


def stack(parts: Sequence[Var], dim: int = 0) -> Var:
    """The parts side by side along a new dimension `dim`."""
    return concat([part.unsqueeze(dim) for part in parts], dim)


def flatten(x: Var, start_dim: int = 0, end_dim: int = -1) -> Var:
    """The dimensions from `start_dim` to `end_dim`, that one included, as one."""
    first, last = ops.dimension(start_dim, x.ndim), ops.dimension(end_dim, x.ndim)
    if first > last:
        raise TensorError(f"there are no dimensions from {start_dim} to {end_dim}")
    size = ops.element_count(tuple(x.shape[first : last + 1]))
    return x.reshape([*x.shape[:first], size, *x.shape[last + 1 :]])


def squeeze(x: Var, dim: int | None = None) -> Var:
    """Without the dimension `dim`, which must be of size 1; without any of these by default."""
    if dim is None:
        return x.reshape([size for size in x.shape if size != 1])
    place = ops.dimension(dim, x.ndim)
    if x.shape[place] != 1:
        raise TensorError(f"dimension {dim} of {x.shape!r} is not of size 1")
    return x.reshape([*x.shape[:place], *x.shape[place + 1 :]])


def unsqueeze(x: Var, dim: int) -> Var:
    """With a dimension of size 1 before `dim`."""
    return x.unsqueeze(dim)


def chunk(x: Var, count: int, dim: int = 0) -> list[Var]:
    """`count` parts along `dim`, all of one size but perhaps the last."""
    place = ops.dimension(dim, x.ndim)
    size = -(-x.shape[place] // count)
    return split(x, size, dim)


def split(x: Var, size: int, dim: int = 0) -> list[Var]:
    """Parts of `size` along `dim`; the last may be smaller."""
    place = ops.dimension(dim, x.ndim)
    if size < 1:
        raise TensorError(f"parts of {size} are none")
    before: list[object] = [slice(None)] * place
    starts = range(0, x.shape[place], size)
    return [x[(*before, slice(start, start + size))] for start in starts]


def clamp(x: Var, min_v: Number | None = None, max_v: Number | None = None) -> Var:
    """`x`, but at least `min_v` and at most `max_v`."""
    made = x if min_v is None else maximum(x, min_v)
    return made if max_v is None else minimum(made, max_v)


def argmax(x: Var, dim: int | None = None, keepdims: bool = False) -> tuple[Var, Var]:
    """The place of the greatest element along `dim`, the first if there are several, and that
    element; without `dim`, of all. NaN counts as greatest."""
    return _extremum("maximum", x, dim, keepdims)


def argmin(x: Var, dim: int | None = None, keepdims: bool = False) -> tuple[Var, Var]:
    """The place of the least element along `dim`, the first if there are several, and that element;
    without `dim`, of all. NaN counts as least."""
    return _extremum("minimum", x, dim, keepdims)


def _extremum(name: str, x: Var, dim: int | None, keepdims: bool) -> tuple[Var, Var]:
    if dim is None:
        return _extremum(name, x.reshape(-1), 0, keepdims)
    place = ops.dimension(dim, x.ndim)
    best = Var(ops.reduce(name, x.node, (place,), True))
    found = x == best
    if x.dtype.is_float:
        found = logical_or(found, x != x)
    count = x.shape[place]
    numbers = Var(ops.spread(arange(count).node, (place,), tuple(x.shape)))
    # Where it is not found, the largest number of 32 bits: larger than any place.
    chosen = ternary(found, numbers, 2**31 - 1)
    index = Var(ops.reduce("minimum", chosen.cast(int32).node, (place,), keepdims))
    value = best if keepdims else best.reshape(index.shape)
    return index, value


def cumsum(x: Var, dim: int = -1) -> Var:
    """The sums of all elements up to each along `dim`."""
    return Var(ops.scanned("add", x.node, dim))


def cumprod(x: Var, dim: int = -1) -> Var:
    """The products of all elements up to each along `dim`. Their derivatives are NaN where an
    element is 0."""
    return Var(ops.scanned("multiply", x.node, dim))
