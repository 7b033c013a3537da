"""Integer division and remainder: undefined for a zero divisor."""

from __future__ import annotations

from typing import ClassVar

from stepwell.dialects.arith.constant import int_like, int_of
from stepwell.dialects.arith.integer import Constants, IntegerOperands, MulIOp
from stepwell.dialects.arith.integer_meaning import (
    ceil_divide_signed,
    ceil_divide_unsigned,
    divide_signed,
    divide_unsigned,
    floor_divide_signed,
    remainder_signed,
    remainder_unsigned,
)
from stepwell.ir.fields import unit_prop
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.rewriting.folding import Fold, constant_of
from stepwell.ir.traits import NoMemoryEffect


class Division(IntegerOperands, traits=(NoMemoryEffect,)):
    """Base of the ops that divide. They may be speculated if the divisor is a harmless constant."""

    signed: ClassVar[bool] = True

    def is_speculatable(self) -> bool:
        """Whether the divisor is known to be neither zero nor, for a signed quotient, -1."""
        divisor = int_of(constant_of(self.rhs))
        if divisor is None or divisor == 0:
            return False
        return not (self.signed and (divisor == -1 or self.width == 1))


class Quotient(Division):
    """Base of the divisions proper: x / 1 is x."""

    def fold(self, operands: Constants) -> Fold:
        divisor = int_of(operands[1])
        return self.lhs if divisor == 1 else None


class ExactQuotient(Quotient):
    """Base of the divisions that can promise to leave no remainder."""

    isExact = unit_prop()
    syntax = "$lhs `,` $rhs (`exact` $isExact^)? attr-dict `:` type($out)"
    promise: ClassVar[str] = "nsw"

    def fold(self, operands: Constants) -> Fold:
        product = self.lhs.owner
        if isinstance(product, MulIOp) and self.promise in product.overflowFlags.flags:
            if product.rhs is self.rhs:
                return product.lhs  # (a * b) / b
            if product.lhs is self.rhs:
                return product.rhs
        return super().fold(operands)


class DivSIOp(ExactQuotient, name="arith.divsi"):
    """`%r = arith.divsi %a, %b : i32`: signed quotient, rounded towards zero."""

    def evaluate(self, lhs: int, rhs: int) -> RuntimeValue:
        quotient = divide_signed(lhs, rhs, self.width)
        inexact = self.isExact is not None and remainder_signed(lhs, rhs, self.width) != 0
        return POISON if inexact else quotient


class DivUIOp(ExactQuotient, name="arith.divui"):
    """`%r = arith.divui %a, %b : i32`: unsigned quotient, rounded down."""

    signed: ClassVar[bool] = False
    promise: ClassVar[str] = "nuw"

    def evaluate(self, lhs: int, rhs: int) -> RuntimeValue:
        quotient = divide_unsigned(lhs, rhs, self.width)
        inexact = self.isExact is not None and remainder_unsigned(lhs, rhs, self.width) != 0
        return POISON if inexact else quotient


class CeilDivSIOp(Quotient, name="arith.ceildivsi"):
    """`%r = arith.ceildivsi %a, %b : i32`: signed quotient, rounded up."""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return ceil_divide_signed(lhs, rhs, self.width)


class CeilDivUIOp(Quotient, name="arith.ceildivui"):
    """`%r = arith.ceildivui %a, %b : i32`: unsigned quotient, rounded up."""

    signed: ClassVar[bool] = False

    def evaluate(self, lhs: int, rhs: int) -> int:
        return ceil_divide_unsigned(lhs, rhs, self.width)


class FloorDivSIOp(Quotient, name="arith.floordivsi"):
    """`%r = arith.floordivsi %a, %b : i32`: signed quotient, rounded down."""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return floor_divide_signed(lhs, rhs, self.width)


class Remainder(Division):
    """Base of the remainders: x % 1 is 0."""

    def fold(self, operands: Constants) -> Fold:
        divisor = int_of(operands[1])
        return int_like(0, self.type) if divisor == 1 else None


class RemSIOp(Remainder, name="arith.remsi"):
    """`%r = arith.remsi %a, %b : i32`: remainder of the signed division, with the sign of %a."""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return remainder_signed(lhs, rhs, self.width)


class RemUIOp(Remainder, name="arith.remui"):
    """`%r = arith.remui %a, %b : i32`: remainder of the unsigned division."""

    signed: ClassVar[bool] = False

    def evaluate(self, lhs: int, rhs: int) -> int:
        return remainder_unsigned(lhs, rhs, self.width)
