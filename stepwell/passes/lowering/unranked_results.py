"""Unranked memrefs as results: their descriptors lie on the stack and are copied for the caller."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.llvm.types import PointerType, VoidType
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import FALSE
from stepwell.ir.types import UnrankedMemRefType
from stepwell.ir.value import Value
from stepwell.passes.lowering.symbols import declare_function
from stepwell.passes.lowering.to_llvm import LLVMRewriter

POINTER_BYTES = 8


def copies_to_heap(emit: LLVMRewriter, old: Sequence[Type], values: Sequence[Value]) -> list[Value]:
    """The results to return: the descriptors of unranked memrefs moved to the heap."""
    return [
        _copied(emit, value, heap=True) if isinstance(type, UnrankedMemRefType) else value
        for type, value in zip(old, values, strict=True)
    ]


def copies_to_stack(
    emit: LLVMRewriter, old: Sequence[Type], values: Sequence[Value]
) -> list[Value]:
    """The results of a call: the descriptors of unranked memrefs moved to the stack."""
    return [
        _copied(emit, value, heap=False) if isinstance(type, UnrankedMemRefType) else value
        for type, value in zip(old, values, strict=True)
    ]


def _copied(emit: LLVMRewriter, value: Value, heap: bool) -> Value:
    size = descriptor_size(emit, value)
    pointer = PointerType()
    if heap:
        malloc = declare_function(emit, "malloc", pointer, [emit.types.index])
        made: Value | None = emit.call(malloc, [size], pointer)
        assert made is not None
    else:
        made = emit.alloca(size, types.i8)
    source = emit.extract_value(value, 1)
    emit.op("llvm.intr.memcpy", [made, source, size], (), {"isVolatile": FALSE})
    if not heap:
        free = declare_function(emit, "free", VoidType(), [pointer])
        emit.call(free, [source], VoidType())
    descriptor = emit.poison(value.type)
    return emit.insert_value(
        emit.insert_value(descriptor, emit.extract_value(value, 0), 0), made, 1
    )


def descriptor_size(emit: LLVMRewriter, value: Value) -> Value:
    """The bytes of the ranked descriptor that an unranked one refers to."""
    one, two = emit.index(1), emit.index(2)
    index_bytes = emit.index(emit.types.index_width // 8)
    pointers = emit.binary("mul", two, emit.index(POINTER_BYTES))
    rank = emit.extract_value(value, 0)
    count = emit.binary("add", emit.binary("mul", two, rank), one)
    return emit.binary("add", pointers, emit.binary("mul", count, index_bytes))
