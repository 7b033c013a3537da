"""The order of the loops of an op that reduces: parallel ones outside, and innermost one along
which the operands lie side by side in memory.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.linalg.attributes import PARALLEL, IteratorTypeAttr
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap


def loop_order(
    maps: Sequence[AffineMap],
    iterators: Sequence[IteratorTypeAttr],
    innermost: int | None = None,
) -> list[int]:
    """The loops from the outermost to the innermost.

    Args:
        maps: of the operands, the result's last.
        iterators: the kinds of the loops.
        innermost: of loops that are equally good inside, this one is chosen; else the last.
    """
    loops = range(len(iterators))
    outer = [dim for dim in loops if iterators[dim] is PARALLEL]
    inner = [dim for dim in loops if iterators[dim] is not PARALLEL]
    if not inner:
        return list(loops)
    # With one parallel loop, it stays outside: it is all there is to share out.
    chosen = loops if len(outer) > 1 else inner
    last = max(chosen, key=lambda dim: (_neighbours(dim, maps), dim == innermost, dim))
    return [dim for dim in (*outer, *inner) if dim != last] + [last]


def _neighbours(dim: int, maps: Sequence[AffineMap]) -> int:
    """For how many operands a step along `dim` is one to a neighbour; those where it is a long one
    count against it, twice."""
    score = 0
    for map in maps:
        *rows, column = map.results or (None,)
        if any(row is not None and row.uses_dim(dim) for row in rows):
            score -= 2
        elif column is not None and column.uses_dim(dim):
            score += 1
    return score


def permuted(map: AffineMap, order: Sequence[int]) -> AffineMap:
    """The map over loops in another order."""
    dims = [AffineDim(order.index(dim)) for dim in range(len(order))]
    return map.replace(dims, [], len(order), 0)
