"""Activations beside those that `functional` has: functions of single elements, and `glu`."""

from __future__ import annotations

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.functions import (
    abs,
    exp,
    log,
    maximum,
    minimum,
    sigmoid,
    tanh,
    ternary,
)
from stepwell.frontend.jittor.var import Var

# Klambauer et al., "Self-normalizing neural networks", 2017.
_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772, 1.0507009873554805


def elu(x: Var, alpha: float = 1.0) -> Var:
    """`x` where it is positive, else `alpha * (exp(x) - 1)`."""
    return ternary(x > 0, x, alpha * (exp(minimum(x, 0.0)) - 1.0))


def selu(x: Var) -> Var:
    """`elu` with the factors that keep mean 0 and variance 1."""
    return elu(x, _SELU_ALPHA) * _SELU_SCALE


def celu(x: Var, alpha: float = 1.0) -> Var:
    """`x` where it is positive, else `alpha * (exp(x / alpha) - 1)`."""
    return ternary(x > 0, x, alpha * (exp(minimum(x, 0.0) / alpha) - 1.0))


def softplus(x: Var, beta: float = 1.0, threshold: float = 20.0) -> Var:
    """`log(1 + exp(beta * x)) / beta`; `x` itself where `beta * x` is above `threshold`."""
    scaled = x * beta
    # No power of a number that is too large is taken, in the derivative neither.
    soft = (maximum(scaled, 0.0) + log(1.0 + exp(-abs(scaled)))) / beta
    return ternary(scaled > threshold, x, soft)


def softsign(x: Var) -> Var:
    """`x / (1 + |x|)`."""
    return x / (1.0 + abs(x))


def logsigmoid(x: Var) -> Var:
    """The logarithm of `sigmoid(x)`."""
    return minimum(x, 0.0) - log(1.0 + exp(-abs(x)))


def mish(x: Var) -> Var:
    """`x * tanh(softplus(x))`.

    Source: Misra, "Mish", 2019.
    """
    return x * tanh(softplus(x))


def hardtanh(x: Var, min_val: float = -1.0, max_val: float = 1.0) -> Var:
    """`x`, but at least `min_val` and at most `max_val`."""
    return minimum(maximum(x, min_val), max_val)


def hardsigmoid(x: Var) -> Var:
    """`x / 6 + 1 / 2`, but at least 0 and at most 1."""
    return hardtanh(x + 3.0, 0.0, 6.0) / 6.0


def hardswish(x: Var) -> Var:
    """`x * hardsigmoid(x)`."""
    return x * hardsigmoid(x)


def prelu(x: Var, weight: Var) -> Var:
    """`x` where it is positive, else `x * weight`: one number, or one for each channel.

    Raises:
        TensorError: there are neither one nor as many as channels (dimension 1).
    """
    count = weight.numel()
    if count != 1 and (x.ndim < 2 or x.shape[1] != count):
        raise TensorError(f"{count} weights do not fit the shape {x.shape!r}")
    sizes = [1] * x.ndim
    if count != 1:
        sizes[1] = count
    return ternary(x > 0, x, x * weight.reshape(sizes))


def glu(x: Var, dim: int = -1) -> Var:
    """The first half along `dim` times the sigmoid of the second.

    Raises:
        TensorError: the size is odd.
    """
    place = dim % x.ndim
    half, odd = divmod(x.shape[place], 2)
    if odd:
        raise TensorError(f"dimension {dim} of {x.shape!r} has no halves")
    before: list[object] = [slice(None)] * place
    return x[(*before, slice(half))] * sigmoid(x[(*before, slice(half, None))])
