"""Lowering the gpu ops of host code."""

from __future__ import annotations

from stepwell.dialects.gpu.launch import LaunchFuncOp
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.fields import OPERAND_SEGMENTS
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.types import MemRefType
from stepwell.ir.value import Value
from stepwell.passes.gpu_lowering.runtime_calls import stream_of
from stepwell.passes.lowering.descriptor import Descriptor
from stepwell.passes.lowering.functions import to_parts
from stepwell.passes.lowering.to_llvm import LLVMRewriter

HOST = ConversionPatterns()
HostOptions = dict[str, object]


@HOST.of("gpu.launch_func", converts=False)
def lower_launch(op: Operation, emit: LLVMRewriter) -> bool:
    """gpu.launch_func -> the same on values of the llvm dialect, memrefs taken apart."""
    assert isinstance(op, LaunchFuncOp)
    given = op.kernelOperands
    if emit.types.convert_types([v.type for v in given]) is None:
        return False
    if all(emit.types.convert_type(v.type) is v.type for v in op.operands):
        return False
    emit.start_at(op)
    stream = stream_of(op, emit) if op.asyncDependencies or op.results else None
    if op.results and stream is None:
        return False
    used = [stream] if stream is not None else []
    sizes = [*op.grid_size, *op.block_size, *op.cluster_size]
    passed: list[Value] = []
    for value in given:
        passed += _parts(emit, value)
    memory = [op.dynamicSharedMemorySize] if op.dynamicSharedMemorySize is not None else []
    clusters = [1 if op.cluster_size else 0] * 3
    counts = [0, 1, 1, 1, 1, 1, 1, *clusters, len(memory), len(passed), len(used)]
    emit.op(
        "gpu.launch_func",
        [*(emit.converted_value(value) for value in sizes), *memory, *passed, *used],
        (),
        {"kernel": op.kernel, OPERAND_SEGMENTS: DenseArrayAttr.i32(counts)},
        attributes=dict(op.attributes) or None,
    )
    if op.results and stream is not None:
        emit.replace(op, [stream])
    else:
        emit.erase(op)
    return True


def _parts(emit: LLVMRewriter, value: Value) -> list[Value]:
    """What a kernel gets for one of its operands."""
    type, converted = value.type, emit.converted_value(value)
    if isinstance(type, MemRefType) and emit.options.get("bare-kernels"):
        return [Descriptor(emit, converted).aligned]
    return to_parts(emit, type, converted)
