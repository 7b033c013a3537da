"""Ops that repeat or move elements without computing: broadcast, splat, reindex inside."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.compare import CmpIOp
from stepwell.dialects.arith.integer import AndIOp
from stepwell.dialects.meta.broadcast import BroadcastOp
from stepwell.dialects.meta.gradient import StopGradientOp
from stepwell.dialects.meta.reindex import ReindexOp
from stepwell.dialects.scf.branches import IfOp
from stepwell.dialects.scf.terminators import YieldOp
from stepwell.dialects.tensor.creation import SplatOp
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir import types
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.builder import Builder
from stepwell.ir.rewriting.pattern import Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value
from stepwell.passes.affine_to_scf.expressions import expand_map
from stepwell.passes.meta_to_linalg.loops import extracted, filled, place, pointwise
from stepwell.passes.meta_to_linalg.sizes import (
    Size,
    is_same_size,
    result_shape,
    shape_of_value,
    size_of,
    size_value,
)


@pattern
def splat_to_fill(op: SplatOp, rewriter: Rewriter) -> Rewrite:
    """tensor.splat -> linalg.fill"""
    return filled(rewriter, op.input, result_shape(ranked(op.aggregate.type), op.dynamic_sizes))


@pattern
def broadcast_to_generic(op: BroadcastOp, rewriter: Rewriter) -> Rewrite:
    """meta.broadcast -> linalg.generic that reads the dimensions that were there"""
    shape = shape_of_value(op.result_, rewriter)
    kept = op.kept_dimensions
    map = AffineMap.filtered_identity(len(shape), lambda dim: dim in kept)
    element = ranked(op.input.type).element_type
    return pointwise(rewriter, [op.input], [map], shape, element, _first)


@pattern
def stop_gradient_to_operand(op: StopGradientOp, rewriter: Rewriter) -> Rewrite:
    """meta.stop_gradient(x) -> x"""
    return op.input


@pattern
def reindex_to_generic(op: ReindexOp, rewriter: Rewriter) -> Rewrite:
    """meta.reindex -> linalg.generic: with an indexing map if that can say it, else extracting"""
    shape = result_shape(ranked(op.result_.type), op.sizes)
    map, element = op.map.map, ranked(op.input.type).element_type
    if op.otherwise is None and _is_indexing_map(op, shape, rewriter):
        return pointwise(rewriter, [op.input], [map], shape, element, _first)
    sizes = shape_of_value(op.input, rewriter)

    def element_or_else(b: Builder, arguments: Sequence[Value]) -> Value:
        indices = expand_map(map, [*place(b, len(shape)), *op.symbols], b)
        if op.otherwise is None:
            return extracted(b, op.input, indices)
        inside = all_inside(b, indices, sizes)
        return extract_if(b, inside, op.input, indices, op.otherwise)

    return pointwise(rewriter, [], [], shape, element, element_or_else)


def _first(b: Builder, arguments: Sequence[Value]) -> Value:
    return arguments[0]


def _is_indexing_map(op: ReindexOp, shape: Sequence[Size], rewriter: Rewriter) -> bool:
    """Whether a structured op may read the input through the map.

    A dimension that stands alone in an indexing map says how large the iteration space is; so it
    must be as large as the result. Places that are outside for certain are not accepted either.
    """
    map = op.map.map
    if map.num_symbols:
        return False
    for dim, expr in enumerate(map.results):
        if isinstance(expr, AffineDim):
            size = size_of(op.input, dim, rewriter)
            if not is_same_size(size, shape[expr.position]):
                return False
    return _stays_inside(map, shape, ranked(op.input.type).shape)


def _stays_inside(map: AffineMap, shape: Sequence[Size], source: Sequence[int]) -> bool:
    """Whether no corner of a shape that is known goes outside of the source."""
    ends = [size - 1 for size in shape if isinstance(size, int)]
    if len(ends) != len(shape) or -1 in ends:
        return True
    corners = zip(map.evaluate([0] * len(ends)), map.evaluate(ends), source, strict=True)
    return all(
        min(low, high) >= 0 and (size == types.DYNAMIC or max(low, high) < size)
        for low, high, size in corners
    )


def all_inside(b: Rewriter, indices: Sequence[Value], sizes: Sequence[Size]) -> Value:
    """Whether each index is within its size, as an i1.

    As unsigned numbers, those below zero are larger than any size.
    """
    found: Value | None = None
    for index, size in zip(indices, sizes, strict=True):
        inside = b.insert(CmpIOp("ult", index, size_value(size, b))).result
        found = inside if found is None else b.insert(AndIOp(found, inside)).result
    return found or b.constant(IntegerAttr(1, types.i1), types.i1)


def extract_if(
    b: Rewriter, condition: Value, tensor: Value, indices: Sequence[Value], otherwise: Value
) -> Value:
    """An element that is read only if the condition holds, else another value."""
    inside, outside = Block(), Block()
    reading = Builder.into(inside)
    element = extracted(reading, tensor, indices)
    reading.insert(YieldOp.create([element]))
    Builder.into(outside).insert(YieldOp.create([otherwise]))
    choice = IfOp(
        condition,
        then=Region([inside]),
        otherwise=Region([outside]),
        result_types=[otherwise.type],
    )
    return b.insert(choice).results[0]
