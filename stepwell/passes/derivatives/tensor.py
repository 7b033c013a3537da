"""Derivative rules of tensor. See `rules` for what a rule is."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.integer import AddIOp
from stepwell.dialects.tensor.creation import FromElementsOp, SplatOp
from stepwell.dialects.tensor.elements import CastOp, ExtractOp, InsertOp
from stepwell.dialects.tensor.reshapes import (
    CollapseShapeOp,
    ConcatOp,
    ExpandShapeOp,
    ReshapeOp,
)
from stepwell.dialects.tensor.slices import ExtractSliceOp, InsertSliceOp
from stepwell.ir import types
from stepwell.ir.types import DYNAMIC
from stepwell.ir.value import Value
from stepwell.passes.derivatives.expressions import Expressions, rank_of
from stepwell.passes.derivatives.meta import summed
from stepwell.passes.derivatives.rules import Derivatives, rule


@rule(SplatOp)
def splat(op: SplatOp, g: Value, e: Expressions) -> Derivatives:
    """The sum of g"""
    return [summed(e, g), *[None] * len(op.dynamic_sizes)]


@rule(FromElementsOp)
def from_elements(op: FromElementsOp, g: Value, e: Expressions) -> Derivatives:
    """The elements of g"""
    shape = types.dims_of(op.result.type)
    found = []
    for number in range(op.num_operands):
        place = [e.constant(at, types.index) for at in _unravelled(number, shape)]
        found.append(e.element(g, place))
    return found


def _unravelled(number: int, shape: Sequence[int]) -> list[int]:
    found = []
    for size in reversed(shape):
        number, at = divmod(number, size)
        found.append(at)
    return found[::-1]


@rule(ExtractOp)
def extract(op: ExtractOp, g: Value, e: Expressions) -> Derivatives:
    """g at its place among zeros"""
    return [_inserted(e, g, e.zero(op.tensor), op.indices), *[None] * len(op.indices)]


@rule(InsertOp)
def insert(op: InsertOp, g: Value, e: Expressions) -> Derivatives:
    """The element of g; g with a zero there"""
    element = e.element(g, op.indices)
    rest = _inserted(e, e.zero(element), g, op.indices)
    return [element, rest, *[None] * len(op.indices)]


def _inserted(e: Expressions, element: Value, into: Value, place: Sequence[Value]) -> Value:
    return e.insert(InsertOp(element, into, list(place), result_types=[into.type])).result


@rule(CastOp)
def cast(op: CastOp, g: Value, e: Expressions) -> Derivatives:
    """g"""
    return (e.fitted(g, op.source.type),)


@rule(ReshapeOp)
def reshape(op: ReshapeOp, g: Value, e: Expressions) -> Derivatives:
    """g in the old shape"""
    made = ReshapeOp(g, e.shape(op.source), result_types=[op.source.type])
    return e.insert(made).result, None


@rule(ExpandShapeOp)
def expand_shape(op: ExpandShapeOp, g: Value, e: Expressions) -> Derivatives:
    """g with the dimensions joined again"""
    made = CollapseShapeOp(g, op.reassociation, result_types=[op.src.type])
    return [e.insert(made).result, *[None] * len(op.output_shape)]


@rule(CollapseShapeOp)
def collapse_shape(op: CollapseShapeOp, g: Value, e: Expressions) -> Derivatives:
    """g with the dimensions split again"""
    static = list(types.dims_of(op.src.type))
    sizes = e.dynamic_sizes(op.src)
    made = ExpandShapeOp(g, sizes, op.reassociation, static, result_types=[op.src.type])
    return (e.insert(made).result,)


@rule(ExtractSliceOp)
def extract_slice(op: ExtractSliceOp, g: Value, e: Expressions) -> Derivatives:
    """g at its place among zeros"""
    made = InsertSliceOp(g, e.zero(op.source), *_lists(op))
    return [e.insert(made).result, *[None] * (op.num_operands - 1)]


@rule(InsertSliceOp)
def insert_slice(op: InsertSliceOp, g: Value, e: Expressions) -> Derivatives:
    """The slice of g; g with zeros there"""
    part = e.insert(ExtractSliceOp(g, *_lists(op), result_types=[op.source.type])).result
    rest = e.insert(InsertSliceOp(e.zero(op.source), g, *_lists(op))).result
    return [part, rest, *[None] * (op.num_operands - 2)]


_Lists = tuple[Sequence[Value] | Sequence[int], ...]


def _lists(op: ExtractSliceOp | InsertSliceOp) -> _Lists:
    """The offsets, sizes and strides, as builders take them."""
    values: _Lists = (op.offsets, op.sizes, op.strides)
    return (*values, *op.static_lists())


@rule(ConcatOp)
def concat(op: ConcatOp, g: Value, e: Expressions) -> Derivatives:
    """The parts of g"""
    along, rank = op.dim.value, rank_of(g)
    start = e.constant(0, types.index)
    found = []
    for part in op.inputs:
        offsets = [0] * rank
        offsets[along] = DYNAMIC
        static = list(types.dims_of(part.type))
        made = ExtractSliceOp(
            g, [start], e.dynamic_sizes(part), [], offsets, static, [1] * rank,
            result_types=[part.type],
        )  # fmt: skip
        found.append(e.insert(made).result)
        start = e.apply(AddIOp, start, e.size(part, along))
    return found
