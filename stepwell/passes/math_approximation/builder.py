"""Arithmetic on f32, or vectors of them, as ops: what the approximations are written in."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.casts import BitcastOp, SIToFPOp
from stepwell.dialects.arith.compare import CmpFOp, SelectOp
from stepwell.dialects.arith.floating import AddFOp, DivFOp, MulFOp, SubFOp
from stepwell.dialects.arith.integer import AddIOp, ShLIOp, ShRSIOp, SubIOp
from stepwell.dialects.math.exact import AbsFOp, CopySignOp, FmaOp
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value


class Floats:
    """Inserts ops at a rewriter. Operands may be numbers of Python.

    Args:
        type: f32, or a vector of f32.
        fused: whether `fma` rounds once.
    """

    def __init__(self, rewriter: Rewriter, type: Type, fused: bool) -> None:
        self.rewriter = rewriter
        self.type = type
        self.fused = fused
        self.bits = types.with_element(type, types.i32)

    def value(self, number: Value | float) -> Value:
        """A float."""
        if isinstance(number, Value):
            return number
        return self.rewriter.constant(float(number), self.type)

    def integer(self, number: Value | int) -> Value:
        """An i32."""
        if isinstance(number, Value):
            return number
        return self.rewriter.constant(number, self.bits)

    def add(self, a: Value | float, b: Value | float) -> Value:
        return self.rewriter.insert(AddFOp(self.value(a), self.value(b))).result

    def subtract(self, a: Value | float, b: Value | float) -> Value:
        return self.rewriter.insert(SubFOp(self.value(a), self.value(b))).result

    def multiply(self, a: Value | float, b: Value | float) -> Value:
        return self.rewriter.insert(MulFOp(self.value(a), self.value(b))).result

    def divide(self, a: Value | float, b: Value | float) -> Value:
        return self.rewriter.insert(DivFOp(self.value(a), self.value(b))).result

    def fma(self, a: Value | float, b: Value | float, c: Value | float) -> Value:
        """a * b + c"""
        if not self.fused:
            return self.add(self.multiply(a, b), c)
        return self.rewriter.insert(FmaOp(self.value(a), self.value(b), self.value(c))).result

    def polynomial(self, x: Value, coefficients: Sequence[float]) -> Value:
        """c0 + c1 x + c2 x^2 + ...; at least two coefficients."""
        *rest, total = coefficients
        found: Value | float = total
        for coefficient in reversed(rest):
            found = self.fma(found, x, coefficient)
        return self.value(found)

    def choose(self, a: Value, predicate: str, b: Value | float, yes: Value | float,
               no: Value | float) -> Value:  # fmt: skip
        """`yes` where `a` and `b` compare so, else `no`."""
        condition = self.rewriter.insert(CmpFOp(predicate, a, self.value(b))).result
        return self.rewriter.insert(SelectOp(condition, self.value(yes), self.value(no))).result

    def absolute(self, x: Value) -> Value:
        return self.rewriter.insert(AbsFOp(x)).result

    def with_sign_of(self, sign: Value, x: Value) -> Value:
        """`x` with the sign of `sign`."""
        return self.rewriter.insert(CopySignOp(x, sign)).result

    def clamp(self, x: Value, low: float, high: float) -> Value:
        """`x` between the two; NaN stays."""
        x = self.choose(x, "olt", low, low, x)
        return self.choose(x, "ogt", high, high, x)

    def bits_of(self, x: Value) -> Value:
        """The bits of a float as an integer."""
        return self.rewriter.insert(BitcastOp(x, result_types=[self.bits])).result

    def float_of(self, bits: Value) -> Value:
        """The float with these bits."""
        return self.rewriter.insert(BitcastOp(bits, result_types=[self.type])).result

    def plus(self, a: Value, b: Value | int) -> Value:
        return self.rewriter.insert(AddIOp(a, self.integer(b))).result

    def minus(self, a: Value, b: Value | int) -> Value:
        return self.rewriter.insert(SubIOp(a, self.integer(b))).result

    def float_from(self, a: Value) -> Value:
        """The float that is this number."""
        return self.rewriter.insert(SIToFPOp(a, result_types=[self.type])).result

    def left(self, a: Value, by: int) -> Value:
        return self.rewriter.insert(ShLIOp(a, self.integer(by))).result

    def right(self, a: Value, by: int) -> Value:
        """Shifted, the sign kept."""
        return self.rewriter.insert(ShRSIOp(a, self.integer(by))).result
