"""`meta.reduce` as a structured op."""

from __future__ import annotations

from stepwell.dialects.meta.reduce import ReduceOp
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.rewriting.pattern import Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.passes.meta_to_linalg.loops import loop_order, reduction
from stepwell.passes.meta_to_linalg.sizes import shape_of_value


@pattern
def reduce_to_generic(op: ReduceOp, rewriter: Rewriter) -> Rewrite:
    """meta.reduce -> linalg.generic that combines into a filled tensor"""
    type, reduced = ranked(op.input.type), op.dimensions.ints
    rank = len(type.shape)
    order = loop_order(rank, reduced)
    places = tuple(AffineDim(order.index(dim)) for dim in range(rank))
    kept = tuple(places[dim] for dim in range(rank) if dim not in reduced)
    source, target = AffineMap(rank, 0, places), AffineMap(rank, 0, kept)
    return reduction(
        rewriter,
        op.kind.value,
        [op.input],
        [source, target],
        shape_of_value(op.result_, rewriter),
        type.element_type,
        lambda b, arguments: arguments[0],
    )
