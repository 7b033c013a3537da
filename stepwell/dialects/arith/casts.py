"""Conversions between integer types, float types and index."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from stepwell.dialects.arith import float_meaning
from stepwell.dialects.arith.constant import float_of
from stepwell.dialects.arith.flags import (
    NO_OVERFLOW_FLAGS,
    OverflowFlags,
    RoundingMode,
)
from stepwell.dialects.arith.floating import FASTMATH
from stepwell.dialects.arith.integer import Constants
from stepwell.dialects.arith.integer_meaning import overflows, width_of
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.constraints import (
    Constraint,
    FloatLike,
    SignlessFixedWidthIntegerLike,
    SignlessIntegerLike,
)
from stepwell.ir.definition import Op
from stepwell.ir.enums import enum_kind
from stepwell.ir.fields import operand, optional_prop, prop, result
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.numbers.integers import to_signed, to_unsigned
from stepwell.ir.rewriting.folding import Fold
from stepwell.ir.traits import Elementwise, Pure, SameOperandsAndResultShape
from stepwell.ir.value import Value


def _or_memref(scalar: Constraint, of: str, words: str) -> Constraint:
    def accepts(type: Type) -> bool:
        if isinstance(type, types.MemRefType):
            return scalar.accepts(type.element_type)
        return scalar.accepts(type)

    return Constraint(accepts, f"{words}-like or memref of {of}")


IndexCastable = _or_memref(SignlessIntegerLike, "signless-integer", "signless-integer")
Bitcastable = _or_memref(
    SignlessFixedWidthIntegerLike | FloatLike,
    "signless-integer or float",
    "signless-integer-or-float",
)


DIMENSIONS_DIFFER = "failed to verify that input and output have the same tensor dimensions"


class Cast(Op, traits=(Pure, Elementwise, SameOperandsAndResultShape)):
    """Base of `op %a : from to to`."""

    in_ = operand()
    out = result()
    syntax = "$in attr-dict `:` type($in) `to` type($out)"

    @property
    def source(self) -> Type:
        """The type that is converted, or of the elements that are."""
        return types.element_type_or_self(self.in_.type)

    @property
    def target(self) -> Type:
        """The type that it is converted to, or that the elements are."""
        return types.element_type_or_self(self.results[0].type)

    def fits(self) -> bool:
        """Whether the element types go together."""
        return True

    def verify_op(self) -> None:
        source, target = self.in_.type, self.results[0].type
        if not same_dimensions(source, target):
            raise self.error(
                "failed to verify that input and output have the same tensor dimensions"
            )
        if not self.fits():
            raise self.error(
                f"operand type '{source}' and result type '{target}' are cast incompatible"
            )


def same_dimensions(source: Type, target: Type) -> bool:
    """Whether two types are shaped alike, unknown sizes too; as upstream, never if unranked."""
    if not isinstance(source, types.ShapedType) or not isinstance(target, types.ShapedType):
        return isinstance(source, types.ShapedType) == isinstance(target, types.ShapedType)
    ranked = types.is_ranked(source) and types.is_ranked(target)
    return ranked and types.dims_of(source) == types.dims_of(target)


class IntegerCast(Cast):
    """Base of the casts between integers of fixed width."""

    in_ = operand(SignlessFixedWidthIntegerLike)
    out = result(SignlessFixedWidthIntegerLike)


class Extension(IntegerCast):
    """Base of the casts to more bits."""

    def fits(self) -> bool:
        return width_of(self.source) < width_of(self.target)


class ExtSIOp(Extension, name="arith.extsi"):
    """`%r = arith.extsi %a : i8 to i32`: the same signed number."""

    def evaluate(self, value: int) -> int:
        return to_signed(value, width_of(self.source))

    def fold(self, operands: Constants) -> Fold:
        return extended_once(self, ExtSIOp)


class ExtUIOp(Extension, name="arith.extui"):
    """`%r = arith.extui %a : i8 to i32`: the same unsigned number."""

    def evaluate(self, value: int) -> int:
        return to_unsigned(value, width_of(self.source))

    def fold(self, operands: Constants) -> Fold:
        return extended_once(self, ExtUIOp)


def extended_once(op: Cast, inner: type[Cast]) -> Fold:
    """Makes an extension of an extension extend the first value."""
    producer = op.in_.owner
    if not isinstance(producer, inner):
        return None
    op.set_operand(0, producer.in_)
    return True


class TruncIOp(IntegerCast, name="arith.trunci"):
    """`%r = arith.trunci %a : i32 to i8`: the low bits."""

    overflowFlags = prop(enum_kind(OverflowFlags), NO_OVERFLOW_FLAGS)
    syntax = "$in (`overflow` `` $overflowFlags^)? attr-dict `:` type($in) `to` type($out)"

    def fits(self) -> bool:
        return width_of(self.source) > width_of(self.target)

    def evaluate(self, value: int) -> RuntimeValue:
        flags, wide, narrow = self.overflowFlags.flags, width_of(self.source), width_of(self.target)
        if "nsw" in flags and overflows(to_signed(value, wide), narrow, signed=True):
            return POISON
        if "nuw" in flags and overflows(to_unsigned(value, wide), narrow, signed=False):
            return POISON
        return value

    def fold(self, operands: Constants) -> Fold:
        producer = self.in_.owner
        if not isinstance(producer, (ExtSIOp, ExtUIOp)):
            return shortened_once(self, TruncIOp)
        before, after = width_of(producer.source), width_of(self.target)
        if producer.in_.type is self.results[0].type:
            return producer.in_
        if before > after:
            self.set_operand(0, producer.in_)
            return True
        return None


def shortened_once(op: TruncIOp, inner: type[TruncIOp]) -> Fold:
    """Makes a truncation of a truncation truncate the first value, keeping common promises."""
    producer = op.in_.owner
    if not isinstance(producer, inner):
        return None
    kept = set(op.overflowFlags.flags) & set(producer.overflowFlags.flags)
    op.set_operand(0, producer.in_)
    op.overflowFlags = OverflowFlags(tuple(kept))
    return True


class ExtFOp(Cast, name="arith.extf"):
    """`%r = arith.extf %a : f32 to f64`: the same number in a wider format."""

    in_ = operand(FloatLike)
    fastmath = optional_prop(FASTMATH)
    out = result(FloatLike)
    syntax = "$in (`fastmath` `` $fastmath^)? attr-dict `:` type($in) `to` type($out)"

    def fits(self) -> bool:
        return float_width(self.source) < float_width(self.target)

    def evaluate(self, value: Any) -> RuntimeValue:
        return float_meaning.guarded(
            self.fastmath, self.results[0].type, lambda number: number, value
        )


class TruncFOp(Cast, name="arith.truncf"):
    """`%r = arith.truncf %a upward : f64 to f32`: rounds to a narrower format."""

    in_ = operand(FloatLike)
    roundingmode = optional_prop(RoundingMode)
    fastmath = optional_prop(FASTMATH)
    out = result(FloatLike)
    syntax = (
        "$in ($roundingmode^)? (`fastmath` `` $fastmath^)? attr-dict `:` type($in) `to` type($out)"
    )

    def fits(self) -> bool:
        return float_width(self.source) > float_width(self.target)

    @property
    def rounding(self) -> str | None:
        """The rounding mode's word, if one is given."""
        mode = self.roundingmode
        return None if mode is None else RoundingMode.word(mode)

    def folds_constants(self, constants: Constants) -> bool:
        """Whether constants are computed: as upstream, only numbers that need no rounding."""
        value = float_of(constants[0])
        if value is None or not math.isfinite(value):
            return value is not None
        return float_meaning.round_exact(value, float_meaning.format_of(self.target)) == value

    def evaluate(self, value: Any) -> RuntimeValue:
        form, mode = float_meaning.format_of(self.target), self.rounding
        return float_meaning.guarded(
            self.fastmath,
            self.results[0].type,
            lambda number: float_meaning.round_exact(number, form, mode),
            value,
        )


def float_width(type: Type) -> int:
    """The bits of a float type."""
    assert isinstance(type, types.FloatType)
    return type.width


class IntegerToFloat(Cast):
    """Base of the casts from integer to float; rounds to nearest."""

    in_ = operand(SignlessFixedWidthIntegerLike)
    out = result(FloatLike)

    @staticmethod
    def bring(value: int, width: int) -> int:
        """The number that the bits stand for."""
        raise NotImplementedError

    def evaluate(self, value: int) -> float:
        exact = self.bring(value, width_of(self.source))
        return float_meaning.round_exact(exact, float_meaning.format_of(self.target))


class SIToFPOp(IntegerToFloat, name="arith.sitofp"):
    """`%r = arith.sitofp %a : i32 to f32`: the nearest float to a signed integer."""

    bring = staticmethod(to_signed)


class UIToFPOp(IntegerToFloat, name="arith.uitofp"):
    """`%r = arith.uitofp %a : i32 to f32`: the nearest float to an unsigned integer."""

    bring = staticmethod(to_unsigned)


class FloatToInteger(Cast):
    """Base of the casts from float to integer; cuts the fraction off; poison if out of range."""

    in_ = operand(FloatLike)
    out = result(SignlessFixedWidthIntegerLike)
    signed: ClassVar[bool] = True

    def evaluate(self, value: Any) -> RuntimeValue:
        width = width_of(self.target)
        whole = float_meaning.to_integer(float_meaning.number(value), width, self.signed)
        return POISON if whole is None else whole


class FPToSIOp(FloatToInteger, name="arith.fptosi"):
    """`%r = arith.fptosi %a : f32 to i32`: the signed integer towards zero."""


class FPToUIOp(FloatToInteger, name="arith.fptoui"):
    """`%r = arith.fptoui %a : f32 to i32`: the unsigned integer towards zero."""

    signed: ClassVar[bool] = False


class IndexCastBase(Cast):
    """Base of the casts between index and integers."""

    in_ = operand(IndexCastable)
    out = result(IndexCastable)

    def fits(self) -> bool:
        return (self.source is types.index) != (self.target is types.index)


class IndexCastOp(IndexCastBase, name="arith.index_cast"):
    """`%r = arith.index_cast %a : i32 to index`: extends the sign, or cuts bits off."""

    def evaluate(self, value: int) -> int:
        return to_signed(value, width_of(self.source))

    def fold(self, operands: Constants) -> Fold:
        return cast_back(self, IndexCastOp)


class IndexCastUIOp(IndexCastBase, name="arith.index_castui"):
    """`%r = arith.index_castui %a : i32 to index`: extends with zeros, or cuts bits off."""

    def evaluate(self, value: int) -> int:
        return to_unsigned(value, width_of(self.source))

    def fold(self, operands: Constants) -> Fold:
        return cast_back(self, IndexCastUIOp)


def cast_back(op: Cast, inner: type[Cast]) -> Value | None:
    """The first value, if the op takes back what an op before it did without loss."""
    producer = op.in_.owner
    if not isinstance(producer, inner) or producer.in_.type is not op.results[0].type:
        return None
    return producer.in_ if width_of(producer.source) <= width_of(producer.target) else None


class BitcastOp(Cast, name="arith.bitcast"):
    """`%r = arith.bitcast %a : i32 to f32`: the same bits as another type of the same width."""

    in_ = operand(Bitcastable)
    out = result(Bitcastable)

    def fits(self) -> bool:
        return bit_width(self.source) == bit_width(self.target)

    def evaluate(self, value: Any) -> RuntimeValue:
        return float_meaning.from_bits(float_meaning.bits_of(value, self.source), self.target)

    def fold(self, operands: Constants) -> Fold:
        producer = self.in_.owner
        if isinstance(producer, BitcastOp) and producer.in_.type is self.results[0].type:
            return producer.in_
        return self.in_ if self.in_.type is self.results[0].type else None


def bit_width(type: Type) -> int:
    """The bits of an integer or float type."""
    return type.width if isinstance(type, types.FloatType) else width_of(type)
