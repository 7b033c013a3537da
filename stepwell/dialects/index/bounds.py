"""What is known of an index value from the op that makes it: for `index.cmp`."""

from __future__ import annotations

from dataclasses import dataclass

from stepwell.dialects.arith.integer_meaning import (
    COMPARISONS,
    INDEX_WIDTH,
    NEGATED,
    largest,
    smallest,
    split_predicate,
)
from stepwell.dialects.index.arithmetic import MaxSOp, MaxUOp, MinSOp, MinUOp, index_of
from stepwell.ir.numbers.integers import to_signed, to_unsigned
from stepwell.ir.rewriting.folding import constant_of
from stepwell.ir.value import Value

LOW, HIGH, TOP = smallest(INDEX_WIDTH), largest(INDEX_WIDTH), (1 << INDEX_WIDTH) - 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """The smallest and largest value, both as a signed and as an unsigned number."""

    signed: tuple[int, int] = (LOW, HIGH)
    unsigned: tuple[int, int] = (0, TOP)

    @staticmethod
    def of_signed(low: int, high: int) -> Bounds:
        """From signed bounds; they say something unsigned if the sign is known."""
        one_sign = low >= 0 or high < 0
        unsigned = to_unsigned(low, INDEX_WIDTH), to_unsigned(high, INDEX_WIDTH)
        return Bounds((low, high), unsigned if one_sign else (0, TOP))

    @staticmethod
    def of_unsigned(low: int, high: int) -> Bounds:
        """From unsigned bounds; they say something signed if the sign is known."""
        one_sign = high <= HIGH or low > HIGH
        signed = to_signed(low, INDEX_WIDTH), to_signed(high, INDEX_WIDTH)
        return Bounds(signed if one_sign else (LOW, HIGH), (low, high))

    def always(self, predicate: str, other: Bounds) -> bool | None:
        """Whether the predicate holds of all values (True) or none (False); None if of some."""
        sign, relation = split_predicate(predicate)
        if not sign:
            pairs = ((self.signed, other.signed), (self.unsigned, other.unsigned))
            answers = [_always(relation, *pair) for pair in pairs]
            return next((answer for answer in answers if answer is not None), None)
        if sign == "s":
            return _always(relation, self.signed, other.signed)
        return _always(relation, self.unsigned, other.unsigned)


def _always(relation: str, left: tuple[int, int], right: tuple[int, int]) -> bool | None:
    if _certain(relation, left, right):
        return True
    return False if _certain(NEGATED[relation], left, right) else None


def _certain(relation: str, left: tuple[int, int], right: tuple[int, int]) -> bool:
    """Whether the relation holds of every pair within the bounds."""
    if relation == "eq":
        return left[0] == left[1] == right[0] == right[1]
    if relation == "ne":
        return left[1] < right[0] or right[1] < left[0]
    worst = (left[1], right[0]) if relation in ("lt", "le") else (left[0], right[1])
    return COMPARISONS[relation](*worst)


def bounds_of(value: Value) -> Bounds:
    """The bounds of a constant, or of a minimum or maximum with one."""
    constant = index_of(constant_of(value))
    if constant is not None:
        return Bounds.of_signed(constant, constant)
    owner = value.owner
    if not isinstance(owner, MaxSOp | MaxUOp | MinSOp | MinUOp):
        return Bounds()
    limit = index_of(constant_of(owner.rhs))
    if limit is None:
        return Bounds()
    if isinstance(owner, MaxSOp | MinSOp):
        high = isinstance(owner, MinSOp)
        return Bounds.of_signed(LOW, limit) if high else Bounds.of_signed(limit, HIGH)
    limit = to_unsigned(limit, INDEX_WIDTH)
    return (
        Bounds.of_unsigned(0, limit)
        if isinstance(owner, MinUOp)
        else Bounds.of_unsigned(limit, TOP)
    )
