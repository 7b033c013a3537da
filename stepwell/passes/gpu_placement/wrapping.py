"""Host code that reads or writes the GPU's memory becomes kernels of one thread.

    %s = memref.load %sum[]; %m = arith.divf %s, %n; memref.store %m, %mean[]
    // -> gpu.launch blocks(1) threads(1) { load, divide, store }

What such a kernel computes and the host needs comes back through memory of its own.
"""

from __future__ import annotations

from stepwell.dialects.gpu.function import ATTRIBUTIONS
from stepwell.dialects.gpu.launch import LaunchOp, TerminatorOp
from stepwell.dialects.gpu.streams import AllocOp, DeallocOp, MemcpyOp
from stepwell.dialects.memref.access import LoadOp, StoreOp
from stepwell.dialects.memref.allocation import AllocaOp
from stepwell.ir import types
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.effects import is_memory_effect_free
from stepwell.ir.operation import Operation, walk
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import MemRefType, i64, index
from stepwell.ir.value import Value
from stepwell.passes.gpu_placement.memory_sets import MemorySets, is_memory

_ON_HOST = ("func.", "gpu.", "bufferization.")
_NOT_IN_KERNELS = ("memref.alloc", "memref.dealloc", "memref.copy", "memref.realloc",
                   "memref.get_global", "cf.assert", "vector.print", "llvm.call")  # fmt: skip


def wrap_accesses(function: Operation, sets: MemorySets) -> int:
    """Makes kernels of what accesses the GPU's memory; how many were made.

    Raises:
        VerifyError: such code cannot run on the GPU.
    """
    count = 0
    pending = [block for region in function.regions for block in region.blocks]
    while pending:
        block = pending.pop()
        run: list[Operation] = []
        for op in list(block.ops):
            if _can_run_there(op) and (_accesses(op, sets) or is_memory_effect_free(op)):
                run.append(op)
                continue
            count += _wrap(run, sets)
            run = []
            if not isinstance(op, LaunchOp) and op.name != "gpu.module":
                pending += [inner for region in op.regions for inner in region.blocks]
                if sets.accesses(op):
                    raise op.error("uses the GPU's memory, but cannot run there")
        count += _wrap(run, sets)
    return count


def _can_run_there(op: Operation) -> bool:
    if op.may_be_terminator:
        return False
    for inner in walk(op):
        if inner.name.startswith(_ON_HOST) or inner.name in _NOT_IN_KERNELS:
            return False
    return True


def _accesses(op: Operation, sets: MemorySets) -> bool:
    return any(sets.accesses(inner) for inner in walk(op))


def _wrap(run: list[Operation], sets: MemorySets) -> int:
    """Makes one kernel of what accesses memory in a row of ops, and of what depends on that."""
    inside: dict[Operation, None] = {}
    for op in run:
        depends = any(v.defining_op in inside for inner in walk(op) for v in inner._operands)
        if _accesses(op, sets) or depends:
            inside[op] = None
    while inside and not _accesses(next(reversed(inside)), sets):
        inside.popitem()  # what is last and accesses nothing may as well be the host's
    if not inside:
        return 0
    _launch(list(inside))
    return 1


def _launch(ops: list[Operation]) -> None:
    rewriter = Rewriter()
    rewriter.start_at(ops[-1])
    moved = set(ops)
    escaping = [v for op in ops for v in op.results if any(not _inside(u, moved) for u in v.users)]
    places = [_make_place(value, rewriter) for value in escaping]
    one = rewriter.constant(IntegerAttr(1, index), index)
    body = Block([index] * 12)
    launch = LaunchOp(
        [],
        *[one] * 6,
        body=Region([body]),
        attributes={ATTRIBUTIONS: IntegerAttr(0, i64)},
        result_types=[],
    )
    rewriter.insert(launch)
    rewriter.set_point(launch.parent, launch.next)  # type: ignore[arg-type]
    for value, (there, here) in zip(escaping, places, strict=True):
        rewriter.insert(MemcpyOp([], here, there, result_types=[]))
        rewriter.insert(DeallocOp([], there, result_types=[]))
        brought = rewriter.insert(LoadOp(here, [])).result
        for user, number in list(value.uses):
            if not _inside(user, moved):
                user.set_operand(number, brought)
    for op in ops:
        body.append(op.detach())
    rewriter.set_point(body, None)
    for value, (there, _) in zip(escaping, places, strict=True):
        rewriter.insert(StoreOp(value, there, []))
    rewriter.insert(TerminatorOp.create())


def _inside(user: Operation, moved: set[Operation]) -> bool:
    return user in moved or any(around in moved for around in user.ancestors())


def _make_place(value: Value, rewriter: Rewriter) -> tuple[Value, Value]:
    """Memory for one value: the GPU's and the host's."""
    if is_memory(value.type) or not isinstance(
        value.type, (types.IntegerType, types.FloatType, types.IndexType)
    ):
        op = value.defining_op
        assert op is not None
        raise op.error(f"gives the host a '{value.type}' of the GPU's memory")
    type = MemRefType((), value.type)
    there = rewriter.insert(AllocOp([], [], [], result_types=[type])).memref
    here = rewriter.insert(AllocaOp([], [], result_types=[type])).memref
    return there, here
