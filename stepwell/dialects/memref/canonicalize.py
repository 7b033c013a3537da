"""Canonical patterns of memref."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.memref.access import CopyOp, DimOp, LoadOp, StoreOp
from stepwell.dialects.memref.allocation import AllocaOp, AllocationOp, AllocOp, DeallocOp
from stepwell.dialects.memref.atomics import AtomicRMWOp
from stepwell.dialects.memref.casts import CastOp, ExtractStridedMetadataOp
from stepwell.dialects.memref.layout import cast_compatible
from stepwell.dialects.memref.views import (
    ReinterpretCastOp,
    SubViewOp,
    rank_reduced_subview_type,
)
from stepwell.ir.attributes import DenseArrayAttr, IntegerAttr, StridedLayoutAttr
from stepwell.ir.fields import OPERAND_SEGMENTS
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.folding import constant_of
from stepwell.ir.rewriting.pattern import Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.strides import strides_and_offset
from stepwell.ir.text.index_lists import SLICE_LISTS, OffsetSizeAndStrideOp, index_list_parts
from stepwell.ir.types import DYNAMIC, MemRefType
from stepwell.ir.value import Value


def integer_of(value: Value) -> int | None:
    """The number that `value` is, if it is a constant."""
    found = constant_of(value)
    return found.value if isinstance(found, IntegerAttr) else None


@pattern
def cast_into_user(
    op: LoadOp | StoreOp | DeallocOp | DimOp | CopyOp | AtomicRMWOp, rewriter: Rewriter
) -> Rewrite:
    """An op that takes any memref takes the source of a cast as well."""
    changed = False
    for number, value in enumerate(op._operands):
        cast = value.defining_op
        if isinstance(cast, CastOp) and isinstance(cast.source.type, MemRefType):
            op.set_operand(number, cast.source)
            changed = True
    if changed:
        rewriter.modified(op)
    return changed


@pattern
def cast_of_cast(op: CastOp, rewriter: Rewriter) -> Rewrite:
    """A cast to a type that knows less, and then on, is one cast."""
    inner = op.source.defining_op
    if not isinstance(inner, CastOp):
        return None
    first, middle = inner.source.type, inner.dest.type
    if not isinstance(first, MemRefType) or not isinstance(middle, MemRefType):
        return None
    if not _knows_more(first, middle) or not cast_compatible(first, op.dest.type):
        return None
    op.set_operand(0, inner.source)
    rewriter.modified(op)
    return True


@pattern
def copy_to_itself(op: CopyOp, rewriter: Rewriter) -> Rewrite:
    """Copying memory to itself changes nothing; nor does copying no elements."""
    type = op.source.type
    empty = isinstance(type, MemRefType) and 0 in type.shape
    if op.source is not op.target and not empty:
        return None
    rewriter.erase(op)
    return True


@pattern
def constant_sizes_of_allocation(op: AllocationOp, rewriter: Rewriter) -> Rewrite:
    """Sizes that are constants go into the type."""
    type = op.type
    following = iter(op.dynamicSizes)
    shape: list[int] = []
    left: list[Value] = []
    for size in type.shape:
        value = next(following) if size == DYNAMIC else None
        known = integer_of(value) if value is not None else None
        if value is not None and (known is None or known < 0):
            left.append(value)
        shape.append(size if known is None or known < 0 else known)
    if tuple(shape) == type.shape:
        return None
    better = MemRefType(tuple(shape), type.element_type, type.layout, type.memory_space)
    properties = dict(op.properties)
    properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32([len(left), len(op.symbolOperands)])
    made = rewriter.insert(
        op.__class__.create(
            [*left, *op.symbolOperands], [better], properties, dict(op.attributes) or None
        )
    )
    return rewriter.insert(CastOp(made, result_types=[type]))


@pattern
def memory_that_nobody_reads(op: AllocOp | AllocaOp, rewriter: Rewriter) -> Rewrite:
    """Memory that is only written to and freed goes, with the writes."""
    users = op.memref.users
    for user in users:
        stored_to = isinstance(user, StoreOp) and user.value is not op.memref
        if not stored_to and not isinstance(user, DeallocOp):
            return None
    for user in users:
        rewriter.erase(user)
    rewriter.erase(op)
    return True


@pattern
def dim_of_known_memory(op: DimOp, rewriter: Rewriter) -> Rewrite:
    """The size of an allocation, a view or a slice is what it was made with."""
    number = op.constant_index
    maker = op.source.defining_op
    if number is None or maker is None:
        return None
    sizes = _sizes_of(maker, op.source)
    if sizes is None or not 0 <= number < len(sizes):
        return None
    size = sizes[number]
    return rewriter.constant(size, op.results[0].type) if isinstance(size, int) else size


def _sizes_of(maker: Operation, value: Value) -> Sequence[Value | int] | None:
    if isinstance(maker, AllocationOp):
        return maker.mixed_sizes
    if isinstance(maker, SubViewOp):
        sizes = maker.mixed_sizes
        return [sizes[dim] for dim in maker.kept]
    if isinstance(maker, ReinterpretCastOp):
        return maker.mixed_sizes
    return None


@pattern
def constant_lists(op: SubViewOp | ReinterpretCastOp, rewriter: Rewriter) -> Rewrite:
    """Offsets, sizes and strides that are constants are written as numbers."""
    found: dict[str, list[int]] = {}
    left: list[list[Value]] = []
    for name in SLICE_LISTS:
        values, numbers = index_list_parts(op, name, f"static_{name}")
        known, others = _known_numbers(numbers, values, name)
        found[name] = known
        left.append(others)
    if sum(map(len, left)) == op.num_operands - 1:
        return None
    type = op.result_types[0]
    assert isinstance(type, MemRefType)
    better = _better_type(op, type, found)
    if better is None:
        return None
    properties = dict(op.properties)
    properties |= {f"static_{name}": DenseArrayAttr.i64(found[name]) for name in SLICE_LISTS}
    properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32([1, *map(len, left)])
    operands = [op._operands[0], *(value for values in left for value in values)]
    made = rewriter.insert(
        op.__class__.create(operands, [better], properties, dict(op.attributes) or None)
    )
    return made if better is type else rewriter.insert(CastOp(made, result_types=[type]))


def _known_numbers(
    numbers: Sequence[int], values: Sequence[Value], name: str
) -> tuple[list[int], list[Value]]:
    following = iter(values)
    found: list[int] = []
    left: list[Value] = []
    for number in numbers:
        if number == DYNAMIC:
            value = next(following)
            known = integer_of(value)
            # A negative offset or size is an error of the program, which it may never reach.
            if known is None or (known < 0 and name != "strides"):
                left.append(value)
            else:
                number = known
        found.append(number)
    return found, left


def _better_type(
    op: OffsetSizeAndStrideOp, old: MemRefType, lists: dict[str, list[int]]
) -> MemRefType | None:
    """The type of the op with more numbers known."""
    offsets, sizes, strides = (lists[name] for name in SLICE_LISTS)
    if isinstance(op, SubViewOp):
        source = op.source.type
        assert isinstance(source, MemRefType)
        shape = tuple(sizes[dim] for dim in op.kept)
        made = rank_reduced_subview_type(shape, source, offsets, sizes, strides)
    else:
        layout = StridedLayoutAttr(tuple(strides), offsets[0])
        made = MemRefType(tuple(sizes), old.element_type, layout, old.memory_space)
    if strides_and_offset(made) == strides_and_offset(old) and made.shape == old.shape:
        return old
    return made if cast_compatible(made, old) else None


@pattern
def subview_of_everything(op: SubViewOp, rewriter: Rewriter) -> Rewrite:
    """A slice that is all of its source is the source."""
    source = op.source.type
    assert isinstance(source, MemRefType)
    offsets, sizes, strides = op.static_lists()
    whole = (
        source.has_static_shape
        and not any(offsets)
        and sizes == source.shape
        and all(stride == 1 for stride in strides)
    )
    if not whole or op.result_.type is not source:
        return None
    return op.source


@pattern
def subview_of_cast(op: SubViewOp, rewriter: Rewriter) -> Rewrite:
    """A slice of a cast is a cast of a slice, where the cast forgets what is known."""
    cast = op.source.defining_op
    if not isinstance(cast, CastOp) or not isinstance(cast.source.type, MemRefType):
        return None
    outer = op.source.type
    assert isinstance(outer, MemRefType)
    if not _knows_more(cast.source.type, outer):
        return None
    type = op.result_.type
    assert isinstance(type, MemRefType)
    better = rank_reduced_subview_type(type.shape, cast.source.type, *op.static_lists())
    if not cast_compatible(better, type):
        return None
    operands = [cast.source, *op._operands[1:]]
    made = rewriter.insert(
        SubViewOp.create(operands, [better], dict(op.properties), dict(op.attributes) or None)
    )
    return made if better is type else rewriter.insert(CastOp(made, result_types=[type]))


def _knows_more(inner: MemRefType, outer: MemRefType) -> bool:
    """Whether all that `outer` says of sizes and strides, `inner` says too."""
    first, second = strides_and_offset(inner), strides_and_offset(outer)
    if first is None or second is None or inner.rank != outer.rank:
        return False
    pairs = zip(
        (*inner.shape, *first[0], first[1]), (*outer.shape, *second[0], second[1]), strict=True
    )
    return all(b in (DYNAMIC, a) for a, b in pairs)


@pattern
def known_metadata(op: ExtractStridedMetadataOp, rewriter: Rewriter) -> Rewrite:
    """Sizes, strides and the offset that the type knows are constants."""
    type = op.source.type
    assert isinstance(type, MemRefType)
    known = strides_and_offset(type)
    if known is None:
        return None
    numbers = [known[1], *type.shape, *known[0]]
    changed = False
    for number, result in zip(numbers, op.results[1:], strict=True):
        if number != DYNAMIC and result.has_uses:
            rewriter.replace_all_uses(result, rewriter.constant(number, result.type))
            changed = True
    return changed
