"""`meta.reindex_reduce` as a structured op that gathers, or as loops that scatter.

Gathering is parallel: each element of the result looks for what arrives at it. Where the map cannot
be solved for that, elements are put into the result one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.compare import CmpIOp
from stepwell.dialects.arith.integer import AndIOp
from stepwell.dialects.meta.reindex import ReindexReduceOp
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir import types
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.builder import Builder
from stepwell.ir.rewriting.pattern import Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value
from stepwell.passes.affine_to_scf.expressions import Expander, expand_map
from stepwell.passes.meta_to_linalg.copies import all_inside, extract_if
from stepwell.passes.meta_to_linalg.inversion import Inverse, inverted
from stepwell.passes.meta_to_linalg.loops import empty, loop_order, neutral, place, reduction
from stepwell.passes.meta_to_linalg.scatter_loops import Scatter, scatter
from stepwell.passes.meta_to_linalg.sizes import (
    Size,
    is_same_size,
    result_shape,
    shape_of_value,
)


@pattern
def reindex_reduce_to_loops(op: ReindexReduceOp, rewriter: Rewriter) -> Rewrite:
    """meta.reindex_reduce -> linalg.generic over the result; scf.for where that is not possible"""
    shape = result_shape(ranked(op.result_.type), op.sizes)
    source = shape_of_value(op.input, rewriter)
    if _is_plain(op.map.map, shape, source):
        return _plain(op, shape, rewriter)
    inverse = inverted(op.map.map)
    if inverse is not None:
        return _gathered(op, inverse, shape, source, rewriter)
    return _scattered(op, shape, source, rewriter)


def _is_plain(map: AffineMap, shape: Sequence[Size], source: Sequence[Size]) -> bool:
    """Whether the results of the map are dimensions, each once, and as large as the result."""
    if not map.is_projected_permutation():
        return False
    sizes = [source[dim] for dim in map.dim_positions or ()]
    return all(is_same_size(a, b) for a, b in zip(sizes, shape, strict=True))


def _plain(op: ReindexReduceOp, shape: Sequence[Size], rewriter: Rewriter) -> Value:
    map = op.map.map
    kept = list(map.dim_positions or ())
    order = loop_order(map.num_dims, [dim for dim in range(map.num_dims) if dim not in kept])
    places = tuple(AffineDim(order.index(dim)) for dim in range(map.num_dims))
    found = tuple(places[dim] for dim in kept)
    maps = [AffineMap(map.num_dims, 0, every) for every in (places, found)]
    element = ranked(op.input.type).element_type
    kind = op.kind.value
    return reduction(rewriter, kind, [op.input], maps, shape, element, lambda b, found: found[0])


def _gathered(
    op: ReindexReduceOp,
    inverse: Inverse,
    shape: Sequence[Size],
    source: Sequence[Size],
    rewriter: Rewriter,
) -> Value:
    rank, tried = len(shape), len(inverse.tried)
    element, kind = ranked(op.input.type).element_type, op.kind.value
    order = _last_inside(rank, tried)
    places = tuple(AffineDim(order.index(dim)) for dim in range(rank + tried))
    maps = [AffineMap(rank + tried, 0, every) for every in (places[rank:], places[:rank])]
    window = empty(rewriter, [source[dim] for dim in inverse.tried], element)
    start = neutral(rewriter, kind, element)

    def arriving(b: Builder, arguments: Sequence[Value]) -> Value:
        at = place(b, rank + tried)
        expander = Expander(b, [at[order.index(dim)] for dim in range(rank + tried)], op.symbols)
        indices = [expander.expand(expr) for expr in inverse.inputs]
        zero = b.constant(0, types.index)
        exists = all_inside(b, indices, source)
        for expr in inverse.exact:
            whole = b.insert(CmpIOp("eq", expander.expand(expr), zero)).result
            exists = b.insert(AndIOp(exists, whole)).result
        return extract_if(b, exists, op.input, indices, start)

    return reduction(rewriter, kind, [window], maps, shape, element, arriving)


def _last_inside(rank: int, tried: int) -> list[int]:
    """The dimensions of the result and those tried out, with the last of the result innermost."""
    last = [rank - 1] if rank else []
    return [*range(rank - 1), *range(rank, rank + tried), *last]


def _scattered(
    op: ReindexReduceOp, shape: Sequence[Size], source: Sequence[Size], rewriter: Rewriter
) -> Value:
    map = op.map.map

    def arrival(b: Rewriter, at: Sequence[Value]) -> tuple[Value, list[Value]]:
        indices = expand_map(map, [*at, *op.symbols], b)
        return all_inside(b, indices, shape), indices

    return scatter(rewriter, Scatter(op.kind.value, op.input, source, shape, arrival))
