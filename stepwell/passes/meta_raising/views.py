"""Tensors as they are seen through broadcasts and reindexings, which need not be carried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stepwell.dialects.meta.broadcast import BroadcastOp
from stepwell.dialects.meta.gradient import StopGradientOp
from stepwell.dialects.meta.reduction_kind import neutral_attribute
from stepwell.dialects.meta.reindex import ReindexOp
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir.affine.expr import AffineConstant, AffineDim, AffineExpr, AffineSymbol
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine.simplify import simplify_map
from stepwell.ir.affine.walk import replace as replaced
from stepwell.ir.rewriting.folding import constant_of
from stepwell.ir.value import Value
from stepwell.passes.meta_to_linalg.inversion import terms_of

ZERO = AffineConstant(0)


@dataclass(frozen=True, slots=True)
class Place:
    """Where along one dimension of a tensor: `(sum of terms + rest) / divisor`.

    Attributes:
        terms: loops and their coefficients, in the order of the loops.
        rest: of the symbols of the view.
        divisor: where it does not divide the sum, the place is outside of the tensor.
        whole: whether it is a loop that, as the program says, is as long as the dimension.
    """

    terms: tuple[tuple[int, int], ...]
    rest: AffineExpr
    divisor: int = 1
    whole: bool = False

    @property
    def loop(self) -> int | None:
        """The loop that the place is, or None if it is more than that."""
        if len(self.terms) == 1 and self.rest is ZERO and self.divisor == 1:
            loop, factor = self.terms[0]
            return loop if factor == 1 else None
        return None


@dataclass(frozen=True, slots=True)
class View:
    """A tensor, and where it is read for each point of the loops.

    Attributes:
        base: the tensor.
        places: for each of its dimensions.
        symbols: the values of the symbols.
        padded: whether places may be outside of the tensor; the neutral element is read there.
    """

    base: Value
    places: tuple[Place, ...]
    symbols: tuple[Value, ...]
    padded: bool

    def has_loops(self, count: int) -> bool:
        """Whether the tensor is read as it is: each of the loops is the place along a dimension."""
        loops = [place.loop for place in self.places]
        return loops == list(range(count)) and not self.padded


@dataclass(frozen=True, slots=True)
class _Step:
    input: Value
    map: AffineMap
    symbols: Sequence[Value] = ()
    padded: bool = False
    moves: bool = False


def view_of(value: Value, kind: str) -> View:
    """What `value` shows, through as many ops as can be looked through.

    Args:
        value: a tensor; the loops are those over its elements.
        kind: of the reduction; its neutral element may stand for what is outside.
    """
    base, symbols, padded, whole = value, tuple[Value, ...](), False, True
    map = AffineMap.identity(len(ranked(value.type).shape))
    while not padded:
        step = _step(base, kind)
        if step is None:
            break
        seen = simplify_map(step.map.compose(map))
        if any(place_of(expr) is None for expr in seen.results):
            break
        base, map, padded = step.input, seen, step.padded
        whole = whole and not step.moves
        symbols = (*step.symbols, *symbols)
    places = [place for expr in map.results if (place := place_of(expr)) is not None]
    known = tuple(replace(place, whole=whole) for place in places)
    return View(base, known, symbols, padded)


def place_of(expr: AffineExpr, divisor: int = 1) -> Place | None:
    """An expression over loops and symbols as a place; None if it is not linear."""
    found = terms_of(expr)
    if found is None:
        return None
    return Place(tuple(sorted(found[0].items())), found[1], divisor)


def shifted(expr: AffineExpr, by: int, count: int) -> AffineExpr:
    """The expression with its `count` symbols renumbered from `by` on."""
    return replaced(expr, (), [AffineSymbol(by + number) for number in range(count)])


def sum_of(terms: Sequence[tuple[int, int]]) -> AffineExpr:
    """The loops times their coefficients, added up."""
    total: AffineExpr = ZERO
    for loop, factor in terms:
        total = total + AffineDim(loop) * factor
    return total


def _step(value: Value, kind: str) -> _Step | None:
    made = value.defining_op
    if isinstance(made, StopGradientOp):
        return _Step(made.input, AffineMap.identity(len(ranked(value.type).shape)))
    if isinstance(made, BroadcastOp):
        kept = made.kept_dimensions
        rank = len(ranked(value.type).shape)
        return _Step(made.input, AffineMap.filtered_identity(rank, lambda dim: dim in kept))
    if not isinstance(made, ReindexOp):
        return None
    if made.otherwise is None:
        return _Step(made.input, made.map.map, made.symbols, moves=True)
    neutral = neutral_attribute(kind, made.otherwise.type)
    if constant_of(made.otherwise) is not neutral:
        return None
    return _Step(made.input, made.map.map, made.symbols, padded=True, moves=True)
