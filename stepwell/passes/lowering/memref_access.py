"""Lowering memref: loads, stores, sizes, copies."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.llvm.types import ArrayType, PointerType, StructType, VoidType
from stepwell.ir import types
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import FALSE, UNIT, IntegerAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.rewriting.pattern import Rewrite
from stepwell.ir.strides import row_major_strides
from stepwell.ir.types import DYNAMIC, MemRefType, UnrankedMemRefType
from stepwell.ir.value import Value
from stepwell.passes.lowering.descriptor import (
    SIZES,
    Descriptor,
    element_address,
    element_of,
    strided,
    unranked,
)
from stepwell.passes.lowering.symbols import declare_function
from stepwell.passes.lowering.to_llvm import LLVMRewriter

ACCESS = ConversionPatterns()


def memref_type(value: Value) -> MemRefType:
    """The type of a value that is a ranked memref."""
    assert isinstance(value.type, MemRefType)
    return value.type


def access_facts(op: Operation) -> dict[str, Attribute]:
    """What a load or store says about itself, as properties of llvm.load and llvm.store."""
    found: dict[str, Attribute] = {}
    temporal = op.properties.get("nontemporal")
    if isinstance(temporal, IntegerAttr) and temporal.value:
        found["nontemporal"] = UNIT
    if "alignment" in op.properties:
        found["alignment"] = op.properties["alignment"]
    return found


@ACCESS.of("memref.load")
def lower_load(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.load -> llvm.load"""
    type = memref_type(op.operands[0])
    address = element_address(emit, type, operands[0], operands[1:])
    return emit.load(address, element_of(emit, type), access_facts(op))


@ACCESS.of("memref.store")
def lower_store(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.store -> llvm.store"""
    type = memref_type(op.operands[1])
    address = element_address(emit, type, operands[1], operands[2:])
    emit.store(operands[0], address, access_facts(op))
    return []


@ACCESS.of("memref.prefetch")
def lower_prefetch(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.prefetch -> llvm.intr.prefetch"""
    type = memref_type(op.operands[0])
    address = element_address(emit, type, operands[0], operands[1:], inbounds=False)
    write, local, cache = (
        op.properties[name] for name in ("isWrite", "localityHint", "isDataCache")
    )
    assert isinstance(write, IntegerAttr) and isinstance(cache, IntegerAttr)
    given: dict[str, Attribute] = {
        "cache": IntegerAttr(cache.value, types.i32),
        "hint": local,
        "rw": IntegerAttr(write.value, types.i32),
    }
    emit.op("llvm.intr.prefetch", [address], (), given)
    return []


@ACCESS.of("memref.rank")
def lower_rank(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.rank -> the first part of an unranked descriptor"""
    type = op.operands[0].type
    if isinstance(type, MemRefType):
        return emit.index(type.rank)
    return emit.extract_value(operands[0], 0)


@ACCESS.of("memref.dim")
def lower_dim(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.dim -> a constant, a part of the descriptor, or a load from its sizes"""
    type = op.operands[0].type
    if isinstance(type, UnrankedMemRefType):
        return _dim_of_unranked(emit, type, operands[0], operands[1])
    assert isinstance(type, MemRefType)
    dim = constant_of(op.operands[1], operands[1])
    if dim is not None:
        if not 0 <= dim < type.rank:
            return emit.poison(emit.types.index)
        return Descriptor(emit, operands[0]).size_of(type, dim)
    one = emit.index(1)
    sizes = emit.extract_value(operands[0], SIZES)
    place = emit.alloca(one, sizes.type)
    emit.store(sizes, place)
    assert isinstance(sizes.type, ArrayType)
    return emit.load(emit.gep(place, [0, operands[1]], sizes.type), emit.types.index)


def constant_of(old: Value, new: Value) -> int | None:
    """The number that an operand is known to be."""
    for value in (old, new):
        op = value.defining_op
        if op is not None and op.name in ("arith.constant", "llvm.mlir.constant", "index.constant"):
            found = op.properties.get("value")
            if isinstance(found, IntegerAttr):
                return found.value
    return None


def _dim_of_unranked(
    emit: LLVMRewriter, type: UnrankedMemRefType, descriptor: Value, dim: Value
) -> Value:
    pointer = emit.extract_value(descriptor, 1)
    space = emit.types.pointer(type)
    assert space is not None
    head = StructType((space, space, emit.types.index))
    offset = emit.gep(pointer, [0, 2], head)
    after = emit.binary("add", emit.index(1), dim)
    return emit.load(emit.gep(offset, [after], emit.types.index), emit.types.index)


@ACCESS.of("memref.copy")
def lower_copy(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.copy -> llvm.intr.memcpy if both sides are contiguous, else a call of memrefCopy"""
    source, target = op.operand_types
    if is_contiguous(source) and is_contiguous(target):
        assert isinstance(source, MemRefType) and isinstance(target, MemRefType)
        _copy_block(emit, (source, target), operands)
    else:
        _copy_by_library(emit, op, operands)
    return []


def is_contiguous(type: object) -> bool:
    """Whether the elements lie next to each other, in order."""
    if not isinstance(type, MemRefType):
        return False
    if type.layout is None:
        return True
    if not type.has_static_shape or not type.num_elements:
        return False
    strides = strided(type)[0]
    expected = row_major_strides(type.shape)
    return all(
        size == 1 or a == b for size, a, b in zip(type.shape, strides, expected, strict=True)
    )


def _copy_block(
    emit: LLVMRewriter, old: tuple[MemRefType, MemRefType], operands: Sequence[Value]
) -> None:
    source, target = (Descriptor(emit, value) for value in operands)
    count: Value = emit.index(1)
    for dim in range(old[0].rank):
        count = emit.binary("mul", count, source.size(dim))
    element = element_of(emit, old[0])
    bytes = emit.binary("mul", count, emit.size_of(element))
    start = emit.gep(source.aligned, [source.offset], element)
    end = emit.gep(target.aligned, [target.offset], element)
    emit.op("llvm.intr.memcpy", [end, start, bytes], (), {"isVolatile": FALSE})


def _copy_by_library(emit: LLVMRewriter, op: Operation, operands: Sequence[Value]) -> None:
    pointer = PointerType()
    stack = emit.value("llvm.intr.stacksave", (), pointer)
    sides = [
        as_unranked(emit, type, value)
        for type, value in zip(op.operand_types, operands, strict=True)
    ]
    one = emit.index(1)
    places: list[Value] = []
    for side in sides:
        place = emit.alloca(one, side.type)
        emit.store(side, place)
        places.append(place)
    size = emit.size_of(element_of(emit, op.operand_types[0]))
    name = declare_function(emit, "memrefCopy", VoidType(), [emit.types.index, pointer, pointer])
    emit.call(name, [size, *places], VoidType())
    emit.op("llvm.intr.stackrestore", [stack])


def as_unranked(emit: LLVMRewriter, type: object, value: Value) -> Value:
    """The unranked descriptor of a memref; that of a ranked one refers to a copy on the stack."""
    if not isinstance(type, MemRefType):
        return value
    rank = emit.literal(IntegerAttr(type.rank, emit.types.index), emit.types.index)
    place = emit.alloca(emit.index(1), value.type)
    emit.store(value, place)
    return unranked(emit, rank, place)


def dynamic_or(emit: LLVMRewriter, static: int, values: list[Value]) -> Value:
    """A constant, or the next of `values` if the size is dynamic."""
    return values.pop(0) if static == DYNAMIC else emit.index(static)
