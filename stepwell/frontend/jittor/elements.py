"""Functions that pick elements, turn them around, or put them in order."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from math import prod

import numpy as np

from stepwell.frontend.jittor import operations as ops
from stepwell.frontend.jittor.arrangements import concat
from stepwell.frontend.jittor.dtypes import TensorError, bool_, float32
from stepwell.frontend.jittor.functions import arange, ternary
from stepwell.frontend.jittor.indexing import turned_around
from stepwell.frontend.jittor.node import Number
from stepwell.frontend.jittor.var import Var, array

# Places that are known when the graph is built.


def eye(rows: int, columns: int | None = None, dtype: object = float32) -> Var:
    """Ones on the diagonal, and zeros."""
    width = rows if columns is None else columns
    same = arange(rows).reshape(rows, 1) == arange(width).reshape(1, width)
    return same.cast(dtype)


def tril(x: Var, diagonal: int = 0) -> Var:
    """The elements of matrices (the last two dimensions) up to a diagonal, and zeros."""
    return ternary(_right_of_diagonal(x) <= diagonal, x, 0)


def triu(x: Var, diagonal: int = 0) -> Var:
    """The elements of matrices (the last two dimensions) from a diagonal on, and zeros."""
    return ternary(_right_of_diagonal(x) >= diagonal, x, 0)


def _right_of_diagonal(x: Var) -> Var:
    if x.ndim < 2:
        raise TensorError(f"the shape {x.shape!r} has no matrices")
    rows, columns = x.shape[-2:]
    return arange(columns).reshape(1, columns) - arange(rows).reshape(rows, 1)


def one_hot(x: Var, num_classes: int = -1) -> Var:
    """For each number a row of `num_classes` with a 1 at its place; by default, as many as the
    greatest number wants, which is computed now."""
    count = num_classes if num_classes >= 0 else int(x.max().item()) + 1
    return (x.unsqueeze(-1) == arange(count)).cast("int32")


def masked_fill(x: Var, mask: Var, value: Number) -> Var:
    """`x`, but `value` where `mask` holds."""
    return ternary(mask, value, x)


def flip(x: Var, dim: int | Sequence[int] = 0) -> Var:
    """The elements in reverse order along dimensions."""
    turned = {ops.dimension(one, x.ndim) for one in ((dim,) if isinstance(dim, int) else dim)}
    return x._another(turned_around(x.node, turned))


def roll(x: Var, shifts: int, dim: int | None = None) -> Var:
    """The elements moved by `shifts` along `dim`, those at the end to the front; without `dim`, of
    all elements in order."""
    if dim is None:
        return roll(x.reshape(-1), shifts, 0).reshape(x.shape)
    place = ops.dimension(dim, x.ndim)
    count = x.shape[place]
    moved = shifts % count if count else 0
    before: list[object] = [slice(None)] * place
    if not moved:
        return x[...]
    parts = [x[(*before, slice(count - moved, None))], x[(*before, slice(count - moved))]]
    return concat(parts, place)


def repeat(x: Var, *times: int | Sequence[int]) -> Var:
    """`x` several times side by side: how often, for each dimension; new ones come first."""
    wanted = [n for one in times for n in (one if isinstance(one, Sequence) else (one,))]
    if len(wanted) < x.ndim:
        raise TensorError(f"{wanted} does not say how often for each dimension of {x.shape!r}")
    shape = [1] * (len(wanted) - x.ndim) + list(x.shape)
    split = [size for pair in zip([1] * len(shape), shape, strict=True) for size in pair]
    wide = [size for pair in zip(wanted, shape, strict=True) for size in pair]
    made = x.reshape(split).broadcast(wide)
    return made.reshape([a * b for a, b in zip(wanted, shape, strict=True)])


def unbind(x: Var, dim: int = 0) -> list[Var]:
    """The parts at each place along `dim`, without it."""
    before: list[object] = [slice(None)] * ops.dimension(dim, x.ndim)
    return [x[(*before, place)] for place in range(x.shape[dim])]


# Places that are values.


def index_select(x: Var, dim: int, index: Var) -> Var:
    """The parts of `x` at the places `index` (a vector) along `dim`."""
    place = ops.dimension(dim, x.ndim)
    if index.ndim != 1:
        raise TensorError(f"the places are a vector, not of shape {index.shape!r}")
    others = [d for d in range(x.ndim) if d != place]
    rows = Var(ops.gathered(x.transpose([place, *others]).node, index.node))
    order = list(range(1, x.ndim))
    order.insert(place, 0)
    return rows.transpose(order)


def gather(x: Var, dim: int, index: Var) -> Var:
    """For each place of `index` the element of `x` there, but along `dim` at what `index` says.

    Raises:
        TensorError: `index` is larger than `x` along another dimension.
    """
    place = ops.dimension(dim, x.ndim)
    sizes = zip(index.shape, x.shape, strict=False)
    if index.ndim != x.ndim or builtins.any(a > b for d, (a, b) in enumerate(sizes) if d != place):
        raise TensorError(f"places of shape {index.shape!r} do not fit {x.shape!r}")
    linear = index * prod(x.shape[place + 1 :])
    for d, size in enumerate(index.shape):
        if d != place:
            along = [size if other == d else 1 for other in range(x.ndim)]
            linear = linear + arange(size).reshape(along) * prod(x.shape[d + 1 :])
    return Var(ops.gathered(x.reshape(-1).node, linear.node))


# Orders: they are found on the host, at once; derivatives flow to the elements.


def argsort(x: Var, dim: int = -1, descending: bool = False) -> tuple[Var, Var]:
    """The places of the elements in order along `dim`, those of equal ones as they come, and the
    elements in order. The places are computed now."""
    place = ops.dimension(dim, x.ndim)
    values = x.data
    if descending:
        turned = np.flip(values, place)
        found = values.shape[place] - 1 - np.argsort(turned, place, kind="stable")
        places = np.flip(found, place)
    else:
        places = np.argsort(values, place, kind="stable")
    index = array(np.ascontiguousarray(places), "int32")
    return index, gather(x, place, index)


def sort(x: Var, dim: int = -1, descending: bool = False) -> tuple[Var, Var]:
    """The elements in order along `dim`, and their places; see `argsort`."""
    index, values = argsort(x, dim, descending)
    return values, index


def topk(x: Var, k: int, dim: int = -1, largest: bool = True) -> tuple[Var, Var]:
    """The `k` greatest (or least) elements along `dim`, in order, and their places.

    Raises:
        TensorError: there are fewer.
    """
    place = ops.dimension(dim, x.ndim)
    if not 0 <= k <= x.shape[place]:
        raise TensorError(f"there are no {k} elements along dimension {dim} of {x.shape!r}")
    values, index = sort(x, place, largest)
    part = (*[slice(None)] * place, slice(k))
    return values[part], index[part]


def nonzero(x: Var) -> Var:
    """The places of the elements that are not 0, a row for each. They are found now."""
    return array(np.argwhere(x.data), "int32")


def unique(x: Var) -> Var:
    """The different elements in order. They are found now."""
    return array(np.unique(x.data), x.dtype)


# Statistics.


def var(x: Var, dim: int | Sequence[int] | None = None, unbiased: bool = False,
        keepdims: bool = False) -> Var:  # fmt: skip
    """The mean squared distance from the mean; `unbiased`, divided by one less than the count."""
    apart = x - x.mean(dim, keepdims=True)
    squares = apart * apart
    if not unbiased:
        return squares.mean(dim, keepdims)
    dims = range(x.ndim) if dim is None else (dim,) if isinstance(dim, int) else dim
    return squares.sum(dim, keepdims) / (prod(x.shape[d] for d in dims) - 1)


def std(x: Var, dim: int | Sequence[int] | None = None, unbiased: bool = True,
        keepdims: bool = False) -> Var:  # fmt: skip
    """The square root of `var`."""
    return Var(ops.elementwise("sqrt", var(x, dim, unbiased, keepdims).node))


def norm(x: Var, p: Number = 2, dim: int | Sequence[int] | None = -1,
         keepdims: bool = False, eps: float = 1e-30) -> Var:  # fmt: skip
    """The length of vectors along `dim`: the sum of |x|, for `p` 1; for 2 the root of that of x * x
    and `eps`, which keeps its derivative finite.

    Raises:
        TensorError: `p` is another number.
    """
    if p == 1:
        return Var(ops.elementwise("abs", x.node)).sum(dim, keepdims)
    if p != 2:
        raise TensorError(f"there are norms for p 1 and 2, not {p}")
    return Var(ops.elementwise("sqrt", ((x * x).sum(dim, keepdims) + eps).node))


def logsumexp(x: Var, dim: int | Sequence[int], keepdims: bool = False) -> Var:
    """The logarithm of the sum of exp(x), of which none is too large to be taken."""
    top = x.max(dim, keepdims=True).detach()
    total = Var(ops.elementwise("exp", (x - top).node)).sum(dim, keepdims)
    return Var(ops.elementwise("log", total.node)) + top.reshape(total.shape)


def any_(x: Var, dim: int | Sequence[int] | None = None, keepdims: bool = False) -> Var:
    """Whether some element is not 0."""
    return x.cast(bool_).max(dim, keepdims)


def all_(x: Var, dim: int | Sequence[int] | None = None, keepdims: bool = False) -> Var:
    """Whether no element is 0."""
    return x.cast(bool_).min(dim, keepdims)
