"""Pooling: one number for each window of an image.

Images are [batch, channels, height, width]. Sizes such as strides are a number or a pair.
"""

from __future__ import annotations

from math import inf, prod

import numpy as np

from stepwell.frontend.jittor import operations as ops
from stepwell.frontend.jittor.dtypes import DType, TensorError
from stepwell.frontend.jittor.functions import ternary
from stepwell.frontend.jittor.nn.sizes import Pair, out_size, pair
from stepwell.frontend.jittor.node import Node, Number, constant
from stepwell.frontend.jittor.var import Var, array
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap

_POOLS = {
    "maximum": "maximum", "max": "maximum", "minimum": "minimum", "min": "minimum",
    "mean": "mean", "avg": "mean", "add": "add",
}  # fmt: skip


def pool(
    x: Var,
    kernel_size: Pair,
    op: str = "maximum",
    padding: Pair = 0,
    stride: Pair | None = None,
    count_include_pad: bool = True,
    ceil_mode: bool = False,
) -> Var:
    """The maximum, minimum, mean or sum of each window.

    Args:
        x: [batch, channels, height, width].
        op: "maximum" ("max"), "minimum" ("min"), "mean" ("avg") or "add".
        stride: how far windows are apart; by default their size.
        count_include_pad: whether the mean is that of all places of the window, those outside of
        the image, which are 0, included.
        ceil_mode: whether there is one more window where the last one does not reach the end; what
        it has beyond the padding counts nowhere.

    Raises:
        TensorError: the shapes do not fit, or there is no such `op`.
    """
    if op not in _POOLS:
        raise TensorError(f"there is no pool {op!r}; there are: {', '.join(_POOLS)}")
    if x.ndim != 4:
        raise TensorError(f"pool takes [batch, channels, height, width], not {x.shape!r}")
    kernel, pads = pair(kernel_size), pair(padding)
    strides = kernel if stride is None else pair(stride)
    kind = _POOLS[op]
    sizes = [
        out_size(x.shape[2 + d], kernel[d], strides[d], pads[d], 1, ceil_mode) for d in range(2)
    ]
    reach = [(sizes[d] - 1) * strides[d] + kernel[d] - pads[d] for d in range(2)]
    over = any(reach[d] > x.shape[2 + d] + pads[d] for d in range(2))
    outside = _outside(kind, x.dtype) if any(pads) or over else None
    windows = _windows(x.node, kernel, strides, pads, sizes, outside)
    if kind != "mean":
        return Var(ops.reduced(kind, windows, (3, 4)))
    total = Var(ops.reduced("add", windows, (3, 4)))
    if not over and (count_include_pad or not any(pads)):
        return total / prod(kernel)
    # The places of each window that count: those in the image, or in its padding too.
    around = pads if count_include_pad else (0, 0)
    shape = (1, 1, x.shape[2] + 2 * around[0], x.shape[3] + 2 * around[1])
    left = (pads[0] - around[0], pads[1] - around[1])
    ones = ops.full(shape, 1, total.dtype)
    counts = _windows(ones, kernel, strides, left, sizes, 0)
    return total / Var(ops.reduced("add", counts, (3, 4)))


def _windows(
    a: Node,
    kernel: tuple[int, int],
    strides: tuple[int, int],
    pads: tuple[int, int],
    sizes: list[int],
    outside: Number | None,
) -> Node:
    """[batch, channels, rows, kernel height, kernel width, columns]."""
    n, c, row, k0, k1, column = (AffineDim(d) for d in range(6))
    places = (row * strides[0] + k0 - pads[0], column * strides[1] + k1 - pads[1])
    map = AffineMap(6, 0, (n, c, *places))
    shape = (*a.shape[:2], sizes[0], *kernel, sizes[1])
    return ops.reindexed(a, shape, map, None if outside is None else constant(outside, a.dtype))


def _outside(kind: str, dtype: DType) -> Number:
    """What stands around an image: it changes no result."""
    if kind not in ("maximum", "minimum"):
        return 0
    sign = -1 if kind == "maximum" else 1
    if dtype.is_float:
        return sign * inf
    bits = dtype.numpy.itemsize * 8 - 1
    return -(1 << bits) if sign < 0 else (1 << bits) - 1


def max_pool2d(
    x: Var,
    kernel_size: Pair,
    stride: Pair | None = None,
    padding: Pair = 0,
    ceil_mode: bool = False,
) -> Var:
    """The maximum of each window."""
    return pool(x, kernel_size, "maximum", padding, stride, ceil_mode=ceil_mode)


def avg_pool2d(
    x: Var,
    kernel_size: Pair,
    stride: Pair | None = None,
    padding: Pair = 0,
    count_include_pad: bool = True,
    ceil_mode: bool = False,
) -> Var:
    """The mean of each window."""
    return pool(x, kernel_size, "mean", padding, stride, count_include_pad, ceil_mode)


def adaptive_avg_pool2d(x: Var, output_size: Pair) -> Var:
    """The means of windows, as many as `output_size`, that cover the image: window i of n along a
    side of s goes from i s / n, rounded down, to (i + 1) s / n, rounded up.

    Raises:
        TensorError: there are no windows, or there is nothing in them.
    """
    return _adaptive(x, pair(output_size), "mean")


def adaptive_max_pool2d(x: Var, output_size: Pair) -> Var:
    """The maxima of the windows of `adaptive_avg_pool2d`."""
    return _adaptive(x, pair(output_size), "maximum")


def _adaptive(x: Var, sizes: tuple[int, int], kind: str) -> Var:
    if x.ndim != 4 or min(sizes) < 1 or 0 in x.shape[2:]:
        raise TensorError(f"{x.shape!r} does not fall into {list(sizes)} windows")
    image = x.shape[2:]
    if sizes == (1, 1):
        return x.mean((2, 3), True) if kind == "mean" else x.max((2, 3), True)
    if all(have % size == 0 for have, size in zip(image, sizes, strict=True)):
        return pool(x, [have // size for have, size in zip(image, sizes, strict=True)], kind)
    return _of_uneven(_of_uneven(x, 2, sizes[0], kind), 3, sizes[1], kind)


def _of_uneven(x: Var, dim: int, size: int, kind: str) -> Var:
    """Windows along one dimension that differ in size: each is read as far as the largest goes,
    and what is not in it does not count."""
    count = x.shape[dim]
    starts = np.arange(size) * count // size
    ends = -(-(np.arange(size) + 1) * count // size)
    places = starts[:, None] + np.arange((ends - starts).max())
    inside = array((places < ends[:, None]).T)
    rows = x.transpose(dim, *(d for d in range(4) if d != dim))
    read = array(np.minimum(places, count - 1).T)
    windows = Var(ops.gathered(rows.node, read.node))
    chosen = inside.reshape(*inside.shape, 1, 1, 1)
    found = ternary(chosen, windows, _outside(kind, x.dtype))
    if kind == "mean":
        made = found.sum(0) / array((ends - starts).astype(np.float64), x.dtype).reshape(
            -1, 1, 1, 1
        )
    else:
        made = found.max(0)
    order = [1, 2, 3]
    order.insert(dim, 0)
    return made.transpose(order)
