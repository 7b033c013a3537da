"""Canonical patterns of arith.

Left out on purpose, though upstream has them, because they change values: `index_cast` there and
back through fewer bits; `truncf` of a `sitofp` that was itself rounded.
"""

from __future__ import annotations

from stepwell.dialects.arith.casts import (
    ExtFOp,
    ExtSIOp,
    ExtUIOp,
    SIToFPOp,
    TruncFOp,
    TruncIOp,
    UIToFPOp,
)
from stepwell.dialects.arith.compare import CmpIOp, SelectOp
from stepwell.dialects.arith.constant import int_like, int_of
from stepwell.dialects.arith.extended import AddUIExtendedOp, MultiplyExtended
from stepwell.dialects.arith.float_meaning import format_of
from stepwell.dialects.arith.integer import (
    AddIOp,
    MulIOp,
    ShRSIOp,
    ShRUIOp,
    XOrIOp,
    is_all_ones,
)
from stepwell.dialects.arith.integer_meaning import negated, width_of
from stepwell.ir import types
from stepwell.ir.rewriting.folding import constant_of
from stepwell.ir.rewriting.pattern import NoMatch, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.rewriting.rules import rules
from stepwell.ir.traits import ConstantLike
from stepwell.ir.value import Value

SUMS = rules("""
    arith.addi(arith.addi(x, C), D) -> arith.addi(x, arith.addi(C, D))
    arith.addi(arith.subi(x, C), D) -> arith.addi(x, arith.subi(D, C))
    arith.addi(arith.subi(C, x), D) -> arith.subi(arith.addi(C, D), x)
    arith.addi(x, arith.muli(y, -1)) -> arith.subi(x, y)
    arith.subi(arith.addi(x, C), D) -> arith.addi(x, arith.subi(C, D))
    arith.subi(D, arith.addi(x, C)) -> arith.subi(arith.subi(D, C), x)
    arith.subi(arith.subi(x, C), D) -> arith.subi(x, arith.addi(C, D))
    arith.subi(arith.subi(C, x), D) -> arith.subi(arith.subi(C, D), x)
    arith.subi(D, arith.subi(x, C)) -> arith.subi(arith.addi(D, C), x)
    arith.subi(D, arith.subi(C, x)) -> arith.addi(x, arith.subi(D, C))
    arith.subi(arith.subi(a, b), a) -> arith.subi(0, b)
    arith.muli(arith.muli(x, C), D) -> arith.muli(x, arith.muli(C, D))
""")

SIGNS = rules("""
    arith.mulf(arith.negf(x), arith.negf(y)) -> arith.mulf(x, y)
    arith.divf(arith.negf(x), arith.negf(y)) -> arith.divf(x, y)
""")

EXTENSIONS = rules("""
    arith.extsi(arith.extui(x)) -> arith.extui(x)
    arith.andi(arith.extui(a), arith.extui(b)) -> arith.extui(arith.andi(a, b)) if type(a)==type(b)
    arith.andi(arith.extsi(a), arith.extsi(b)) -> arith.extsi(arith.andi(a, b)) if type(a)==type(b)
    arith.ori(arith.extui(a), arith.extui(b)) -> arith.extui(arith.ori(a, b)) if type(a)==type(b)
    arith.ori(arith.extsi(a), arith.extsi(b)) -> arith.extsi(arith.ori(a, b)) if type(a)==type(b)
    arith.xori(arith.extui(a), arith.extui(b)) -> arith.extui(arith.xori(a, b)) if type(a)==type(b)
    arith.xori(arith.extsi(a), arith.extsi(b)) -> arith.extsi(arith.xori(a, b)) if type(a)==type(b)
    arith.index_cast(arith.extsi(x)) -> arith.index_cast(x)
    arith.index_castui(arith.extui(x)) -> arith.index_castui(x)
    arith.bitcast(arith.bitcast(x)) -> arith.bitcast(x)
""")

CHOICES = rules("""
    arith.select(arith.xori(c, true), a, b) -> arith.select(c, b, a)
    arith.select(c, arith.select(c, a, b), d) -> arith.select(c, a, d)
    arith.select(c, a, arith.select(c, b, d)) -> arith.select(c, a, d)
""")


@pattern(operands=(CmpIOp, ConstantLike))
def not_of_comparison(op: XOrIOp, rewriter: Rewriter) -> Rewrite:
    """xori(cmpi[p](a, b), true) -> cmpi[not p](a, b)"""
    test = op.lhs.owner
    if not isinstance(test, CmpIOp) or not is_all_ones(int_of(constant_of(op.rhs)), 1):
        raise NoMatch("it is not the negation of an arith.cmpi")
    return CmpIOp(negated(test.word), test.lhs, test.rhs)


@pattern
def comparison_of_extensions(op: CmpIOp, rewriter: Rewriter) -> Rewrite:
    """cmpi[eq|ne](ext(a), ext(b)) -> cmpi[eq|ne](a, b)"""
    lhs, rhs = op.lhs.owner, op.rhs.owner
    if not isinstance(lhs, ExtSIOp | ExtUIOp) or type(lhs) is not type(rhs):
        raise NoMatch("the operands are not extended alike")
    narrow, other = lhs.in_, rhs.operands[0]
    if narrow.type is not other.type:
        raise NoMatch("the operands are extended from different types")
    if op.word not in ("eq", "ne"):
        raise NoMatch("it is neither eq nor ne")
    return CmpIOp(op.word, narrow, other)


@pattern
def choice_between_bits(op: SelectOp, rewriter: Rewriter) -> Rewrite:
    """select(c, 1, 0) -> extui(c); select(c, 0, 1) -> extui(not c)"""
    type, condition = op.results[0].type, op.condition
    if types.element_type_or_self(condition.type) is not types.i1:
        raise NoMatch("the condition is no i1")
    if types.with_element(type, types.i1) is not condition.type:
        raise NoMatch("one condition chooses whole vectors")
    if not isinstance(types.element_type_or_self(type), types.IntegerType):
        raise NoMatch("the values are no integers")
    values = int_of(constant_of(op.true_value)), int_of(constant_of(op.false_value))
    if values not in ((1, 0), (0, 1)):
        raise NoMatch("the values are not 0 and 1")
    if values == (0, 1):
        condition = _negation(condition, rewriter)
    if width_of(type) == 1:
        return condition if values == (0, 1) else None
    return ExtUIOp(condition, result_types=[type])


def _negation(condition: Value, rewriter: Rewriter) -> Value:
    ones = int_like(1, condition.type)
    assert ones is not None, "constants have static shapes"
    return rewriter.insert(XOrIOp(condition, rewriter.constant(ones, condition.type))).result


@pattern
def truncation_of_extension(op: TruncIOp, rewriter: Rewriter) -> Rewrite:
    """trunci(ext(x)) -> ext(x) where some of the extension remains"""
    producer = op.in_.owner
    if not isinstance(producer, ExtSIOp | ExtUIOp):
        raise NoMatch("the operand is not extended")
    if width_of(producer.source) >= width_of(op.target):
        raise NoMatch("nothing of the extension remains")
    return type(producer)(producer.in_, result_types=[op.results[0].type])


@pattern(operands=(ShRSIOp,))
def truncation_of_signed_shift(op: TruncIOp, rewriter: Rewriter) -> Rewrite:
    """trunci(shrsi(x, C)) -> trunci(shrui(x, C)) where no copy of the sign remains"""
    shift = op.in_.owner
    amount = int_of(constant_of(shift.rhs)) if isinstance(shift, ShRSIOp) else None
    if not isinstance(shift, ShRSIOp) or amount is None:
        raise NoMatch("the operand is no arith.shrsi by a constant")
    wide, narrow = width_of(op.source), width_of(op.target)
    if not wide - narrow >= amount >= 0:
        raise NoMatch("copies of the sign remain")
    logical = rewriter.insert(ShRUIOp(shift.lhs, shift.rhs))
    return TruncIOp(logical, op.overflowFlags, result_types=[op.results[0].type])


@pattern(operands=(ExtFOp,))
def truncation_of_wider_float(op: TruncFOp, rewriter: Rewriter) -> Rewrite:
    """truncf(extf(x)) -> x, truncf(x) or extf(x)"""
    producer, result_type = op.in_.owner, op.results[0].type
    if not isinstance(producer, ExtFOp):
        raise NoMatch("the operand is no arith.extf")
    if producer.in_.type is result_type:
        return producer.in_
    source, target = format_of(producer.source), format_of(op.target)
    if source.width > target.width:
        return TruncFOp(producer.in_, op.roundingmode, op.fastmath, result_types=[result_type])
    raise NoMatch("the result is wider than what was extended")


@pattern
def truncation_of_exact_integer(op: TruncFOp, rewriter: Rewriter) -> Rewrite:
    """truncf(sitofp(x)) -> sitofp(x), if the wide float holds every x"""
    producer = op.in_.owner
    if not isinstance(producer, SIToFPOp | UIToFPOp):
        raise NoMatch("the operand is no integer's float")
    if op.rounding not in (None, "to_nearest_even"):
        raise NoMatch("it rounds in another direction")
    if width_of(producer.source) > format_of(producer.target).precision:
        raise NoMatch("the wide float was rounded already")
    return type(producer)(producer.in_, result_types=[op.results[0].type])


@pattern
def product_without_high_half(op: MultiplyExtended, rewriter: Rewriter) -> Rewrite:
    """mulsi_extended, mului_extended -> muli, if nobody uses the high half"""
    if op.high.has_uses or not op.low.has_uses:
        raise NoMatch("the high half is used")
    rewriter.replace_all_uses(op.low, rewriter.insert(MulIOp(op.lhs, op.rhs)).result)
    rewriter.erase(op)
    return True


@pattern
def sum_without_carry(op: AddUIExtendedOp, rewriter: Rewriter) -> Rewrite:
    """addui_extended -> addi, if nobody uses the carry"""
    if op.overflow.has_uses or not op.sum.has_uses:
        raise NoMatch("the carry is used")
    rewriter.replace_all_uses(op.sum, rewriter.insert(AddIOp(op.lhs, op.rhs)).result)
    rewriter.erase(op)
    return True
