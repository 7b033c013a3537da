"""What each builtin float type is: its fields, its special values, and exact conversion of bits.

A value is always held as bits of the type's width. Rounding is to nearest, ties to even, once: from
an exact rational. The conventions for values a format lacks are upstream's:

- IEEE formats overflow to infinity;
- `FN` formats of 8 bits overflow to their NaN, `FNUZ` formats to theirs (the bits of minus zero);
- formats of 4 and 6 bits have neither infinity nor NaN and saturate;
- `f8E8M0FNU` has only powers of two: no zero (the smallest power instead), no sign (NaN instead).

Source: the OCP 8-bit and microscaling format specifications, IEEE 754-2019, and mlir-opt 22.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import cached_property


class Specials(Enum):
    """Which bit patterns of a format are not finite numbers."""

    IEEE = "all-ones exponent: infinity or NaN"
    ALL_ONES = "all ones is NaN, no infinity"
    NEGATIVE_ZERO = "the bits of minus zero are NaN, no infinity, no minus zero"
    NONE = "every pattern is a finite number"


class FloatClass(Enum):
    """What a bit pattern stands for."""

    FINITE = "finite"
    INFINITE = "infinite"
    NAN = "nan"


@dataclass(frozen=True)
class FloatFormat:
    """A builtin float type.

    Attributes:
        name: MLIR's name of the type.
        width: bits of a value.
        precision: significand bits, with the leading one that most formats do not store.
        minimum_exponent: the exponent of the smallest normal number.
        specials: which patterns are not finite numbers.
        stores_leading_bit: true for f80 only.
        has_sign: false for f8E8M0FNU only.
    """

    name: str
    width: int
    precision: int
    minimum_exponent: int
    specials: Specials = Specials.IEEE
    stores_leading_bit: bool = False
    has_sign: bool = True

    @cached_property
    def fraction_width(self) -> int:
        """Stored significand bits."""
        return self.precision if self.stores_leading_bit else self.precision - 1

    @cached_property
    def exponent_width(self) -> int:
        """Stored exponent bits."""
        return self.width - self.has_sign - self.fraction_width

    @property
    def storage_bytes(self) -> int:
        """Bytes of one element in a dense attribute's raw form."""
        return (self.width + 7) // 8

    @cached_property
    def sign_bit(self) -> int:
        """The mask of the sign; zero where the format has none."""
        return 1 << (self.width - 1) if self.has_sign else 0

    @cached_property
    def _has_subnormals(self) -> bool:
        return self.precision > 1

    @cached_property
    def _exponent_mask(self) -> int:
        return (1 << self.exponent_width) - 1

    @cached_property
    def _leading_bit(self) -> int:
        return 1 << (self.precision - 1)

    @cached_property
    def largest_bits(self) -> int:
        """The bits of the largest finite number."""
        everything = (1 << (self.width - self.has_sign)) - 1
        if self.specials is Specials.IEEE:
            below_infinity = (self._exponent_mask - 1) << self.fraction_width
            return below_infinity | ((1 << self.fraction_width) - 1)
        return everything - 1 if self.specials is Specials.ALL_ONES else everything

    @cached_property
    def infinity_bits(self) -> int | None:
        """The bits of plus infinity, or None."""
        if self.specials is not Specials.IEEE:
            return None
        leading = self._leading_bit if self.stores_leading_bit else 0
        return (self._exponent_mask << self.fraction_width) | leading

    @cached_property
    def nan_bits(self) -> int | None:
        """The bits of the canonical quiet NaN, or None."""
        if self.infinity_bits is not None:
            return self.infinity_bits | (1 << (self.precision - 2))
        if self.specials is Specials.ALL_ONES:
            return (1 << (self.width - self.has_sign)) - 1
        return self.sign_bit if self.specials is Specials.NEGATIVE_ZERO else None

    @cached_property
    def overflow_bits(self) -> int:
        """What a finite number beyond the largest becomes: infinity, NaN or the largest."""
        if self.infinity_bits is not None:
            return self.infinity_bits
        return self.largest_bits if self.nan_bits is None else self.nan_bits

    def classify(self, bits: int) -> FloatClass:
        """What `bits` stands for. Invalid f80 patterns count as NaN, as upstream has it."""
        if self.specials is Specials.NONE:
            return FloatClass.FINITE
        if self.specials is not Specials.IEEE:
            magnitude = bits if self.specials is Specials.NEGATIVE_ZERO else bits & ~self.sign_bit
            return FloatClass.NAN if magnitude == self.nan_bits else FloatClass.FINITE
        if bits & ~self.sign_bit == self.infinity_bits:
            return FloatClass.INFINITE
        exponent = (bits >> self.fraction_width) & self._exponent_mask
        if exponent == self._exponent_mask:
            return FloatClass.NAN
        if self.stores_leading_bit and exponent and not bits & self._leading_bit:
            return FloatClass.NAN
        return FloatClass.FINITE

    def canonical(self, bits: int) -> int:
        """`bits`, or what upstream makes of an f80 pattern that no x87 operation gives.

        Those are numbers whose leading bit does not go with their exponent: the exponent becomes
        one (the same number) or all ones (NaN).
        """
        if not self.stores_leading_bit:
            return bits
        exponents = self._exponent_mask << self.fraction_width
        if self.classify(bits) is FloatClass.NAN:
            return bits | exponents
        if bits & self._leading_bit and not bits & exponents:
            return bits | 1 << self.fraction_width
        return bits

    def is_negative(self, bits: int) -> bool:
        """Whether the sign bit of `bits` is set."""
        return bool(bits & self.sign_bit)

    def significand_and_exponent(self, bits: int) -> tuple[int, int]:
        """`(m, e)` with m * 2**e the magnitude of the finite number `bits`."""
        exponent = (bits >> self.fraction_width) & self._exponent_mask
        fraction = bits & ((1 << self.fraction_width) - 1)
        quantum = self.minimum_exponent - (self.precision - 1)
        if not self._has_subnormals:
            return 1, quantum + exponent
        if exponent == 0:
            return fraction, quantum
        return fraction | self._leading_bit, quantum + exponent - 1

    def round_rational(self, negative: bool, numerator: int, denominator: int) -> int:
        """The bits nearest to numerator/denominator (both >= 0) with the given sign."""
        magnitude = self._round_magnitude(numerator, denominator)
        return self.with_sign(magnitude, negative)

    def with_sign(self, magnitude: int, negative: bool) -> int:
        """`magnitude`, the bits of a number with the sign clear, with the sign asked for."""
        if not negative or magnitude == self.nan_bits:
            return magnitude | (self.sign_bit if negative and self._nan_has_sign else 0)
        if not self.has_sign:
            # Upstream keeps zero's replacement for -0.0; other negatives have no meaning here.
            return magnitude if magnitude == 0 else self.quiet_nan()
        if magnitude == 0 and self.specials is Specials.NEGATIVE_ZERO:
            return 0
        return magnitude | self.sign_bit

    @property
    def _nan_has_sign(self) -> bool:
        return self.specials in (Specials.IEEE, Specials.ALL_ONES)

    def _round_magnitude(self, numerator: int, denominator: int) -> int:
        if numerator == 0:
            return 0
        top = numerator.bit_length() - denominator.bit_length()
        if (numerator << max(-top, 0)) < (denominator << max(top, 0)):
            top -= 1
        quantum = max(top, self.minimum_exponent) - (self.precision - 1)
        scaled, rest = divmod(numerator << max(-quantum, 0), denominator << max(quantum, 0))
        twice, whole = 2 * rest, denominator << max(quantum, 0)
        if twice > whole or (twice == whole and scaled & 1):
            scaled += 1
        return self._assemble(scaled, quantum)

    def _assemble(self, significand: int, quantum: int) -> int:
        """The bits of significand * 2**quantum, which the format holds unless it is too large."""
        steps = quantum - (self.minimum_exponent - (self.precision - 1))
        if significand >= 2 * self._leading_bit:
            significand, steps = significand >> 1, steps + 1
        if not self._has_subnormals:
            bits = steps if significand else 0
        elif self.stores_leading_bit:
            exponent = steps + (1 if significand & self._leading_bit else 0)
            bits = (exponent << self.fraction_width) | significand
        else:
            # The leading one, not stored, carries into the exponent: steps become steps + 1.
            bits = (steps << self.fraction_width) + significand
        return bits if bits <= self.largest_bits else self.overflow_bits

    def quiet_nan(self) -> int:
        """The canonical NaN.

        Raises:
            ValueError: the format has no NaN.
        """
        if self.nan_bits is None:
            raise ValueError(f"{self.name} has no NaN")
        return self.nan_bits

    def to_bits(self, value: float | int | Fraction) -> int:
        """The bits nearest to `value`; NaN payloads keep their leading bits.

        A NaN in a format without one becomes minus zero (as in ml_dtypes); infinity in a format
        without one becomes what overflow becomes.
        """
        if isinstance(value, (int, Fraction)):
            return self.round_rational(value < 0, abs(value.numerator), value.denominator)
        negative = math.copysign(1.0, value) < 0
        if math.isnan(value):
            return self._nan_from(value, negative)
        if math.isinf(value):
            return self.with_sign(self.overflow_bits, negative)
        numerator, denominator = abs(value).as_integer_ratio()
        return self.round_rational(negative, numerator, denominator)

    def _nan_from(self, value: float, negative: bool) -> int:
        if self.infinity_bits is None:
            return (
                self.sign_bit if self.nan_bits is None else self.with_sign(self.nan_bits, negative)
            )
        payload = int(struct.unpack("<Q", struct.pack("<d", value))[0]) & ((1 << 52) - 1)
        shift = 52 - (self.precision - 1)
        payload = payload >> shift if shift >= 0 else payload << -shift
        quiet = self.quiet_nan() if self is not F64 else self.infinity_bits
        return quiet | payload | (self.sign_bit if negative else 0)

    def from_bits(self, bits: int) -> float:
        """The Python float nearest to the value of `bits`; exact but for f80 and f128."""
        sign = -1.0 if self.is_negative(bits) else 1.0
        kind = self.classify(bits)
        if kind is FloatClass.INFINITE:
            return math.copysign(math.inf, sign)
        if kind is FloatClass.NAN:
            return self._nan_to_float(bits)
        significand, exponent = self.significand_and_exponent(bits)
        try:
            magnitude = (significand << max(exponent, 0)) / (1 << max(-exponent, 0))
        except OverflowError:
            magnitude = math.inf
        return math.copysign(magnitude, sign)

    def _nan_to_float(self, bits: int) -> float:
        if self.infinity_bits is None:
            return math.copysign(math.nan, -1.0 if self._negative_nan(bits) else 1.0)
        payload = bits & ((1 << (self.precision - 1)) - 1)
        shift = 52 - (self.precision - 1)
        payload = payload << shift if shift >= 0 else payload >> -shift
        if self is not F64:
            payload |= 1 << 51
        pattern = (int(self.is_negative(bits)) << 63) | (0x7FF << 52) | payload
        return float(struct.unpack("<d", struct.pack("<Q", pattern))[0])

    def _negative_nan(self, bits: int) -> bool:
        return self._nan_has_sign and self.is_negative(bits)


F64 = FloatFormat("f64", 64, 53, -1022)

_ALL_ONES, _UZ, _NONE = Specials.ALL_ONES, Specials.NEGATIVE_ZERO, Specials.NONE

FLOAT_FORMATS: dict[str, FloatFormat] = {
    each.name: each
    for each in (
        FloatFormat("f16", 16, 11, -14),
        FloatFormat("bf16", 16, 8, -126),
        FloatFormat("tf32", 19, 11, -126),
        FloatFormat("f32", 32, 24, -126),
        F64,
        FloatFormat("f80", 80, 64, -16382, stores_leading_bit=True),
        FloatFormat("f128", 128, 113, -16382),
        FloatFormat("f8E5M2", 8, 3, -14),
        FloatFormat("f8E4M3", 8, 4, -6),
        FloatFormat("f8E4M3FN", 8, 4, -6, _ALL_ONES),
        FloatFormat("f8E5M2FNUZ", 8, 3, -15, _UZ),
        FloatFormat("f8E4M3FNUZ", 8, 4, -7, _UZ),
        FloatFormat("f8E4M3B11FNUZ", 8, 4, -10, _UZ),
        FloatFormat("f8E3M4", 8, 5, -2),
        FloatFormat("f8E8M0FNU", 8, 1, -127, _ALL_ONES, has_sign=False),
        FloatFormat("f6E2M3FN", 6, 4, 0, _NONE),
        FloatFormat("f6E3M2FN", 6, 3, -2, _NONE),
        FloatFormat("f4E2M1FN", 4, 2, 0, _NONE),
    )
}


def float_format(name: str) -> FloatFormat:
    """The format of MLIR's float type `name`.

    Raises:
        KeyError: there is no such float type.
    """
    return FLOAT_FORMATS[name]
