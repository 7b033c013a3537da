"""What float ops compute: NaNs and signed zeros, rounding with a direction, exact conversions."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from stepwell.dialects.arith.flags import FastMathFlags
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.dense_attributes import dtype_of
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.numbers.float_format import FloatFormat, float_format


def format_of(type: Type) -> FloatFormat:
    """The number format of a float type, or of the elements of a vector or tensor."""
    element = types.element_type_or_self(type)
    assert isinstance(element, types.FloatType)
    return float_format(element.format)


def number(value: RuntimeValue) -> float:
    """A runtime float as a Python float.

    Raises:
        InterpreterError: its format is one that NumPy has no arithmetic for (f80, f128, tf32).
    """
    if isinstance(value, np.void):
        raise InterpreterError("arithmetic on tf32, f80 and f128 is not evaluated")
    return float(value)


def settle(result: float, *operands: float) -> float:
    """`result`, or, if it is NaN, the NaN that IEEE hardware and LLVM's folder give.

    That is the first operand that is NaN, else the canonical positive NaN.
    """
    if not math.isnan(result):
        return float(result)
    return next((operand for operand in operands if math.isnan(operand)), math.nan)


def breaks_promise(flags: FastMathFlags, values: tuple[float, ...]) -> bool:
    """Whether the values are poison under `nnan` or `ninf`."""
    if "nnan" in flags.flags and any(math.isnan(value) for value in values):
        return True
    return "ninf" in flags.flags and any(math.isinf(value) for value in values)


def guarded(
    flags: FastMathFlags | None, type: Type, compute: Callable[..., Any], *operands: RuntimeValue
) -> RuntimeValue:
    """`compute` on Python floats, with NaNs settled and the promises of `flags` kept.

    Args:
        flags: what the op promises.
        type: of the result; rounding to it may overflow to an infinity.
        compute: the function.
        operands: what it is applied to.
    """
    numbers = tuple(number(operand) for operand in operands)
    result = settle(compute(*numbers), *numbers)
    if flags is None or not flags.flags:
        return result
    rounded = round_exact(result, format_of(type))
    return POISON if breaks_promise(flags, (*numbers, rounded)) else rounded


def add(lhs: float, rhs: float) -> float:
    """The sum."""
    return lhs + rhs


def subtract(lhs: float, rhs: float) -> float:
    """The difference."""
    return lhs - rhs


def multiply(lhs: float, rhs: float) -> float:
    """The product."""
    return lhs * rhs


def divide(lhs: float, rhs: float) -> float:
    """The quotient; a number over zero is an infinity, zero over zero NaN."""
    if rhs != 0.0:
        return lhs / rhs
    if lhs == 0.0 or math.isnan(lhs):
        return math.nan
    return math.copysign(math.inf, lhs) * math.copysign(1.0, rhs)


def remainder(lhs: float, rhs: float) -> float:
    """The remainder of division towards zero, as C's fmod."""
    if rhs == 0.0 or math.isinf(lhs) or math.isnan(lhs) or math.isnan(rhs):
        return math.nan
    return math.fmod(lhs, rhs)


def _ordered(lhs: float, rhs: float, larger: bool) -> float:
    """The larger (smaller) number, -0.0 being below 0.0."""
    if lhs == rhs:
        return lhs if (math.copysign(1.0, lhs) > 0) == larger else rhs
    return lhs if (lhs > rhs) == larger else rhs


def maximum(lhs: float, rhs: float) -> float:
    """The larger number; NaN if either is."""
    return math.nan if math.isnan(lhs) or math.isnan(rhs) else _ordered(lhs, rhs, True)


def minimum(lhs: float, rhs: float) -> float:
    """The smaller number; NaN if either is."""
    return math.nan if math.isnan(lhs) or math.isnan(rhs) else _ordered(lhs, rhs, False)


def maximum_number(lhs: float, rhs: float) -> float:
    """The larger number; a NaN counts as missing."""
    if math.isnan(lhs):
        return rhs
    return lhs if math.isnan(rhs) else _ordered(lhs, rhs, True)


def minimum_number(lhs: float, rhs: float) -> float:
    """The smaller number; a NaN counts as missing."""
    if math.isnan(lhs):
        return rhs
    return lhs if math.isnan(rhs) else _ordered(lhs, rhs, False)


def compare(predicate: str, lhs: float, rhs: float) -> bool:
    """Whether a predicate of `arith.cmpf` holds."""
    if predicate in ("false", "true"):
        return predicate == "true"
    unordered = math.isnan(lhs) or math.isnan(rhs)
    if predicate in ("ord", "uno"):
        return unordered == (predicate == "uno")
    if unordered:
        return predicate[0] == "u"
    match predicate[1:]:
        case "eq":
            return lhs == rhs
        case "ne":
            return lhs != rhs
        case "gt":
            return lhs > rhs
        case "ge":
            return lhs >= rhs
        case "lt":
            return lhs < rhs
    return lhs <= rhs


def round_exact(value: float | int | Fraction, form: FloatFormat, mode: str | None = None) -> float:
    """`value` rounded once to `form`, to the nearest unless `mode` gives a direction."""
    if isinstance(value, float) and not math.isfinite(value):
        return form.from_bits(form.to_bits(value))
    bits = form.to_bits(value)
    if mode is not None and mode != "to_nearest_even":
        bits = _redirect(Fraction(value), bits, form, mode, value)
    return form.from_bits(bits)


def _redirect(
    exact: Fraction, bits: int, form: FloatFormat, mode: str, value: float | int | Fraction
) -> int:
    """The bits of `exact` rounded in a direction, given those of the nearest number."""
    negative = math.copysign(1.0, value) < 0 if isinstance(value, float) else value < 0
    magnitude, size = bits & ~form.sign_bit, abs(exact)
    if magnitude > form.largest_bits or _size(magnitude, form) > size:
        below = min(magnitude - 1, form.largest_bits)
    else:
        below = magnitude
    if below >= 0 and _size(below, form) == size:
        return bits if below == magnitude else form.with_sign(below, negative)
    up = (mode == "upward" and not negative) or (mode == "downward" and negative)
    if mode == "to_nearest_away":
        top = below + 1
        middle = (_size(below, form) + _size(top, form)) / 2
        up = size >= middle
    chosen = below + 1 if up else below
    if chosen > form.largest_bits:
        chosen = form.overflow_bits
    return form.with_sign(chosen, negative)


def _size(magnitude: int, form: FloatFormat) -> Fraction:
    """The value of the bits of a positive number, the step after the largest one included."""
    if magnitude <= form.largest_bits:
        significand, exponent = form.significand_and_exponent(magnitude)
        return Fraction(significand) * Fraction(2) ** exponent
    significand, exponent = form.significand_and_exponent(form.largest_bits)
    return Fraction(significand + 1) * Fraction(2) ** exponent


def fused_multiply_add(a: float, b: float, c: float, form: FloatFormat) -> float:
    """a * b + c, rounded once to `form`."""
    if not all(math.isfinite(value) for value in (a, b, c)):
        return a * b + c
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    return a * b + c if exact == 0 else round_exact(exact, form)


def to_integer(value: float, width: int, signed: bool) -> int | None:
    """`value` without its fraction as an integer; None (poison) if it does not fit."""
    if not math.isfinite(value):
        return None
    whole = math.trunc(value)
    low = -(1 << width >> 1) if signed else 0
    high = (1 << width >> 1) - 1 if signed else (1 << width) - 1
    return whole if low <= whole <= high else None


def bits_of(value: RuntimeValue, type: Type) -> int:
    """The bit pattern of a scalar of an integer or float type."""
    element = types.element_type_or_self(type)
    if isinstance(element, types.FloatType):
        if isinstance(value, np.generic):
            return int.from_bytes(value.tobytes(), "little")
        return float_format(element.format).to_bits(float(value))
    width = element.width if isinstance(element, types.IntegerType) else 64
    return int(value) & ((1 << width) - 1)


def from_bits(bits: int, type: Type) -> RuntimeValue:
    """The scalar of an integer or float type with a bit pattern."""
    element = types.element_type_or_self(type)
    if not isinstance(element, types.FloatType):
        return bits
    dtype = dtype_of(element)
    return np.frombuffer(bits.to_bytes(dtype.itemsize, "little"), dtype)[0]
