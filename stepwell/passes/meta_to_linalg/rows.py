"""`meta.gather` as a structured op, and `meta.scatter_reduce` as loops."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.casts import IndexCastOp
from stepwell.dialects.meta.gather import GatherOp, ScatterReduceOp
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir import types
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.builder import Builder
from stepwell.ir.rewriting.pattern import Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value
from stepwell.passes.meta_to_linalg.copies import all_inside, extract_if
from stepwell.passes.meta_to_linalg.loops import extracted, neutral, place, pointwise
from stepwell.passes.meta_to_linalg.scatter_loops import Scatter, scatter
from stepwell.passes.meta_to_linalg.sizes import shape_of_value, size_of


@pattern
def gather_to_generic(op: GatherOp, rewriter: Rewriter) -> Rewrite:
    """meta.gather -> linalg.generic that extracts; an index outside, which is an error, reads 0"""
    shape = shape_of_value(op.result_, rewriter)
    batch, element = len(ranked(op.indices.type).shape), ranked(op.input.type).element_type
    rows = size_of(op.input, 0, rewriter)
    map = AffineMap.identity(len(shape)).major_sub_map(batch)
    zero = neutral(rewriter, "xor" if not isinstance(element, types.FloatType) else "add", element)

    def row_element(b: Builder, arguments: Sequence[Value]) -> Value:
        row = _index(b, arguments[0])
        rest = place(b, len(shape) - batch, batch)
        return extract_if(b, all_inside(b, [row], [rows]), op.input, [row, *rest], zero)

    return pointwise(rewriter, [op.indices], [map], shape, element, row_element)


@pattern
def scatter_reduce_to_loops(op: ScatterReduceOp, rewriter: Rewriter) -> Rewrite:
    """meta.scatter_reduce -> scf.for; an index outside, which is an error, is passed over"""
    batch = len(ranked(op.indices.type).shape)
    shape = shape_of_value(op.result_, rewriter)
    extents = shape_of_value(op.input, rewriter)

    def arrival(b: Rewriter, at: Sequence[Value]) -> tuple[Value, list[Value]]:
        row = _index(b, extracted(b, op.indices, at[:batch]))
        return all_inside(b, [row], shape[:1]), [row, *at[batch:]]

    return scatter(rewriter, Scatter(op.kind.value, op.input, extents, shape, arrival))


def _index(b: Rewriter, value: Value) -> Value:
    if value.type is types.index:
        return value
    return b.insert(IndexCastOp(value, result_types=[types.index])).result
