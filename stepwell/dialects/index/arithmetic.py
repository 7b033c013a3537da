"""Arithmetic on index values, which are 64 bits wide."""

from __future__ import annotations

from typing import ClassVar

from stepwell.dialects.arith import integer_meaning
from stepwell.dialects.arith.integer import Constants
from stepwell.dialects.arith.integer_meaning import INDEX_WIDTH
from stepwell.ir import types
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.constraints import Index
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, result
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.rewriting.folding import Fold, constant_of
from stepwell.ir.traits import Commutative, Idempotent, NoMemoryEffect, Pure


class IndexBinary(Op):
    """Base of `op %a, %b`."""

    lhs = operand(Index)
    rhs = operand(Index)
    out = result(Index)
    syntax = "$lhs `,` $rhs attr-dict"


def index_of(constant: object) -> int | None:
    """The number that a constant attribute is."""
    return constant.value if isinstance(constant, IntegerAttr) else None


class Division(IndexBinary, traits=(NoMemoryEffect,)):
    """Base of the ops that divide: x / 1 is x; undefined for zero."""

    signed: ClassVar[bool] = True

    def is_speculatable(self) -> bool:
        """Whether the divisor is known to be neither zero nor, for a signed quotient, -1."""
        divisor = index_of(constant_of(self.rhs))
        return divisor not in (None, 0) and not (self.signed and divisor == -1)


class Quotient(Division):
    """Base of the divisions proper."""

    def fold(self, operands: Constants) -> Fold:
        return self.lhs if index_of(operands[1]) == 1 else None


class AddOp(IndexBinary, name="index.add", traits=(Pure, Commutative)):
    """`%r = index.add %a, %b`: the sum."""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return lhs + rhs

    def fold(self, operands: Constants) -> Fold:
        if index_of(operands[1]) == 0:
            return self.lhs
        for difference, added in ((self.lhs, self.rhs), (self.rhs, self.lhs)):
            if isinstance(difference.owner, SubOp) and difference.owner.rhs is added:
                return difference.owner.lhs  # (a - b) + b
        return None


class SubOp(IndexBinary, name="index.sub", traits=(Pure,)):
    """`%r = index.sub %a, %b`: the difference."""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return lhs - rhs

    def fold(self, operands: Constants) -> Fold:
        if index_of(operands[1]) == 0:
            return self.lhs
        if self.lhs is self.rhs:
            return IntegerAttr(0, types.index)
        total = self.lhs.owner
        if isinstance(total, AddOp):
            if total.rhs is self.rhs:
                return total.lhs  # (a + b) - b
            if total.lhs is self.rhs:
                return total.rhs
        return None


class MulOp(IndexBinary, name="index.mul", traits=(Pure, Commutative)):
    """`%r = index.mul %a, %b`: the product."""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return lhs * rhs

    def fold(self, operands: Constants) -> Fold:
        factor = index_of(operands[1])
        return self.lhs if factor == 1 else operands[1] if factor == 0 else None


class AndOp(IndexBinary, name="index.and", traits=(Pure, Commutative, Idempotent)):
    """`%r = index.and %a, %b`: the bits set in both."""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return lhs & rhs

    def fold(self, operands: Constants) -> Fold:
        mask = index_of(operands[1])
        return self.lhs if mask == -1 else operands[1] if mask == 0 else None


class OrOp(IndexBinary, name="index.or", traits=(Pure, Commutative, Idempotent)):
    """`%r = index.or %a, %b`: the bits set in either."""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return lhs | rhs

    def fold(self, operands: Constants) -> Fold:
        mask = index_of(operands[1])
        return self.lhs if mask == 0 else operands[1] if mask == -1 else None


class XOrOp(IndexBinary, name="index.xor", traits=(Pure, Commutative)):
    """`%r = index.xor %a, %b`: the bits set in exactly one."""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return lhs ^ rhs

    def fold(self, operands: Constants) -> Fold:
        return self.lhs if index_of(operands[1]) == 0 else None


class MaxSOp(IndexBinary, name="index.maxs", traits=(Pure, Commutative, Idempotent)):
    """`%r = index.maxs %a, %b`: the larger signed number."""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return integer_meaning.maximum_signed(lhs, rhs, INDEX_WIDTH)


class MaxUOp(IndexBinary, name="index.maxu", traits=(Pure, Commutative, Idempotent)):
    """`%r = index.maxu %a, %b`: the larger unsigned number."""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return integer_meaning.maximum_unsigned(lhs, rhs, INDEX_WIDTH)


class MinSOp(IndexBinary, name="index.mins", traits=(Pure, Commutative, Idempotent)):
    """`%r = index.mins %a, %b`: the smaller signed number."""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return integer_meaning.minimum_signed(lhs, rhs, INDEX_WIDTH)


class MinUOp(IndexBinary, name="index.minu", traits=(Pure, Commutative, Idempotent)):
    """`%r = index.minu %a, %b`: the smaller unsigned number."""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return integer_meaning.minimum_unsigned(lhs, rhs, INDEX_WIDTH)


class DivSOp(Quotient, name="index.divs"):
    """`%r = index.divs %a, %b`: signed quotient, rounded towards zero."""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return integer_meaning.divide_signed(lhs, rhs, INDEX_WIDTH)


class DivUOp(Quotient, name="index.divu"):
    """`%r = index.divu %a, %b`: unsigned quotient, rounded down."""

    signed: ClassVar[bool] = False

    def evaluate(self, lhs: int, rhs: int) -> int:
        return integer_meaning.divide_unsigned(lhs, rhs, INDEX_WIDTH)


class CeilDivSOp(Quotient, name="index.ceildivs"):
    """`%r = index.ceildivs %a, %b`: signed quotient, rounded up."""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return integer_meaning.ceil_divide_signed(lhs, rhs, INDEX_WIDTH)


class CeilDivUOp(Quotient, name="index.ceildivu"):
    """`%r = index.ceildivu %a, %b`: unsigned quotient, rounded up."""

    signed: ClassVar[bool] = False

    def evaluate(self, lhs: int, rhs: int) -> int:
        return integer_meaning.ceil_divide_unsigned(lhs, rhs, INDEX_WIDTH)


class FloorDivSOp(Quotient, name="index.floordivs"):
    """`%r = index.floordivs %a, %b`: signed quotient, rounded down."""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return integer_meaning.floor_divide_signed(lhs, rhs, INDEX_WIDTH)


class RemSOp(Division, name="index.rems"):
    """`%r = index.rems %a, %b`: signed remainder, with the sign of %a."""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return integer_meaning.remainder_signed(lhs, rhs, INDEX_WIDTH)

    def fold(self, operands: Constants) -> Fold:
        return IntegerAttr(0, types.index) if index_of(operands[1]) == 1 else None


class RemUOp(Division, name="index.remu"):
    """`%r = index.remu %a, %b`: unsigned remainder."""

    signed: ClassVar[bool] = False

    def evaluate(self, lhs: int, rhs: int) -> int:
        return integer_meaning.remainder_unsigned(lhs, rhs, INDEX_WIDTH)

    def fold(self, operands: Constants) -> Fold:
        return IntegerAttr(0, types.index) if index_of(operands[1]) == 1 else None


class ShlOp(IndexBinary, name="index.shl", traits=(Pure,)):
    """`%r = index.shl %a, %b`: shifts to the left; poison for %b >= 64."""

    def evaluate(self, lhs: int, rhs: int) -> RuntimeValue:
        shifted = integer_meaning.shift_left(lhs, rhs, INDEX_WIDTH)
        return POISON if shifted is None else shifted

    def fold(self, operands: Constants) -> Fold:
        return self.lhs if index_of(operands[1]) == 0 else None


class ShrSOp(IndexBinary, name="index.shrs", traits=(Pure,)):
    """`%r = index.shrs %a, %b`: shifts right, the sign bit coming in; poison for %b >= 64."""

    def evaluate(self, lhs: int, rhs: int) -> RuntimeValue:
        shifted = integer_meaning.shift_right_signed(lhs, rhs, INDEX_WIDTH)
        return POISON if shifted is None else shifted

    def fold(self, operands: Constants) -> Fold:
        return self.lhs if index_of(operands[1]) == 0 else None


class ShrUOp(IndexBinary, name="index.shru", traits=(Pure,)):
    """`%r = index.shru %a, %b`: shifts to the right, zeros coming in; poison for %b >= 64."""

    def evaluate(self, lhs: int, rhs: int) -> RuntimeValue:
        shifted = integer_meaning.shift_right_unsigned(lhs, rhs, INDEX_WIDTH)
        return POISON if shifted is None else shifted

    def fold(self, operands: Constants) -> Fold:
        return self.lhs if index_of(operands[1]) == 0 else None
