"""Arithmetic on indices of which some are known: numbers stay numbers, ops are made only if
needed.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.division import DivSIOp
from stepwell.dialects.arith.integer import AddIOp, MulIOp
from stepwell.ir import types
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value

Index = Value | int


class IndexMath:
    """Makes `arith` ops at a rewriter's insertion point."""

    def __init__(self, rewriter: Rewriter) -> None:
        self.rewriter = rewriter

    def value(self, index: Index) -> Value:
        """The index as a value."""
        if isinstance(index, Value):
            return index
        return self.rewriter.constant(IntegerAttr(index, types.index), types.index)

    def add(self, a: Index, b: Index) -> Index:
        """a + b."""
        if isinstance(a, int) and isinstance(b, int):
            return a + b
        if 0 in (a, b) and not (isinstance(a, Value) and isinstance(b, Value)):
            return b if isinstance(a, int) else a
        return self.rewriter.insert(AddIOp(self.value(a), self.value(b))).result

    def multiply(self, a: Index, b: Index) -> Index:
        """a * b."""
        if isinstance(a, int) and isinstance(b, int):
            return a * b
        for known, other in ((a, b), (b, a)):
            if isinstance(known, int) and known in (0, 1):
                return other if known else 0
        return self.rewriter.insert(MulIOp(self.value(a), self.value(b))).result

    def divide(self, a: Index, b: int) -> Index:
        """a / b, rounded towards zero."""
        if isinstance(a, int):
            return -(-a // b) if a < 0 else a // b
        return a if b == 1 else self.rewriter.insert(DivSIOp(a, self.value(b))).result

    def quotient(self, a: Index, b: int) -> Index:
        """a / b, rounded towards 0."""
        if isinstance(a, int):
            return a // b if a >= 0 else -(-a // b)
        return a if b == 1 else self.rewriter.insert(DivSIOp(a, self.value(b))).result

    def product(self, factors: Sequence[Index]) -> Index:
        """All factors multiplied."""
        total: Index = 1
        for factor in factors:
            total = self.multiply(total, factor)
        return total
