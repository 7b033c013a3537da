"""Arithmetic and comparisons of the llvm dialect.

Each op works on scalars and, element by element, on vectors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from stepwell.dialects.llvm.attributes import (
    NO_FASTMATH,
    NO_FLAGS,
    NSW,
    NUW,
    FastMathKind,
)
from stepwell.dialects.llvm.types import FloatLike, IntegerLike
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.constraints import Transform, Var
from stepwell.ir.definition import Op
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.fields import operand, prop, result, unit_prop
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.numbers.integers import to_signed, to_unsigned
from stepwell.ir.property_kinds import I32
from stepwell.ir.traits import (
    Commutative,
    Elementwise,
    NoMemoryEffect,
    Pure,
    SameOperandsAndResultType,
)
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

_WORDS = {"nsw": NSW, "nuw": NUW}


def width_of(value: Value) -> int:
    """How many bits an integer, or the elements of an integer vector, have."""
    type = types.element_type_or_self(value.type)
    return type.width if isinstance(type, types.IntegerType) else 64


def parse_overflow(p: OpParser) -> IntegerAttr:
    """`overflow<nsw, nuw>`, if it is there, as a number."""
    flags = 0
    if p.optional_keyword("overflow"):
        p.literal("<")
        for word in p.comma_separated(lambda: p.keyword("nsw", "nuw", "none")):
            flags |= _WORDS.get(word, 0)
        p.literal(">")
    return IntegerAttr(flags, types.i32)


def overflow_text(flags: IntegerAttr) -> str:
    """What `parse_overflow` reads, with a space before it, or nothing."""
    words = [word for word, bit in _WORDS.items() if flags.value & bit]
    return f"overflow<{', '.join(words)}>" if words else ""


def truth_of(of: Var) -> Transform:
    """i1, or a vector of i1 for vectors."""

    def truth(type: Type) -> Type:
        if isinstance(type, types.VectorType):
            return types.with_element(type, types.i1)
        return types.i1

    return Transform(of, truth, "i1 of the same shape")


class _IntegerOp(Op, traits=(Elementwise,)):
    """Base of the ops on two integers of one type."""

    T = Var("T", IntegerLike)
    lhs = operand(T)
    rhs = operand(T)
    res = result(T)
    syntax = "$lhs `,` $rhs attr-dict `:` type($res)"


class _OverflowOp(_IntegerOp, traits=(Pure,)):
    """Base of the ops that may promise not to overflow; poison if the promise is broken."""

    overflowFlags = prop(I32, NO_FLAGS)

    @classmethod
    def parse(cls, p: OpParser) -> Op:
        lhs = p.operand()
        p.literal(",")
        rhs = p.operand()
        flags = parse_overflow(p)
        attributes = p.optional_dictionary()
        p.literal(":")
        type = p.type()
        values = p.resolve_all((lhs, rhs), (type, type))
        return cls.create(values, [type], {"overflowFlags": flags}, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.lhs)}, {p.name(self.rhs)}")
        flags = overflow_text(self.overflowFlags)
        p.write(f" {flags}" if flags else "")
        p.attr_dict(self, ("overflowFlags",))
        p.write(f" : {p.show(self.res.type)}")

    def exact(self, lhs: int, rhs: int) -> int:
        """The result before it is wrapped."""
        raise NotImplementedError

    def evaluate(self, lhs: int, rhs: int) -> RuntimeValue:
        flags = self.overflowFlags.value
        width = width_of(self.lhs)
        exact = self.exact(lhs, rhs)
        if flags & NSW and to_signed(exact, width) != self.exact(
            to_signed(lhs, width), to_signed(rhs, width)
        ):
            return POISON
        if flags & NUW:
            unsigned = self.exact(to_unsigned(lhs, width), to_unsigned(rhs, width))
            if to_unsigned(unsigned, width) != unsigned:
                return POISON
        return exact


class AddOp(_OverflowOp, name="llvm.add", traits=(Commutative,)):
    """`%r = llvm.add %a, %b overflow<nsw> : i32`: the sum; wraps."""

    def exact(self, lhs: int, rhs: int) -> int:
        return lhs + rhs


class SubOp(_OverflowOp, name="llvm.sub"):
    """`%r = llvm.sub %a, %b overflow<nsw> : i32`: the difference; wraps."""

    def exact(self, lhs: int, rhs: int) -> int:
        return lhs - rhs


class MulOp(_OverflowOp, name="llvm.mul", traits=(Commutative,)):
    """`%r = llvm.mul %a, %b overflow<nsw> : i32`: the product; wraps."""

    def exact(self, lhs: int, rhs: int) -> int:
        return lhs * rhs


class ShlOp(_OverflowOp, name="llvm.shl"):
    """`%r = llvm.shl %a, %b : i32`: shifts left; poison if the amount reaches the width."""

    def evaluate(self, lhs: int, rhs: int) -> RuntimeValue:
        width = width_of(self.lhs)
        amount = to_unsigned(rhs, width)
        if amount >= width:
            return POISON
        shifted = lhs << amount
        flags = self.overflowFlags.value
        if flags & NSW and to_signed(shifted, width) != to_signed(lhs, width) << amount:
            return POISON
        if flags & NUW and to_unsigned(shifted, width) != to_unsigned(lhs, width) << amount:
            return POISON
        return shifted


class _ExactOp(_IntegerOp):
    """Base of the ops that may promise that nothing is lost; poison if something is."""

    isExact = unit_prop()
    syntax = "(`exact` $isExact^)? $lhs `,` $rhs attr-dict `:` type($res)"


class UDivOp(_ExactOp, name="llvm.udiv", traits=(NoMemoryEffect,)):
    """`%r = llvm.udiv exact %a, %b : i32`: the quotient of unsigned numbers, rounded down."""

    def evaluate(self, lhs: int, rhs: int) -> RuntimeValue:
        width = width_of(self.lhs)
        quotient, rest = divmod(to_unsigned(lhs, width), _divisor(to_unsigned(rhs, width)))
        return POISON if rest and self.isExact is not None else quotient


class SDivOp(_ExactOp, name="llvm.sdiv", traits=(NoMemoryEffect,)):
    """`%r = llvm.sdiv exact %a, %b : i32`: the quotient of signed numbers, rounded to zero."""

    def evaluate(self, lhs: int, rhs: int) -> RuntimeValue:
        width = width_of(self.lhs)
        quotient, rest = _truncated(to_signed(lhs, width), _divisor(to_signed(rhs, width)), width)
        return POISON if rest and self.isExact is not None else quotient


class URemOp(_IntegerOp, name="llvm.urem", traits=(NoMemoryEffect,)):
    """`%r = llvm.urem %a, %b : i32`: what an unsigned division leaves."""

    def evaluate(self, lhs: int, rhs: int) -> RuntimeValue:
        width = width_of(self.lhs)
        return to_unsigned(lhs, width) % _divisor(to_unsigned(rhs, width))


class SRemOp(_IntegerOp, name="llvm.srem", traits=(NoMemoryEffect,)):
    """`%r = llvm.srem %a, %b : i32`: what a signed division leaves, with the sign of `%a`."""

    def evaluate(self, lhs: int, rhs: int) -> RuntimeValue:
        width = width_of(self.lhs)
        return _truncated(to_signed(lhs, width), _divisor(to_signed(rhs, width)), width)[1]


def _divisor(value: int) -> int:
    if value == 0:
        raise InterpreterError("divides by zero")
    return value


def _truncated(lhs: int, rhs: int, width: int) -> tuple[int, int]:
    """Quotient and rest of a division that rounds to zero."""
    quotient = abs(lhs) // abs(rhs)
    quotient = -quotient if (lhs < 0) != (rhs < 0) else quotient
    if quotient == 1 << (width - 1):
        raise InterpreterError("overflows in a signed division")
    return quotient, lhs - quotient * rhs


class LShrOp(_ExactOp, name="llvm.lshr", traits=(Pure,)):
    """`%r = llvm.lshr %a, %b : i32`: shifts right, zeros come in."""

    def evaluate(self, lhs: int, rhs: int) -> RuntimeValue:
        width = width_of(self.lhs)
        return _shifted(self, to_unsigned(lhs, width), to_unsigned(rhs, width), width)


class AShrOp(_ExactOp, name="llvm.ashr", traits=(Pure,)):
    """`%r = llvm.ashr %a, %b : i32`: shifts right, the sign comes in."""

    def evaluate(self, lhs: int, rhs: int) -> RuntimeValue:
        width = width_of(self.lhs)
        return _shifted(self, to_signed(lhs, width), to_unsigned(rhs, width), width)


def _shifted(op: _ExactOp, value: int, amount: int, width: int) -> RuntimeValue:
    if amount >= width or (op.isExact is not None and value & ((1 << amount) - 1)):
        return POISON
    return value >> amount


class AndOp(_IntegerOp, name="llvm.and", traits=(Pure, Commutative)):
    """`%r = llvm.and %a, %b : i32`."""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return lhs & rhs


class OrOp(_IntegerOp, name="llvm.or", traits=(Pure, Commutative)):
    """`%r = llvm.or disjoint %a, %b : i32`; disjoint: poison if both have a common bit."""

    isDisjoint = unit_prop()
    syntax = "(`disjoint` $isDisjoint^)? $lhs `,` $rhs attr-dict `:` type($res)"

    def evaluate(self, lhs: int, rhs: int) -> RuntimeValue:
        return POISON if lhs & rhs and self.isDisjoint is not None else lhs | rhs


class XOrOp(_IntegerOp, name="llvm.xor", traits=(Pure, Commutative)):
    """`%r = llvm.xor %a, %b : i32`."""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return lhs ^ rhs


class _FloatOp(Op, traits=(Pure, Elementwise, SameOperandsAndResultType)):
    """Base of the ops on two floats of one type."""

    T = Var("T", FloatLike)
    lhs = operand(T)
    rhs = operand(T)
    fastmathFlags = prop(FastMathKind, NO_FASTMATH)
    res = result(T)
    syntax = "$lhs `,` $rhs attr-dict `:` type($res)"
    evaluates_arrays: ClassVar[bool] = True


class FAddOp(_FloatOp, name="llvm.fadd", traits=(Commutative,)):
    """`%r = llvm.fadd %a, %b : f32`: the sum."""

    def evaluate(self, lhs: RuntimeValue, rhs: RuntimeValue) -> RuntimeValue:
        with np.errstate(all="ignore"):
            return lhs + rhs


class FSubOp(_FloatOp, name="llvm.fsub"):
    """`%r = llvm.fsub %a, %b : f32`: the difference."""

    def evaluate(self, lhs: RuntimeValue, rhs: RuntimeValue) -> RuntimeValue:
        with np.errstate(all="ignore"):
            return lhs - rhs


class FMulOp(_FloatOp, name="llvm.fmul", traits=(Commutative,)):
    """`%r = llvm.fmul %a, %b : f32`: the product."""

    def evaluate(self, lhs: RuntimeValue, rhs: RuntimeValue) -> RuntimeValue:
        with np.errstate(all="ignore"):
            return lhs * rhs


class FDivOp(_FloatOp, name="llvm.fdiv"):
    """`%r = llvm.fdiv %a, %b : f32`: the quotient."""

    def evaluate(self, lhs: RuntimeValue, rhs: RuntimeValue) -> RuntimeValue:
        with np.errstate(all="ignore"):
            return np.divide(lhs, rhs)


class FRemOp(_FloatOp, name="llvm.frem"):
    """`%r = llvm.frem %a, %b : f32`: what a division rounded to zero leaves."""

    def evaluate(self, lhs: RuntimeValue, rhs: RuntimeValue) -> RuntimeValue:
        with np.errstate(all="ignore"):
            return np.fmod(lhs, rhs)


class FNegOp(Op, name="llvm.fneg", traits=(Pure, Elementwise)):
    """`%r = llvm.fneg %a : f32`: the other sign, for NaNs too."""

    T = Var("T", FloatLike)
    operand_ = operand(T)
    fastmathFlags = prop(FastMathKind, NO_FASTMATH)
    res = result(T)
    syntax = "$operand attr-dict `:` type($res)"
    evaluates_arrays: ClassVar[bool] = True

    def evaluate(self, value: RuntimeValue) -> RuntimeValue:
        return np.negative(value)
