"""Products of what is read from several tensors, combined over loops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stepwell.ir.affine.expr import AffineConstant, AffineExpr, AffineSymbol
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine.simplify import simplify_expr
from stepwell.ir.rewriting.pattern import NoMatch
from stepwell.ir.value import Value
from stepwell.passes.meta_raising.views import ZERO, Place, View, place_of, shifted
from stepwell.passes.meta_to_linalg.inversion import Inverse, inverted
from stepwell.passes.meta_to_linalg.sizes import Extent, Size, is_same_size


@dataclass(frozen=True, slots=True)
class Loop:
    """How long a loop is: sizes that the program says are equal."""

    extents: tuple[Extent, ...]

    def is_as_long_as(self, other: Extent) -> bool:
        """Whether that is known."""
        return any(is_same_size(extent, other) for extent in self.extents)

    @property
    def extent(self) -> Extent:
        """One of the sizes: a number if there is one, else rather a value than one to be read."""
        return min(self.extents, key=lambda extent: (not isinstance(extent, int),
                                                     isinstance(extent, tuple)))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contraction:
    """The product of what the views show, combined over the loops that the result lacks.

    Attributes:
        kind: how products are combined.
        loops: how long they are.
        out: for each dimension of the result, its loop.
        views: the factors; one for a plain reduction.
    """

    kind: str
    loops: tuple[Loop, ...]
    out: tuple[int, ...]
    views: tuple[View, ...]

    @property
    def reduced(self) -> list[int]:
        """The loops that the result lacks."""
        return [loop for loop in range(len(self.loops)) if loop not in self.out]


def moved_along(
    contraction: Contraction, map: AffineMap, symbols: Sequence[Value], shape: Sequence[Extent]
) -> Contraction:
    """The contraction whose products are combined where a map takes them.

    Args:
        contraction: the products; no loop is reduced yet.
        map: from places of products to places in the result; those outside are dropped.
        symbols: of the map.
        shape: of the result.

    Raises:
        NoMatch: the products cannot be told from the place in the result by linear expressions.
    """
    inverse = inverted(map)
    if inverse is None or inverse.conditions:
        raise NoMatch("the map cannot be solved for the places of the products")
    given = [Loop((size,)) for size in shape]
    loops = [*given, *(contraction.loops[dim] for dim in inverse.tried)]
    moved = set[int]()
    for dim, old in enumerate(contraction.loops):
        loop = _loop_of(inverse, dim)
        if loop is None or not any(loops[loop].is_as_long_as(size) for size in old.extents):
            moved.add(dim)
        else:
            loops[loop] = Loop((*loops[loop].extents, *old.extents))
    for dim in moved:
        if not any(place.loop == dim for view in contraction.views for place in view.places):
            raise NoMatch("nothing tells which products are outside")
    views = tuple(_substituted(view, inverse, symbols, moved) for view in contraction.views)
    return Contraction(contraction.kind, tuple(loops), tuple(range(len(shape))), views)


def _loop_of(inverse: Inverse, dim: int) -> int | None:
    """The new loop that a dimension of the products is, if it is one."""
    place = place_of(inverse.numerators[dim], inverse.divisors[dim])
    return place.loop if place is not None else None


def _substituted(view: View, inverse: Inverse, symbols: Sequence[Value], moved: set[int]) -> View:
    """The view with the dimensions of the products computed from the new loops."""
    own, given = len(view.symbols), len(symbols)
    every = [shifted(expr, own, given) for expr in inverse.numerators]
    places: list[Place] = []
    for place in view.places:
        divisors = [inverse.divisors[dim] for dim, _ in place.terms]
        total: AffineExpr = place.rest
        for dim, factor in place.terms:
            total = total + every[dim] * factor
        divided = any(divisor != 1 for divisor in divisors)
        if divided and place.loop is None:
            raise NoMatch("a quotient stands in a sum")
        simple = simplify_expr(total, len(inverse.numerators) + 1, own + given)
        made = place_of(simple, divisors[0] if divided else 1)
        if made is None:
            raise NoMatch("a place is not linear in the places of the result")
        whole = place.whole and not any(dim in moved for dim, _ in place.terms)
        places.append(replace(made, whole=whole))
    padded = view.padded or any(dim in moved for p in view.places for dim, _ in p.terms)
    return View(view.base, tuple(places), (*view.symbols, *symbols), padded)


def backward_loops(contraction: Contraction) -> set[int]:
    """The reduced loops to be run from the other end, so that sums have only positive terms.

    A convolution's derivative reads `h - k`; with k from the other end it reads `h + k`.

    Raises:
        NoMatch: there would still be sums with terms of both signs.
    """
    found = {
        loop
        for view in contraction.views
        for place in view.places
        if len(place.terms) > 1
        for loop, factor in place.terms
        if factor < 0 and loop not in contraction.out
    }
    for view in contraction.views:
        for place in view.places:
            if len({(factor < 0) != (loop in found) for loop, factor in place.terms}) > 1:
                raise NoMatch("a place is a difference of loops")
    return found


def turned(view: View, loops: set[int], sizes: Sequence[Size]) -> View:
    """The view with some loops run from the other end: d becomes size - 1 - d."""
    symbols = list(view.symbols)
    places: list[Place] = []
    for place in view.places:
        terms, rest = [], place.rest
        for loop, factor in place.terms:
            if loop in loops:
                rest = rest + (_symbol_for(sizes[loop], symbols) - 1) * factor
                factor = -factor
            terms.append((loop, factor))
        places.append(replace(place, terms=tuple(terms), rest=rest))
    return View(view.base, tuple(places), tuple(symbols), view.padded)


def _symbol_for(size: Size, symbols: list[Value]) -> AffineExpr:
    if isinstance(size, int):
        return ZERO + size
    if size not in symbols:
        symbols.append(size)
    return AffineSymbol(symbols.index(size))


def is_not_negative(expr: AffineExpr) -> bool:
    """Whether an expression is a constant, and not below zero."""
    return isinstance(expr, AffineConstant) and expr.value >= 0
