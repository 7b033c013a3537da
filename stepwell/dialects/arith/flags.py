"""Flags and enums of arith: what an op promises, how it rounds, what it compares."""

from __future__ import annotations

from typing import ClassVar

from stepwell.ir import types
from stepwell.ir.enums import FlagsAttr, IntegerEnum


class OverflowFlags(FlagsAttr):
    """Promises that an integer op does not overflow."""

    name = "arith.overflow"
    cases = ("nsw", "nuw")


class FastMathFlags(FlagsAttr):
    """What a float op may assume or ignore: `fast` is all of it."""

    name = "arith.fastmath"
    cases = ("reassoc", "nnan", "ninf", "nsz", "arcp", "contract", "afn")
    groups: ClassVar[dict[str, tuple[str, ...]]] = {"fast": cases}
    separator = ","


NO_OVERFLOW_FLAGS = OverflowFlags()
NO_FASTMATH = FastMathFlags()

INTEGER_PREDICATES = ("eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge")
FLOAT_PREDICATES = (
    "false",
    "oeq",
    "ogt",
    "oge",
    "olt",
    "ole",
    "one",
    "ord",
    "ueq",
    "ugt",
    "uge",
    "ult",
    "ule",
    "une",
    "uno",
    "true",
)
ROUNDING_MODES = ("to_nearest_even", "downward", "upward", "toward_zero", "to_nearest_away")


def _cases(words: tuple[str, ...]) -> str:
    return ", ".join(str(number) for number in range(len(words)))


IntegerPredicate = IntegerEnum(
    types.i64,
    INTEGER_PREDICATES,
    f"allowed 64-bit signless integer cases: {_cases(INTEGER_PREDICATES)}",
)
FloatPredicate = IntegerEnum(
    types.i64,
    FLOAT_PREDICATES,
    f"allowed 64-bit signless integer cases: {_cases(FLOAT_PREDICATES)}",
)
RoundingMode = IntegerEnum(
    types.i32,
    ROUNDING_MODES,
    "Floating point rounding mode: allowed 32-bit signless integer cases: "
    f"{_cases(ROUNDING_MODES)}",
)
