"""Affine maps solved for their inputs, one result for one dimension.

The transpose of `x[map(d)]` combines what is at all d for which map(d) is the place p. Written the
other way round, each p looks for its d: where a result of the map is `d1 * 2 + d3 - 1`, d1 is
`(p - d3 + 1) / 2` if that is a whole number, and only d3 has to be tried out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from stepwell.ir.affine.expr import (
    AffineBinary,
    AffineConstant,
    AffineDim,
    AffineExpr,
)
from stepwell.ir.affine.map import AffineMap


@dataclass(frozen=True, slots=True)
class Inverse:
    """How to find the inputs of a map for a place among its results.

    The dimensions of all expressions are those of the place, then the ones that are tried out; the
    symbols are the map's.

    Attributes:
        tried: the dimensions of the map that have to be tried out.
        numerators: each dimension of the map, times its divisor.
        divisors: where one does not divide its numerator, there is no input.
        conditions: where one of them is not zero, there is no input either.
    """

    tried: tuple[int, ...]
    numerators: tuple[AffineExpr, ...]
    divisors: tuple[int, ...]
    conditions: tuple[AffineExpr, ...]

    @property
    def inputs(self) -> list[AffineExpr]:
        """Each dimension of the map, where it exists."""
        return [n // d for n, d in zip(self.numerators, self.divisors, strict=True)]

    @property
    def exact(self) -> list[AffineExpr]:
        """What is zero where the input exists."""
        pairs = zip(self.numerators, self.divisors, strict=True)
        return [*self.conditions, *(n % d for n, d in pairs if d != 1)]


def terms_of(expr: AffineExpr) -> tuple[dict[int, int], AffineExpr] | None:
    """The dimensions' coefficients, and the rest, which has none; None if it is not linear."""
    coefficients: dict[int, int] = {}
    rest: AffineExpr = AffineConstant(0)
    pending = [expr]
    while pending:
        term = pending.pop()
        if isinstance(term, AffineBinary) and term.kind == "add":
            pending += [term.rhs, term.lhs]
            continue
        factor = 1
        if isinstance(term, AffineBinary) and term.kind == "mul":
            lhs, rhs = term.lhs, term.rhs
            if isinstance(rhs, AffineConstant):
                term, factor = lhs, rhs.value
        if isinstance(term, AffineDim):
            coefficients[term.position] = coefficients.get(term.position, 0) + factor
        elif term.dim_bound == 0:
            rest = rest + term * factor
        else:
            return None
    return {dim: factor for dim, factor in coefficients.items() if factor}, rest


def inverted(map: AffineMap) -> Inverse | None:
    """The inverse of a map all of whose results are linear, or None."""
    found = [terms_of(expr) for expr in map.results]
    linear = [terms for terms in found if terms is not None]
    if len(linear) != len(found):
        return None
    solved = _solved_dimensions([terms for terms, _ in linear])
    tried = tuple(dim for dim in range(map.num_dims) if dim not in solved)
    numerators: dict[int, AffineExpr] = {
        dim: AffineDim(map.num_results + number) for number, dim in enumerate(tried)
    }
    divisors = dict.fromkeys(range(map.num_dims), 1)
    conditions: list[AffineExpr] = []
    for result in reversed(range(map.num_results)):
        (coefficients, rest), own = linear[result], solved[result]
        numerator = AffineDim(result) - rest
        for dim, factor in coefficients.items():
            if dim != own:
                numerator = numerator - numerators[dim] // divisors[dim] * factor
        if own is None:
            conditions.append(numerator)
            continue
        factor = coefficients[own]
        numerators[own] = numerator if factor > 0 else -numerator
        divisors[own] = abs(factor)
    every = range(map.num_dims)
    return Inverse(
        tried,
        tuple(numerators[dim] for dim in every),
        tuple(divisors[dim] for dim in every),
        tuple(conditions),
    )


def _solved_dimensions(terms: Sequence[dict[int, int]]) -> list[int | None]:
    """The dimension that each result is solved for, one that no later result has; None if none.

    So the results can be solved one by one, the last first. Among several, it is the first that
    leaves a neighbour of what is tried out already: the dimensions of a window, which are small,
    stand together, before or after those that say where the window is.
    """
    solved: list[int | None] = []
    tried: set[int] = set()
    for number, coefficients in enumerate(terms):
        later = {dim for other in terms[number + 1 :] for dim in other}
        free = [dim for dim in sorted(coefficients) if dim not in later]
        together = [dim for dim in free if _touches(set(coefficients) - {dim}, tried)]
        best = together or free
        solved.append(best[0] if best else None)
        tried |= set(coefficients) - {solved[-1]}
    return solved


def _touches(dims: Collection[int], others: Collection[int]) -> bool:
    """Whether one of the dimensions is next to one of the others."""
    return any(abs(dim - other) == 1 for dim in dims for other in others)
