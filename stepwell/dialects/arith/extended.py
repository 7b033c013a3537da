"""Integer arithmetic with two results: the wrapped one, and what went over."""

from __future__ import annotations

from stepwell.dialects.arith.compare import bools_of
from stepwell.dialects.arith.constant import int_like, int_of
from stepwell.dialects.arith.integer import Constants
from stepwell.dialects.arith.integer_meaning import width_of
from stepwell.ir.constraints import SignlessIntegerLike, Var
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, result
from stepwell.ir.numbers.integers import to_signed, to_unsigned
from stepwell.ir.rewriting.folding import Fold
from stepwell.ir.traits import Commutative, Elementwise, Pure


class AddUIExtendedOp(Op, name="arith.addui_extended", traits=(Pure, Commutative, Elementwise)):
    """`%sum, %overflow = arith.addui_extended %a, %b : i32, i1`: adds, and tells of a carry."""

    T = Var("T", SignlessIntegerLike)
    lhs = operand(T)
    rhs = operand(T)
    sum = result(T)
    overflow = result(bools_of(T))
    syntax = "$lhs `,` $rhs attr-dict `:` type($sum) `,` type($overflow)"

    def result_names(self) -> tuple[str, str]:
        return "sum", "overflow"

    def evaluate(self, lhs: int, rhs: int) -> tuple[int, int]:
        width = width_of(self.lhs.type)
        total = to_unsigned(lhs, width) + to_unsigned(rhs, width)
        return total, total >> width

    def fold(self, operands: Constants) -> Fold:
        if int_of(operands[1]) != 0:
            return None
        no = int_like(0, self.overflow.type)
        return None if no is None else (self.lhs, no)


class MultiplyExtended(Op, traits=(Pure, Commutative, Elementwise)):
    """Base of the products of double width, as a low and a high half."""

    T = Var("T", SignlessIntegerLike)
    lhs = operand(T)
    rhs = operand(T)
    low = result(T)
    high = result(T)
    syntax = "$lhs `,` $rhs attr-dict `:` type($lhs)"

    def result_names(self) -> tuple[str, str]:
        return "low", "high"


class MulSIExtendedOp(MultiplyExtended, name="arith.mulsi_extended"):
    """`%low, %high = arith.mulsi_extended %a, %b : i32`: the whole signed product."""

    def evaluate(self, lhs: int, rhs: int) -> tuple[int, int]:
        width = width_of(self.lhs.type)
        product = to_signed(lhs, width) * to_signed(rhs, width)
        return product, product >> width

    def fold(self, operands: Constants) -> Fold:
        zero = operands[1]
        return (zero, zero) if zero is not None and int_of(zero) == 0 else None


class MulUIExtendedOp(MultiplyExtended, name="arith.mului_extended"):
    """`%low, %high = arith.mului_extended %a, %b : i32`: the whole unsigned product."""

    def evaluate(self, lhs: int, rhs: int) -> tuple[int, int]:
        width = width_of(self.lhs.type)
        product = to_unsigned(lhs, width) * to_unsigned(rhs, width)
        return product, product >> width

    def fold(self, operands: Constants) -> Fold:
        factor = operands[1]
        if factor is not None and int_of(factor) == 0:
            return factor, factor
        if factor is not None and int_of(factor) == 1:
            zero = int_like(0, self.lhs.type)
            return None if zero is None else (self.lhs, zero)
        return None
