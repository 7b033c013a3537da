"""Exponentials, logarithms, powers and roots."""

from __future__ import annotations

from typing import Any

import numpy as np

from stepwell.dialects.arith import float_meaning
from stepwell.dialects.arith.flags import NO_FASTMATH
from stepwell.dialects.arith.floating import FASTMATH
from stepwell.dialects.arith.integer_meaning import width_of
from stepwell.dialects.math import float_functions
from stepwell.dialects.math.bases import FloatBinary, FloatUnary
from stepwell.ir.constraints import FloatLike, SignlessIntegerLike, Var
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, prop, result
from stepwell.ir.interpreter.machine import RuntimeValue
from stepwell.ir.numbers.integers import to_signed
from stepwell.ir.traits import Elementwise, Pure, SameOperandsAndResultShape


class ExpOp(FloatUnary, name="math.exp"):
    """`%r = math.exp %a : f32`: e to the power of %a."""

    compute = staticmethod(float_functions.exp)


class Exp2Op(FloatUnary, name="math.exp2"):
    """`%r = math.exp2 %a : f32`: 2 to the power of %a."""

    compute = staticmethod(float_functions.exp2)


class ExpM1Op(FloatUnary, name="math.expm1"):
    """`%r = math.expm1 %a : f32`: e to the power of %a, minus 1, exact near 0."""

    compute = staticmethod(float_functions.expm1)


class LogOp(FloatUnary, name="math.log"):
    """`%r = math.log %a : f32`: the natural logarithm."""

    compute = staticmethod(float_functions.log)


class Log2Op(FloatUnary, name="math.log2"):
    """`%r = math.log2 %a : f32`: the logarithm to base 2."""

    compute = staticmethod(float_functions.log2)


class Log10Op(FloatUnary, name="math.log10"):
    """`%r = math.log10 %a : f32`: the logarithm to base 10."""

    compute = staticmethod(float_functions.log10)


class Log1pOp(FloatUnary, name="math.log1p"):
    """`%r = math.log1p %a : f32`: the natural logarithm of 1 + %a, exact near 0."""

    compute = staticmethod(float_functions.log1p)


class SqrtOp(FloatUnary, name="math.sqrt"):
    """`%r = math.sqrt %a : f32`: the square root."""

    compute = staticmethod(float_functions.sqrt)
    array_function = staticmethod(np.sqrt)


class RsqrtOp(FloatUnary, name="math.rsqrt"):
    """`%r = math.rsqrt %a : f32`: one over the square root."""

    compute = staticmethod(float_functions.rsqrt)


class CbrtOp(FloatUnary, name="math.cbrt"):
    """`%r = math.cbrt %a : f32`: the cube root."""

    compute = staticmethod(float_functions.cbrt)


class ErfOp(FloatUnary, name="math.erf"):
    """`%r = math.erf %a : f32`: the error function."""

    compute = staticmethod(float_functions.erf)


class ErfcOp(FloatUnary, name="math.erfc"):
    """`%r = math.erfc %a : f32`: one minus the error function."""

    compute = staticmethod(float_functions.erfc)


class PowFOp(FloatBinary, name="math.powf"):
    """`%r = math.powf %a, %b : f32`: %a to the power of %b."""

    compute = staticmethod(float_functions.power)


class FPowIOp(Op, name="math.fpowi", traits=(Pure, Elementwise, SameOperandsAndResultShape)):
    """`%r = math.fpowi %a, %b : f32, i32`: a float to the power of a signed integer."""

    T = Var("T", FloatLike)
    lhs = operand(T)
    rhs = operand(SignlessIntegerLike)
    fastmath = prop(FASTMATH, NO_FASTMATH)
    result_ = result(T)
    syntax = "$lhs `,` $rhs (`fastmath` `` $fastmath^)? attr-dict `:` type($lhs) `,` type($rhs)"

    def evaluate(self, lhs: Any, rhs: int) -> RuntimeValue:
        exponent = to_signed(rhs, width_of(self.rhs.type))
        return float_meaning.guarded(
            self.fastmath,
            self.results[0].type,
            lambda base: float_functions.integer_power(base, exponent),
            lhs,
        )
