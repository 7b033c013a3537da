"""Lowering what host code does with a GPU to calls of the runtime, by upstream's names for them.

Work is done in the order in which it is written: tokens are dropped before, and the stream that
upstream's functions take is null.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.gpu.streams import AsyncOp
from stepwell.dialects.llvm.types import PointerType, VoidType
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.operation import Operation
from stepwell.ir.types import MemRefType, i8, i32, i64
from stepwell.ir.value import Value
from stepwell.passes.lowering.descriptor import Descriptor, element_of
from stepwell.passes.lowering.driver import Lower, LoweringSet, Outcome
from stepwell.passes.lowering.memref_access import is_contiguous
from stepwell.passes.lowering.memref_allocation import descriptor_of, row_major_layout
from stepwell.passes.lowering.symbols import declare_function

RUNTIME = LoweringSet()
POINTER = PointerType()
ALLOCATE, FREE, COPY = "mgpuMemAlloc", "mgpuMemFree", "mgpuMemcpy"
FILL, WAIT = "stepwell_gpu_fill", "stepwell_gpu_wait"
REGISTER, UNREGISTER = "stepwell_gpu_register", "stepwell_gpu_unregister"
LAUNCH = "stepwell_gpu_launch"
PARAMETERS: dict[str, tuple[Type, ...]] = {
    ALLOCATE: (i64, POINTER, i8),
    FREE: (POINTER, POINTER),
    COPY: (POINTER, POINTER, i64, POINTER),
    FILL: (POINTER, POINTER, i64, i64),
    WAIT: (),
    REGISTER: (POINTER, i64),
    UNREGISTER: (POINTER,),
    LAUNCH: (i64, i64, i64, i64, i64, i64, i64, i32, POINTER, i64),
}
"""What each function takes; all but `mgpuMemAlloc`, which gives a pointer, return nothing."""


def call(emit: Lower, name: str, *operands: Value) -> Value | None:
    """A call of one of `PARAMETERS`."""
    result = POINTER if name == ALLOCATE else VoidType()
    declare_function(emit, name, result, PARAMETERS[name])
    return emit.call(name, operands, result)


@RUNTIME.of("gpu.alloc")
def lower_alloc(op: Operation, operands: Sequence[Value], emit: Lower) -> Outcome:
    """gpu.alloc -> mgpuMemAlloc"""
    type = op.result_types[0]
    if not isinstance(type, MemRefType) or type.layout is not None or _has_tokens(op):
        return None
    sizes, strides, count = row_major_layout(emit, type, operands)
    bytes = emit.binary("mul", count, emit.size_of(element_of(emit, type)))
    shared = emit.number(int("hostShared" in op.properties), i8)
    pointer = call(emit, ALLOCATE, bytes, emit.zero(POINTER), shared)
    assert pointer is not None
    return descriptor_of(emit, type, (pointer, pointer), sizes, strides)


@RUNTIME.of("gpu.dealloc")
def lower_dealloc(op: Operation, operands: Sequence[Value], emit: Lower) -> Outcome:
    """gpu.dealloc -> mgpuMemFree"""
    if _has_tokens(op):
        return None
    call(emit, FREE, Descriptor(emit, operands[0]).allocated, emit.zero(POINTER))
    return []


@RUNTIME.of("gpu.memcpy")
def lower_memcpy(op: Operation, operands: Sequence[Value], emit: Lower) -> Outcome:
    """gpu.memcpy -> mgpuMemcpy"""
    target, source = op.operand_types[-2:]
    if _has_tokens(op) or not (is_contiguous(target) and is_contiguous(source)):
        return None
    assert isinstance(source, MemRefType) and isinstance(target, MemRefType)
    bytes = _bytes(emit, source, operands[1])
    places = [_start(emit, target, operands[0]), _start(emit, source, operands[1])]
    call(emit, COPY, *places, bytes, emit.zero(POINTER))
    return []


@RUNTIME.of("gpu.memset")
def lower_memset(op: Operation, operands: Sequence[Value], emit: Lower) -> Outcome:
    """gpu.memset -> a call that repeats the bytes of the value"""
    target = op.operand_types[-2]
    if _has_tokens(op) or not is_contiguous(target):
        return None
    assert isinstance(target, MemRefType)
    element = element_of(emit, target)
    place = emit.alloca(emit.index(1), element)
    emit.store(operands[1], place)
    size = emit.size_of(element)
    start = _start(emit, target, operands[0])
    call(emit, FILL, start, place, size, _bytes(emit, target, operands[0]))
    return []


@RUNTIME.of("gpu.wait")
def lower_wait(op: Operation, operands: Sequence[Value], emit: Lower) -> Outcome:
    """gpu.wait -> a call that waits for all work"""
    if _has_tokens(op):
        return None
    call(emit, WAIT)
    return []


@RUNTIME.of("gpu.host_register", "gpu.host_unregister")
def lower_registration(op: Operation, operands: Sequence[Value], emit: Lower) -> Outcome:
    """gpu.host_register -> a call with the memory's address and size; of an unranked memref, with
    those of what it describes."""
    type = op.operand_types[0]
    if isinstance(type, types.UnrankedMemRefType):
        return None
    if not is_contiguous(type):
        return None
    assert isinstance(type, MemRefType)
    start = _start(emit, type, operands[0])
    if op.name == "gpu.host_register":
        call(emit, REGISTER, start, _bytes(emit, type, operands[0]))
    else:
        call(emit, UNREGISTER, start)
    return []


@RUNTIME.of("gpu.set_default_device")
def lower_device_choice(op: Operation, operands: Sequence[Value], emit: Lower) -> Outcome:
    """gpu.set_default_device -> nothing: who runs a program chooses the device"""
    return []


def _has_tokens(op: Operation) -> bool:
    assert isinstance(op, AsyncOp)
    return bool(op.asyncDependencies) or op.asyncToken is not None  # type: ignore[attr-defined]


def _start(emit: Lower, type: MemRefType, value: Value) -> Value:
    view = Descriptor(emit, value)
    return emit.gep(view.aligned, [view.offset], element_of(emit, type))


def _bytes(emit: Lower, type: MemRefType, value: Value) -> Value:
    count: Value = emit.index(1)
    for dim in range(type.rank):
        count = emit.binary("mul", count, Descriptor(emit, value).size(dim))
    return emit.binary("mul", count, emit.size_of(element_of(emit, type)))
