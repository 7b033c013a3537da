"""The sizes of tensors, told from how they are made.

The size of an element-wise sum is that of its operands. Asking the sum itself, by `tensor.dim`,
would keep it alive where only its size is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stepwell.dialects.linalg.structured import StructuredOp
from stepwell.dialects.meta.broadcast import BroadcastOp
from stepwell.dialects.meta.gather import GatherOp, ScatterReduceOp
from stepwell.dialects.meta.gradient import StopGradientOp
from stepwell.dialects.meta.random_numbers import RandomOp
from stepwell.dialects.meta.reduce import ReduceOp
from stepwell.dialects.meta.reindex import ReindexOp, ReindexReduceOp
from stepwell.dialects.tensor.creation import EmptyOp, FromElementsOp, SplatOp
from stepwell.dialects.tensor.elements import CastOp, DimOp, InsertOp
from stepwell.dialects.tensor.reshapes import ExpandShapeOp, ReshapeOp
from stepwell.dialects.tensor.slices import ExtractSliceOp, InsertSliceOp
from stepwell.ir import types
from stepwell.ir.builder import Builder
from stepwell.ir.operation import Operation
from stepwell.ir.traits import Elementwise
from stepwell.ir.types import DYNAMIC, RankedTensorType
from stepwell.ir.value import Value

Known = Value | tuple[Value, int] | None
"""A size; or the tensor and the dimension that have the same; or None if neither is known."""


def known_size(b: Builder, value: Value, dim: int) -> Value:
    """The size of the tensor `value` along `dim`, made by `b` if no value for it is there yet."""
    while True:
        size = types.dims_of(value.type)[dim]
        if size != DYNAMIC:
            return b.constant(size, types.index)
        found = _source(value, dim)
        if found is None:
            place = b.constant(dim, types.index)
            return b.insert(DimOp(value, place)).result
        if isinstance(found, Value):
            return found
        value, dim = found


def _source(value: Value, dim: int) -> Known:
    op = value.defining_op
    if op is None:
        return None
    known = _SOURCES.get(type(op))
    if known is not None:
        return known(op, dim)
    if isinstance(op, StructuredOp):
        return op.dps_inits[value.index], dim
    if Elementwise not in op.traits:
        return None
    alike = (one for one in op.operands if isinstance(one.type, RankedTensorType))
    first = next(alike, None)
    return None if first is None else (first, dim)


def _given(op: Any, dim: int, sizes: tuple[Value, ...]) -> Known:
    """From one operand for each open size of the result."""
    shape = types.dims_of(op.results[0].type)
    return sizes[sum(size == DYNAMIC for size in shape[:dim])]


def _broadcast(op: BroadcastOp, dim: int) -> Known:
    added = op.dimensions.ints
    if dim not in added:
        return op.input, op.kept_dimensions.index(dim)
    shape = types.dims_of(op.results[0].type)
    return op.sizes[sum(shape[one] == DYNAMIC for one in added if one < dim)]


def _reduce(op: ReduceOp, dim: int) -> Known:
    rank = len(types.dims_of(op.input.type))
    kept = [one for one in range(rank) if one not in op.dimensions.ints]
    return op.input, kept[dim]


def _gather(op: GatherOp, dim: int) -> Known:
    batch = len(types.dims_of(op.indices.type))
    return (op.indices, dim) if dim < batch else (op.input, dim - batch + 1)


def _scatter(op: ScatterReduceOp, dim: int) -> Known:
    batch = len(types.dims_of(op.indices.type))
    return op.sizes[0] if dim == 0 else (op.input, dim + batch - 1)


def _reshape(op: ReshapeOp, dim: int) -> Known:
    made = op.shape.defining_op
    return made.operands[dim] if isinstance(made, FromElementsOp) else None


def _expand(op: ExpandShapeOp, dim: int) -> Known:
    return _given(op, dim, op.output_shape)


def _slice(op: ExtractSliceOp, dim: int) -> Known:
    kept = [one for one in range(len(op.full_shape)) if one not in op.dropped_dims]
    before = op.full_shape[: kept[dim]]
    return op.sizes[sum(size == DYNAMIC for size in before)]


_SOURCES: dict[type[Operation], Callable[[Any, int], Known]] = {
    SplatOp: lambda op, dim: _given(op, dim, op.dynamic_sizes),
    EmptyOp: lambda op, dim: _given(op, dim, op.dynamic_sizes),
    ReindexOp: lambda op, dim: _given(op, dim, op.sizes),
    ReindexReduceOp: lambda op, dim: _given(op, dim, op.sizes),
    RandomOp: lambda op, dim: _given(op, dim, op.sizes),
    CastOp: lambda op, dim: (op.source, dim),
    ReshapeOp: _reshape,
    ExpandShapeOp: _expand,
    ExtractSliceOp: _slice,
    InsertOp: lambda op, dim: (op.dest, dim),
    InsertSliceOp: lambda op, dim: (op.dest, dim),
    StopGradientOp: lambda op, dim: (op.input, dim),
    BroadcastOp: _broadcast,
    ReduceOp: _reduce,
    GatherOp: _gather,
    ScatterReduceOp: _scatter,
}
