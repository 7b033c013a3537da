"""The operands of a structured op: tensors that its indexing maps can read.

An indexing map has no symbols, and nothing is outside. Where a view needs more than that, what it
shows is copied into a tensor of its own, as large as the input and no larger: padded with the
neutral element, reversed, or with gaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stepwell.dialects.arith.integer import MaxSIOp
from stepwell.dialects.meta.reindex import ReindexOp
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir import types
from stepwell.ir.affine.expr import AffineConstant, AffineDim, AffineExpr, AffineSymbol
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import DYNAMIC, RankedTensorType
from stepwell.ir.value import Value
from stepwell.passes.affine_to_scf.expressions import Expander
from stepwell.passes.meta_raising.contraction import Loop, is_not_negative
from stepwell.passes.meta_raising.views import Place, View, sum_of
from stepwell.passes.meta_to_linalg.loops import neutral
from stepwell.passes.meta_to_linalg.sizes import Size, traced

FAR = 1 << 40
"""Further than any tensor reaches; times a remainder, it moves what does not divide outside."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A tensor and the map from loops to its elements."""

    value: Value
    map: AffineMap


def operand_for(
    view: View, loops: Sequence[Loop], sizes: Sequence[Size], kind: str, rewriter: Rewriter
) -> Operand:
    """What a structured op reads in place of the view.

    Args:
        view: what is to be read.
        loops: those of the op.
        sizes: of the loops, as values.
        kind: of the reduction.
        rewriter: stands before the op.
    """
    plain = [_is_plain(view, dim, loops) for dim in range(len(view.places))]
    legible = [_is_legible(place) for place in view.places]
    in_place = all(plain) or (
        not view.padded and all(a or b for a, b in zip(plain, legible, strict=True))
    )
    if in_place:
        reads = [sum_of(place.terms) + place.rest for place in view.places]
        return Operand(view.base, AffineMap(len(sizes), 0, tuple(reads)))
    copied = _copied(view, plain, sizes, kind, rewriter)
    reads = [sum_of([(loop, abs(f)) for loop, f in place.terms]) for place in view.places]
    return Operand(copied, AffineMap(len(sizes), 0, tuple(reads)))


def _is_plain(view: View, dim: int, loops: Sequence[Loop]) -> bool:
    """Whether a place is a loop that is as long as the dimension."""
    place = view.places[dim]
    if place.loop is None:
        return False
    return place.whole or loops[place.loop].is_as_long_as(traced(view.base, dim))


def _is_legible(place: Place) -> bool:
    """Whether an indexing map can say the place, without saying how long a loop is."""
    forward = all(factor > 0 for _, factor in place.terms)
    return forward and place.divisor == 1 and is_not_negative(place.rest) and place.loop is None


def _copied(
    view: View, plain: Sequence[bool], sizes: Sequence[Size], kind: str, rewriter: Rewriter
) -> Value:
    places: list[AffineExpr] = []
    shape: list[Size] = []
    for dim, place in enumerate(view.places):
        backward = any(factor < 0 for _, factor in place.terms)
        at = AffineDim(dim) * (-1 if backward else 1) + place.rest
        if place.divisor != 1:
            at = at // place.divisor + at % place.divisor * FAR
        places.append(at)
        loop = place.loop
        shape.append(sizes[loop] if plain[dim] and loop is not None else
                     _reach(place, sizes, rewriter))  # fmt: skip
    element = ranked(view.base.type).element_type
    static = tuple(size if isinstance(size, int) else DYNAMIC for size in shape)
    map = AffineMap(len(places), len(view.symbols), tuple(places))
    made = ReindexOp(
        view.base,
        list(view.symbols),
        [size for size in shape if isinstance(size, Value)],
        neutral(rewriter, kind, element) if view.padded else None,
        AffineMapAttr(map),
        result_types=[RankedTensorType(static, element)],
    )
    return rewriter.insert(made).result


def _reach(place: Place, sizes: Sequence[Size], rewriter: Rewriter) -> Size:
    """How many places a sum of loops may be: 1 + the sum of each factor times (size - 1)."""
    if len(place.terms) == 1 and abs(place.terms[0][1]) == 1:
        return sizes[place.terms[0][0]]
    total: AffineExpr = AffineConstant(1)
    symbols: list[Value] = []
    for loop, factor in place.terms:
        size = sizes[loop]
        if isinstance(size, int):
            total = total + (size - 1) * abs(factor)
        else:
            total = total + (AffineSymbol(len(symbols)) - 1) * abs(factor)
            symbols.append(size)
    if isinstance(total, AffineConstant):
        return max(total.value, 0)
    reach = Expander(rewriter, (), symbols).expand(total)
    return rewriter.insert(MaxSIOp(reach, rewriter.constant(0, types.index))).result
