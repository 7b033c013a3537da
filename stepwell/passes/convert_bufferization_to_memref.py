"""Convert operations from the Bufferization dialect to the MemRef dialect

    %1 = bufferization.clone %0 : memref<4xf32> to memref<4xf32>
    // -> %1 = memref.alloc() : memref<4xf32>
    //    memref.copy %0, %1 : memref<4xf32> to memref<4xf32>

Needs: no ops on tensors. Keeps: values, memory.
"""

from __future__ import annotations

from stepwell.dialects.bufferization.ops import CloneOp, DeallocOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.ir import types
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.strides import strides_and_offset
from stepwell.ir.types import DYNAMIC, MemRefType, UnrankedMemRefType
from stepwell.ir.value import Value
from stepwell.passes.bufferize import buffer_ops
from stepwell.passes.deallocation.lowering import DeallocLowering


@pass_(
    "convert-bufferization-to-memref", on="builtin.module", title="ConvertBufferizationToMemRefPass"
)
def convert_bufferization_to_memref(op: Operation, context: PassContext) -> None:
    """Lowers every `bufferization.clone` and `bufferization.dealloc` inside `op`.

    Raises:
        VerifyError: a clone has a layout that no fresh buffer can be cast to.
    """
    rewriter = Rewriter()
    lowering = DeallocLowering(op)
    for found in list(walk(op)):
        if isinstance(found, DeallocOp):
            lowering.lower(found)
        elif isinstance(found, CloneOp):
            rewriter.start_at(found)
            rewriter.replace(found, clone_to_copy(found, rewriter))


def clone_to_copy(op: CloneOp, rewriter: Rewriter) -> Value:
    """A fresh buffer with the elements of the operand."""
    wanted = op.output.type
    if isinstance(wanted, UnrankedMemRefType):
        made = _alloc_unranked(op, wanted, rewriter)
    else:
        assert isinstance(wanted, MemRefType)
        made = _alloc(op, wanted, rewriter)
    buffer_ops.copy(rewriter, op.input, made)
    return made


def _alloc(op: CloneOp, wanted: MemRefType, rewriter: Rewriter) -> Value:
    dense = MemRefType(wanted.shape, wanted.element_type, None, wanted.memory_space)
    if strides_and_offset(wanted) is None or not buffer_ops.surely_castable(dense, wanted):
        raise op.error("has a result whose layout a fresh buffer does not have")
    sizes = [
        buffer_ops.dim(rewriter, op.input, n) for n, s in enumerate(wanted.shape) if s == DYNAMIC
    ]
    made = buffer_ops.alloc(rewriter, dense, sizes, 0)
    return buffer_ops.cast(rewriter, made, wanted)


def _alloc_unranked(op: CloneOp, wanted: UnrankedMemRefType, rewriter: Rewriter) -> Value:
    """A flat buffer of as many elements, in the shape found at run time."""
    zero, one = buffer_ops.index(rewriter, 0), buffer_ops.index(rewriter, 1)
    rank = buffer_ops.make(rewriter, "memref.rank", [op.input], [types.index]).result
    shape_type = MemRefType((DYNAMIC,), types.index)
    segments = {buffer_ops.SEGMENTS: DenseArrayAttr.i32([1, 0])}
    shape = buffer_ops.make(rewriter, "memref.alloca", [rank], [shape_type], dict(segments)).result
    body = Block([types.index, types.index])
    with rewriter.at_end(body):
        at, product = body.args
        size = buffer_ops.make(rewriter, "memref.dim", [op.input, at], [types.index]).result
        buffer_ops.store(rewriter, size, shape, [at])
        following = buffer_ops.make(rewriter, "arith.muli", [product, size], [types.index])
        buffer_ops.make(rewriter, "scf.yield", following.results)
    loop = ForOp.create([zero, rank, one, one], [types.index], None, None, (), [Region([body])])
    count = rewriter.insert(loop).result
    flat_type = MemRefType((DYNAMIC,), wanted.element_type, None, wanted.memory_space)
    flat = buffer_ops.alloc(rewriter, flat_type, [count], 0)
    return buffer_ops.make(rewriter, "memref.reshape", [flat, shape], [wanted]).result
