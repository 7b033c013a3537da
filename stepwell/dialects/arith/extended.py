"""Integer arithmetic with two results: the wrapped one, and what went over."""

from __future__ import annotations

from stepwell.dialects.arith.constant import int_like, int_of
from stepwell.dialects.arith.integer import Constants
from stepwell.dialects.arith.integer_meaning import width_of
from stepwell.ir import types
from stepwell.ir.constraints import BoolLike, SignlessIntegerLike, Var
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
    overflow = result(BoolLike)
    syntax = "$lhs `,` $rhs attr-dict `:` type($sum) `,` type($overflow)"

    @classmethod
    def infer_result_types(cls, operands, properties, regions):  # type: ignore[no-untyped-def]
        type = operands[0].type
        return [type, types.with_element(type, types.i1)]

    def result_names(self) -> tuple[str, str]:
        return "sum", "overflow"

    def verify_op(self) -> None:
        shaped, found = self.sum.type, self.overflow.type
        if isinstance(shaped, types.ShapedType) and not isinstance(found, types.ShapedType):
            raise self.error("if an operand is non-scalar, then all results must be non-scalar")
        if types.with_element(shaped, types.i1) is not found:
            raise self.error(
                "all non-scalar operands/results must have the same shape and base type"
            )

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

    lhs = operand(SignlessIntegerLike)
    rhs = operand(SignlessIntegerLike)
    low = result(SignlessIntegerLike)
    high = result(SignlessIntegerLike)
    syntax = "$lhs `,` $rhs attr-dict `:` type($lhs)"

    @classmethod
    def infer_result_types(cls, operands, properties, regions):  # type: ignore[no-untyped-def]
        return [operands[0].type] * 2

    def result_names(self) -> tuple[str, str]:
        return "low", "high"

    def verify_op(self) -> None:
        if len({*self.operand_types, *self.result_types}) > 1:
            raise self.error("failed to verify that all of {lhs, rhs, low, high} have same type")


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
