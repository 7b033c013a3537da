"""Float literals: exact reading of decimal and hexadecimal text, and printing as mlir-opt does.

Reading rounds once, from the exact decimal value to the format. Upstream rounds to f64 first, so
the two differ for literals within half an f64 step of a tie, and for f80 and f128 (where upstream
keeps only 53 bits of a decimal literal and so cannot read back what it prints).
"""

from __future__ import annotations

import re
from functools import lru_cache

from stepwell.ir.diagnostics import Diagnostic, ParseError, Severity
from stepwell.ir.numbers.float_format import FloatClass, FloatFormat

_DECIMAL = re.compile(r"(-?)\s*([0-9]+)\.([0-9]*)(?:[eE]([-+]?[0-9]+))?\Z")
_HEXADECIMAL = re.compile(r"0x([0-9a-fA-F]+)\Z")
_INTEGER = re.compile(r"-?\s*(?:0x[0-9a-fA-F]+|[0-9]+)\Z")

_OUTSIDE_EVERY_FORMAT = 6000
"""A decimal exponent beyond which every format overflows or underflows (f128 ends at 4966)."""


class NumberLiteralError(ParseError):
    """A number literal does not fit its type. `message` and `notes` are upstream's words."""

    def __init__(self, message: str, notes: tuple[str, ...] = ()) -> None:
        diagnostic = Diagnostic(Severity.ERROR, message)
        for note in notes:
            diagnostic.note(note)
        super().__init__(diagnostic)
        self.message = message
        self.notes = notes


def parse_float(text: str, form: FloatFormat) -> int:
    """The bits of the literal `text`: decimal with a point, or `0x` and the bits themselves.

    Raises:
        NumberLiteralError: the literal is malformed, a decimal integer, or has too many bits.
    """
    match = _DECIMAL.match(text)
    if match is not None:
        sign, whole, fraction, exponent = match.groups()
        return parse_decimal(sign == "-", whole + fraction, int_of(exponent) - len(fraction), form)
    match = _HEXADECIMAL.match(text)
    if match is not None:
        bits = int(match[1], 16)
        if bits >> form.width:
            raise NumberLiteralError("hexadecimal float constant out of range for type")
        return form.canonical(bits)
    if not _INTEGER.match(text):
        raise NumberLiteralError("expected floating point literal")
    if "0x" in text:
        raise NumberLiteralError("hexadecimal float literal should not have a leading minus")
    raise NumberLiteralError(
        "unexpected decimal integer literal for a floating point value",
        ("add a trailing dot to make the literal a float",),
    )


def int_of(exponent: str | None) -> int:
    """The exponent's value; one with too many digits is cut to a number as far out of range."""
    if exponent is None:
        return 0
    if len(exponent.lstrip("+-0")) > 12:
        return -(10**12) if exponent.startswith("-") else 10**12
    return int(exponent)


def decimal_value(digits: str) -> int:
    """The value of a run of decimal digits of any length (`int` refuses more than 4300)."""
    if len(digits) <= 4000:
        return int(digits or "0")
    middle = len(digits) // 2
    low = digits[middle:]
    scale: int = 10 ** len(low)
    return decimal_value(digits[:middle]) * scale + decimal_value(low)


def parse_decimal(negative: bool, digits: str, exponent: int, form: FloatFormat) -> int:
    """The bits nearest to digits * 10**exponent."""
    digits = digits.lstrip("0")
    size = len(digits) + exponent
    if not digits or size < -_OUTSIDE_EVERY_FORMAT:
        return form.with_sign(0, negative)
    if size > _OUTSIDE_EVERY_FORMAT:
        return form.with_sign(form.overflow_bits, negative)
    numerator = decimal_value(digits) * 10 ** max(exponent, 0)
    return form.round_rational(negative, numerator, 10 ** max(-exponent, 0))


@lru_cache(maxsize=65536)
def print_float(bits: int, form: FloatFormat) -> str:
    """How mlir-opt prints the float `bits`.

    Six digits in scientific form if they read back as the same number; else as many digits as tell
    all numbers of the format apart, if that text has a point; else the bits in hexadecimal.
    """
    bits = form.canonical(bits)
    if form.classify(bits) is not FloatClass.FINITE:
        return f"0x{bits:X}"
    sign = "-" if form.is_negative(bits) else ""
    significand, exponent = form.significand_and_exponent(bits)
    short = sign + _scientific(significand, exponent)
    if parse_float(short, form) == bits:
        return short
    long = _natural(significand, exponent, 2 + form.precision * 59 // 196)
    return sign + long if "." in long else f"0x{bits:X}"


def _scientific(significand: int, exponent: int) -> str:
    """Six significant digits, then a padding zero: `1.234560e+07`."""
    if significand == 0:
        return "0.000000e+00"
    digits, power = _decimal_digits(significand, exponent, 6)
    power += len(digits) - 1
    return f"{digits[0]}.{digits[1:]:0<6}e{power:+03d}"


def _natural(significand: int, exponent: int, precision: int) -> str:
    """Plain digits where they are not misleading (`0.333333343`, `123456`), else `1.5E-46`."""
    digits, power = _decimal_digits(significand, exponent, precision)
    size = len(digits)
    leading = power + size - 1
    if power >= 0:
        scientific = power > 3 or size + power > precision
    else:
        scientific = leading < -3
    if scientific:
        return f"{digits[0]}.{digits[1:] or '0'}E{leading:+d}"
    if power >= 0:
        return digits + "0" * power
    if leading >= 0:
        return f"{digits[: leading + 1]}.{digits[leading + 1 :]}"
    return f"0.{'0' * (-leading - 1)}{digits}"


def _decimal_digits(significand: int, exponent: int, precision: int) -> tuple[str, int]:
    """At most `precision` digits of significand * 2**exponent > 0, and the power of the last.

    Upstream drops surplus digits by truncation, as many as a cheap estimate of the decimal size
    allows, and only then rounds what is left, half up. So 0.7 comes out as 6.99999: the exact
    estimate is part of the printed form.
    """
    trailing = (significand & -significand).bit_length() - 1
    significand, exponent = significand >> trailing, exponent + trailing
    power = min(exponent, 0)
    significand = significand << exponent if exponent > 0 else significand * 5**-exponent
    needed_bits = (precision * 196 + 58) // 59
    surplus = significand.bit_length() - needed_bits
    if surplus > 0:
        removable = surplus * 59 // 196
        significand //= 10**removable
        power += removable
    return _round_half_up(str(significand), power, precision)


def _round_half_up(digits: str, power: int, precision: int) -> tuple[str, int]:
    kept = digits.rstrip("0")
    power += len(digits) - len(kept)
    if len(kept) <= precision:
        return kept, power
    power += len(kept) - precision
    rounded = str(int(kept[:precision]) + (kept[precision] >= "5"))
    short = rounded.rstrip("0")
    return short, power + len(rounded) - len(short)
