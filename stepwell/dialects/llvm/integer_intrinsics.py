"""Intrinsics on integers: `%r = llvm.intr.smax(%a, %b) : (i32, i32) -> i32`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from stepwell.dialects.llvm.arithmetic import width_of
from stepwell.dialects.llvm.float_intrinsics import CALL_SYNTAX
from stepwell.dialects.llvm.types import IntegerLike, StructType
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.constraints import Var
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, prop, result
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.interpreter.scalars import array_of, scalars_of
from stepwell.ir.numbers.integers import to_signed, to_unsigned
from stepwell.ir.property_kinds import Bool
from stepwell.ir.traits import Elementwise, Pure
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.block import Region


class _UnaryOp(Op, traits=(Pure, Elementwise)):
    """Base of the functions of one integer."""

    T = Var("T", IntegerLike)
    in_ = operand(T)
    res = result(T)
    syntax = CALL_SYNTAX


class _BinaryOp(Op, traits=(Pure, Elementwise)):
    """Base of the functions of two integers."""

    T = Var("T", IntegerLike)
    a = operand(T)
    b = operand(T)
    res = result(T)
    syntax = CALL_SYNTAX

    def signed(self, *values: int) -> list[int]:
        """The operands as signed numbers."""
        return [to_signed(value, width_of(self.a)) for value in values]

    def unsigned(self, *values: int) -> list[int]:
        """The operands as unsigned numbers."""
        return [to_unsigned(value, width_of(self.a)) for value in values]


class SmaxOp(_BinaryOp, name="llvm.intr.smax"):
    """`%r = llvm.intr.smax(%a, %b) : (i32, i32) -> i32`: the larger signed number."""

    def evaluate(self, a: int, b: int) -> int:
        return max(self.signed(a, b))


class SminOp(_BinaryOp, name="llvm.intr.smin"):
    """`%r = llvm.intr.smin(%a, %b) : (i32, i32) -> i32`: the smaller signed number."""

    def evaluate(self, a: int, b: int) -> int:
        return min(self.signed(a, b))


class UmaxOp(_BinaryOp, name="llvm.intr.umax"):
    """`%r = llvm.intr.umax(%a, %b) : (i32, i32) -> i32`: the larger unsigned number."""

    def evaluate(self, a: int, b: int) -> int:
        return max(self.unsigned(a, b))


class UminOp(_BinaryOp, name="llvm.intr.umin"):
    """`%r = llvm.intr.umin(%a, %b) : (i32, i32) -> i32`: the smaller unsigned number."""

    def evaluate(self, a: int, b: int) -> int:
        return min(self.unsigned(a, b))


class AbsOp(Op, name="llvm.intr.abs", traits=(Pure, Elementwise)):
    """`%r = "llvm.intr.abs"(%a) <{is_int_min_poison = false}> : (i32) -> i32`: the magnitude."""

    T = Var("T", IntegerLike)
    in_ = operand(T)
    is_int_min_poison = prop(Bool)
    res = result(T)

    def evaluate(self, value: int) -> RuntimeValue:
        width = width_of(self.res)
        magnitude = abs(to_signed(value, width))
        return POISON if self.is_int_min_poison.value and magnitude >> (width - 1) else magnitude


class _CountZerosOp(Op, traits=(Pure, Elementwise)):
    """Base of the ops that count zero bits at one end."""

    T = Var("T", IntegerLike)
    in_ = operand(T)
    is_zero_poison = prop(Bool)
    res = result(T)

    def evaluate(self, value: int) -> RuntimeValue:
        width = width_of(self.res)
        bits = to_unsigned(value, width)
        if bits == 0:
            return POISON if self.is_zero_poison.value else width
        return self.count(bits, width)

    def count(self, bits: int, width: int) -> int:
        """How many zeros, for bits that are not all zero."""
        raise NotImplementedError


class CountLeadingZerosOp(_CountZerosOp, name="llvm.intr.ctlz"):
    """`%r = "llvm.intr.ctlz"(%a) <{is_zero_poison = false}> : (i32) -> i32`: zeros at the top."""

    def count(self, bits: int, width: int) -> int:
        return width - bits.bit_length()


class CountTrailingZerosOp(_CountZerosOp, name="llvm.intr.cttz"):
    """`%r = "llvm.intr.cttz"(%a) <{is_zero_poison = false}> : (i32) -> i32`.

    Zeros at the bottom.
    """

    def count(self, bits: int, width: int) -> int:
        return (bits & -bits).bit_length() - 1


class CtPopOp(_UnaryOp, name="llvm.intr.ctpop"):
    """`%r = llvm.intr.ctpop(%a) : (i32) -> i32`: how many bits are set."""

    def evaluate(self, value: int) -> int:
        return to_unsigned(value, width_of(self.res)).bit_count()


class ByteSwapOp(_UnaryOp, name="llvm.intr.bswap"):
    """`%r = llvm.intr.bswap(%a) : (i32) -> i32`: the bytes in reverse."""

    def evaluate(self, value: int) -> int:
        width = width_of(self.res)
        raw = to_unsigned(value, width).to_bytes(width // 8, "little")
        return int.from_bytes(raw, "big")


class BitReverseOp(_UnaryOp, name="llvm.intr.bitreverse"):
    """`%r = llvm.intr.bitreverse(%a) : (i32) -> i32`: the bits in reverse."""

    def evaluate(self, value: int) -> int:
        width = width_of(self.res)
        return int(f"{to_unsigned(value, width):0{width}b}"[::-1], 2)


class _FunnelOp(Op, traits=(Pure, Elementwise)):
    """Base of the shifts of two integers side by side."""

    T = Var("T", IntegerLike)
    a = operand(T)
    b = operand(T)
    c = operand(T)
    res = result(T)
    syntax = CALL_SYNTAX

    def both(self, a: int, b: int, c: int) -> tuple[int, int, int]:
        """`a` above `b`, the amount, the width."""
        width = width_of(self.res)
        wide = to_unsigned(a, width) << width | to_unsigned(b, width)
        return wide, to_unsigned(c, width) % width, width


class FshlOp(_FunnelOp, name="llvm.intr.fshl"):
    """`%r = llvm.intr.fshl(%a, %b, %c) : ...`: the upper half of a:b shifted left by c."""

    def evaluate(self, a: int, b: int, c: int) -> int:
        wide, amount, width = self.both(a, b, c)
        return wide << amount >> width


class FshrOp(_FunnelOp, name="llvm.intr.fshr"):
    """`%r = llvm.intr.fshr(%a, %b, %c) : ...`: the lower half of a:b shifted right by c."""

    def evaluate(self, a: int, b: int, c: int) -> int:
        wide, amount, _ = self.both(a, b, c)
        return wide >> amount


def _clamp(value: int, low: int, high: int) -> int:
    return min(max(value, low), high)


class SaddSatOp(_BinaryOp, name="llvm.intr.sadd.sat"):
    """`%r = llvm.intr.sadd.sat(%a, %b) : (i32, i32) -> i32`: stops at the signed limits."""

    def evaluate(self, a: int, b: int) -> int:
        left, right = self.signed(a, b)
        width = width_of(self.res)
        return _clamp(left + right, -(1 << width - 1), (1 << width - 1) - 1)


class UaddSatOp(_BinaryOp, name="llvm.intr.uadd.sat"):
    """`%r = llvm.intr.uadd.sat(%a, %b) : (i32, i32) -> i32`: stops at the unsigned limits."""

    def evaluate(self, a: int, b: int) -> int:
        left, right = self.unsigned(a, b)
        width = width_of(self.res)
        return _clamp(left + right, 0, (1 << width) - 1)


class SsubSatOp(_BinaryOp, name="llvm.intr.ssub.sat"):
    """`%r = llvm.intr.ssub.sat(%a, %b) : (i32, i32) -> i32`: stops at the signed limits."""

    def evaluate(self, a: int, b: int) -> int:
        left, right = self.signed(a, b)
        width = width_of(self.res)
        return _clamp(left - right, -(1 << width - 1), (1 << width - 1) - 1)


class UsubSatOp(_BinaryOp, name="llvm.intr.usub.sat"):
    """`%r = llvm.intr.usub.sat(%a, %b) : (i32, i32) -> i32`: stops at the unsigned limits."""

    def evaluate(self, a: int, b: int) -> int:
        left, right = self.unsigned(a, b)
        width = width_of(self.res)
        return _clamp(left - right, 0, (1 << width) - 1)


class SshlSatOp(_BinaryOp, name="llvm.intr.sshl.sat"):
    """`%r = llvm.intr.sshl.sat(%a, %b) : (i32, i32) -> i32`: shifts left, stops at the limits."""

    def evaluate(self, a: int, b: int) -> RuntimeValue:
        width = width_of(self.res)
        amount = to_unsigned(b, width)
        if amount >= width:
            return POISON
        return _clamp(self.signed(a)[0] << amount, -(1 << width - 1), (1 << width - 1) - 1)


class UshlSatOp(_BinaryOp, name="llvm.intr.ushl.sat"):
    """`%r = llvm.intr.ushl.sat(%a, %b) : (i32, i32) -> i32`: shifts left, stops at the limits."""

    def evaluate(self, a: int, b: int) -> RuntimeValue:
        width = width_of(self.res)
        amount = to_unsigned(b, width)
        if amount >= width:
            return POISON
        return _clamp(self.unsigned(a)[0] << amount, 0, (1 << width) - 1)


class _WithOverflowOp(Op, traits=(Pure,)):
    """Base of the ops that also say whether the result overflowed."""

    T = Var("T", IntegerLike)
    a = operand(T)
    b = operand(T)
    res = result()
    is_signed = True

    @classmethod
    def infer_result_types(
        cls,
        operands: Sequence[Value],
        properties: dict[str, Attribute],
        regions: Sequence[Region],
    ) -> list[Type]:
        type = operands[0].type
        return [StructType((type, types.with_element(type, types.i1)))]

    def exact(self, a: int, b: int) -> int:
        """The result before it is wrapped."""
        raise NotImplementedError

    def evaluate(self, a: RuntimeValue, b: RuntimeValue) -> RuntimeValue:
        type = self.a.type
        if not isinstance(type, types.VectorType):
            return self._one(a, b)
        lanes = zip(scalars_of(a, type.shape), scalars_of(b, type.shape), strict=True)
        rows = [self._one(x, y) for x, y in lanes]
        flags = np.array([flag for _, flag in rows], bool).reshape(type.shape)
        return array_of([value for value, _ in rows], type.shape, type), flags

    def _one(self, a: int, b: int) -> tuple[int, int]:
        width = width_of(self.a)
        bring = to_signed if self.is_signed else to_unsigned
        exact = self.exact(bring(a, width), bring(b, width))
        return to_signed(exact, width), int(bring(exact, width) != exact)


class SAddWithOverflowOp(_WithOverflowOp, name="llvm.intr.sadd.with.overflow"):
    """`%r = "llvm.intr.sadd.with.overflow"(%a, %b) : (i32, i32) -> !llvm.struct<(i32, i1)>`."""

    def exact(self, a: int, b: int) -> int:
        return a + b


class UAddWithOverflowOp(_WithOverflowOp, name="llvm.intr.uadd.with.overflow"):
    """`%r = "llvm.intr.uadd.with.overflow"(%a, %b) : (i32, i32) -> !llvm.struct<(i32, i1)>`."""

    is_signed = False

    def exact(self, a: int, b: int) -> int:
        return a + b


class SSubWithOverflowOp(_WithOverflowOp, name="llvm.intr.ssub.with.overflow"):
    """`%r = "llvm.intr.ssub.with.overflow"(%a, %b) : (i32, i32) -> !llvm.struct<(i32, i1)>`."""

    def exact(self, a: int, b: int) -> int:
        return a - b


class USubWithOverflowOp(_WithOverflowOp, name="llvm.intr.usub.with.overflow"):
    """`%r = "llvm.intr.usub.with.overflow"(%a, %b) : (i32, i32) -> !llvm.struct<(i32, i1)>`."""

    is_signed = False

    def exact(self, a: int, b: int) -> int:
        return a - b


class SMulWithOverflowOp(_WithOverflowOp, name="llvm.intr.smul.with.overflow"):
    """`%r = "llvm.intr.smul.with.overflow"(%a, %b) : (i32, i32) -> !llvm.struct<(i32, i1)>`."""

    def exact(self, a: int, b: int) -> int:
        return a * b


class UMulWithOverflowOp(_WithOverflowOp, name="llvm.intr.umul.with.overflow"):
    """`%r = "llvm.intr.umul.with.overflow"(%a, %b) : (i32, i32) -> !llvm.struct<(i32, i1)>`."""

    is_signed = False

    def exact(self, a: int, b: int) -> int:
        return a * b
