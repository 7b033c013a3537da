"""a * b + c with one rounding, for scalars and arrays of all float formats."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray


def fused_multiply_add(a: Any, b: Any, c: Any) -> Any:
    """a * b + c as if computed exactly and then rounded once."""
    dtype = np.asarray(a).dtype
    with np.errstate(all="ignore"):
        if dtype == np.float64:
            exact = np.frompyfunc(_exact_double, 3, 1)(a, b, c)
            return np.asarray(exact, np.float64)[()]
        return _through_double(*(np.asarray(x).astype(np.float64) for x in (a, b, c))).astype(
            dtype
        )[()]


def _through_double(
    a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The result for narrow formats: the product is exact, and the sum is rounded to odd.

    A sum rounded to odd in 53 bits rounds to 24 or fewer bits as the exact one would.
    """
    product = a * b
    total = product + c
    back = total - product
    error = (product - (total - back)) + (c - back)
    bits = total.view(np.int64)
    away = (error > 0) == (total > 0)
    odd = np.where(away, bits | 1, np.where(bits & 1, bits, bits - 1))
    inexact = (error != 0) & np.isfinite(total) & np.isfinite(error)
    return np.where(inexact, odd, bits).view(np.float64)


def _exact_double(a: float, b: float, c: float) -> float:
    if not (math.isfinite(a) and math.isfinite(b) and math.isfinite(c)):
        return float(np.float64(a) * np.float64(b) + np.float64(c))
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    if exact == 0:
        return float(np.float64(a) * np.float64(b) + np.float64(c)) if c == 0 or not a * b else 0.0
    try:
        return float(exact)
    except OverflowError:
        return math.copysign(math.inf, exact)
