"""Float formats on whole NumPy arrays: bits, values and rounding.

The conversions are written with exact NumPy operations rather than with `ml_dtypes`' casts, because
those go from f64 through f32 and so round twice.
"""

from __future__ import annotations

from functools import cache
from typing import overload

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from stepwell.ir.numbers.float_format import (
    FLOAT_FORMATS,
    FloatFormat,
    Specials,
    float_format,
)

_NUMPY_TYPES: dict[str, str] = {"f16": "<f2", "f32": "<f4", "f64": "<f8"}

_ML_TYPES: dict[str, str] = {
    "bf16": "bfloat16",
    "f8E5M2": "float8_e5m2",
    "f8E4M3": "float8_e4m3",
    "f8E4M3FN": "float8_e4m3fn",
    "f8E5M2FNUZ": "float8_e5m2fnuz",
    "f8E4M3FNUZ": "float8_e4m3fnuz",
    "f8E4M3B11FNUZ": "float8_e4m3b11fnuz",
    "f8E3M4": "float8_e3m4",
    "f8E8M0FNU": "float8_e8m0fnu",
    "f6E2M3FN": "float6_e2m3fn",
    "f6E3M2FN": "float6_e3m2fn",
    "f4E2M1FN": "float4_e2m1fn",
}


@cache
def numpy_float_type(name: str) -> np.dtype[np.generic] | None:
    """The NumPy type that holds MLIR's float type `name`; None for tf32, f80 and f128."""
    if name in _NUMPY_TYPES:
        return np.dtype(_NUMPY_TYPES[name])
    return np.dtype(getattr(ml_dtypes, _ML_TYPES[name])) if name in _ML_TYPES else None


def _quantum(values: NDArray[np.float64], form: FloatFormat) -> NDArray[np.intc]:
    """The exponent of the last place that `form` has for each of the finite `values`."""
    lowest = form.minimum_exponent
    exponents = np.where(values == 0.0, lowest, np.frexp(values)[1] - 1)
    return (np.maximum(exponents, lowest) - (form.precision - 1)).astype(np.intc)


def ties(values: NDArray[np.float64], form: FloatFormat) -> NDArray[np.bool_]:
    """Which values lie exactly half-way between two neighbours in `form`.

    Only there can a literal rounded to f64 first, then to `form`, have been rounded wrongly.
    """
    finite = np.isfinite(values)
    safe = np.where(finite, values, 0.0)
    halves = np.ldexp(safe, 1 - _quantum(safe, form))
    odd: NDArray[np.bool_] = np.remainder(halves, 2.0) == 1.0
    return finite & odd


@cache
def _value_table(name: str) -> NDArray[np.float64]:
    """The value of every bit pattern of a format of at most 16 bits."""
    form = FLOAT_FORMATS[name]
    return np.array([form.from_bits(bits) for bits in range(1 << form.width)], np.float64)


def array_to_bits(values: NDArray[np.float64], form: FloatFormat) -> NDArray[np.generic]:
    """The bits of each value rounded once to `form`: an unsigned array, of the format's size.

    Formats wider than 64 bits give fixed-size little-endian byte strings (dtype `V10`, `V16`), and
    tf32 gives `V3`.
    """
    values = np.ascontiguousarray(values, np.float64)
    if form.name == "f64":
        return values.view(np.uint64)
    if form.name in ("f32", "f16"):
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            narrow = values.astype(numpy_float_type(form.name))
        return narrow.view(np.uint32 if form.width == 32 else np.uint16)
    if form.width > 16:
        return _wide_bits(values, form)
    return _narrow_bits(values, form)


def _wide_bits(values: NDArray[np.float64], form: FloatFormat) -> NDArray[np.generic]:
    size = form.storage_bytes
    raw = b"".join(form.to_bits(v).to_bytes(size, "little") for v in values.ravel().tolist())
    return np.frombuffer(raw, f"V{size}").reshape(values.shape)


def _narrow_bits(values: NDArray[np.float64], form: FloatFormat) -> NDArray[np.generic]:
    finite = np.isfinite(values)
    magnitude = np.abs(np.where(finite, values, 0.0))
    quantum = _quantum(magnitude, form)
    significand = np.rint(np.ldexp(magnitude, -quantum)).astype(np.int64)
    steps = quantum.astype(np.int64) - (form.minimum_exponent - (form.precision - 1))
    if form.precision == 1:
        bits = np.where(significand == 0, 0, steps + (significand >> 1))
    else:
        bits = (steps << form.fraction_width) + significand
    bits = np.where(bits > form.largest_bits, form.overflow_bits, bits)
    bits = np.where(finite, bits, form.overflow_bits)
    bits = _with_signs(bits, np.signbit(values), form)
    for place in np.flatnonzero(np.isnan(values)):
        bits.flat[place] = form.to_bits(float(values.flat[place]))
    return bits.astype(np.uint8 if form.width <= 8 else np.uint16)


def _with_signs(
    bits: NDArray[np.int64], negative: NDArray[np.bool_], form: FloatFormat
) -> NDArray[np.int64]:
    if not form.has_sign:
        return np.where(negative & (bits != 0), form.quiet_nan(), bits)
    signed = bits | form.sign_bit
    if form.specials is Specials.NEGATIVE_ZERO:
        signed = np.where(bits == 0, 0, signed)
    return np.where(negative, signed, bits)


def bits_to_array(bits: NDArray[np.generic], form: FloatFormat) -> NDArray[np.float64]:
    """The values of an array made by `array_to_bits`, as f64 (rounded for f80 and f128)."""
    if form.name in _NUMPY_TYPES:
        return bits.view(_NUMPY_TYPES[form.name]).astype(np.float64)
    if form.width <= 16:
        return _value_table(form.name)[bits.astype(np.intp)]
    values = [form.from_bits(int.from_bytes(each, "little")) for each in bits.ravel().tolist()]
    return np.array(values, np.float64).reshape(bits.shape)


@overload
def round_to(name: str, value: float) -> float: ...
@overload
def round_to(name: str, value: NDArray[np.floating]) -> NDArray[np.float64]: ...
def round_to(name: str, value: float | NDArray[np.floating]) -> float | NDArray[np.float64]:
    """`value` after rounding to the float type `name`, once, to nearest and ties to even.

    Args:
        name: MLIR's name of the type, such as `bf16`.
        value: a Python float, or an array (taken as f64).

    >>> round_to("f32", 0.1)
    0.10000000149011612
    """
    form = float_format(name)
    if isinstance(value, np.ndarray):
        wide = value.astype(np.float64)
        return bits_to_array(array_to_bits(wide, form), form)
    return form.from_bits(form.to_bits(float(value)))
