"""Integer arithmetic that is total: add, subtract, multiply, bits, shifts, minimum and maximum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from stepwell.dialects.arith.constant import int_like, int_of
from stepwell.dialects.arith.flags import NO_OVERFLOW_FLAGS, OverflowFlags
from stepwell.dialects.arith.integer_meaning import (
    largest,
    maximum_signed,
    maximum_unsigned,
    minimum_signed,
    minimum_unsigned,
    overflows,
    shift_left,
    shift_right_signed,
    shift_right_unsigned,
    smallest,
    width_of,
)
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.constraints import SignlessIntegerLike
from stepwell.ir.definition import Op
from stepwell.ir.enums import enum_kind
from stepwell.ir.fields import operand, prop, result, unit_prop
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.numbers.integers import to_signed, to_unsigned
from stepwell.ir.rewriting.folding import Fold, constant_of
from stepwell.ir.traits import (
    Commutative,
    Elementwise,
    Idempotent,
    Pure,
    SameOperandsAndResultType,
)
from stepwell.ir.value import Value

Constants: TypeAlias = Sequence[Attribute | None]
"""The constant attribute of each operand, or None."""

NUMPY_WIDTHS = (8, 16, 32, 64)


def wraps_in_numpy(type: Type) -> bool:
    """Whether NumPy's own wrapping on arrays is that of the type's elements."""
    return width_of(type) in NUMPY_WIDTHS


class IntegerOperands(Op, traits=(Elementwise, SameOperandsAndResultType)):
    """Base of `op %a, %b : type`."""

    lhs = operand(SignlessIntegerLike)
    rhs = operand(SignlessIntegerLike)
    out = result(SignlessIntegerLike)
    syntax = "$lhs `,` $rhs attr-dict `:` type($out)"

    @property
    def width(self) -> int:
        """The bits of an element."""
        return width_of(self.results[0].type)

    @property
    def type(self) -> Type:
        """The type of the operands and the result."""
        return self.results[0].type


class IntegerBinary(IntegerOperands, traits=(Pure,)):
    """Base of those that are defined for all operands."""


class OverflowBinary(IntegerBinary):
    """Base of ops that can promise not to overflow."""

    overflowFlags = prop(enum_kind(OverflowFlags), NO_OVERFLOW_FLAGS)
    syntax = "$lhs `,` $rhs (`overflow` `` $overflowFlags^)? attr-dict `:` type($out)"

    @property
    def evaluates_arrays(self) -> bool:
        """Whether `evaluate` takes whole arrays."""
        return not self.overflowFlags.flags and wraps_in_numpy(self.type)

    def compute(self, lhs: Any, rhs: Any) -> Any:
        """The exact result."""
        raise NotImplementedError

    def evaluate(self, lhs: Any, rhs: Any) -> RuntimeValue:
        flags = self.overflowFlags.flags
        if flags:
            width = self.width
            for flag, bring in (("nsw", to_signed), ("nuw", to_unsigned)):
                exact = self.compute(bring(lhs, width), bring(rhs, width))
                if flag in flags and overflows(exact, width, flag == "nsw"):
                    return POISON
        return self.compute(lhs, rhs)


class AddIOp(OverflowBinary, name="arith.addi", traits=(Commutative,)):
    """`%r = arith.addi %a, %b : i32`: adds integers; wraps on overflow."""

    def compute(self, lhs: Any, rhs: Any) -> Any:
        return lhs + rhs

    def fold(self, operands: Constants) -> Fold:
        lhs, rhs = self._operands
        if int_of(operands[1]) == 0:
            return lhs
        for inner, other in ((lhs.owner, rhs), (rhs.owner, lhs)):
            if isinstance(inner, SubIOp) and inner.rhs is other:
                return inner.lhs  # (a - b) + b
        return None


class SubIOp(OverflowBinary, name="arith.subi"):
    """`%r = arith.subi %a, %b : i32`: subtracts integers; wraps on overflow."""

    def compute(self, lhs: Any, rhs: Any) -> Any:
        return lhs - rhs

    def fold(self, operands: Constants) -> Fold:
        lhs, rhs = self._operands
        if lhs is rhs:
            return int_like(0, self.type)
        if int_of(operands[1]) == 0:
            return lhs
        total = lhs.owner
        if isinstance(total, AddIOp):
            if total.rhs is rhs:
                return total.lhs  # (a + b) - b
            if total.lhs is rhs:
                return total.rhs  # (a + b) - a
        return None


class MulIOp(OverflowBinary, name="arith.muli", traits=(Commutative,)):
    """`%r = arith.muli %a, %b : i32`: multiplies integers; wraps on overflow."""

    def compute(self, lhs: Any, rhs: Any) -> Any:
        return lhs * rhs

    def fold(self, operands: Constants) -> Fold:
        factor = int_of(operands[1])
        if factor == 0:
            return operands[1]
        return self.lhs if factor == 1 else None


class AndIOp(IntegerBinary, name="arith.andi", traits=(Commutative, Idempotent)):
    """`%r = arith.andi %a, %b : i32`: the bits set in both."""

    evaluates_arrays = True

    def evaluate(self, lhs: Any, rhs: Any) -> RuntimeValue:
        return lhs & rhs

    def fold(self, operands: Constants) -> Fold:
        mask = int_of(operands[1])
        if mask == 0:
            return operands[1]
        if is_all_ones(mask, self.width) or self.lhs is self.rhs:
            return self.lhs
        if is_complement(self.lhs, self.rhs) or is_complement(self.rhs, self.lhs):
            return int_like(0, self.type)  # x & ~x
        return absorbed(self.lhs, self.rhs) or absorbed(self.rhs, self.lhs)


class OrIOp(IntegerBinary, name="arith.ori", traits=(Commutative, Idempotent)):
    """`%r = arith.ori %a, %b : i32`: the bits set in either."""

    evaluates_arrays = True

    def evaluate(self, lhs: Any, rhs: Any) -> RuntimeValue:
        return lhs | rhs

    def fold(self, operands: Constants) -> Fold:
        mask = int_of(operands[1])
        if mask == 0 or self.lhs is self.rhs:
            return self.lhs
        if is_all_ones(mask, self.width):
            return operands[1]
        if is_complement(self.lhs, self.rhs) or is_complement(self.rhs, self.lhs):
            return int_like(-1, self.type)  # x | ~x
        return None


class XOrIOp(IntegerBinary, name="arith.xori", traits=(Commutative,)):
    """`%r = arith.xori %a, %b : i32`: the bits set in exactly one."""

    evaluates_arrays = True

    def evaluate(self, lhs: Any, rhs: Any) -> RuntimeValue:
        return lhs ^ rhs

    def fold(self, operands: Constants) -> Fold:
        lhs, rhs = self._operands
        if int_of(operands[1]) == 0:
            return lhs
        if lhs is rhs:
            return int_like(0, self.type)
        for inner, other in ((lhs.owner, rhs), (rhs.owner, lhs)):
            if isinstance(inner, XOrIOp):
                if inner.rhs is other:
                    return inner.lhs  # (a ^ b) ^ b
                if inner.lhs is other:
                    return inner.rhs
        return None


def is_all_ones(value: int | None, width: int) -> bool:
    """Whether all bits of a constant are set."""
    return value is not None and to_signed(value, width) == -1


def is_complement(inverted: Value, value: Value) -> bool:
    """Whether `inverted` is `value ^ -1`."""
    owner = inverted.owner
    if not isinstance(owner, XOrIOp):
        return False
    mask = int_of(constant_of(owner.rhs))
    return owner.lhs is value and is_all_ones(mask, owner.width)


def absorbed(whole: Value, part: Value) -> Value | None:
    """`whole` if it is `part` and something: a & (a & b) is a & b."""
    owner = whole.owner
    return whole if isinstance(owner, AndIOp) and part in (owner.lhs, owner.rhs) else None


class ExactBinary(IntegerBinary):
    """Base of ops that can promise to lose no bits of the result."""

    isExact = unit_prop()
    syntax = "$lhs `,` $rhs (`exact` $isExact^)? attr-dict `:` type($out)"


class ShLIOp(OverflowBinary, name="arith.shli"):
    """`%r = arith.shli %a, %b : i32`: shifts to the left; poison if %b is not below the width."""

    evaluates_arrays = False

    def evaluate(self, lhs: int, rhs: int) -> RuntimeValue:
        shifted = shift_left(lhs, rhs, self.width)
        if shifted is None:
            return POISON
        for flag, bring in (("nsw", to_signed), ("nuw", to_unsigned)):
            exact = bring(lhs, self.width) << to_unsigned(rhs, self.width)
            if flag in self.overflowFlags.flags and overflows(exact, self.width, flag == "nsw"):
                return POISON
        return shifted

    def fold(self, operands: Constants) -> Fold:
        return self.lhs if int_of(operands[1]) == 0 else None


class ShRSIOp(ExactBinary, name="arith.shrsi"):
    """`%r = arith.shrsi %a, %b : i32`: shifts to the right, the sign bit coming in."""

    def evaluate(self, lhs: int, rhs: int) -> RuntimeValue:
        return _shifted(self, lhs, rhs, shift_right_signed(lhs, rhs, self.width))

    def fold(self, operands: Constants) -> Fold:
        return self.lhs if int_of(operands[1]) == 0 else None


class ShRUIOp(ExactBinary, name="arith.shrui"):
    """`%r = arith.shrui %a, %b : i32`: shifts to the right, zeros coming in."""

    def evaluate(self, lhs: int, rhs: int) -> RuntimeValue:
        return _shifted(self, lhs, rhs, shift_right_unsigned(lhs, rhs, self.width))

    def fold(self, operands: Constants) -> Fold:
        return self.lhs if int_of(operands[1]) == 0 else None


def _shifted(op: ExactBinary, value: int, amount: int, shifted: int | None) -> RuntimeValue:
    if shifted is None:
        return POISON
    lost = value & ((1 << to_unsigned(amount, op.width)) - 1)
    return POISON if op.isExact is not None and lost else shifted


class Extremum(IntegerBinary, traits=(Commutative,)):
    """Base of minimum and maximum."""

    def limits(self) -> tuple[int, int]:
        """The constant that any number gives way to, and the one that wins over any."""
        raise NotImplementedError

    def fold(self, operands: Constants) -> Fold:
        if self.lhs is self.rhs:
            return self.lhs
        bound = int_of(operands[1])
        if bound is None:
            return None
        neutral, winner = (to_signed(limit, self.width) for limit in self.limits())
        if to_signed(bound, self.width) == winner:
            return self.rhs
        return self.lhs if to_signed(bound, self.width) == neutral else None


class MaxSIOp(Extremum, name="arith.maxsi"):
    """`%r = arith.maxsi %a, %b : i32`: the larger signed number."""

    def limits(self) -> tuple[int, int]:
        return smallest(self.width), largest(self.width)

    def evaluate(self, lhs: int, rhs: int) -> int:
        return maximum_signed(lhs, rhs, self.width)


class MaxUIOp(Extremum, name="arith.maxui"):
    """`%r = arith.maxui %a, %b : i32`: the larger unsigned number."""

    def limits(self) -> tuple[int, int]:
        return 0, -1

    def evaluate(self, lhs: int, rhs: int) -> int:
        return maximum_unsigned(lhs, rhs, self.width)


class MinSIOp(Extremum, name="arith.minsi"):
    """`%r = arith.minsi %a, %b : i32`: the smaller signed number."""

    def limits(self) -> tuple[int, int]:
        return largest(self.width), smallest(self.width)

    def evaluate(self, lhs: int, rhs: int) -> int:
        return minimum_signed(lhs, rhs, self.width)


class MinUIOp(Extremum, name="arith.minui"):
    """`%r = arith.minui %a, %b : i32`: the smaller unsigned number."""

    def limits(self) -> tuple[int, int]:
        return -1, 0

    def evaluate(self, lhs: int, rhs: int) -> int:
        return minimum_unsigned(lhs, rhs, self.width)
