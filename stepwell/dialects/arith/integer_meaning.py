"""What integer ops compute, on two's complement numbers of a width.

Functions take Python integers in any representative (-1 and 255 are the same i8) and give one; the
caller wraps. `None` stands for poison. What is undefined raises `InterpreterError`.
"""

from __future__ import annotations

from collections.abc import Callable

from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.numbers.integers import to_signed, to_unsigned

INDEX_WIDTH = 64


def width_of(type: Type) -> int:
    """The bits of an integer type, or of the elements of a vector or tensor; 64 for index."""
    element = types.element_type_or_self(type)
    return element.width if isinstance(element, types.IntegerType) else INDEX_WIDTH


def smallest(width: int) -> int:
    """The smallest signed number."""
    return -(1 << width >> 1)


def largest(width: int) -> int:
    """The largest signed number."""
    return (1 << width >> 1) - 1


def overflows(value: int, width: int, signed: bool) -> bool:
    """Whether `value` has no place among the signed (unsigned) numbers of `width` bits."""
    if signed:
        return not smallest(width) <= value <= largest(width)
    return not 0 <= value < 1 << width


def _signed_pair(lhs: int, rhs: int, width: int) -> tuple[int, int]:
    lhs, rhs = to_signed(lhs, width), to_signed(rhs, width)
    if rhs == 0:
        raise InterpreterError("division by zero")
    if rhs == -1 and lhs == smallest(width):
        raise InterpreterError("signed division overflows")
    return lhs, rhs


def _unsigned_pair(lhs: int, rhs: int, width: int) -> tuple[int, int]:
    lhs, rhs = to_unsigned(lhs, width), to_unsigned(rhs, width)
    if rhs == 0:
        raise InterpreterError("division by zero")
    return lhs, rhs


def divide_signed(lhs: int, rhs: int, width: int) -> int:
    """The quotient, rounded towards zero."""
    lhs, rhs = _signed_pair(lhs, rhs, width)
    quotient = abs(lhs) // abs(rhs)
    return quotient if (lhs < 0) == (rhs < 0) else -quotient


def divide_unsigned(lhs: int, rhs: int, width: int) -> int:
    """The quotient, rounded down."""
    lhs, rhs = _unsigned_pair(lhs, rhs, width)
    return lhs // rhs


def ceil_divide_signed(lhs: int, rhs: int, width: int) -> int:
    """The quotient, rounded up."""
    lhs, rhs = _signed_pair(lhs, rhs, width)
    return -(-lhs // rhs)


def ceil_divide_unsigned(lhs: int, rhs: int, width: int) -> int:
    """The quotient, rounded up."""
    lhs, rhs = _unsigned_pair(lhs, rhs, width)
    return -(-lhs // rhs)


def floor_divide_signed(lhs: int, rhs: int, width: int) -> int:
    """The quotient, rounded down."""
    lhs, rhs = _signed_pair(lhs, rhs, width)
    return lhs // rhs


def remainder_signed(lhs: int, rhs: int, width: int) -> int:
    """The remainder, with the sign of `lhs`."""
    lhs, rhs = _signed_pair(lhs, rhs, width)
    rest = abs(lhs) % abs(rhs)
    return -rest if lhs < 0 else rest


def remainder_unsigned(lhs: int, rhs: int, width: int) -> int:
    """The remainder."""
    lhs, rhs = _unsigned_pair(lhs, rhs, width)
    return lhs % rhs


def shift_left(value: int, amount: int, width: int) -> int | None:
    """`value` times 2**amount; poison if the amount is not below the width."""
    amount = to_unsigned(amount, width)
    return None if amount >= width else value << amount


def shift_right_signed(value: int, amount: int, width: int) -> int | None:
    """`value` shifted, copies of its sign bit coming in."""
    amount = to_unsigned(amount, width)
    return None if amount >= width else to_signed(value, width) >> amount


def shift_right_unsigned(value: int, amount: int, width: int) -> int | None:
    """`value` shifted, zeros coming in."""
    amount = to_unsigned(amount, width)
    return None if amount >= width else to_unsigned(value, width) >> amount


def maximum_signed(lhs: int, rhs: int, width: int) -> int:
    """The larger of two signed numbers."""
    return max(to_signed(lhs, width), to_signed(rhs, width))


def maximum_unsigned(lhs: int, rhs: int, width: int) -> int:
    """The larger of two unsigned numbers."""
    return max(to_unsigned(lhs, width), to_unsigned(rhs, width))


def minimum_signed(lhs: int, rhs: int, width: int) -> int:
    """The smaller of two signed numbers."""
    return min(to_signed(lhs, width), to_signed(rhs, width))


def minimum_unsigned(lhs: int, rhs: int, width: int) -> int:
    """The smaller of two unsigned numbers."""
    return min(to_unsigned(lhs, width), to_unsigned(rhs, width))


COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "eq": lambda lhs, rhs: lhs == rhs,
    "ne": lambda lhs, rhs: lhs != rhs,
    "lt": lambda lhs, rhs: lhs < rhs,
    "le": lambda lhs, rhs: lhs <= rhs,
    "gt": lambda lhs, rhs: lhs > rhs,
    "ge": lambda lhs, rhs: lhs >= rhs,
}

SWAPPED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}
NEGATED = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt", "eq": "ne", "ne": "eq"}


def split_predicate(predicate: str) -> tuple[str, str]:
    """`("s", "lt")` for `slt`; the sign is empty for eq and ne."""
    return ("", predicate) if predicate in ("eq", "ne") else (predicate[0], predicate[1:])


def swapped(predicate: str) -> str:
    """The predicate that holds of (b, a) when this one holds of (a, b)."""
    sign, relation = split_predicate(predicate)
    return sign + SWAPPED[relation]


def negated(predicate: str) -> str:
    """The predicate that holds when this one does not."""
    sign, relation = split_predicate(predicate)
    return sign + NEGATED[relation]


def compare(predicate: str, lhs: int, rhs: int, width: int) -> bool:
    """Whether the predicate of `arith.cmpi` or `index.cmp` holds."""
    sign, relation = split_predicate(predicate)
    bring = to_signed if sign == "s" else to_unsigned
    return COMPARISONS[relation](bring(lhs, width), bring(rhs, width))
