"""Derivative rules of math. See `rules` for what a rule is.

In the comments, x is the operand and y the result.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log, pi, sqrt

from stepwell.dialects.arith.casts import SIToFPOp
from stepwell.dialects.arith.integer import SubIOp
from stepwell.dialects.math import exact, exponential, trigonometric
from stepwell.dialects.math.bases import FloatUnary
from stepwell.ir.operation import Operation
from stepwell.ir.value import Value
from stepwell.passes.derivatives.expressions import Expressions
from stepwell.passes.derivatives.rules import Derivatives, Given, rule, rule_of_results

Formula = Callable[[Expressions, Value, Value], Value]


def _formula(cls: type[FloatUnary], by: Formula) -> None:
    """The rule g * by(x, y) for a function of one number whose derivative is `by`."""

    @rule(cls)
    def of_unary(op: Operation, g: Value, e: Expressions) -> Derivatives:
        return (e.mul(g, by(e, op.operands[0], op.result)),)


def _quotient(cls: type[FloatUnary], by: Formula) -> None:
    """The rule g / by(x, y) for a function of one number whose derivative is 1 / `by`."""

    @rule(cls)
    def of_unary(op: Operation, g: Value, e: Expressions) -> Derivatives:
        return (e.div(g, by(e, op.operands[0], op.result)),)


def _root(e: Expressions, x: Value) -> Value:
    return e.apply(exponential.SqrtOp, x)


def _bell(e: Expressions, x: Value, height: float) -> Value:
    """height * exp(-x x)"""
    return e.scale(e.apply(exponential.ExpOp, e.neg(e.square(x))), height)


_formula(exponential.ExpOp, lambda e, x, y: y)
_formula(exponential.Exp2Op, lambda e, x, y: e.scale(y, log(2.0)))
_formula(exponential.ExpM1Op, lambda e, x, y: e.plus(y, 1.0))
_formula(exponential.RsqrtOp, lambda e, x, y: e.scale(e.mul(e.square(y), y), -0.5))
_formula(exponential.ErfOp, lambda e, x, y: _bell(e, x, 2.0 / sqrt(pi)))
_formula(exponential.ErfcOp, lambda e, x, y: _bell(e, x, -2.0 / sqrt(pi)))
_formula(trigonometric.SinOp, lambda e, x, y: e.apply(trigonometric.CosOp, x))
_formula(trigonometric.CosOp, lambda e, x, y: e.neg(e.apply(trigonometric.SinOp, x)))
_formula(trigonometric.TanOp, lambda e, x, y: e.plus(e.square(y), 1.0))
_formula(trigonometric.SinhOp, lambda e, x, y: e.apply(trigonometric.CoshOp, x))
_formula(trigonometric.CoshOp, lambda e, x, y: e.apply(trigonometric.SinhOp, x))
_formula(trigonometric.TanhOp, lambda e, x, y: e.one_minus(e.square(y)))

_quotient(exponential.LogOp, lambda e, x, y: x)
_quotient(exponential.Log2Op, lambda e, x, y: e.scale(x, log(2.0)))
_quotient(exponential.Log10Op, lambda e, x, y: e.scale(x, log(10.0)))
_quotient(exponential.Log1pOp, lambda e, x, y: e.plus(x, 1.0))
_quotient(exponential.SqrtOp, lambda e, x, y: e.scale(y, 2.0))
_quotient(exponential.CbrtOp, lambda e, x, y: e.scale(e.square(y), 3.0))
_quotient(trigonometric.AsinOp, lambda e, x, y: _root(e, e.one_minus(e.square(x))))
_quotient(trigonometric.AcosOp, lambda e, x, y: e.neg(_root(e, e.one_minus(e.square(x)))))
_quotient(trigonometric.AtanOp, lambda e, x, y: e.plus(e.square(x), 1.0))
_quotient(trigonometric.AsinhOp, lambda e, x, y: _root(e, e.plus(e.square(x), 1.0)))
_quotient(trigonometric.AcoshOp, lambda e, x, y: _root(e, e.plus(e.square(x), -1.0)))
_quotient(trigonometric.AtanhOp, lambda e, x, y: e.one_minus(e.square(x)))


@rule_of_results(trigonometric.SincosOp)
def sine_and_cosine(op: trigonometric.SincosOp, given: Given, e: Expressions) -> Derivatives:
    """g cos(x) - h sin(x), for g that arrived at the sine and h at the cosine"""
    by_sine, by_cosine = given
    rising = None if by_sine is None else e.mul(by_sine, op.cos)
    falling = None if by_cosine is None else e.mul(by_cosine, op.sin)
    if falling is None:
        return (rising,)
    return (e.neg(falling) if rising is None else e.sub(rising, falling),)


@rule(exact.CeilOp, exact.FloorOp, exact.RoundOp, exact.RoundEvenOp, exact.TruncOp)
def to_whole(op: Operation, g: Value, e: Expressions) -> Derivatives:
    """0: steps are flat between the jumps"""
    return (None,)


@rule(exact.AbsFOp)
def absolute(op: exact.AbsFOp, g: Value, e: Expressions) -> Derivatives:
    """g with the sign of x; 0 at 0"""
    x = op.operand_
    zero = e.zero(x)
    rising = e.where(e.compare("une", x, zero), g)
    return (e.choose(e.compare("olt", x, zero), e.neg(g), rising),)


@rule(exact.CopySignOp)
def copy_sign(op: exact.CopySignOp, g: Value, e: Expressions) -> Derivatives:
    """g if the sign of the magnitude stayed, else -g; nothing to where the sign comes from"""
    one = e.number(1.0, op.lhs)
    before, after = (e.apply(exact.CopySignOp, one, sign) for sign in (op.lhs, op.rhs))
    return e.mul(g, e.mul(before, after)), None


@rule(exact.FmaOp)
def fused_multiply_add(op: exact.FmaOp, g: Value, e: Expressions) -> Derivatives:
    """g b; g a; g"""
    return e.mul(g, op.b), e.mul(g, op.a), g


@rule(exact.ClampFOp)
def clamp(op: exact.ClampFOp, g: Value, e: Expressions) -> Derivatives:
    """All to the operand that is the result; to x at the bounds"""
    low, high = e.compare("olt", op.value, op.min), e.compare("ogt", op.value, op.max)
    inside = e.unless(low, e.unless(high, g))
    return inside, e.where(low, g), e.where(high, g)


@rule(exponential.PowFOp)
def power(op: exponential.PowFOp, g: Value, e: Expressions) -> Derivatives:
    """g b a^(b - 1); g y log(a). Both are 0 where b and a are, although the formulas say nan."""
    a, b = op.lhs, op.rhs
    less = e.apply(exponential.PowFOp, a, e.plus(b, -1.0))
    by_base = e.unless(e.compare("oeq", b, e.zero(b)), e.mul(g, e.mul(b, less)))
    by_exponent = e.mul(g, e.mul(op.result, e.apply(exponential.LogOp, a)))
    return by_base, e.unless(e.compare("oeq", a, e.zero(a)), by_exponent)


@rule(exponential.FPowIOp)
def whole_power(op: exponential.FPowIOp, g: Value, e: Expressions) -> Derivatives:
    """g n a^(n - 1); 0 where n is"""
    a, n = op.lhs, op.rhs
    factor = e.insert(SIToFPOp(n, result_types=[a.type])).result
    less = e.apply(exponential.FPowIOp, a, e.apply(SubIOp, n, e.number(1, n)))
    by_base = e.mul(g, e.mul(factor, less))
    return e.unless(e.compare("oeq", factor, e.zero(factor)), by_base), None


@rule(trigonometric.Atan2Op)
def arc_tangent_of_quotient(op: trigonometric.Atan2Op, g: Value, e: Expressions) -> Derivatives:
    """g b / (a a + b b); -g a / (a a + b b)"""
    a, b = op.lhs, op.rhs
    share = e.div(g, e.add(e.square(a), e.square(b)))
    return e.mul(share, b), e.neg(e.mul(share, a))
