"""Several dimensions as one: the coordinates of the n-th place."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.division import DivUIOp, RemUIOp
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value
from stepwell.passes.strided_metadata.index_math import Index, IndexMath


def coordinates(rewriter: Rewriter, place: Value, extents: Sequence[Index]) -> list[Value]:
    """Where the place with number `place` is, the last dimension running fastest.

    Args:
        rewriter: stands where the ops go.
        place: less than the product of `extents`, an index.
        extents: of the dimensions, none of them negative.
    """
    math = IndexMath(rewriter)
    found: list[Value] = []
    rest = place
    for extent in reversed(extents[1:]):
        if extent == 1:
            found.append(math.value(0))
            continue
        size = math.value(extent)
        found.append(rewriter.insert(RemUIOp(rest, size)).result)
        rest = rewriter.insert(DivUIOp(rest, size)).result
    return [*([rest] if extents else []), *reversed(found)]
