"""Rounding to whole numbers, absolute value, and other functions that are exact."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stepwell.dialects.arith import float_meaning
from stepwell.dialects.arith.flags import NO_FASTMATH
from stepwell.dialects.arith.floating import FASTMATH
from stepwell.dialects.arith.integer import Constants
from stepwell.dialects.math import float_functions
from stepwell.dialects.math.bases import FloatBinary, FloatUnary
from stepwell.ir.constraints import FloatLike
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, prop, result
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.rewriting.folding import Fold
from stepwell.ir.traits import Elementwise, Pure, SameOperandsAndResultType


class ToWhole(FloatUnary):
    """Base of the ops that round to a whole number: doing it again changes nothing."""

    def fold(self, operands: Constants) -> Fold:
        inner = self.operand_.owner
        return inner.results[0] if isinstance(inner, type(self)) else None


class AbsFOp(FloatUnary, name="math.absf"):
    """`%r = math.absf %a : f32`: the absolute value."""

    array_function = staticmethod(np.abs)

    def evaluate(self, value: Any) -> RuntimeValue:
        if isinstance(value, np.ndarray):
            return np.abs(value)
        return math.fabs(float_meaning.number(value))


class CeilOp(ToWhole, name="math.ceil"):
    """`%r = math.ceil %a : f32`: the smallest whole number not below."""

    compute = staticmethod(float_functions.ceil)
    array_function = staticmethod(np.ceil)


class FloorOp(ToWhole, name="math.floor"):
    """`%r = math.floor %a : f32`: the largest whole number not above."""

    compute = staticmethod(float_functions.floor)
    array_function = staticmethod(np.floor)


class RoundOp(ToWhole, name="math.round"):
    """`%r = math.round %a : f32`: the nearest whole number, halves away from zero."""

    compute = staticmethod(float_functions.round_half_away)


class RoundEvenOp(ToWhole, name="math.roundeven"):
    """`%r = math.roundeven %a : f32`: the nearest whole number, halves to even."""

    compute = staticmethod(float_functions.round_half_even)
    array_function = staticmethod(np.rint)


class TruncOp(ToWhole, name="math.trunc"):
    """`%r = math.trunc %a : f32`: without the fraction."""

    compute = staticmethod(float_functions.trunc)
    array_function = staticmethod(np.trunc)


class CopySignOp(FloatBinary, name="math.copysign"):
    """`%r = math.copysign %a, %b : f32`: the magnitude of %a with the sign of %b."""

    def evaluate(self, lhs: Any, rhs: Any) -> RuntimeValue:
        numbers = float_meaning.number(lhs), float_meaning.number(rhs)
        if float_meaning.breaks_promise(self.fastmath, numbers):
            return POISON
        return math.copysign(*numbers)


class FmaOp(Op, name="math.fma", traits=(Pure, Elementwise, SameOperandsAndResultType)):
    """`%r = math.fma %a, %b, %c : f32`: a * b + c, rounded once."""

    a = operand(FloatLike)
    b = operand(FloatLike)
    c = operand(FloatLike)
    fastmath = prop(FASTMATH, NO_FASTMATH)
    out = result(FloatLike)
    syntax = "$a `,` $b `,` $c (`fastmath` `` $fastmath^)? attr-dict `:` type($out)"

    def evaluate(self, a: Any, b: Any, c: Any) -> RuntimeValue:
        form = float_meaning.format_of(self.results[0].type)
        return float_meaning.guarded(
            self.fastmath,
            self.results[0].type,
            lambda a, b, c: float_meaning.fused_multiply_add(a, b, c, form),
            a,
            b,
            c,
        )


class ClampFOp(Op, name="math.clampf", traits=(Pure, Elementwise, SameOperandsAndResultType)):
    """`%r = math.clampf %a to [%low, %high] : f32`: %a, but not below %low nor above %high."""

    value = operand(FloatLike)
    min = operand(FloatLike)
    max = operand(FloatLike)
    fastmath = prop(FASTMATH, NO_FASTMATH)
    out = result(FloatLike)
    syntax = (
        "$value `to` ` ` `[` $min `,` $max `]` (`fastmath` `` $fastmath^)? attr-dict `:` type($out)"
    )

    def evaluate(self, value: Any, low: Any, high: Any) -> RuntimeValue:
        return float_meaning.guarded(
            self.fastmath, self.results[0].type, float_functions.clamp, value, low, high
        )
