"""Transfers of one dimension that no load or store of a vector can do, as loops over elements."""

from __future__ import annotations

from stepwell.dialects.arith.integer import MulIOp
from stepwell.dialects.memref.access import LoadOp, StoreOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.dialects.scf.terminators import YieldOp
from stepwell.dialects.vector.masking import MaskOp, VectorScaleOp
from stepwell.dialects.vector.shapes import BroadcastOp
from stepwell.dialects.vector.slices import ExtractOp, InsertOp
from stepwell.dialects.vector.transfers import TransferReadOp, TransferWriteOp
from stepwell.ir import types
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.rewriting.pattern import NoMatch, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.strides import strides_and_offset
from stepwell.ir.types import DYNAMIC, MemRefType
from stepwell.ir.value import Value
from stepwell.passes.vector_to_scf.first_dimension import (
    Transfer,
    is_scalable,
    moved_indices,
    where_inside,
)

_HERE = DenseArrayAttr.i64((DYNAMIC,))


@pattern
def row_by_elements(op: TransferReadOp | TransferWriteOp, rewriter: Rewriter) -> Rewrite:
    """A row that does not lie in one piece, element by element."""
    _check_it_needs_a_loop(op)
    bounds = _bounds(op, rewriter)
    if isinstance(op, TransferReadOp):
        return _read(op, bounds, rewriter)
    body = Block([types.index])
    rewriter.insert(ForOp.create(bounds, [], regions=[Region([body])]))
    with rewriter.at_end(body):
        _write_element(op, body.args[0], rewriter)
        rewriter.insert(YieldOp.create())
    return []


def _check_it_needs_a_loop(op: Transfer) -> None:
    type, map = op.base.type, op.permutation_map.map
    if isinstance(op.parent_op, MaskOp):
        raise NoMatch("it is masked from outside")
    if not isinstance(type, MemRefType) or map.num_results != 1 or op.vector_type.rank != 1:
        raise NoMatch("it is not a transfer of one dimension from or to a memref")
    layout = strides_and_offset(type)
    if map.is_minor_identity and layout is not None and layout[0][-1:] == (1,):
        raise NoMatch("it is a load or store of a vector")


def _bounds(op: Transfer, rewriter: Rewriter) -> list[Value]:
    zero = rewriter.constant(0, types.index)
    count = rewriter.constant(op.vector_type.shape[0], types.index)
    if is_scalable(op.vector_type, 0):
        factor = VectorScaleOp.create([], [types.index])
        count = rewriter.insert(MulIOp(count, rewriter.insert(factor).results[0])).results[0]
    return [zero, count, rewriter.constant(1, types.index)]


def _read(op: TransferReadOp, bounds: list[Value], rewriter: Rewriter) -> Value:
    vector = op.vector_type
    padding = BroadcastOp(op.padding, result_types=[vector])
    initial = rewriter.insert(padding).results[0]
    body = Block([types.index, vector])
    loop = ForOp.create([*bounds, initial], [vector], regions=[Region([body])])
    rewriter.insert(loop)
    number, so_far = body.args

    def read() -> Value:
        element = rewriter.insert(LoadOp(op.base, indices)).results[0]
        return rewriter.insert(InsertOp(element, so_far, [number], _HERE)).results[0]

    with rewriter.at_end(body):
        indices = moved_indices(rewriter, op, number)
        made = where_inside(rewriter, op, number, vector, read, lambda: so_far)
        assert made is not None
        rewriter.insert(YieldOp.create([made]))
    return loop.results[0]


def _write_element(op: TransferWriteOp, number: Value, rewriter: Rewriter) -> None:
    indices = moved_indices(rewriter, op, number)

    def write() -> None:
        element = rewriter.insert(ExtractOp(op.valueToStore, [number], _HERE)).results[0]
        rewriter.insert(StoreOp(element, op.base, indices))

    where_inside(rewriter, op, number, None, write, lambda: None)
