"""Float arithmetic: add, subtract, multiply, divide, remainder, negate, minimum and maximum."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from stepwell.dialects.arith import float_meaning
from stepwell.dialects.arith.constant import float_of
from stepwell.dialects.arith.flags import NO_FASTMATH, FastMathFlags
from stepwell.dialects.arith.integer import Constants
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.constraints import FloatLike
from stepwell.ir.definition import Op
from stepwell.ir.dense_attributes import dtype_of
from stepwell.ir.enums import enum_kind
from stepwell.ir.fields import operand, prop, result
from stepwell.ir.interpreter.machine import RuntimeValue
from stepwell.ir.rewriting.folding import Fold
from stepwell.ir.traits import Commutative, Elementwise, Pure, SameOperandsAndResultType

FASTMATH = enum_kind(FastMathFlags)


def computes_in_numpy(type: Type) -> bool:
    """Whether NumPy has arithmetic for the type's elements."""
    element = types.element_type_or_self(type)
    return str(element) in ("f64", "f32", "f16") or dtype_of(element).kind == "f"


class FloatBinary(Op, traits=(Pure, Elementwise, SameOperandsAndResultType)):
    """Base of `op %a, %b fastmath<...> : type`."""

    lhs = operand(FloatLike)
    rhs = operand(FloatLike)
    fastmath = prop(FASTMATH, NO_FASTMATH)
    out = result(FloatLike)
    syntax = "$lhs `,` $rhs (`fastmath` `` $fastmath^)? attr-dict `:` type($out)"

    @property
    def type(self) -> Type:
        """The type of the operands and the result."""
        return self.results[0].type

    @staticmethod
    def compute(lhs: float, rhs: float) -> float:
        """The result on Python floats."""
        raise NotImplementedError

    def evaluate(self, lhs: Any, rhs: Any) -> RuntimeValue:
        return float_meaning.guarded(self.fastmath, self.results[0].type, self.compute, lhs, rhs)


class ArrayBinary(FloatBinary):
    """Base of those that NumPy computes as well."""

    array_function: ClassVar[np.ufunc]

    @property
    def evaluates_arrays(self) -> bool:
        """Whether `evaluate` takes whole arrays."""
        return not self.fastmath.flags and computes_in_numpy(self.type)

    def evaluate(self, lhs: Any, rhs: Any) -> RuntimeValue:
        if isinstance(lhs, np.ndarray) or isinstance(rhs, np.ndarray):
            return self.array_function(lhs, rhs)
        return super().evaluate(lhs, rhs)


class AddFOp(ArrayBinary, name="arith.addf", traits=(Commutative,)):
    """`%r = arith.addf %a, %b : f32`: the sum."""

    compute = staticmethod(float_meaning.add)
    array_function = np.add

    def fold(self, operands: Constants) -> Fold:
        return self.lhs if is_zero(float_of(operands[1]), negative=True) else None


class SubFOp(ArrayBinary, name="arith.subf"):
    """`%r = arith.subf %a, %b : f32`: the difference."""

    compute = staticmethod(float_meaning.subtract)
    array_function = np.subtract

    def fold(self, operands: Constants) -> Fold:
        return self.lhs if is_zero(float_of(operands[1]), negative=False) else None


class MulFOp(ArrayBinary, name="arith.mulf", traits=(Commutative,)):
    """`%r = arith.mulf %a, %b : f32`: the product."""

    compute = staticmethod(float_meaning.multiply)
    array_function = np.multiply

    def fold(self, operands: Constants) -> Fold:
        factor = float_of(operands[1])
        if factor == 1.0:
            return self.lhs
        may_drop = {"nnan", "nsz"} <= set(self.fastmath.flags)
        return operands[1] if factor == 0.0 and may_drop else None


class DivFOp(ArrayBinary, name="arith.divf"):
    """`%r = arith.divf %a, %b : f32`: the quotient."""

    compute = staticmethod(float_meaning.divide)
    array_function = np.divide

    def fold(self, operands: Constants) -> Fold:
        return self.lhs if float_of(operands[1]) == 1.0 else None


class RemFOp(FloatBinary, name="arith.remf"):
    """`%r = arith.remf %a, %b : f32`: the remainder, with the sign of %a, as C's fmod."""

    compute = staticmethod(float_meaning.remainder)


class NegFOp(Op, name="arith.negf", traits=(Pure, Elementwise, SameOperandsAndResultType)):
    """`%r = arith.negf %a : f32`: flips the sign, also of zeros and NaNs."""

    operand_ = operand(FloatLike)
    fastmath = prop(FASTMATH, NO_FASTMATH)
    out = result(FloatLike)
    syntax = "$operand (`fastmath` `` $fastmath^)? attr-dict `:` type($out)"

    @property
    def evaluates_arrays(self) -> bool:
        """Whether `evaluate` takes whole arrays."""
        return computes_in_numpy(self.results[0].type)

    def evaluate(self, value: Any) -> RuntimeValue:
        if isinstance(value, np.ndarray):
            return np.negative(value)
        return -float_meaning.number(value)

    def fold(self, operands: Constants) -> Fold:
        inner = self.operand_.owner
        return inner.operand_ if isinstance(inner, NegFOp) else None


class FloatExtremum(FloatBinary, traits=(Commutative,)):
    """Base of minimum and maximum."""

    neutral: float

    def fold(self, operands: Constants) -> Fold:
        if self.lhs is self.rhs:
            return self.lhs
        bound = float_of(operands[1])
        if bound is None:
            return None
        return self.lhs if bound == self.neutral or _both_nan(bound, self.neutral) else None


class MaximumFOp(FloatExtremum, name="arith.maximumf"):
    """`%r = arith.maximumf %a, %b : f32`: the larger; NaN if either is; -0.0 is below 0.0."""

    neutral = -math.inf
    compute = staticmethod(float_meaning.maximum)


class MinimumFOp(FloatExtremum, name="arith.minimumf"):
    """`%r = arith.minimumf %a, %b : f32`: the smaller; NaN if either is; -0.0 is below 0.0."""

    neutral = math.inf
    compute = staticmethod(float_meaning.minimum)


class MaxNumFOp(FloatExtremum, name="arith.maxnumf"):
    """`%r = arith.maxnumf %a, %b : f32`: the larger; if one is NaN, the other."""

    neutral = math.nan
    compute = staticmethod(float_meaning.maximum_number)


class MinNumFOp(FloatExtremum, name="arith.minnumf"):
    """`%r = arith.minnumf %a, %b : f32`: the smaller; if one is NaN, the other."""

    neutral = math.nan
    compute = staticmethod(float_meaning.minimum_number)


def is_zero(value: float | None, negative: bool) -> bool:
    """Whether a constant is -0.0 (0.0)."""
    return value == 0.0 and (math.copysign(1.0, value) < 0) == negative


def _both_nan(left: float, right: float) -> bool:
    return math.isnan(left) and math.isnan(right)
