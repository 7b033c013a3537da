"""Intrinsics on floats: `%r = llvm.intr.exp(%x) : (f32) -> f32`."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from stepwell.dialects.llvm.attributes import NO_FASTMATH, FastMathKind
from stepwell.dialects.llvm.types import FloatLike
from stepwell.ir.constraints import Var
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, prop, result
from stepwell.ir.interpreter.machine import RuntimeValue
from stepwell.ir.numbers.fused import fused_multiply_add
from stepwell.ir.traits import Elementwise, Pure

CALL_SYNTAX = "`(` operands `)` attr-dict `:` functional-type(operands, results)"


class _UnaryOp(Op, traits=(Pure, Elementwise)):
    """Base of the functions of one float, which also apply to whole arrays."""

    T = Var("T", FloatLike)
    in_ = operand(T)
    fastmathFlags = prop(FastMathKind, NO_FASTMATH)
    res = result(T)
    syntax = CALL_SYNTAX
    _function: ClassVar[Any]

    def evaluate(self, value: RuntimeValue) -> RuntimeValue:
        with np.errstate(all="ignore"):
            return type(self)._function(widened(value))


def widened(value: RuntimeValue) -> RuntimeValue:
    """f16 and bf16 as f32, in which NumPy has all functions."""
    small = getattr(value, "dtype", None) is not None and value.dtype.itemsize < 4
    return value.astype(np.float32) if small else value


class _BinaryOp(Op, traits=(Pure, Elementwise)):
    """Base of the functions of two floats."""

    T = Var("T", FloatLike)
    a = operand(T)
    b = operand(T)
    fastmathFlags = prop(FastMathKind, NO_FASTMATH)
    res = result(T)
    syntax = CALL_SYNTAX
    _function: ClassVar[Any]

    def evaluate(self, a: RuntimeValue, b: RuntimeValue) -> RuntimeValue:
        with np.errstate(all="ignore"):
            return type(self)._function(widened(a), widened(b))


def round_half_away(value: RuntimeValue) -> RuntimeValue:
    """The nearest whole number, halves away from zero."""
    whole = np.trunc(value)
    step = np.copysign(np.asarray(1, whole.dtype), value)
    return np.where(np.abs(value - whole) >= 0.5, whole + step, whole).astype(whole.dtype)[()]


def larger(a: RuntimeValue, b: RuntimeValue) -> RuntimeValue:
    """The larger number, NaN if any is; -0 is less than +0."""
    zeros = np.where(np.signbit(a), b, a)
    return np.where((a == 0) & (b == 0), zeros, np.maximum(a, b))[()]


def smaller(a: RuntimeValue, b: RuntimeValue) -> RuntimeValue:
    """The smaller number, NaN if any is; -0 is less than +0."""
    zeros = np.where(np.signbit(a), a, b)
    return np.where((a == 0) & (b == 0), zeros, np.minimum(a, b))[()]


class ExpOp(_UnaryOp, name="llvm.intr.exp"):
    """`%r = llvm.intr.exp(%x) : (f32) -> f32`: e to that power."""

    _function = staticmethod(np.exp)


class Exp2Op(_UnaryOp, name="llvm.intr.exp2"):
    """`%r = llvm.intr.exp2(%x) : (f32) -> f32`: 2 to that power."""

    _function = staticmethod(np.exp2)


class Exp10Op(_UnaryOp, name="llvm.intr.exp10"):
    """`%r = llvm.intr.exp10(%x) : (f32) -> f32`: 10 to that power."""

    _function = staticmethod(lambda x: np.power(x.dtype.type(10), x))


class LogOp(_UnaryOp, name="llvm.intr.log"):
    """`%r = llvm.intr.log(%x) : (f32) -> f32`: the natural logarithm."""

    _function = staticmethod(np.log)


class Log2Op(_UnaryOp, name="llvm.intr.log2"):
    """`%r = llvm.intr.log2(%x) : (f32) -> f32`: the logarithm to base 2."""

    _function = staticmethod(np.log2)


class Log10Op(_UnaryOp, name="llvm.intr.log10"):
    """`%r = llvm.intr.log10(%x) : (f32) -> f32`: the logarithm to base 10."""

    _function = staticmethod(np.log10)


class SqrtOp(_UnaryOp, name="llvm.intr.sqrt"):
    """`%r = llvm.intr.sqrt(%x) : (f32) -> f32`: the square root."""

    _function = staticmethod(np.sqrt)


class SinOp(_UnaryOp, name="llvm.intr.sin"):
    """`%r = llvm.intr.sin(%x) : (f32) -> f32`: the sine."""

    _function = staticmethod(np.sin)


class CosOp(_UnaryOp, name="llvm.intr.cos"):
    """`%r = llvm.intr.cos(%x) : (f32) -> f32`: the cosine."""

    _function = staticmethod(np.cos)


class TanOp(_UnaryOp, name="llvm.intr.tan"):
    """`%r = llvm.intr.tan(%x) : (f32) -> f32`: the tangent."""

    _function = staticmethod(np.tan)


class AsinOp(_UnaryOp, name="llvm.intr.asin"):
    """`%r = llvm.intr.asin(%x) : (f32) -> f32`: the arc sine."""

    _function = staticmethod(np.arcsin)


class AcosOp(_UnaryOp, name="llvm.intr.acos"):
    """`%r = llvm.intr.acos(%x) : (f32) -> f32`: the arc cosine."""

    _function = staticmethod(np.arccos)


class AtanOp(_UnaryOp, name="llvm.intr.atan"):
    """`%r = llvm.intr.atan(%x) : (f32) -> f32`: the arc tangent."""

    _function = staticmethod(np.arctan)


class SinhOp(_UnaryOp, name="llvm.intr.sinh"):
    """`%r = llvm.intr.sinh(%x) : (f32) -> f32`: the hyperbolic sine."""

    _function = staticmethod(np.sinh)


class CoshOp(_UnaryOp, name="llvm.intr.cosh"):
    """`%r = llvm.intr.cosh(%x) : (f32) -> f32`: the hyperbolic cosine."""

    _function = staticmethod(np.cosh)


class TanhOp(_UnaryOp, name="llvm.intr.tanh"):
    """`%r = llvm.intr.tanh(%x) : (f32) -> f32`: the hyperbolic tangent."""

    _function = staticmethod(np.tanh)


class FabsOp(_UnaryOp, name="llvm.intr.fabs"):
    """`%r = llvm.intr.fabs(%x) : (f32) -> f32`: the magnitude."""

    _function = staticmethod(np.abs)


class FloorOp(_UnaryOp, name="llvm.intr.floor"):
    """`%r = llvm.intr.floor(%x) : (f32) -> f32`: the largest whole number that is not larger."""

    _function = staticmethod(np.floor)


class CeilOp(_UnaryOp, name="llvm.intr.ceil"):
    """`%r = llvm.intr.ceil(%x) : (f32) -> f32`: the smallest whole number that is not smaller."""

    _function = staticmethod(np.ceil)


class TruncOp(_UnaryOp, name="llvm.intr.trunc"):
    """`%r = llvm.intr.trunc(%x) : (f32) -> f32`: the whole part."""

    _function = staticmethod(np.trunc)


class RoundOp(_UnaryOp, name="llvm.intr.round"):
    """`%r = llvm.intr.round(%x) : (f32) -> f32`.

    The nearest whole number, halves away from zero.
    """

    _function = staticmethod(round_half_away)


class RoundevenOp(_UnaryOp, name="llvm.intr.roundeven"):
    """`%r = llvm.intr.roundeven(%x) : (f32) -> f32`.

    The nearest whole number, halves to the even one.
    """

    _function = staticmethod(np.rint)


class RintOp(_UnaryOp, name="llvm.intr.rint"):
    """`%r = llvm.intr.rint(%x) : (f32) -> f32`.

    The nearest whole number, halves to the even one.
    """

    _function = staticmethod(np.rint)


class NearbyintOp(_UnaryOp, name="llvm.intr.nearbyint"):
    """`%r = llvm.intr.nearbyint(%x) : (f32) -> f32`.

    The nearest whole number, halves to the even one.
    """

    _function = staticmethod(np.rint)


class PowOp(_BinaryOp, name="llvm.intr.pow"):
    """`%r = llvm.intr.pow(%a, %b) : (f32, f32) -> f32`: the first to the power of the second."""

    _function = staticmethod(np.power)


class Atan2Op(_BinaryOp, name="llvm.intr.atan2"):
    """`%r = llvm.intr.atan2(%a, %b) : (f32, f32) -> f32`: the angle of the point (%b, %a)."""

    _function = staticmethod(np.arctan2)


class CopysignOp(_BinaryOp, name="llvm.intr.copysign"):
    """`%r = llvm.intr.copysign(%a, %b) : (f32, f32) -> f32`.

    The magnitude of the first with the sign of the second.
    """

    _function = staticmethod(np.copysign)


class MaximumOp(_BinaryOp, name="llvm.intr.maximum"):
    """`%r = llvm.intr.maximum(%a, %b) : (f32, f32) -> f32`: the larger, NaN if any is."""

    _function = staticmethod(larger)


class MinimumOp(_BinaryOp, name="llvm.intr.minimum"):
    """`%r = llvm.intr.minimum(%a, %b) : (f32, f32) -> f32`: the smaller, NaN if any is."""

    _function = staticmethod(smaller)


class MaxnumOp(_BinaryOp, name="llvm.intr.maxnum"):
    """`%r = llvm.intr.maxnum(%a, %b) : (f32, f32) -> f32`.

    The larger, the other one if one is NaN.
    """

    _function = staticmethod(np.fmax)


class MinnumOp(_BinaryOp, name="llvm.intr.minnum"):
    """`%r = llvm.intr.minnum(%a, %b) : (f32, f32) -> f32`.

    The smaller, the other one if one is NaN.
    """

    _function = staticmethod(np.fmin)


class MaximumnumOp(_BinaryOp, name="llvm.intr.maximumnum"):
    """`%r = llvm.intr.maximumnum(%a, %b) : (f32, f32) -> f32`.

    The larger, the other one if one is NaN.
    """

    _function = staticmethod(np.fmax)


class MinimumnumOp(_BinaryOp, name="llvm.intr.minimumnum"):
    """`%r = llvm.intr.minimumnum(%a, %b) : (f32, f32) -> f32`.

    The smaller, the other one if one is NaN.
    """

    _function = staticmethod(np.fmin)


class _FusedOp(Op, traits=(Pure, Elementwise)):
    """Base of the ops a * b + c."""

    T = Var("T", FloatLike)
    a = operand(T)
    b = operand(T)
    c = operand(T)
    fastmathFlags = prop(FastMathKind, NO_FASTMATH)
    res = result(T)
    syntax = CALL_SYNTAX

    def evaluate(self, a: RuntimeValue, b: RuntimeValue, c: RuntimeValue) -> RuntimeValue:
        return fused_multiply_add(a, b, c)


class FmaOp(_FusedOp, name="llvm.intr.fma"):
    """`%r = llvm.intr.fma(%a, %b, %c) : (f32, f32, f32) -> f32`: a * b + c, rounded once."""


class FmuladdOp(_FusedOp, name="llvm.intr.fmuladd"):
    """`%r = llvm.intr.fmuladd(%a, %b, %c) : ...`.

    A * b + c, rounded once (twice is allowed, too).
    """
