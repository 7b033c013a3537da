"""Comparing index values, and converting them from and to integers."""

from __future__ import annotations

from stepwell.dialects.arith import integer_meaning
from stepwell.dialects.arith.flags import INTEGER_PREDICATES
from stepwell.dialects.arith.integer import Constants
from stepwell.dialects.arith.integer_meaning import INDEX_WIDTH, width_of
from stepwell.dialects.index.bounds import bounds_of
from stepwell.ir import types
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.constraints import I1, AnyInteger, Constraint, Index
from stepwell.ir.definition import Op
from stepwell.ir.enums import EnumAttr, enum_kind
from stepwell.ir.fields import operand, prop, result
from stepwell.ir.numbers.integers import to_signed, to_unsigned
from stepwell.ir.rewriting.folding import Fold
from stepwell.ir.traits import Pure

IntegerOrIndex = Constraint((AnyInteger | Index).accepts, "integer or index")


class CmpPredicate(EnumAttr):
    """How `index.cmp` compares."""

    name = "index.cmp_predicate"
    cases = INTEGER_PREDICATES
    bracketed = False


class CmpOp(Op, name="index.cmp", traits=(Pure,)):
    """`%r = index.cmp slt(%a, %b)`: compares; gives an i1."""

    pred = prop(enum_kind(CmpPredicate))
    lhs = operand(Index)
    rhs = operand(Index)
    out = result(I1)
    syntax = "$pred `` `(` $lhs `,` $rhs `)` attr-dict"

    def evaluate(self, lhs: int, rhs: int) -> int:
        return int(integer_meaning.compare(self.pred.value, lhs, rhs, INDEX_WIDTH))

    def fold(self, operands: Constants) -> Fold:
        if self.lhs is self.rhs:
            holds = self.pred.value in ("eq", "sle", "sge", "ule", "uge")
            return IntegerAttr(int(holds), types.i1)
        left, right = bounds_of(self.lhs), bounds_of(self.rhs)
        known = left.always(self.pred.value, right)
        return None if known is None else IntegerAttr(int(known), types.i1)


class IndexCast(Op, traits=(Pure,)):
    """Base of `op %a : from to to`."""

    input = operand(IntegerOrIndex)
    output = result(IntegerOrIndex)
    syntax = "$input attr-dict `:` type($input) `to` type($output)"

    def verify_op(self) -> None:
        source, target = self.input.type, self.output.type
        if (source is types.index) == (target is types.index):
            raise self.error(
                f"operand type '{source}' and result type '{target}' are cast incompatible"
            )


class CastSOp(IndexCast, name="index.casts"):
    """`%r = index.casts %a : index to i32`: extends the sign, or cuts bits off."""

    def evaluate(self, value: int) -> int:
        return to_signed(value, width_of(self.input.type))


class CastUOp(IndexCast, name="index.castu"):
    """`%r = index.castu %a : i32 to index`: extends with zeros, or cuts bits off."""

    def evaluate(self, value: int) -> int:
        return to_unsigned(value, width_of(self.input.type))
