"""Where an element lies, as a sum over the loops of a contraction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stepwell.passes.contraction_kernels.plan import Plan
from stepwell.passes.contraction_kernels.reads import Sum
from stepwell.passes.contraction_kernels.writing import Writer
from stepwell.passes.strided_metadata.index_math import Index


@dataclass(frozen=True, slots=True)
class Linear:
    """A number and the loops' coefficients, all of which may be known only when the program runs.

    Attributes:
        plan: whose loops they are.
        terms: the coefficients; loops that are not there have none.
        number: what is added.
    """

    plan: Plan
    terms: Mapping[int, Index]
    number: Index

    def of_outer(self, w: Writer, at: Sequence[Index]) -> Index:
        """The terms of the outer loops, and the number."""
        return w.add(self._of(w, self.plan.outer, at), self.number)

    def of_rows(self, w: Writer, at: Sequence[Index]) -> Index:
        """The terms of the loops of rows."""
        return self._of(w, self.plan.rows, at)

    def of_columns(self, w: Writer, at: Sequence[Index]) -> Index:
        """The terms of the loops of columns."""
        return self._of(w, self.plan.columns, at)

    def of_sums(self, w: Writer, at: Sequence[Index]) -> Index:
        """The terms of the loops that sum."""
        return self._of(w, self.plan.sums, at)

    def _of(self, w: Writer, loops: Sequence[int], at: Sequence[Index]) -> Index:
        total: Index = 0
        for loop, place in zip(loops, at, strict=True):
            if loop in self.terms:
                total = w.add(total, w.mul(place, self.terms[loop]))
        return total


def in_memory(w: Writer, plan: Plan, sizes: Sequence[Index], places: Sequence[Sum]) -> Linear:
    """Where an element lies whose coordinates are sums.

    Args:
        sizes: of the memory.
    """
    terms: dict[int, Index] = {}
    number: Index = 0
    stride: Index = 1
    for size, place in zip(reversed(sizes), reversed(places), strict=True):
        for loop, factor in place.terms.items():
            terms[loop] = w.add(terms.get(loop, 0), w.mul(stride, factor))
        number = w.add(number, w.mul(stride, place.number))
        stride = w.mul(stride, size)
    return Linear(plan, terms, number)


def plain(plan: Plan, sum: Sum) -> Linear:
    """A sum as it is."""
    return Linear(plan, sum.terms, sum.number)
