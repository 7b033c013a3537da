"""The functions behind the layers, composed of meta-operators.

Images are [batch, channels, height, width]. Sizes such as strides are a number or a pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from stepwell.frontend.jittor import operations as ops
from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.functions import erf, exp, log, maximum, relu, sigmoid, tanh, ternary
from stepwell.frontend.jittor.nn.convolutions import (
    along,
    conv1d,
    conv2d,
    conv_transpose,
    conv_transpose2d,
)
from stepwell.frontend.jittor.nn.windows import (
    adaptive_avg_pool2d,
    adaptive_max_pool2d,
    avg_pool2d,
    max_pool2d,
    pool,
)
from stepwell.frontend.jittor.var import Var

__all__ = [
    "adaptive_avg_pool2d", "adaptive_max_pool2d", "avg_pool2d", "batch_norm", "conv1d", "conv2d",
    "conv_transpose", "conv_transpose2d", "embedding", "gelu", "group_norm",
    "instance_norm", "layer_norm",
    "leaky_relu", "linear", "log_softmax", "max_pool2d", "moments", "pool", "relu", "relu6",
    "sigmoid", "silu", "softmax", "tanh",
]  # fmt: skip


def linear(x: Var, weight: Var, bias: Var | None = None) -> Var:
    """`x @ weight.T + bias`; `weight` is [outputs, inputs]."""
    if x.ndim == 1:
        return linear(x.reshape(1, -1), weight, bias).reshape(-1)
    product = x @ weight.transpose()
    return product if bias is None else product + bias


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
    return x * along(factor, 1, x) + along(shift, 1, x)


def moments(x: Var) -> tuple[Var, Var]:
    """The mean and the variance of each channel (dimension 1).

    Raises:
        TensorError: there is no such dimension.
    """
    if x.ndim < 2:
        raise TensorError(f"the shape {x.shape!r} has no channels")
    others = [dim for dim in range(x.ndim) if dim != 1]
    mean = x.mean(others)
    apart = x - along(mean, 1, x)
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


def group_norm(
    x: Var,
    num_groups: int,
    weight: Var | None = None,
    bias: Var | None = None,
    eps: float = 1e-5,
) -> Var:
    """Each group of channels (dimension 1) of each element of a batch with mean 0 and variance 1,
    then `* weight + bias`, vectors along dimension 1.

    Raises:
        TensorError: the channels do not fall into the groups.
    """
    if x.ndim < 2 or num_groups < 1 or x.shape[1] % num_groups:
        raise TensorError(f"the channels of {x.shape!r} do not fall into {num_groups} groups")
    groups = x.reshape(x.shape[0], num_groups, -1)
    centred = groups - groups.mean(2, keepdims=True)
    variance = (centred * centred).mean(2, keepdims=True)
    made = (centred / _root(variance + eps)).reshape(x.shape)
    made = made if weight is None else made * along(weight, 1, x)
    return made if bias is None else made + along(bias, 1, x)


def instance_norm(
    x: Var, weight: Var | None = None, bias: Var | None = None, eps: float = 1e-5
) -> Var:
    """As `group_norm`, each channel being a group."""
    if x.ndim < 2:
        raise TensorError(f"the shape {x.shape!r} has no channels")
    return group_norm(x, x.shape[1], weight, bias, eps)


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
