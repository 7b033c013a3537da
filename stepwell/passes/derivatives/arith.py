"""Derivative rules of arith. See `rules` for what a rule is."""

from __future__ import annotations

from stepwell.dialects.arith.casts import ExtFOp, TruncFOp
from stepwell.dialects.arith.compare import SelectOp
from stepwell.dialects.arith.floating import (
    AddFOp,
    DivFOp,
    FloatExtremum,
    MaximumFOp,
    MaxNumFOp,
    MinimumFOp,
    MinNumFOp,
    MulFOp,
    NegFOp,
    RemFOp,
    SubFOp,
)
from stepwell.dialects.math.exact import RoundEvenOp
from stepwell.ir.value import Value
from stepwell.passes.derivatives.expressions import Expressions
from stepwell.passes.derivatives.rules import Derivatives, rule


@rule(AddFOp)
def add(op: AddFOp, g: Value, e: Expressions) -> Derivatives:
    """g; g"""
    return g, g


@rule(SubFOp)
def subtract(op: SubFOp, g: Value, e: Expressions) -> Derivatives:
    """g; -g"""
    return g, e.neg(g)


@rule(MulFOp)
def multiply(op: MulFOp, g: Value, e: Expressions) -> Derivatives:
    """g b; g a"""
    return e.mul(g, op.rhs), e.mul(g, op.lhs)


@rule(DivFOp)
def divide(op: DivFOp, g: Value, e: Expressions) -> Derivatives:
    """g / b; -g y / b, where y = a / b"""
    by_numerator = e.div(g, op.rhs)
    return by_numerator, e.neg(e.mul(by_numerator, op.result))


@rule(RemFOp)
def remainder(op: RemFOp, g: Value, e: Expressions) -> Derivatives:
    """g; -g n, where y = a - n b. The quotient (a - y) / b is n but for rounding."""
    whole = e.apply(RoundEvenOp, e.div(e.sub(op.lhs, op.result), op.rhs))
    return g, e.neg(e.mul(g, whole))


@rule(NegFOp)
def negate(op: NegFOp, g: Value, e: Expressions) -> Derivatives:
    """-g"""
    return (e.neg(g),)


@rule(MaximumFOp, MinimumFOp, MaxNumFOp, MinNumFOp)
def extremum(op: FloatExtremum, g: Value, e: Expressions) -> Derivatives:
    """All to the operand that is the result; half to each where both are."""
    a, b, y = op.lhs, op.rhs, op.result
    shared = e.choose(e.compare("oeq", a, b), e.scale(g, 0.5), g)
    return e.where(e.compare("oeq", a, y), shared), e.where(e.compare("oeq", b, y), shared)


@rule(SelectOp)
def select(op: SelectOp, g: Value, e: Expressions) -> Derivatives:
    """Nothing to the condition; g to the chosen operand."""
    return None, e.where(op.condition, g), e.unless(op.condition, g)


@rule(ExtFOp)
def extend(op: ExtFOp, g: Value, e: Expressions) -> Derivatives:
    """g, rounded to the narrower type"""
    return (e.insert(TruncFOp(g, result_types=[op.operands[0].type])).result,)


@rule(TruncFOp)
def truncate(op: TruncFOp, g: Value, e: Expressions) -> Derivatives:
    """g in the wider type"""
    return (e.insert(ExtFOp(g, result_types=[op.operands[0].type])).result,)
