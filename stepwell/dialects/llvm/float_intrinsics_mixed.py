"""Intrinsics on floats that also take or give integers or structs."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from stepwell.dialects.llvm.attributes import NO_FASTMATH, FastMathKind
from stepwell.dialects.llvm.float_intrinsics import CALL_SYNTAX, round_half_away, widened
from stepwell.dialects.llvm.types import FloatLike, IntegerLike, LLVMType
from stepwell.ir import types
from stepwell.ir.constraints import Var
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, prop, result
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.property_kinds import I32
from stepwell.ir.traits import Elementwise, Pure


class PowiOp(Op, name="llvm.intr.powi", traits=(Pure, Elementwise)):
    """`%r = llvm.intr.powi(%x, %n) : (f32, i32) -> f32`: a float to a whole power."""

    T = Var("T", FloatLike)
    val = operand(T)
    power = operand(IntegerLike)
    fastmathFlags = prop(FastMathKind, NO_FASTMATH)
    res = result(T)
    syntax = CALL_SYNTAX

    def evaluate(self, value: RuntimeValue, power: int) -> RuntimeValue:
        with np.errstate(all="ignore"):
            return np.power(np.float64(value), power)


class LdexpOp(Op, name="llvm.intr.ldexp", traits=(Pure, Elementwise)):
    """`%r = llvm.intr.ldexp(%x, %n) : (f32, i32) -> f32`: x times 2 to the n."""

    T = Var("T", FloatLike)
    val = operand(T)
    power = operand(IntegerLike)
    fastmathFlags = prop(FastMathKind, NO_FASTMATH)
    res = result(T)
    syntax = CALL_SYNTAX

    def evaluate(self, value: RuntimeValue, power: int) -> RuntimeValue:
        with np.errstate(all="ignore"):
            return np.ldexp(widened(value), power)


class FrexpOp(Op, name="llvm.intr.frexp", traits=(Pure,)):
    """`%r = llvm.intr.frexp(%x) : (f32) -> !llvm.struct<(f32, i32)>`: fraction and exponent."""

    val = operand(FloatLike)
    fastmathFlags = prop(FastMathKind, NO_FASTMATH)
    res = result(LLVMType)
    syntax = CALL_SYNTAX

    def evaluate(self, value: RuntimeValue) -> RuntimeValue:
        fraction, exponent = np.frexp(value)
        return (fraction, exponent if isinstance(exponent, np.ndarray) else int(exponent))


class SincosOp(Op, name="llvm.intr.sincos", traits=(Pure,)):
    """`%r = llvm.intr.sincos(%x) : (f32) -> !llvm.struct<(f32, f32)>`: sine and cosine."""

    val = operand(FloatLike)
    fastmathFlags = prop(FastMathKind, NO_FASTMATH)
    res = result(LLVMType)
    syntax = CALL_SYNTAX

    def evaluate(self, value: RuntimeValue) -> RuntimeValue:
        with np.errstate(all="ignore"):
            return np.sin(value), np.cos(value)


class _RoundToIntegerOp(Op, traits=(Pure, Elementwise)):
    """Base of the ops that round a float to an integer."""

    val = operand(FloatLike)
    res = result(IntegerLike)
    syntax = CALL_SYNTAX
    _function: ClassVar[Any]

    def evaluate(self, value: RuntimeValue) -> RuntimeValue:
        rounded = float(type(self)._function(widened(value)))
        element = types.element_type_or_self(self.res.type)
        width = element.width if isinstance(element, types.IntegerType) else 64
        if not math.isfinite(rounded) or not -(2 ** (width - 1)) <= rounded < 2 ** (width - 1):
            return POISON
        return int(rounded)


class LroundOp(_RoundToIntegerOp, name="llvm.intr.lround"):
    """`%r = llvm.intr.lround(%x) : (f32) -> i64`: the nearest whole number."""

    _function = staticmethod(round_half_away)


class LlroundOp(_RoundToIntegerOp, name="llvm.intr.llround"):
    """`%r = llvm.intr.llround(%x) : (f32) -> i64`: the nearest whole number."""

    _function = staticmethod(round_half_away)


class LrintOp(_RoundToIntegerOp, name="llvm.intr.lrint"):
    """`%r = llvm.intr.lrint(%x) : (f32) -> i64`: the nearest whole number."""

    _function = staticmethod(np.rint)


class LlrintOp(_RoundToIntegerOp, name="llvm.intr.llrint"):
    """`%r = llvm.intr.llrint(%x) : (f32) -> i64`: the nearest whole number."""

    _function = staticmethod(np.rint)


class IsFPClassOp(Op, name="llvm.intr.is.fpclass", traits=(Pure, Elementwise)):
    """`%c = "llvm.intr.is.fpclass"(%x) <{bit = 3 : i32}> : (f32) -> i1`.

    One of the kinds in `bit`.
    """

    in_ = operand(FloatLike)
    bit = prop(I32)
    res = result()

    def evaluate(self, value: RuntimeValue) -> int:
        return self.bit.value >> _float_class(value) & 1


def _float_class(value: RuntimeValue) -> int:
    """The number of the bit: signalling NaN, NaN, -inf, -normal, -subnormal, -0, +0, ..., +inf."""
    dtype = value.dtype
    if np.isnan(value):
        bits = int(value.view(f"u{dtype.itemsize}"))
        mantissa = {2: 10, 4: 23, 8: 52}[dtype.itemsize]
        return bits >> (mantissa - 1) & 1
    number = float(value)
    if math.isinf(number):
        kind = 0
    elif number == 0:
        kind = 3
    else:
        kind = 1 if abs(number) >= float(np.finfo(dtype).tiny) else 2
    return 2 + kind if np.signbit(value) else 9 - kind
