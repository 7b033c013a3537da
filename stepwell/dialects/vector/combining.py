"""What the combining kinds do to arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stepwell.ir.interpreter.machine import RuntimeValue


def _unsigned(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """`function` on the bits of integers as unsigned numbers."""

    def combine(a: Any, b: Any) -> Any:
        left, right = np.asarray(a), np.asarray(b)
        if left.dtype == np.bool_:
            return function(left, right)
        word = np.dtype(f"u{left.dtype.itemsize}")
        return function(left.view(word), right.view(word)).view(left.dtype)

    return combine


def _maximum(a: Any, b: Any) -> Any:
    zeros = np.where(np.signbit(a), b, a)
    return np.where((a == 0) & (b == 0), zeros, np.maximum(a, b))


def _minimum(a: Any, b: Any) -> Any:
    zeros = np.where(np.signbit(a), a, b)
    return np.where((a == 0) & (b == 0), zeros, np.minimum(a, b))


_COMBINE: dict[str, Callable[[Any, Any], Any]] = {
    "add": np.add,
    "mul": np.multiply,
    "minui": _unsigned(np.minimum),
    "minsi": np.minimum,
    "minnumf": np.fmin,
    "maxui": _unsigned(np.maximum),
    "maxsi": np.maximum,
    "maxnumf": np.fmax,
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "xor": np.bitwise_xor,
    "maximumf": _maximum,
    "minimumf": _minimum,
}


def combine(kind: str, a: RuntimeValue, b: RuntimeValue) -> RuntimeValue:
    """Both operands (arrays or scalars) combined, element by element, in the type of the first."""
    left = np.asarray(a)
    right = np.asarray(b).astype(left.dtype, copy=False)
    if left.dtype == np.bool_ and kind in ("add", "mul"):
        return np.logical_xor(left, right) if kind == "add" else np.logical_and(left, right)
    with np.errstate(all="ignore"):
        return _COMBINE[kind](left, right).astype(left.dtype, copy=False)


def scalar(value: Any) -> RuntimeValue:
    """A zero-dimensional array, or NumPy scalar, as a value of the interpreter's contract."""
    item = np.asarray(value)[()]
    return int(item) if isinstance(item, (np.integer, np.bool_)) else item


def value_of(value: Any, is_vector: bool) -> RuntimeValue:
    """An array as a vector or, if it has no dimensions and is not one, as a scalar."""
    return np.asarray(value) if is_vector else scalar(value)
