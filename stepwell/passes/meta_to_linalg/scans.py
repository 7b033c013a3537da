"""`meta.scan` as a structured op that carries what was combined so far."""

from __future__ import annotations

from stepwell.dialects.linalg.attributes import PARALLEL
from stepwell.dialects.linalg.generic import YieldOp, generic
from stepwell.dialects.meta.reindex import ReindexOp
from stepwell.dialects.meta.scan import ScanOp
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir.affine.expr import AffineDim, AffineSymbol
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.builder import Builder
from stepwell.ir.rewriting.pattern import Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value
from stepwell.passes.meta_to_linalg.loops import (
    REDUCTION,
    combined_in_order,
    empty,
    filled,
    loop_order,
    neutral,
)
from stepwell.passes.meta_to_linalg.sizes import shape_of_value
from stepwell.passes.strided_metadata.index_math import IndexMath


@pattern
def scan_to_generic(op: ScanOp, rewriter: Rewriter) -> Rewrite:
    """meta.scan -> linalg.generic with two results: what was combined so far, and that at each
    place. Its loop along the dimension is one that reduces, which runs in order."""
    if op.reverse is None:
        return _scanned(op, op.input, rewriter)
    return _turned(op, _scanned(op, _turned(op, op.input, rewriter), rewriter), rewriter)


def _scanned(op: ScanOp, value: Value, rewriter: Rewriter) -> Value:
    type, axis, kind = ranked(op.input.type), op.dimension.value, op.kind.value
    rank, element = len(type.shape), type.element_type
    order = loop_order(rank, [axis])
    places = tuple(AffineDim(order.index(dim)) for dim in range(rank))
    every = AffineMap(rank, 0, places)
    rest = AffineMap(rank, 0, tuple(places[dim] for dim in range(rank) if dim != axis))
    shape = shape_of_value(op.input, rewriter)
    others = [size for dim, size in enumerate(shape) if dim != axis]
    start = filled(rewriter, neutral(rewriter, kind, element), others)
    result = empty(rewriter, shape, element)
    block = Block([element] * 3)
    kinds = [REDUCTION if dim == axis else PARALLEL for dim in order]
    made = generic([value], [start, result], [every, rest, every], kinds, Region([block]))
    rewriter.insert(made)
    inner = Builder.into(block, made.location)
    found = combined_in_order(inner, kind, block.args[1], block.args[0])
    inner.insert(YieldOp([found, found]))
    return made.results[1]


def _turned(op: ScanOp, value: Value, rewriter: Rewriter) -> Value:
    """The elements in reverse order along the dimension."""
    axis = op.dimension.value
    shape = shape_of_value(op.input, rewriter)
    dims = [AffineDim(dim) for dim in range(len(shape))]
    map = AffineMap(
        len(dims), 1, (*dims[:axis], AffineSymbol(0) - dims[axis] - 1, *dims[axis + 1 :])
    )
    count = IndexMath(rewriter).value(shape[axis])
    sizes = [size for size in shape if isinstance(size, Value)]
    made = ReindexOp(value, [count], sizes, None, AffineMapAttr(map), result_types=[op.input.type])
    return rewriter.insert(made).result_
