"""What the ops of math have in common."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from stepwell.dialects.arith import float_meaning
from stepwell.dialects.arith.compare import bools_of
from stepwell.dialects.arith.flags import NO_FASTMATH
from stepwell.dialects.arith.floating import FASTMATH, computes_in_numpy
from stepwell.dialects.arith.integer_meaning import width_of
from stepwell.ir.constraints import FloatLike, SignlessIntegerLike, Var
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, prop, result
from stepwell.ir.interpreter.machine import RuntimeValue
from stepwell.ir.traits import Elementwise, Pure, SameOperandsAndResultType


class FloatUnary(Op, traits=(Pure, Elementwise, SameOperandsAndResultType)):
    """Base of `op %a fastmath<...> : type`."""

    operand_ = operand(FloatLike)
    fastmath = prop(FASTMATH, NO_FASTMATH)
    out = result(FloatLike)
    syntax = "$operand (`fastmath` `` $fastmath^)? attr-dict `:` type($out)"
    array_function: ClassVar[Any] = None

    @property
    def evaluates_arrays(self) -> bool:
        """Whether `evaluate` takes whole arrays."""
        exact = self.array_function is not None and not self.fastmath.flags
        return exact and computes_in_numpy(self.results[0].type)

    @staticmethod
    def compute(value: float) -> float:
        """The result on Python floats."""
        raise NotImplementedError

    def evaluate(self, value: Any) -> RuntimeValue:
        if isinstance(value, np.ndarray):
            return self.array_function(value)
        return float_meaning.guarded(self.fastmath, self.results[0].type, self.compute, value)


class FloatBinary(Op, traits=(Pure, Elementwise, SameOperandsAndResultType)):
    """Base of `op %a, %b fastmath<...> : type`."""

    lhs = operand(FloatLike)
    rhs = operand(FloatLike)
    fastmath = prop(FASTMATH, NO_FASTMATH)
    out = result(FloatLike)
    syntax = "$lhs `,` $rhs (`fastmath` `` $fastmath^)? attr-dict `:` type($out)"

    @staticmethod
    def compute(lhs: float, rhs: float) -> float:
        """The result on Python floats."""
        raise NotImplementedError

    def evaluate(self, lhs: Any, rhs: Any) -> RuntimeValue:
        return float_meaning.guarded(self.fastmath, self.results[0].type, self.compute, lhs, rhs)


class FloatTest(Op, traits=(Pure, Elementwise)):
    """Base of `op %a : type`, whose result is an i1."""

    T = Var("T", FloatLike)
    operand_ = operand(T)
    fastmath = prop(FASTMATH, NO_FASTMATH)
    out = result(bools_of(T))
    syntax = "$operand attr-dict `:` type($operand)"

    def holds(self, value: float) -> bool:
        """Whether it is so."""
        raise NotImplementedError

    def evaluate(self, value: Any) -> int:
        return int(self.holds(float_meaning.number(value)))


class IntegerUnary(Op, traits=(Pure, Elementwise, SameOperandsAndResultType)):
    """Base of `op %a : type` on integers."""

    operand_ = operand(SignlessIntegerLike)
    out = result(SignlessIntegerLike)
    syntax = "$operand attr-dict `:` type($out)"

    @property
    def width(self) -> int:
        """The bits of an element."""
        return width_of(self.results[0].type)
