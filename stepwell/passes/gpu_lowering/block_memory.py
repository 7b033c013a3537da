"""Memory that a kernel has for itself: shared by the threads of a block, or each thread's own."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.llvm.attributes import Linkage
from stepwell.dialects.llvm.types import ArrayType, PointerType
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import IntegerAttr, StringAttr, SymbolRefAttr, TypeAttr
from stepwell.ir.block import Region
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.types import MemRefType
from stepwell.ir.value import Value
from stepwell.passes.lowering.descriptor import (
    ALIGNED,
    ALLOCATED,
    OFFSET,
    SIZES,
    STRIDES,
    Descriptor,
)
from stepwell.passes.lowering.to_llvm import LLVMRewriter

BLOCK_MEMORY = ConversionPatterns()
SHARED = 3
DYNAMIC_MEMORY = "__dynamic_shmem__0"
_ALIGNMENT = 16  # of the memory whose size the launch says: enough for vectors of four floats


def shared_memory(emit: LLVMRewriter, type: MemRefType, stem: str) -> Value:
    """A descriptor of memory that the threads of a block share: a global in shared memory."""
    element, count = _elements(emit, type)
    space = emit.types.address_space(type.memory_space) or SHARED
    name = _global(emit, emit.unused_symbol(stem), ArrayType(count, element), space)
    address = _address(emit, name, space)
    pointer = emit.gep(address, [0, 0], ArrayType(count, element))
    return Descriptor.of_static(emit, type, pointer, pointer)


def private_memory(emit: LLVMRewriter, type: MemRefType, stem: str) -> Value:
    """A descriptor of memory on the thread's stack."""
    element, count = _elements(emit, type)
    pointer = emit.alloca(emit.i64(count), element)
    return Descriptor.of_static(emit, type, pointer, pointer)


@BLOCK_MEMORY.of("gpu.dynamic_shared_memory")
def lower_dynamic_memory(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Value:
    """gpu.dynamic_shared_memory -> a global array of no known size, one for the whole module."""
    alignment: dict[str, Attribute] = {"alignment": IntegerAttr(_ALIGNMENT, types.i64)}
    name = _global(emit, DYNAMIC_MEMORY, ArrayType(0, types.i8), SHARED, alignment)
    pointer = emit.gep(_address(emit, name, SHARED), [0], types.i8)
    type = emit.types.convert_type(op.results[0].type)
    assert type is not None
    made = Descriptor.empty(emit, type)
    made.set(pointer, ALLOCATED)
    made.set(pointer, ALIGNED)
    made.set(emit.index(0), OFFSET)
    made.set(emit.index(0), SIZES, 0)  # nobody can know it here; views have sizes of their own
    made.set(emit.index(1), STRIDES, 0)
    return made.value


def _elements(emit: LLVMRewriter, type: MemRefType) -> tuple[Type, int]:
    element = emit.types.convert_type(type.element_type)
    assert element is not None
    count = 1
    for size in type.shape:
        count *= size
    return element, count


def _global(
    emit: LLVMRewriter,
    name: str,
    array: ArrayType,
    space: int,
    extra: dict[str, Attribute] | None = None,
) -> str:
    given: dict[str, Attribute] = {
        "addr_space": IntegerAttr(space, types.i32),
        "global_type": TypeAttr(array),
        "linkage": Linkage("internal"),
        "sym_name": StringAttr(name),
        "visibility_": IntegerAttr(0, types.i64),
        **(extra or {}),
    }

    def make() -> Operation:
        """In the order of the memory: after the globals that are there."""
        made = emit.op("llvm.mlir.global", (), (), given, regions=[Region()])
        following = made.next
        while following is not None and following.name == made.name:
            following = following.next
        if following is not None:
            made.move_before(following)
        return made

    return emit.declare(name, make)


def _address(emit: LLVMRewriter, name: str, space: int) -> Value:
    symbol: dict[str, Attribute] = {"global_name": SymbolRefAttr(name)}
    return emit.value("llvm.mlir.addressof", (), PointerType(space), symbol)
