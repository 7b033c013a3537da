"""Lowering memref: ops that make new descriptors of the same memory."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.llvm.types import PointerType
from stepwell.ir import types
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import ArrayAttr, DenseArrayAttr, IntegerAttr, StringAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.rewriting.pattern import Rewrite
from stepwell.ir.types import DYNAMIC, MemRefType, UnrankedMemRefType
from stepwell.ir.value import Value
from stepwell.passes.lowering.descriptor import (
    ALIGNED,
    ALLOCATED,
    OFFSET,
    SIZES,
    STRIDES,
    Descriptor,
    element_address,
    element_of,
    strided,
    unranked,
)
from stepwell.passes.lowering.memref_access import dynamic_or, memref_type
from stepwell.passes.lowering.to_llvm import LLVMRewriter

VIEWS = ConversionPatterns()


def _result_type(op: Operation) -> MemRefType:
    type = op.results[0].type
    assert isinstance(type, MemRefType)
    return type


def _empty(emit: LLVMRewriter, type: MemRefType) -> Descriptor:
    return Descriptor.empty(emit, emit.types.convert_type(type) or type)


@VIEWS.of("memref.cast")
def lower_cast(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.cast: the same descriptor; to and from unranked ones through memory"""
    source, target = op.operands[0].type, op.result.type
    converted = emit.types.convert_type(target)
    if converted is None:
        return None
    if isinstance(source, MemRefType) and isinstance(target, UnrankedMemRefType):
        place = emit.alloca(emit.index(1), operands[0].type)
        emit.store(operands[0], place)
        return unranked(emit, emit.index(source.rank), place)
    if isinstance(source, UnrankedMemRefType) and isinstance(target, MemRefType):
        return emit.load(emit.extract_value(operands[0], 1), converted)
    return operands[0]


def _pointers(emit: LLVMRewriter, type: object, value: Value) -> tuple[Value, Value]:
    """The allocated and the aligned pointer of a ranked or unranked memref."""
    if isinstance(type, MemRefType):
        source = Descriptor(emit, value)
        return source.allocated, source.aligned
    assert isinstance(type, UnrankedMemRefType)
    pointer_type = emit.types.pointer(type)
    assert pointer_type is not None
    place = emit.extract_value(value, 1)
    allocated = emit.load(place, pointer_type)
    return allocated, emit.load(emit.gep(place, [1], pointer_type), pointer_type)


def _ints(op: Operation, name: str) -> tuple[int, ...]:
    found = op.properties[name]
    assert isinstance(found, DenseArrayAttr)
    return found.ints


@VIEWS.of("memref.reinterpret_cast")
def lower_reinterpret_cast(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.reinterpret_cast: the pointers with another offset, other sizes and strides"""
    made = _empty(emit, _result_type(op))
    allocated, aligned = _pointers(emit, op.operands[0].type, operands[0])
    made.set(allocated, ALLOCATED)
    made.set(aligned, ALIGNED)
    counts = [sum(n == DYNAMIC for n in _ints(op, f"static_{part}")) for part in _PARTS]
    rest = list(operands[1:])
    dynamic = [[rest.pop(0) for _ in range(count)] for count in counts]
    made.set(dynamic_or(emit, _ints(op, "static_offsets")[0], dynamic[0]), OFFSET)
    pairs = zip(_ints(op, "static_sizes"), _ints(op, "static_strides"), strict=True)
    for dim, (size, stride) in enumerate(pairs):
        made.set(dynamic_or(emit, size, dynamic[1]), SIZES, dim)
        made.set(dynamic_or(emit, stride, dynamic[2]), STRIDES, dim)
    return made.value


_PARTS = ("offsets", "sizes", "strides")


@VIEWS.of("memref.view")
def lower_view(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.view: a shifted pointer to bytes, with sizes and row-major strides"""
    type = _result_type(op)
    source = Descriptor(emit, operands[0])
    made = _empty(emit, type)
    made.set(source.allocated, ALLOCATED)
    made.set(emit.gep(source.aligned, [operands[1]], types.i8), ALIGNED)
    made.set(emit.index(0), OFFSET)
    rest = list(operands[2:])
    strides = strided(type)[0]
    stride: Value | None = None
    size: Value | None = None
    for dim in range(type.rank - 1, -1, -1):
        inner_stride, inner_size = stride, size
        size = rest.pop() if type.shape[dim] == DYNAMIC else emit.index(type.shape[dim])
        made.set(size, SIZES, dim)
        if strides[dim] != DYNAMIC:
            stride = emit.index(strides[dim])
        else:
            assert inner_stride is not None and inner_size is not None
            stride = emit.binary("mul", inner_stride, inner_size)
        made.set(stride, STRIDES, dim)
    return made.value


@VIEWS.of("memref.transpose")
def lower_transpose(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.transpose: sizes and strides in another order"""
    permutation = op.properties["permutation"]
    assert isinstance(permutation, AffineMapAttr)
    source = Descriptor(emit, operands[0])
    made = _empty(emit, _result_type(op))
    made.set(source.allocated, ALLOCATED)
    made.set(source.aligned, ALIGNED)
    made.set(source.offset, OFFSET)
    for target, dim in enumerate(permutation.map.dim_positions or ()):
        made.set(source.size(dim), SIZES, target)
        made.set(source.stride(dim), STRIDES, target)
    return made.value


@VIEWS.of("memref.reshape")
def lower_reshape(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.reshape: sizes from memory, row-major strides"""
    type = op.result.type
    shape_type = memref_type(op.operands[1])
    if not isinstance(type, MemRefType):
        return _reshape_to_unranked(op, operands, emit)
    made = _empty(emit, type)
    allocated, aligned = _pointers(emit, op.operands[0].type, operands[0])
    made.set(allocated, ALLOCATED)
    made.set(aligned, ALIGNED)
    made.set(emit.index(0), OFFSET)
    stride: Value = emit.index(1)
    for dim in range(type.rank - 1, -1, -1):
        if type.shape[dim] == DYNAMIC:
            size = _shape_item(emit, shape_type, operands[1], dim)
        else:
            size = emit.index(type.shape[dim])
        made.set(size, SIZES, dim)
        made.set(stride, STRIDES, dim)
        if dim:
            stride = emit.binary("mul", stride, size)
    return made.value


def _shape_item(emit: LLVMRewriter, type: MemRefType, shape: Value, dim: int) -> Value:
    """A size read from memory, as an index."""
    address = element_address(emit, type, shape, [emit.index(dim)])
    found = emit.load(address, element_of(emit, type))
    width = getattr(found.type, "width", 0)
    if width == emit.types.index_width:
        return found
    return emit.cast("sext" if width < emit.types.index_width else "trunc", found, emit.types.index)


def _reshape_to_unranked(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """For a shape of static rank: the ranked descriptor on the stack."""
    shape_type = memref_type(op.operands[1])
    rank = shape_type.shape[0]
    if rank == DYNAMIC:
        return None
    element = types.element_type_or_self(op.result.type)
    ranked = MemRefType((DYNAMIC,) * rank, element)
    made = _empty(emit, ranked)
    allocated, aligned = _pointers(emit, op.operands[0].type, operands[0])
    made.set(allocated, ALLOCATED)
    made.set(aligned, ALIGNED)
    made.set(emit.index(0), OFFSET)
    stride: Value = emit.index(1)
    for dim in range(rank - 1, -1, -1):
        size = _shape_item(emit, shape_type, operands[1], dim)
        made.set(size, SIZES, dim)
        made.set(stride, STRIDES, dim)
        stride = emit.binary("mul", stride, size)
    place = emit.alloca(emit.index(1), made.value.type)
    emit.store(made.value, place)
    return unranked(emit, emit.index(rank), place)


@VIEWS.of("memref.extract_strided_metadata")
def lower_metadata(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.extract_strided_metadata: the parts of the descriptor"""
    source = Descriptor(emit, operands[0])
    allocated, aligned = source.allocated, source.aligned
    base = _empty(emit, _result_type(op))
    base.set(allocated, ALLOCATED)
    base.set(aligned, ALIGNED)
    base.set(emit.index(0), OFFSET)
    rank = source.rank
    offset = source.offset
    sizes = [source.size(dim) for dim in range(rank)]
    return [base.value, offset, *sizes, *[source.stride(dim) for dim in range(rank)]]


@VIEWS.of("memref.extract_aligned_pointer_as_index")
def lower_pointer(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.extract_aligned_pointer_as_index -> llvm.ptrtoint"""
    ranked = isinstance(op.operands[0].type, MemRefType)
    pointer = (
        Descriptor(emit, operands[0]).aligned
        if ranked
        else _pointers(emit, op.operands[0].type, operands[0])[1]
    )
    return emit.cast("ptrtoint", pointer, emit.types.index)


@VIEWS.of("memref.assume_alignment")
def lower_assume_alignment(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.assume_alignment -> llvm.intr.assume"""
    type = memref_type(op.operands[0])
    alignment = op.properties["alignment"]
    assert isinstance(alignment, IntegerAttr)
    pointer = Descriptor(emit, operands[0]).buffer(type)
    true = emit.literal(IntegerAttr(1, types.i1), types.i1)
    given: dict[str, Attribute] = {
        "op_bundle_sizes": DenseArrayAttr.i32((2,)),
        "op_bundle_tags": ArrayAttr((StringAttr("align"),)),
    }
    emit.op("llvm.intr.assume", [true, pointer, emit.index(alignment.value)], (), given)
    return operands[0]


@VIEWS.of("memref.distinct_objects")
def lower_distinct_objects(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.distinct_objects: the same memrefs"""
    return list(operands)


@VIEWS.of("memref.memory_space_cast")
def lower_space_cast(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.memory_space_cast -> llvm.addrspacecast of both pointers"""
    type = op.result.type
    if not isinstance(type, MemRefType):
        return None
    pointer = emit.types.pointer(type)
    if pointer is None:
        return None
    parts = Descriptor(emit, operands[0]).unpack()
    cast = [_space_cast(emit, part, pointer) for part in parts[:2]]
    return Descriptor.pack(emit, type, [*cast, *parts[2:]])


def _space_cast(emit: LLVMRewriter, value: Value, pointer: PointerType) -> Value:
    return value if value.type is pointer else emit.cast("addrspacecast", value, pointer)
