"""Approximate functions of floats by polynomials

    %0 = math.tanh %x : f32
->
    %1 = arith.mulf %x, %x : f32
    ... math.fma ...                         // two polynomials in x * x
    %n = arith.divf %top, %bottom : f32

`math.exp`, `math.log`, `math.tanh` and `math.erf` of f32, f16 and bf16, and of vectors of them.
What replaces them has no calls, so that LLVM makes vectors of loops around them; and an element's
value does not depend on where it stands in such a loop, as it would if the last few were calls of
libm. Upstream's pass of the name does the same with other polynomials.

Needs: nothing. Keeps: values up to 4 units in the last place (tests measure 2); NaN, infinities,
zeros and subnormal numbers are as they should be.
"""

from __future__ import annotations

from collections.abc import Callable

from stepwell.dialects.arith.casts import ExtFOp, TruncFOp
from stepwell.dialects.math.exponential import ErfOp, ExpOp, LogOp
from stepwell.dialects.math.trigonometric import TanhOp
from stepwell.ir import types
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import FloatType, VectorType
from stepwell.ir.value import Value
from stepwell.passes.math_approximation.builder import Floats
from stepwell.passes.math_approximation.functions import erf, exp, log, tanh

APPROXIMATIONS: dict[type[Operation], Callable[[Floats, Value], Value]] = {
    ErfOp: erf,
    ExpOp: exp,
    LogOp: log,
    TanhOp: tanh,
}
FORMATS = ("f32", "f16", "bf16")


@pass_("test-math-polynomial-approximation", on="any", title="TestMathPolynomialApproximationPass")
def test_math_polynomial_approximation(
    op: Operation, context: PassContext, *, fused: bool = True
) -> None:
    """Approximates the functions inside `op`.

    Option fused: products and sums are `math.fma`; without it, two ops, for machines on which that
    would be a call.
    """
    for inner in [one for one in walk(op) if type(one) in APPROXIMATIONS]:
        element = types.element_type_or_self(inner.results[0].type)
        shaped = isinstance(inner.results[0].type, types.ShapedType)
        if not isinstance(element, FloatType) or element.format not in FORMATS:
            continue
        if shaped and not isinstance(inner.results[0].type, VectorType):
            continue
        _approximate(inner, fused)
        context.statistic("num-approximated", "Number of functions approximated", 1)


def _approximate(op: Operation, fused: bool) -> None:
    rewriter = Rewriter(location=op.location)
    rewriter.start_at(op)
    type_, value = op.results[0].type, op.operands[0]
    wide = types.with_element(type_, types.f32)
    if wide is not type_:
        value = rewriter.insert(ExtFOp(value, result_types=[wide])).result
    found = APPROXIMATIONS[type(op)](Floats(rewriter, wide, fused), value)
    if wide is not type_:
        found = rewriter.insert(TruncFOp(found, result_types=[type_])).result
    rewriter.replace(op, [found])
