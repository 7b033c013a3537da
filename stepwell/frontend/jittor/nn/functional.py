"""The functions behind the layers, composed of meta-operators.

Images are [batch, channels, height, width]. Sizes such as strides are a number or a pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, prod, sqrt

from stepwell.frontend.jittor import operations as ops
from stepwell.frontend.jittor.dtypes import DType, TensorError, promoted
from stepwell.frontend.jittor.functions import erf, exp, log, maximum, relu, sigmoid, tanh, ternary
from stepwell.frontend.jittor.node import Node, Number, constant
from stepwell.frontend.jittor.var import Var
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap

Pair = int | Sequence[int]

__all__ = [
    "adaptive_avg_pool2d", "avg_pool2d", "batch_norm", "conv2d", "embedding", "gelu", "layer_norm",
    "leaky_relu", "linear", "log_softmax", "max_pool2d", "moments", "pool", "relu", "relu6",
    "sigmoid", "silu", "softmax", "tanh",
]  # fmt: skip


def linear(x: Var, weight: Var, bias: Var | None = None) -> Var:
    """`x @ weight.T + bias`; `weight` is [outputs, inputs]."""
    if x.ndim == 1:
        return linear(x.reshape(1, -1), weight, bias).reshape(-1)
    product = x @ weight.transpose()
    return product if bias is None else product + bias


# Convolution.


def conv2d(
    x: Var,
    weight: Var,
    bias: Var | None = None,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> Var:
    """The convolution (without flipping) of each image with each filter.

    Args:
        x: [batch, channels, height, width].
        weight: [filters, channels / groups, height, width].
        bias: [filters], added to all places.
        stride: how far the filters move. padding: zeros around the images. dilation: how far the
        elements of a filter are apart. groups: into how many parts channels and filters fall, each
        part of the filters seeing its part of the channels.

    Raises:
        TensorError: the shapes do not fit.
    """
    strides, pads, spread = _pair(stride), _pair(padding), _pair(dilation)
    _check_conv(x, weight, groups)
    batch, channels, *image = x.shape
    filters, depth, *kernel = weight.shape
    sizes = [_out_size(image[d], kernel[d], strides[d], pads[d], spread[d]) for d in range(2)]
    dtype = promoted(x.dtype, weight.dtype)
    a, w = ops.cast(x.node, dtype), ops.cast(weight.node, dtype)
    group_shape: tuple[int, ...] = ()
    if groups != 1:
        group_shape = (groups,)
        a = ops.reshape(a, (batch, groups, depth, *image))
        w = ops.reshape(w, (groups, filters // groups, depth, *kernel))
    # The innermost loop is along the rows of the result.
    shape = (batch, *group_shape, filters // groups, sizes[0], depth, *kernel, sizes[1])
    g = len(group_shape)
    n, o, row, c, k0, k1, column = (AffineDim(d if d == 0 else d + g) for d in range(7))
    group = [AffineDim(1)] * g
    places = (
        row * strides[0] + k0 * spread[0] - pads[0],
        column * strides[1] + k1 * spread[1] - pads[1],
    )
    map = AffineMap(len(shape), 0, (n, *group, c, *places))
    outside = constant(0, dtype) if any(pads) else None
    patches = ops.reindexed(a, shape, map, outside)
    mask = (*range(1, 1 + g), 1 + g, 3 + g, 4 + g, 5 + g)
    products = ops.binary("multiply", patches, ops.spread(w, mask, shape))
    made = ops.reduced("add", products, (3 + g, 4 + g, 5 + g))
    result = Var(ops.reshape(made, (batch, filters, *sizes)))
    return result if bias is None else result + _along(bias, 1, result)


def _check_conv(x: Var, weight: Var, groups: int) -> None:
    if x.ndim != 4 or weight.ndim != 4:
        raise TensorError(
            "conv2d takes [batch, channels, height, width] and [filters, channels, height, width], "
            f"not {x.shape!r} and {weight.shape!r}"
        )
    filters, depth = weight.shape[:2]
    if groups < 1 or x.shape[1] != depth * groups or filters % groups:
        raise TensorError(
            f"{filters} filters of {depth} channels do not fit {x.shape[1]} channels "
            f"in {groups} groups"
        )


def _out_size(size: int, kernel: int, stride: int, pad: int, dilation: int) -> int:
    room = size + 2 * pad - dilation * (kernel - 1) - 1
    if room < 0 or stride < 1 or pad < 0 or dilation < 1:
        raise TensorError(
            f"a window of {kernel} (stride {stride}, padding {pad}, dilation {dilation}) "
            f"does not fit into {size}"
        )
    return room // stride + 1


def _pair(size: Pair) -> tuple[int, int]:
    if isinstance(size, int):
        return size, size
    if len(size) == 1:
        return size[0], size[0]
    if len(size) != 2:
        raise TensorError(f"expected a number or a pair, not {tuple(size)}")
    return size[0], size[1]


def _along(x: Var, dim: int, like: Var) -> Var:
    """A vector along one dimension of the shape of `like`.

    Raises:
        TensorError: it has another size.
    """
    if x.ndim != 1 or x.shape[0] != like.shape[dim]:
        raise TensorError(f"expected a vector of {like.shape[dim]}, not {x.shape!r}")
    return Var(ops.spread(x.node, (dim,), tuple(like.shape)))


# Pooling.


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
) -> Var:
    """The maximum, minimum, mean or sum of each window.

    Args:
        x: [batch, channels, height, width].
        op: "maximum" ("max"), "minimum" ("min"), "mean" ("avg") or "add".
        stride: how far windows are apart; by default their size.
        count_include_pad: whether the mean is that of all places of the window, those outside of
        the image, which are 0, included.

    Raises:
        TensorError: the shapes do not fit, or there is no such `op`.
    """
    if op not in _POOLS:
        raise TensorError(f"there is no pool {op!r}; there are: {', '.join(_POOLS)}")
    if x.ndim != 4:
        raise TensorError(f"pool takes [batch, channels, height, width], not {x.shape!r}")
    kernel, pads = _pair(kernel_size), _pair(padding)
    strides = kernel if stride is None else _pair(stride)
    kind = _POOLS[op]
    windows = _windows(x.node, kernel, strides, pads, _outside(kind, x.dtype))
    if kind != "mean":
        return Var(ops.reduced(kind, windows, (3, 4)))
    total = Var(ops.reduced("add", windows, (3, 4)))
    if count_include_pad or not any(pads):
        return total / prod(kernel)
    ones = ops.full(tuple(x.shape), 1, total.dtype)
    counts = _windows(ones, kernel, strides, pads, 0)
    return total / Var(ops.reduced("add", counts, (3, 4)))


def _windows(
    a: Node,
    kernel: tuple[int, int],
    strides: tuple[int, int],
    pads: tuple[int, int],
    outside: Number,
) -> Node:
    """[batch, channels, rows, kernel height, kernel width, columns]."""
    batch, channels, *image = a.shape
    sizes = [_out_size(image[d], kernel[d], strides[d], pads[d], 1) for d in range(2)]
    n, c, row, k0, k1, column = (AffineDim(d) for d in range(6))
    places = (row * strides[0] + k0 - pads[0], column * strides[1] + k1 - pads[1])
    map = AffineMap(6, 0, (n, c, *places))
    shape = (batch, channels, sizes[0], *kernel, sizes[1])
    return ops.reindexed(a, shape, map, constant(outside, a.dtype) if any(pads) else None)


def _outside(kind: str, dtype: DType) -> Number:
    """What stands around an image: it changes no result."""
    if kind not in ("maximum", "minimum"):
        return 0
    sign = -1 if kind == "maximum" else 1
    if dtype.is_float:
        return sign * inf
    bits = dtype.numpy.itemsize * 8 - 1
    return -(1 << bits) if sign < 0 else (1 << bits) - 1


def max_pool2d(x: Var, kernel_size: Pair, stride: Pair | None = None, padding: Pair = 0) -> Var:
    """The maximum of each window."""
    return pool(x, kernel_size, "maximum", padding, stride)


def avg_pool2d(
    x: Var,
    kernel_size: Pair,
    stride: Pair | None = None,
    padding: Pair = 0,
    count_include_pad: bool = True,
) -> Var:
    """The mean of each window."""
    return pool(x, kernel_size, "mean", padding, stride, count_include_pad)


def adaptive_avg_pool2d(x: Var, output_size: Pair) -> Var:
    """The means of equal windows, as many as `output_size`.

    Raises:
        TensorError: the image does not fall into equal windows.
    """
    sizes, image = _pair(output_size), x.shape[2:]
    if any(size < 1 or have % size for size, have in zip(sizes, image, strict=True)):
        raise TensorError(f"{list(image)} does not fall into {list(sizes)} equal windows")
    if sizes == (1, 1):
        return x.mean((2, 3), keepdims=True)
    return pool(x, [have // size for size, have in zip(sizes, image, strict=True)], "mean")


# Normalisation.


def batch_norm(
    x: Var,
    mean: Var | None = None,
    var: Var | None = None,
    weight: Var | None = None,
    bias: Var | None = None,
    eps: float = 1e-5,
) -> Var:
    """`(x - mean) / sqrt(var + eps) * weight + bias`, each of them a vector along dimension 1.

    Without mean or variance, those of `x` itself.
    """
    if mean is None or var is None:
        own = moments(x)
        mean = own[0] if mean is None else mean
        var = own[1] if var is None else var
    scale = _root(var + eps)
    factor = 1.0 / scale if weight is None else weight / scale
    shift = -(mean * factor) if bias is None else bias - mean * factor
    return x * _along(factor, 1, x) + _along(shift, 1, x)


def moments(x: Var) -> tuple[Var, Var]:
    """The mean and the variance of each channel (dimension 1).

    Raises:
        TensorError: there is no such dimension.
    """
    if x.ndim < 2:
        raise TensorError(f"the shape {x.shape!r} has no channels")
    others = [dim for dim in range(x.ndim) if dim != 1]
    mean = x.mean(others)
    apart = x - _along(mean, 1, x)
    return mean, (apart * apart).mean(others)


def layer_norm(
    x: Var,
    normalized_shape: int | Sequence[int],
    weight: Var | None = None,
    bias: Var | None = None,
    eps: float = 1e-5,
) -> Var:
    """Over the last dimensions: mean 0 and variance 1, then `* weight + bias`.

    Raises:
        TensorError: the last sizes of x are not `normalized_shape`.
    """
    wanted = [normalized_shape] if isinstance(normalized_shape, int) else list(normalized_shape)
    if not wanted or list(x.shape[-len(wanted) :]) != wanted:
        raise TensorError(f"the shape {x.shape!r} does not end in {wanted}")
    dims = [dim - len(wanted) for dim in range(len(wanted))]
    centred = x - x.mean(dims, keepdims=True)
    variance = (centred * centred).mean(dims, keepdims=True)
    made = centred / _root(variance + eps)
    made = made if weight is None else made * weight
    return made if bias is None else made + bias


def _root(x: Var) -> Var:
    return Var(ops.elementwise("sqrt", x.node))


def softmax(x: Var, dim: int = -1) -> Var:
    """exp(x) as shares of their sum along `dim`; the greatest is subtracted first."""
    powers = exp(x - x.max(dim, keepdims=True).detach())
    return powers / powers.sum(dim, keepdims=True)


def log_softmax(x: Var, dim: int = -1) -> Var:
    """The logarithm of `softmax`, without computing that."""
    shifted = x - x.max(dim, keepdims=True).detach()
    return shifted - log(exp(shifted).sum(dim, keepdims=True))


# Activations; relu, sigmoid and tanh are elementwise functions of the library.


def leaky_relu(x: Var, scale: float = 0.01) -> Var:
    """`x` where it is positive, else `x * scale`."""
    return ternary(x > 0, x, x * scale)


def gelu(x: Var) -> Var:
    """`x` times the share of the normal distribution below it."""
    return x * (erf(x * (1.0 / sqrt(2.0))) + 1.0) * 0.5


def silu(x: Var) -> Var:
    """`x * sigmoid(x)`."""
    return x * sigmoid(x)


def relu6(x: Var) -> Var:
    """`x`, but at least 0 and at most 6."""
    return ternary(x > 6.0, 6.0, maximum(x, 0.0))


def embedding(indices: Var, weight: Var) -> Var:
    """The rows of `weight` at `indices`."""
    return Var(ops.gathered(weight.node, indices.node))
