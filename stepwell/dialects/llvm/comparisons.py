"""Comparisons of the llvm dialect, and the choice by their result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from stepwell.dialects.llvm.attributes import (
    FCMP_PREDICATES,
    ICMP_PREDICATES,
    NO_FASTMATH,
    FastMathKind,
    FCmpPredicate,
    ICmpPredicate,
)
from stepwell.dialects.llvm.types import FloatLike, LLVMType
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.constraints import BoolLike, Var
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, prop, result
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.numbers.integers import to_signed, to_unsigned
from stepwell.ir.traits import (
    Elementwise,
    Pure,
)
from stepwell.ir.value import Value

if TYPE_CHECKING:
    pass

from stepwell.dialects.llvm.arithmetic import truth_of, width_of


class ICmpOp(Op, name="llvm.icmp", traits=(Pure,)):
    """`%c = llvm.icmp "slt" %a, %b : i32`: compares integers, or pointers by their addresses."""

    T = Var("T", LLVMType)
    predicate = prop(ICmpPredicate)
    lhs = operand(T)
    rhs = operand(T)
    res = result(truth_of(T))
    syntax = "$predicate $lhs `,` $rhs attr-dict `:` type($lhs)"

    def evaluate(self, lhs: RuntimeValue, rhs: RuntimeValue) -> RuntimeValue:
        compare = INTEGER_COMPARISONS[ICMP_PREDICATES[self.predicate.value]]
        unsigned = ICMP_PREDICATES[self.predicate.value].startswith("u")
        if isinstance(lhs, np.ndarray):
            rows = zip(lhs.reshape(-1), rhs.reshape(-1), strict=True)
            found = [compare(self._number(a, unsigned), self._number(b, unsigned)) for a, b in rows]
            return np.array(found, bool).reshape(lhs.shape)
        return int(compare(self._number(lhs, unsigned), self._number(rhs, unsigned)))

    def _number(self, value: RuntimeValue, unsigned: bool) -> int:
        if hasattr(value, "address"):
            return int(value.address)
        width = width_of(self.lhs)
        return to_unsigned(int(value), width) if unsigned else to_signed(int(value), width)


class FCmpOp(Op, name="llvm.fcmp", traits=(Pure, Elementwise)):
    """`%c = llvm.fcmp "olt" %a, %b : f32`.

    Compares floats; `o...` is false, `u...` true for NaNs.
    """

    T = Var("T", FloatLike)
    predicate = prop(FCmpPredicate)
    lhs = operand(T)
    rhs = operand(T)
    fastmathFlags = prop(FastMathKind, NO_FASTMATH)
    res = result(truth_of(T))
    syntax = "$predicate $lhs `,` $rhs attr-dict `:` type($lhs)"

    def evaluate(self, lhs: RuntimeValue, rhs: RuntimeValue) -> int:
        return int(compare_floats(FCMP_PREDICATES[self.predicate.value], float(lhs), float(rhs)))


INTEGER_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "slt": lambda a, b: a < b,
    "sle": lambda a, b: a <= b,
    "sgt": lambda a, b: a > b,
    "sge": lambda a, b: a >= b,
    "ult": lambda a, b: a < b,
    "ule": lambda a, b: a <= b,
    "ugt": lambda a, b: a > b,
    "uge": lambda a, b: a >= b,
}
_ORDERED: dict[str, Callable[[float, float], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
}


def compare_floats(predicate: str, lhs: float, rhs: float) -> bool:
    """Whether the LLVM predicate holds."""
    unordered = lhs != lhs or rhs != rhs
    if predicate in ("_true", "_false"):
        return predicate == "_true"
    if predicate in ("ord", "uno"):
        return unordered == (predicate == "uno")
    if unordered:
        return predicate.startswith("u")
    return _ORDERED[predicate[1:]](lhs, rhs)


class SelectOp(Op, name="llvm.select", traits=(Pure,)):
    """`%r = llvm.select %c, %a, %b : i1, i32`: `%a` where `%c` is true, else `%b`."""

    T = Var("T", LLVMType)
    condition = operand(BoolLike)
    trueValue = operand(T)
    falseValue = operand(T)
    fastmathFlags = prop(FastMathKind, NO_FASTMATH)
    res = result(T)
    syntax = (
        "$condition `,` $trueValue `,` $falseValue attr-dict `:` type($condition) `,` type($res)"
    )
    handles_poison = True

    def evaluate(
        self, condition: RuntimeValue, yes: RuntimeValue, no: RuntimeValue
    ) -> RuntimeValue:
        if condition is POISON:
            return POISON
        if isinstance(condition, np.ndarray):
            return POISON if yes is POISON or no is POISON else np.where(condition, yes, no)
        return yes if condition else no

    def fold(self, operands: Sequence[Attribute | None]) -> Value | None:
        """Both sides the same, or a constant condition."""
        if self.trueValue is self.falseValue:
            return self.trueValue
        condition = operands[0]
        if isinstance(condition, IntegerAttr):
            return self.trueValue if condition.value else self.falseValue
        return None
