"""Lowering memref: allocation and globals."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from stepwell.dialects.llvm.attributes import Linkage
from stepwell.dialects.llvm.types import ArrayType, PointerType, VoidType
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import IntegerAttr, StringAttr, TypeAttr, UnitAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.dense_attributes import DenseElementsAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.rewriting.pattern import Rewrite
from stepwell.ir.types import DYNAMIC, MemRefType
from stepwell.ir.value import Value
from stepwell.passes.lowering.descriptor import (
    ALIGNED,
    ALLOCATED,
    OFFSET,
    SIZES,
    STRIDES,
    Descriptor,
    element_of,
    strided,
)
from stepwell.passes.lowering.symbols import declare_function
from stepwell.passes.lowering.to_llvm import LLVMRewriter

ALLOCATION = ConversionPatterns()
GENERIC_NAMES = {
    "malloc": "_mlir_memref_to_llvm_alloc",
    "aligned_alloc": "_mlir_memref_to_llvm_aligned_alloc",
    "free": "_mlir_memref_to_llvm_free",
}
NOWHERE = 0xDEADBEEF
"""The allocated pointer of globals, which nobody may free."""


def library_name(emit: LLVMRewriter, name: str) -> str:
    """The function to call for malloc and the like."""
    return GENERIC_NAMES[name] if emit.options.get("use-generic-functions") else name


@ALLOCATION.of("memref.alloc")
def lower_alloc(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.alloc -> malloc, with room to align the pointer, or aligned_alloc."""
    type = _allocated_type(op, emit)
    if type is None:
        return None
    sizes, strides, count = row_major_layout(emit, type, operands)
    element = element_of(emit, type)
    end = emit.gep(emit.zero(PointerType()), [count], element)
    bytes = emit.cast("ptrtoint", end, emit.types.index)
    if emit.options.get("use-aligned-alloc"):
        pointer = _aligned_alloc(emit, op, type, bytes)
        return pack_descriptor(emit, type, (pointer, pointer), sizes, strides)
    alignment = _alignment(emit, op, type)
    if alignment is not None:
        bytes = emit.binary("add", bytes, alignment)
    malloc = declare_function(emit, library_name(emit, "malloc"), PointerType(), [emit.types.index])
    found = emit.call(malloc, [bytes], PointerType())
    assert found is not None
    allocated = _in_space(emit, type, found)
    aligned = allocated
    if alignment is not None:
        address = emit.cast("ptrtoint", allocated, emit.types.index)
        aligned = emit.cast("inttoptr", _round_up(emit, address, alignment), allocated.type)
    return pack_descriptor(emit, type, (allocated, aligned), sizes, strides)


@ALLOCATION.of("memref.alloca")
def lower_alloca(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.alloca -> llvm.alloca"""
    type = _allocated_type(op, emit)
    if type is None:
        return None
    sizes, strides, count = row_major_layout(emit, type, operands)
    alignment = op.properties.get("alignment")
    pointer = emit.alloca(
        count, element_of(emit, type), alignment, emit.types.pointer(type) or PointerType()
    )
    return pack_descriptor(emit, type, (pointer, pointer), sizes, strides)


@ALLOCATION.of("memref.dealloc")
def lower_dealloc(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.dealloc -> free"""
    value = operands[0]
    if isinstance(op.operands[0].type, types.UnrankedMemRefType):
        pointer: Value = emit.load(emit.extract_value(value, 1), PointerType())
    else:
        pointer = Descriptor(emit, value).allocated
    if pointer.type is not PointerType():
        pointer = emit.cast("addrspacecast", pointer, PointerType())
    free = declare_function(emit, library_name(emit, "free"), VoidType(), [PointerType()])
    emit.call(free, [pointer], VoidType())
    return []


def _allocated_type(op: Operation, emit: LLVMRewriter) -> MemRefType | None:
    type = op.result.type
    assert isinstance(type, MemRefType)
    return type if type.layout is None and emit.types.convert_type(type) is not None else None


def row_major_layout(
    emit: LLVMRewriter, type: MemRefType, dynamic: Sequence[Value]
) -> tuple[list[Value], list[Value], Value]:
    """The sizes and strides of a new row-major memref, and its number of elements."""
    given = iter(dynamic)
    sizes: list[Value] = [
        next(given) if size == DYNAMIC else emit.index(size) for size in type.shape
    ]
    running: Value = emit.index(1)
    known = 1
    strides: list[Value] = [running] * type.rank
    for dim in range(type.rank - 1, 0, -1):
        running, known = _times(emit, running, known, sizes[dim], type.shape[dim])
        strides[dim - 1] = running
    if not type.rank:
        return sizes, strides, emit.index(1)
    if DYNAMIC not in type.shape:
        only = type.rank == 1
        return sizes, strides, sizes[0] if only else emit.index(prod(type.shape))
    return sizes, strides, _times(emit, running, known, sizes[0], type.shape[0])[0]


def _times(
    emit: LLVMRewriter, running: Value, known: int, size: Value, static: int
) -> tuple[Value, int]:
    """The product of a stride and a size; and its value, or DYNAMIC."""
    if known == 1:
        return size, static
    if DYNAMIC in (known, static):
        if static == 1:
            return running, known
        return emit.binary("mul", running, size), DYNAMIC
    return emit.index(known * static), known * static


def pack_descriptor(
    emit: LLVMRewriter,
    type: MemRefType,
    pointers: tuple[Value, Value],
    sizes: Sequence[Value],
    strides: Sequence[Value],
) -> Value:
    """A descriptor without an offset of `type`, from its pointers (allocated, aligned)."""
    made = Descriptor.empty(emit, emit.types.convert_type(type) or type)
    made.set(pointers[0], ALLOCATED)
    made.set(pointers[1], ALIGNED)
    made.set(emit.index(0), OFFSET)
    for dim, size in enumerate(sizes):
        made.set(size, SIZES, dim)
    for dim, stride in enumerate(strides):
        made.set(stride, STRIDES, dim)
    return made.value


def _alignment(emit: LLVMRewriter, op: Operation, type: MemRefType) -> Value | None:
    """How the pointer must be aligned, if malloc might not do it by itself."""
    given = op.properties.get("alignment")
    if isinstance(given, IntegerAttr):
        return emit.index(given.value)
    if isinstance(type.element_type, (types.IntegerType, types.FloatType, types.IndexType)):
        return None
    return emit.size_of(element_of(emit, type))


def _round_up(emit: LLVMRewriter, value: Value, alignment: Value) -> Value:
    total = emit.binary("add", value, emit.binary("sub", alignment, emit.index(1)))
    return emit.binary("sub", total, emit.binary("urem", total, alignment))


def _aligned_alloc(emit: LLVMRewriter, op: Operation, type: MemRefType, bytes: Value) -> Value:
    given = op.properties.get("alignment")
    element = _bytes_of(type.element_type, emit)
    wanted = given.value if isinstance(given, IntegerAttr) else _power_of_two(max(16, element))
    alignment: Value = emit.index(wanted)
    if DYNAMIC in type.shape or type.num_elements * element % wanted:
        bytes = _round_up(emit, bytes, alignment)
    parameters = [emit.types.index, emit.types.index]
    name = declare_function(emit, library_name(emit, "aligned_alloc"), PointerType(), parameters)
    pointer = emit.call(name, [alignment, bytes], PointerType())
    assert pointer is not None
    return _in_space(emit, type, pointer)


def _in_space(emit: LLVMRewriter, type: MemRefType, pointer: Value) -> Value:
    wanted = emit.types.pointer(type)
    if wanted is None or pointer.type is wanted:
        return pointer
    return emit.cast("addrspacecast", pointer, wanted)


def _bytes_of(type: Type, emit: LLVMRewriter) -> int:
    """The size of an element, as the caller of aligned_alloc must know it."""
    match type:
        case types.IntegerType() | types.FloatType():
            return (type.width + 7) // 8
        case types.IndexType():
            return emit.types.index_width // 8
        case types.VectorType():
            return type.num_elements * _bytes_of(type.element_type, emit)
        case MemRefType():
            return 8 * (3 + 2 * type.rank)
    return 16


def _power_of_two(number: int) -> int:
    return 1 << (number - 1).bit_length()


# Globals.


def global_type(emit: LLVMRewriter, type: MemRefType) -> Type:
    """Nested arrays in the shape of a memref."""
    found = element_of(emit, type)
    for size in reversed(type.shape):
        found = ArrayType(size, found)
    return found


@ALLOCATION.of("memref.global")
def lower_global(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.global -> llvm.mlir.global"""
    declared = op.properties["type"]
    assert isinstance(declared, TypeAttr) and isinstance(declared.value, MemRefType)
    type = declared.value
    space = emit.types.address_space(type.memory_space)
    if space is None or emit.types.convert_type(type) is None:
        return None
    visibility = op.properties.get("sym_visibility")
    private = isinstance(visibility, StringAttr) and visibility.value == "private"
    llvm_type = global_type(emit, type)
    given: dict[str, Attribute] = {
        "addr_space": IntegerAttr(space, types.i32),
        "global_type": TypeAttr(llvm_type),
        "linkage": Linkage("private" if private else "external"),
        "sym_name": op.properties["sym_name"],
        "visibility_": IntegerAttr(0, types.i64),
    }
    given |= {key: op.properties[key] for key in ("constant", "alignment") if key in op.properties}
    value = op.properties.get("initial_value")
    if isinstance(value, DenseElementsAttr) and not type.rank:
        value = value.element(0)
    if value is not None and not isinstance(value, UnitAttr):
        given["value"] = value
    region = Region()
    made = emit.op("llvm.mlir.global", (), (), given, regions=[region])
    if isinstance(value, UnitAttr):
        block = Block()
        made.regions[0].append(block)
        with emit.at(block, None):
            emit.op("llvm.return", [emit.value("llvm.mlir.undef", (), llvm_type)])
    return []


@ALLOCATION.of("memref.get_global")
def lower_get_global(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.get_global -> llvm.mlir.addressof in a descriptor"""
    type = op.result.type
    assert isinstance(type, MemRefType)
    pointer_type = emit.types.pointer(type)
    if pointer_type is None or emit.types.convert_type(type) is None:
        return None
    sizes, strides = (list(type.shape), list(strided(type)[0]))
    size_values: list[Value] = [emit.index(size) for size in sizes]
    stride_values: list[Value] = [emit.index(stride) for stride in strides]
    named = {"global_name": op.properties["name"]}
    base = emit.value("llvm.mlir.addressof", (), pointer_type, dict(named))
    first = emit.gep(base, [0] * (type.rank + 1), global_type(emit, type))
    nowhere = emit.cast("inttoptr", emit.index(NOWHERE), pointer_type)
    return pack_descriptor(emit, type, (nowhere, first), size_values, stride_values)
