"""`meta.reduce` as a structured op."""

from __future__ import annotations

from stepwell.dialects.meta.reduce import ReduceOp
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.rewriting.pattern import Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.passes.meta_to_linalg.loops import reduction
from stepwell.passes.meta_to_linalg.sizes import shape_of_value


@pattern
def reduce_to_generic(op: ReduceOp, rewriter: Rewriter) -> Rewrite:
    """meta.reduce -> linalg.generic that combines into a filled tensor"""
    type, reduced = ranked(op.input.type), op.dimensions.ints
    rank = len(type.shape)
    order = [*(dim for dim in range(rank) if dim not in reduced), *reduced]
    map = AffineMap(rank, 0, tuple(AffineDim(order.index(dim)) for dim in range(rank)))
    shape = shape_of_value(op.result_, rewriter)
    return reduction(
        rewriter,
        op.kind.value,
        [op.input],
        [map],
        shape,
        lambda b, arguments: arguments[0],
        type.element_type,
    )
