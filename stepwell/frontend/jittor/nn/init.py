"""Values to start parameters from, by Jittor's names.

Functions that take a shape make a Var; those that end in `_` change one. All are computed at once,
because parameters are arrays in every step alike.

Sources: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
networks", 2010 (xavier); He et al., "Delving deep into rectifiers", 2015 (kaiming).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np

from stepwell.frontend.jittor.dtypes import AnyArray, TensorError, dtype_of, float32
from stepwell.frontend.jittor.functions import rand, randn
from stepwell.frontend.jittor.var import Var, array

Shape = int | Sequence[int]
_GAINS = {
    "linear": 1.0,
    "conv1d": 1.0,
    "conv2d": 1.0,
    "conv3d": 1.0,
    "sigmoid": 1.0,
    "tanh": 5.0 / 3.0,
    "relu": sqrt(2.0),
    "selu": 0.75,
}


def uniform(shape: Shape, dtype: object = float32, low: float = 0.0, high: float = 1.0) -> Var:
    """Uniformly distributed between `low` and `high`."""
    return _made(rand(*_sizes(shape)).data * (high - low) + low, dtype)


def gauss(shape: Shape, dtype: object = float32, mean: float = 0.0, std: float = 1.0) -> Var:
    """Normally distributed."""
    return _made(randn(*_sizes(shape)).data * std + mean, dtype)


def constant(shape: Shape, dtype: object = float32, value: float = 0.0) -> Var:
    """All the same."""
    return _made(np.full(_sizes(shape), value), dtype)


def zero(shape: Shape, dtype: object = float32) -> Var:
    """All 0."""
    return constant(shape, dtype, 0.0)


def one(shape: Shape, dtype: object = float32) -> Var:
    """All 1."""
    return constant(shape, dtype, 1.0)


def invariant_uniform(shape: Shape, dtype: object = float32, mode: str = "fan_in") -> Var:
    """Uniformly distributed within 1 / sqrt(fan): the start of linear layers and convolutions."""
    bound = 1.0 / sqrt(fan(_sizes(shape), mode))
    return uniform(shape, dtype, -bound, bound)


def relu_invariant_gauss(shape: Shape, dtype: object = float32, mode: str = "fan_in") -> Var:
    """Normally distributed, such that relu layers keep the variance."""
    return gauss(shape, dtype, 0.0, sqrt(2.0 / fan(_sizes(shape), mode)))


def xavier_uniform(shape: Shape, dtype: object = float32, gain: float = 1.0) -> Var:
    """Uniformly distributed, such that linear layers keep the variance both ways."""
    bound = gain * sqrt(6.0 / _both_fans(_sizes(shape)))
    return uniform(shape, dtype, -bound, bound)


def xavier_gauss(shape: Shape, dtype: object = float32, gain: float = 1.0) -> Var:
    """Normally distributed, such that linear layers keep the variance both ways."""
    return gauss(shape, dtype, 0.0, gain * sqrt(2.0 / _both_fans(_sizes(shape))))


def kaiming_uniform(
    shape: Shape,
    dtype: object = float32,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
) -> Var:
    """Uniformly distributed, such that layers with this nonlinearity keep the variance."""
    bound = sqrt(3.0) * calculate_gain(nonlinearity, a) / sqrt(fan(_sizes(shape), mode))
    return uniform(shape, dtype, -bound, bound)


def kaiming_normal(
    shape: Shape,
    dtype: object = float32,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
) -> Var:
    """Normally distributed, such that layers with this nonlinearity keep the variance."""
    std = calculate_gain(nonlinearity, a) / sqrt(fan(_sizes(shape), mode))
    return gauss(shape, dtype, 0.0, std)


def uniform_(var: Var, low: float = 0.0, high: float = 1.0) -> Var:
    """Fills `var` as `uniform` does."""
    return _filled(var, uniform(var.shape, var.dtype, low, high))


def gauss_(var: Var, mean: float = 0.0, std: float = 1.0) -> Var:
    """Fills `var` as `gauss` does."""
    return _filled(var, gauss(var.shape, var.dtype, mean, std))


def constant_(var: Var, value: float = 0.0) -> Var:
    """Fills `var` with one number."""
    return _filled(var, constant(var.shape, var.dtype, value))


def zero_(var: Var) -> Var:
    """Fills `var` with 0."""
    return constant_(var, 0.0)


def one_(var: Var) -> Var:
    """Fills `var` with 1."""
    return constant_(var, 1.0)


def xavier_uniform_(var: Var, gain: float = 1.0) -> Var:
    """Fills `var` as `xavier_uniform` does."""
    return _filled(var, xavier_uniform(var.shape, var.dtype, gain))


def xavier_gauss_(var: Var, gain: float = 1.0) -> Var:
    """Fills `var` as `xavier_gauss` does."""
    return _filled(var, xavier_gauss(var.shape, var.dtype, gain))


def kaiming_uniform_(
    var: Var, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu"
) -> Var:
    """Fills `var` as `kaiming_uniform` does."""
    return _filled(var, kaiming_uniform(var.shape, var.dtype, a, mode, nonlinearity))


def kaiming_normal_(
    var: Var, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu"
) -> Var:
    """Fills `var` as `kaiming_normal` does."""
    return _filled(var, kaiming_normal(var.shape, var.dtype, a, mode, nonlinearity))


def calculate_gain(nonlinearity: str, param: float = 0.01) -> float:
    """By how much the nonlinearity shrinks what passes it, as a factor to make up for it.

    Raises:
        TensorError: there is no such nonlinearity.
    """
    if nonlinearity == "leaky_relu":
        return sqrt(2.0 / (1.0 + param * param))
    if nonlinearity not in _GAINS:
        known = ", ".join(sorted([*_GAINS, "leaky_relu"]))
        raise TensorError(f"there is no gain for '{nonlinearity}'; these have one: {known}")
    return _GAINS[nonlinearity]


def fan(shape: Sequence[int], mode: str = "fan_in") -> int:
    """The number of inputs of one output of a weight; of outputs of one input with "fan_out".

    Raises:
        TensorError: the shape has fewer than two dimensions, or there is no such mode.
    """
    if len(shape) < 2:
        raise TensorError(f"a weight has two dimensions or more, not the shape {list(shape)}")
    if mode not in ("fan_in", "fan_out"):
        raise TensorError(f"the mode is fan_in or fan_out, not '{mode}'")
    count = shape[1] if mode == "fan_in" else shape[0]
    for size in shape[2:]:
        count *= size
    return max(count, 1)


def _both_fans(shape: Sequence[int]) -> int:
    return fan(shape, "fan_in") + fan(shape, "fan_out")


def _sizes(shape: Shape) -> tuple[int, ...]:
    return (shape,) if isinstance(shape, int) else tuple(shape)


def _made(values: AnyArray, dtype: object) -> Var:
    return array(values, dtype=dtype_of(dtype))


def _filled(var: Var, values: Var) -> Var:
    var.assign(values)
    return var
