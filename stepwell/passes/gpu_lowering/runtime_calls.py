"""Host ops of the gpu dialect as calls of a GPU's runtime: `mgpuMemAlloc`, `mgpuStreamCreate`, ...

Source of the names and parameters: what mlir-opt 22 makes of these ops. A token is a stream (or an
event): a chain of async ops works on one stream. Ops that are not async work on the default stream,
which is no stream, and wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from stepwell.dialects.gpu.attributes import TOKEN
from stepwell.dialects.gpu.streams import AllocOp, AsyncOp, MemcpyOp, MemsetOp, WaitOp
from stepwell.dialects.llvm.types import PointerType, VoidType
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.types import DYNAMIC, MemRefType
from stepwell.ir.value import Value
from stepwell.passes.lowering.descriptor import Descriptor, element_of
from stepwell.passes.lowering.llvm_types import LLVMTypes
from stepwell.passes.lowering.memref_allocation import pack_descriptor, row_major_layout
from stepwell.passes.lowering.symbols import declare_function
from stepwell.passes.lowering.to_llvm import LLVMRewriter

RUNTIME = ConversionPatterns()
POINTER = PointerType()
VOID = VoidType()
STREAM_CREATE = "mgpuStreamCreate"


class HostTypes(LLVMTypes):
    """The types of host code: a token is a pointer to a stream."""

    def in_llvm(self, type: Type) -> Type | None:
        """As for other code, and for tokens."""
        return POINTER if type is TOKEN else super().in_llvm(type)


def call(
    emit: LLVMRewriter, name: str, operands: Sequence[Value], result: Type = VOID
) -> Value | None:
    """Calls a function of the runtime, which is declared if need be."""
    declare_function(emit, name, result, [value.type for value in operands])
    return emit.call(name, operands, result)


def made_by(emit: LLVMRewriter, name: str, operands: Sequence[Value] = ()) -> Value:
    """The pointer that a function of the runtime returns."""
    found = call(emit, name, operands, POINTER)
    assert found is not None
    return found


def stream_of(op: Operation, emit: LLVMRewriter) -> Value | None:
    """The stream that an op works on; None if it depends on several, or on none though async."""
    assert isinstance(op, AsyncOp)
    tokens = op.asyncDependencies
    is_async = any(result.type is TOKEN for result in op.results)
    if len(tokens) > 1 or (is_async and not tokens):
        return None
    return emit.converted_value(tokens[0]) if tokens else emit.zero(POINTER)


def finish(op: Operation, stream: Value, emit: LLVMRewriter, *values: Value) -> list[Value]:
    """What replaces the results of an op that was sent to `stream`: values, and its token."""
    if any(result.type is TOKEN for result in op.results):
        return [*values, stream]
    assert isinstance(op, AsyncOp)
    if not op.asyncDependencies and not values:
        call(emit, "mgpuStreamSynchronize", [stream])
    return list(values)


@RUNTIME.of("gpu.alloc")
def lower_alloc(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> list[Value] | None:
    """gpu.alloc -> mgpuMemAlloc(bytes, stream, is shared with the host)"""
    assert isinstance(op, AllocOp)
    type = op.type
    stream = stream_of(op, emit)
    shared = op.hostShared is not None
    if stream is None or not is_plain(type) or (shared and len(op.results) > 1):
        return None
    first = len(op.asyncDependencies)
    sizes, strides, count = row_major_layout(emit, type, operands[first:])
    bytes = emit.cast(
        "ptrtoint", emit.gep(emit.zero(POINTER), [count], element_of(emit, type)), emit.types.index
    )
    flag = emit.literal(IntegerAttr(int(shared), types.i8), types.i8)
    pointer = made_by(emit, "mgpuMemAlloc", [bytes, stream, flag])
    made = pack_descriptor(emit, type, (pointer, pointer), sizes, strides)
    return finish(op, stream, emit, made)


@RUNTIME.of("gpu.dealloc")
def lower_dealloc(
    op: Operation, operands: Sequence[Value], emit: LLVMRewriter
) -> list[Value] | None:
    """gpu.dealloc -> mgpuMemFree(pointer, stream)"""
    stream = stream_of(op, emit)
    if stream is None:
        return None
    call(emit, "mgpuMemFree", [_plain(emit, Descriptor(emit, operands[-1]).allocated), stream])
    return finish(op, stream, emit)


@RUNTIME.of("gpu.memcpy")
def lower_memcpy(
    op: Operation, operands: Sequence[Value], emit: LLVMRewriter
) -> list[Value] | None:
    """gpu.memcpy -> mgpuMemcpy(to, from, bytes, stream)"""
    assert isinstance(op, MemcpyOp)
    stream = stream_of(op, emit)
    type = op.src.type
    assert isinstance(type, MemRefType) and isinstance(op.dst.type, MemRefType)
    if stream is None or not is_plain(type) or not is_plain(op.dst.type):
        return None
    target, source = (Descriptor(emit, value) for value in operands[-2:])
    count = _elements(emit, type, source)
    end = emit.gep(emit.zero(POINTER), [count], element_of(emit, type))
    bytes = emit.cast("ptrtoint", end, emit.types.index)
    there, here = _plain(emit, source.aligned), _plain(emit, target.aligned)
    call(emit, "mgpuMemcpy", [here, there, bytes, stream])
    return finish(op, stream, emit)


@RUNTIME.of("gpu.memset")
def lower_memset(
    op: Operation, operands: Sequence[Value], emit: LLVMRewriter
) -> list[Value] | None:
    """gpu.memset -> mgpuMemset32(pointer, bits, count, stream), or mgpuMemset16"""
    assert isinstance(op, MemsetOp)
    stream = stream_of(op, emit)
    type, value = op.dst.type, operands[-1]
    width = value.type.width if isinstance(value.type, types.IntegerType | types.FloatType) else 0
    assert isinstance(type, MemRefType)
    if stream is None or not is_plain(type) or width not in (16, 32):
        return None
    target = Descriptor(emit, operands[-2])
    count = _elements(emit, type, target)
    if isinstance(value.type, types.FloatType):
        value = emit.cast("bitcast", value, types.IntegerType(width))
    pointer = _plain(emit, target.aligned)
    call(emit, f"mgpuMemset{width}", [pointer, value, count, stream])
    return finish(op, stream, emit)


@RUNTIME.of("gpu.wait")
def lower_wait(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> list[Value]:
    """gpu.wait -> mgpuStreamSynchronize and mgpuStreamDestroy; async: a new stream that waits."""
    assert isinstance(op, WaitOp)
    if not op.results:
        for stream in operands:
            call(emit, "mgpuStreamSynchronize", [stream])
            call(emit, "mgpuStreamDestroy", [stream])
        return []
    events = []
    for stream in operands:
        event = made_by(emit, "mgpuEventCreate")
        call(emit, "mgpuEventRecord", [event, stream])
        events.append(event)
    joined = made_by(emit, STREAM_CREATE)
    for event in events:
        call(emit, "mgpuStreamWaitEvent", [joined, event])
    for event in events:
        call(emit, "mgpuEventDestroy", [event])
    return [joined]


@RUNTIME.of("gpu.host_register", "gpu.host_unregister")
def lower_host_register(
    op: Operation, operands: Sequence[Value], emit: LLVMRewriter
) -> list[Value] | None:
    """gpu.host_register -> mgpuMemHostRegisterMemRef(rank, descriptor, bytes of an element)"""
    type = op.operands[0].type
    if not isinstance(type, types.UnrankedMemRefType):
        return None
    element = emit.types.convert_type(type.element_type)
    assert element is not None
    bytes = emit.size_of(element)
    name = "Register" if op.name == "gpu.host_register" else "Unregister"
    parts = [emit.extract_value(operands[0], 0), emit.extract_value(operands[0], 1)]
    call(emit, f"mgpuMemHost{name}MemRef", [*parts, bytes])
    return []


@RUNTIME.of("gpu.set_default_device")
def lower_set_device(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> list[Value]:
    """gpu.set_default_device -> mgpuSetDefaultDevice(number)"""
    call(emit, "mgpuSetDefaultDevice", operands)
    return []


def is_plain(type: MemRefType) -> bool:
    """Whether elements lie one after the other from the pointer on."""
    return type.layout is None


def _elements(emit: LLVMRewriter, type: MemRefType, memory: Descriptor) -> Value:
    if DYNAMIC not in type.shape:
        return emit.index(prod(type.shape))
    count: Value = memory.size(0)
    for dim in range(1, type.rank):
        count = emit.binary("mul", count, memory.size(dim))
    return count


def _plain(emit: LLVMRewriter, pointer: Value) -> Value:
    return pointer if pointer.type is POINTER else emit.cast("addrspacecast", pointer, POINTER)
