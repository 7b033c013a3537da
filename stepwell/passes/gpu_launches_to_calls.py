"""Launches as calls of the runtime

    gpu.launch_func @m::@k blocks in (%x, ...) threads in (...) : i64 args(%a : !llvm.ptr, %n : i64)
    // -> llvm.call @stepwell_gpu_launch(0, %x, ..., %parameters, 2)
    //    where %parameters is an array of pointers to %a and %n

The first argument is the kernel's number in the module's attribute `stepwell.kernels`. The modules
of kernels themselves go; what they hold is compiled by itself.
Needs: gpu-to-llvm. Keeps: meaning.
"""

from __future__ import annotations

from stepwell.dialects.gpu.launch import LaunchFuncOp
from stepwell.dialects.llvm.function import LLVMFuncOp
from stepwell.ir.attributes import ArrayAttr, SymbolRefAttr
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.types import i32, i64
from stepwell.ir.value import Value
from stepwell.passes.gpu_lowering.runtime_calls import POINTER, call
from stepwell.passes.lowering.llvm_types import LLVMTypes
from stepwell.passes.lowering.to_llvm import LLVMRewriter

KERNELS = "stepwell.kernels"
LAUNCH = "stepwell_gpu_launch"
"""`(number, grid x 3, block x 3, bytes of dynamic memory, places of parameters, their count)`"""


@pass_("gpu-launches-to-calls", on="builtin.module")
def gpu_launches_to_calls(op: Operation, context: PassContext) -> None:
    """Replaces launches, and erases kernels.

    Raises:
        VerifyError: a launch is not on values of the llvm dialect.
    """
    numbers: dict[SymbolRefAttr, int] = {}
    emit = LLVMRewriter(LLVMTypes())
    for launch in [inner for inner in walk(op) if isinstance(inner, LaunchFuncOp)]:
        number = numbers.setdefault(launch.kernel, len(numbers))
        _to_call(launch, number, emit)
    for inner in list(op.regions[0].entry.ops):
        if inner.name in ("gpu.module", "gpu.binary"):
            inner.erase()
    op.attributes[KERNELS] = ArrayAttr(tuple(numbers))


def _to_call(op: LaunchFuncOp, number: int, emit: LLVMRewriter) -> None:
    function = next((f for f in op.ancestors() if isinstance(f, LLVMFuncOp)), None)
    if function is None or op.results or op.asyncDependencies:
        raise op.error("is not lowered; run gpu-to-llvm first")
    passed = list(op.kernelOperands)
    entry = function.body.entry
    with emit.at(entry, entry.first):  # once a call of the function, however often it launches
        one = emit.i64(1)
        places = [emit.alloca(one, value.type) for value in passed]
        array = emit.alloca(emit.i64(max(len(passed), 1)), POINTER)
    emit.start_at(op)
    for position, (value, place) in enumerate(zip(passed, places, strict=True)):
        emit.store(value, place)
        emit.store(place, emit.gep(array, [position], POINTER))
    sizes = [_wide(value, emit) for value in (*op.grid_size, *op.block_size)]
    memory = op.dynamicSharedMemorySize
    shared = emit.i32(0) if memory is None else memory
    operands = [emit.i64(number), *sizes, shared, array, emit.i64(len(passed))]
    call(emit, LAUNCH, operands)
    op.erase()


def _wide(value: Value, emit: LLVMRewriter) -> Value:
    return emit.cast("sext", value, i64) if value.type is i32 else value
