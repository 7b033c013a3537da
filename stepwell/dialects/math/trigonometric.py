"""Trigonometric and hyperbolic functions, in radians."""

from __future__ import annotations

from typing import Any

from stepwell.dialects.arith import float_meaning
from stepwell.dialects.arith.flags import NO_FASTMATH
from stepwell.dialects.arith.floating import FASTMATH
from stepwell.dialects.math import float_functions
from stepwell.dialects.math.bases import FloatBinary, FloatUnary
from stepwell.ir.constraints import FloatLike, Var
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, prop, result
from stepwell.ir.interpreter.machine import RuntimeValue
from stepwell.ir.traits import Elementwise, Pure


class SinOp(FloatUnary, name="math.sin"):
    """`%r = math.sin %a : f32`: sine."""

    compute = staticmethod(float_functions.sin)


class CosOp(FloatUnary, name="math.cos"):
    """`%r = math.cos %a : f32`: cosine."""

    compute = staticmethod(float_functions.cos)


class TanOp(FloatUnary, name="math.tan"):
    """`%r = math.tan %a : f32`: tangent."""

    compute = staticmethod(float_functions.tan)


class AsinOp(FloatUnary, name="math.asin"):
    """`%r = math.asin %a : f32`: arc sine."""

    compute = staticmethod(float_functions.asin)


class AcosOp(FloatUnary, name="math.acos"):
    """`%r = math.acos %a : f32`: arc cosine."""

    compute = staticmethod(float_functions.acos)


class AtanOp(FloatUnary, name="math.atan"):
    """`%r = math.atan %a : f32`: arc tangent."""

    compute = staticmethod(float_functions.atan)


class SinhOp(FloatUnary, name="math.sinh"):
    """`%r = math.sinh %a : f32`: hyperbolic sine."""

    compute = staticmethod(float_functions.sinh)


class CoshOp(FloatUnary, name="math.cosh"):
    """`%r = math.cosh %a : f32`: hyperbolic cosine."""

    compute = staticmethod(float_functions.cosh)


class TanhOp(FloatUnary, name="math.tanh"):
    """`%r = math.tanh %a : f32`: hyperbolic tangent."""

    compute = staticmethod(float_functions.tanh)


class AsinhOp(FloatUnary, name="math.asinh"):
    """`%r = math.asinh %a : f32`: inverse hyperbolic sine."""

    compute = staticmethod(float_functions.asinh)


class AcoshOp(FloatUnary, name="math.acosh"):
    """`%r = math.acosh %a : f32`: inverse hyperbolic cosine."""

    compute = staticmethod(float_functions.acosh)


class AtanhOp(FloatUnary, name="math.atanh"):
    """`%r = math.atanh %a : f32`: inverse hyperbolic tangent."""

    compute = staticmethod(float_functions.atanh)


class Atan2Op(FloatBinary, name="math.atan2"):
    """`%r = math.atan2 %y, %x : f32`: the angle of the point (x, y)."""

    compute = staticmethod(float_functions.atan2)


class SincosOp(Op, name="math.sincos", traits=(Pure, Elementwise)):
    """`%sin, %cos = math.sincos %a : f32`: sine and cosine."""

    T = Var("T", FloatLike)
    operand_ = operand(T)
    fastmath = prop(FASTMATH, NO_FASTMATH)
    sin = result(T)
    cos = result(T)
    syntax = "$operand (`fastmath` `` $fastmath^)? attr-dict `:` type($operand)"

    def result_names(self) -> tuple[str, str]:
        return "sin", "cos"

    def evaluate(self, value: Any) -> RuntimeValue:
        sine = float_meaning.guarded(
            self.fastmath, self.results[0].type, float_functions.sin, value
        )
        return sine, float_meaning.guarded(
            self.fastmath, self.results[0].type, float_functions.cos, value
        )
