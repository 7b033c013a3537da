"""Elementary functions on Python floats, total: poles give infinities, the rest NaN."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

FloatFunction = Callable[..., float]


def total(function: Callable[..., Any], limits: Callable[..., Any]) -> FloatFunction:
    """`function` from Python's `math`; where that raises, NumPy's `limits` knows the value."""

    def call(*values: float) -> float:
        try:
            return float(function(*values))
        except (ValueError, OverflowError):
            with np.errstate(all="ignore"):
                return float(limits(*(np.float64(value) for value in values)))

    return call


def rsqrt(value: float) -> float:
    """1 / sqrt(value); the infinity with the zero's sign at zero."""
    if value == 0.0:
        return math.copysign(math.inf, value)
    return 1.0 / math.sqrt(value) if value > 0 else math.nan


def round_half_away(value: float) -> float:
    """The nearest whole number, halves away from zero; keeps the sign of zero."""
    whole = float(np.trunc(value))
    return whole + math.copysign(1.0, value) if abs(value - whole) >= 0.5 else whole


def clamp(value: float, low: float, high: float) -> float:
    """`value`, but at least `low`, and at most `high`; NaN if one of them is."""
    if any(math.isnan(number) for number in (value, low, high)):
        return math.nan
    return min(max(value, low), high)


def integer_power(base: float, exponent: int) -> float:
    """base ** exponent for an integer exponent."""
    with np.errstate(all="ignore"):
        return float(np.power(np.float64(base), np.float64(exponent)))


exp = total(math.exp, np.exp)
exp2 = total(math.exp2, np.exp2)
expm1 = total(math.expm1, np.expm1)
log = total(math.log, np.log)
log2 = total(math.log2, np.log2)
log10 = total(math.log10, np.log10)
log1p = total(math.log1p, np.log1p)
sqrt = total(math.sqrt, np.sqrt)
cbrt = total(math.cbrt, np.cbrt)
sin = total(math.sin, np.sin)
cos = total(math.cos, np.cos)
tan = total(math.tan, np.tan)
asin = total(math.asin, np.arcsin)
acos = total(math.acos, np.arccos)
atan = total(math.atan, np.arctan)
atan2 = total(math.atan2, np.arctan2)
sinh = total(math.sinh, np.sinh)
cosh = total(math.cosh, np.cosh)
tanh = total(math.tanh, np.tanh)
asinh = total(math.asinh, np.arcsinh)
acosh = total(math.acosh, np.arccosh)
atanh = total(math.atanh, np.arctanh)
erf = total(math.erf, math.erf)
erfc = total(math.erfc, math.erfc)
power = total(math.pow, np.power)
ceil = total(np.ceil, np.ceil)
floor = total(np.floor, np.floor)
trunc = total(np.trunc, np.trunc)
round_half_even = total(np.rint, np.rint)
