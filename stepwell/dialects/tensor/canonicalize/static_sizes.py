"""Sizes and positions that are constants go into types and attributes."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.tensor.creation import EmptyOp, GenerateOp
from stepwell.dialects.tensor.elements import CastOp
from stepwell.dialects.tensor.padding import PadOp
from stepwell.dialects.tensor.shapes import dropped_dims, ranked
from stepwell.dialects.tensor.slices import ExtractSliceOp, InsertSliceOp
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import DenseArrayAttr, IntegerAttr
from stepwell.ir.fields import OPERAND_SEGMENTS
from stepwell.ir.rewriting.folding import constant_of
from stepwell.ir.rewriting.pattern import NoMatch, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.text.index_lists import MixedIndex, split_indices
from stepwell.ir.types import DYNAMIC, RankedTensorType
from stepwell.ir.value import Value


def known(indices: Sequence[MixedIndex]) -> list[MixedIndex]:
    """The list with values that are non-negative constants made numbers."""
    return [_known(item) for item in indices]


def _known(item: MixedIndex) -> MixedIndex:
    constant = constant_of(item) if isinstance(item, Value) else None
    return constant.value if isinstance(constant, IntegerAttr) and constant.value >= 0 else item


def numbers(indices: Sequence[MixedIndex]) -> tuple[int, ...]:
    """The numbers, with DYNAMIC for values."""
    return tuple(DYNAMIC if isinstance(item, Value) else item for item in indices)


def recast(value: Value, type: RankedTensorType, rewriter: Rewriter) -> Value:
    """`value`, cast to `type` if it has another one."""
    if value.type is type:
        return value
    return rewriter.insert(CastOp(value, result_types=[type])).result


@pattern
def empty_of_constant_sizes(op: EmptyOp, rewriter: Rewriter) -> Rewrite:
    """tensor.empty(constant) : tensor<?> -> tensor.cast(tensor.empty : tensor<constant>)"""
    sizes = known(op.mixed_sizes)
    if sizes == op.mixed_sizes:
        raise NoMatch("no size is a constant")
    type = ranked(op.result_.type)
    made = rewriter.insert(
        EmptyOp(
            split_indices(sizes)[0],
            result_types=[RankedTensorType(numbers(sizes), type.element_type, type.encoding)],
        )
    )
    return recast(made.result, type, rewriter)


@pattern
def generate_of_constant_sizes(op: GenerateOp, rewriter: Rewriter) -> Rewrite:
    """tensor.generate of constant sizes -> tensor.cast of a tensor.generate of a static type"""
    type = ranked(op.result_.type)
    following = iter(op.operands)
    sizes: list[MixedIndex] = [next(following) if size == DYNAMIC else size for size in type.shape]
    found = known(sizes)
    if found == sizes:
        raise NoMatch("no size is a constant")
    made = GenerateOp(
        split_indices(found)[0],
        result_types=[RankedTensorType(numbers(found), type.element_type, type.encoding)],
    )
    rewriter.insert(made)
    rewriter.move_blocks(op.body, made.body)
    return recast(made.result, type, rewriter)


def _slice_properties(
    fixed: int,
    offsets: Sequence[MixedIndex],
    sizes: Sequence[MixedIndex],
    strides: Sequence[MixedIndex],
) -> tuple[list[Value], dict[str, Attribute]]:
    """Operands (without the `fixed` first ones) and properties of a slice op."""
    values: list[Value] = []
    properties: dict[str, Attribute] = {}
    counts = [1] * fixed
    for name, items in (("offsets", offsets), ("sizes", sizes), ("strides", strides)):
        dynamic, static = split_indices(items)
        values += dynamic
        counts.append(len(dynamic))
        properties[f"static_{name}"] = static
    properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32(counts)
    return values, properties


@pattern
def extract_slice_of_constants(op: ExtractSliceOp, rewriter: Rewriter) -> Rewrite:
    """tensor.extract_slice with constant offsets, sizes, strides -> with numbers"""
    lists = (op.mixed_offsets, op.mixed_sizes, op.mixed_strides)
    found = (known(lists[0]), known(lists[1]), known(lists[2]))
    if found == lists:
        raise NoMatch("no offset, size or stride is a constant")
    type = ranked(op.result_.type)
    dropped = op.dropped_dims
    shape = [size for dim, size in enumerate(numbers(found[1])) if dim not in dropped]
    values, properties = _slice_properties(1, *found)
    new_type = RankedTensorType(tuple(shape), type.element_type, type.encoding)
    made = ExtractSliceOp.create([op.source, *values], [new_type], properties)
    return recast(rewriter.insert(made).result, type, rewriter)


@pattern
def insert_slice_of_constants(op: InsertSliceOp, rewriter: Rewriter) -> Rewrite:
    """tensor.insert_slice with constant offsets, sizes, strides -> with numbers"""
    lists = (op.mixed_offsets, op.mixed_sizes, op.mixed_strides)
    found = (known(lists[0]), known(lists[1]), known(lists[2]))
    if found == lists:
        raise NoMatch("no offset, size or stride is a constant")
    source = ranked(op.source.type)
    dropped = dropped_dims(op.full_shape, source.shape) or set()
    shape = [size for dim, size in enumerate(numbers(found[1])) if dim not in dropped]
    source_type = RankedTensorType(tuple(shape), source.element_type, source.encoding)
    values, properties = _slice_properties(2, *found)
    part = recast(op.source, source_type, rewriter)
    return rewriter.insert(
        InsertSliceOp.create([part, op.dest, *values], op.result_types, properties)
    )


@pattern
def pad_by_constants(op: PadOp, rewriter: Rewriter) -> Rewrite:
    """tensor.pad low[%c2] high[%c0] -> tensor.cast(tensor.pad low[2] high[0])"""
    low, high = known(op.mixed_low), known(op.mixed_high)
    if (low, high) == (op.mixed_low, op.mixed_high):
        raise NoMatch("no width is a constant")
    source, type = ranked(op.source.type), ranked(op.result_.type)
    shape = tuple(
        wanted if DYNAMIC in (size, a, b) else size + a + b
        for wanted, size, a, b in zip(
            type.shape, source.shape, numbers(low), numbers(high), strict=True
        )
    )
    made = PadOp(
        op.source,
        split_indices(low)[0],
        split_indices(high)[0],
        split_indices(low)[1],
        split_indices(high)[1],
        op.nofold is not None,
        result_types=[RankedTensorType(shape, type.element_type)],
    )
    rewriter.insert(made)
    rewriter.move_blocks(op.region, made.region)
    return recast(made.result, type, rewriter)


@pattern
def pad_by_nothing(op: PadOp, rewriter: Rewriter) -> Rewrite:
    """tensor.pad low[0, 0] high[0, 0] -> its source"""
    widths = (*op.static_low.ints, *op.static_high.ints)
    if op.nofold is not None or any(widths):
        raise NoMatch("it adds elements, or must not be folded")
    return recast(op.source, ranked(op.result_.type), rewriter)
