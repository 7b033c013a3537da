"""Decide which memory is the GPU's

    %m = memref.alloc(%n) : memref<?xf32>
    gpu.launch ... { memref.store %x, %m[%i] }
    // -> %m = gpu.alloc (%n) : memref<?xf32>

Memory that a kernel uses is allocated, freed and copied on the GPU; so is all that may be the same
memory. What the host reads or writes there becomes kernels of one thread. Constants that kernels
need are copied there. The attributes `stepwell.device_arguments` and `stepwell.device_results` of a
function say which of its arguments and results lie on the GPU.

Needs: parallel loops are launches, functions are inlined. Keeps: values.
"""

from __future__ import annotations

from stepwell.dialects.func.ops import FuncOp
from stepwell.dialects.gpu.streams import AllocOp, DeallocOp, MemcpyOp
from stepwell.dialects.memref.access import CopyOp
from stepwell.dialects.memref.allocation import AllocaOp, ReallocOp
from stepwell.dialects.memref.allocation import AllocOp as HostAllocOp
from stepwell.dialects.memref.allocation import DeallocOp as HostDeallocOp
from stepwell.dialects.memref.globals import GetGlobalOp
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.passes.gpu_lowering.tokens import drop_tokens
from stepwell.passes.gpu_placement.memory_sets import MemorySets, is_memory
from stepwell.passes.gpu_placement.wrapping import wrap_accesses

ARGUMENTS = "stepwell.device_arguments"
RESULTS = "stepwell.device_results"


@pass_("gpu-place-memory", on="builtin.module")
def gpu_place_memory(op: Operation, context: PassContext) -> None:
    """Places the memory of all functions of a program.

    Raises:
        VerifyError: code that uses the GPU's memory can run neither here nor there.
    """
    drop_tokens(op)
    for function in list(op.regions[0].entry.ops):
        if isinstance(function, FuncOp) and not function.is_declaration:
            made = wrap_accesses(function, MemorySets(function))
            while made:
                context.statistic("num-wrapped", "Number of kernels made of host code", made)
                made = wrap_accesses(function, MemorySets(function))
            _place(function, MemorySets(function))


def _place(function: FuncOp, sets: MemorySets) -> None:
    ends = [op for op in walk(function) if op.name == "func.return"]
    returned = [value for end in ends for value in end._operands if is_memory(value.type)]
    _note(function, ends, sets)
    placed: list[tuple[Operation, bool]] = []
    for op in walk(function):
        memory = [v for v in (*op.results, *op._operands) if is_memory(v.type)]
        if any(map(sets.on_device, memory)) and not _in_launch(op):
            placed.append((op, any(sets.same(a, b) for a in memory for b in returned)))
    for op, kept in placed:
        _place_op(op, kept)


def _in_launch(op: Operation) -> bool:
    return any(around.name == "gpu.launch" for around in op.ancestors())


def _place_op(op: Operation, kept: bool) -> None:
    """Makes what the host does with memory something it does with the GPU's.

    Args:
        op: any op. kept: whether the memory may be returned, so that the caller frees it.
    """
    rewriter = Rewriter()
    rewriter.start_at(op)
    if isinstance(op, HostAllocOp):
        sizes, symbols = list(op.dynamicSizes), list(op.symbolOperands)
        rewriter.replace(op, AllocOp([], sizes, symbols, result_types=[op.memref.type]))
    elif isinstance(op, HostDeallocOp):
        rewriter.replace(op, DeallocOp([], op.memref, result_types=[]))
    elif isinstance(op, CopyOp):
        rewriter.replace(op, MemcpyOp([], op.target, op.source, result_types=[]))
    elif isinstance(op, GetGlobalOp):
        made = _copy_there(op, rewriter)
        _free_at_end(made, kept)
    elif isinstance(op, ReallocOp):
        raise op.error("cannot resize memory of the GPU; run expand-realloc first")
    elif isinstance(op, AllocaOp):
        made = AllocOp([], list(op.dynamicSizes), [], result_types=[op.memref.type])
        rewriter.replace(op, made)
        _free_at_end(made, kept)


def _copy_there(op: GetGlobalOp, rewriter: Rewriter) -> AllocOp:
    """A copy of a global of the host, made each time."""
    with rewriter.after(op):
        made = AllocOp([], [], [], result_types=[op.result.type])
        op.result.replace_all_uses_with(rewriter.insert(made).memref)
        rewriter.insert(MemcpyOp([], made.memref, op.result, result_types=[]))
    return made


def _free_at_end(made: AllocOp, kept: bool) -> None:
    """Frees memory at the end of the block in which it is made, unless it is kept."""
    assert made.parent is not None and made.parent.last is not None
    rewriter = Rewriter()
    rewriter.start_at(made.parent.last)
    if not kept:
        rewriter.insert(DeallocOp([], made.memref, result_types=[]))


def _note(function: FuncOp, ends: list[Operation], sets: MemorySets) -> None:
    arguments = [a.index for a in function.body.args if is_memory(a.type) and sets.on_device(a)]
    results = sorted(
        {
            number
            for end in ends
            for number, value in enumerate(end._operands)
            if is_memory(value.type) and sets.on_device(value)
        }
    )
    function.attributes[ARGUMENTS] = DenseArrayAttr.i32(arguments)
    function.attributes[RESULTS] = DenseArrayAttr.i32(results)
