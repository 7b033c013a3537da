"""Expand memref.realloc operations into its components

    %1 = memref.realloc %0 : memref<2xf32> to memref<4xf32>
    // -> if there is room for 2 elements only: alloc, copy, dealloc; else a reinterpret_cast

Needs: nothing. Keeps: values, memory.
"""

from __future__ import annotations

from stepwell.dialects.arith.compare import CmpIOp
from stepwell.dialects.memref.allocation import ReallocOp
from stepwell.dialects.scf.branches import IfOp
from stepwell.ir import types
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import DenseArrayAttr, IntegerAttr, StridedLayoutAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import DYNAMIC, MemRefType
from stepwell.ir.value import Value
from stepwell.passes.bufferize import buffer_ops


@pass_("expand-realloc", on="any")
def expand_realloc(op: Operation, context: PassContext, *, emit_deallocs: bool = True) -> None:
    """Expands every `memref.realloc` inside `op`; without `emit-deallocs` nothing is freed."""
    rewriter = Rewriter()
    for found in [inner for inner in walk(op) if isinstance(inner, ReallocOp)]:
        rewriter.start_at(found)
        _expand(found, rewriter, emit_deallocs)


def _expand(op: ReallocOp, rewriter: Rewriter, emit_deallocs: bool) -> None:
    source, wanted = op.source, op.result_.type
    assert isinstance(wanted, MemRefType)
    zero = buffer_ops.index(rewriter, 0)
    old_size = buffer_ops.make(rewriter, "memref.dim", [source, zero], [types.index]).result
    size = op.dynamicResultSize
    if size is None:
        size = buffer_ops.index(rewriter, wanted.shape[0])
    grows = rewriter.insert(CmpIOp("ult", old_size, size)).result
    then, otherwise = Block(), Block()
    with rewriter.at_end(then):
        made = _moved(op, wanted, old_size, rewriter)
        if emit_deallocs:
            buffer_ops.make(rewriter, "memref.dealloc", [source])
        buffer_ops.make(rewriter, "scf.yield", [made])
    with rewriter.at_end(otherwise):
        buffer_ops.make(rewriter, "scf.yield", [_shrunk(op, wanted, rewriter)])
    regions = [Region([then]), Region([otherwise])]
    rewriter.replace(op, IfOp.create([grows], [wanted], None, None, (), regions))


def _moved(op: ReallocOp, wanted: MemRefType, old_size: Value, rewriter: Rewriter) -> Value:
    """A larger allocation that starts with the old elements."""
    sizes = [value for value in (op.dynamicResultSize,) if value is not None]
    alignment = op.get_attribute("alignment")
    given = alignment.value if isinstance(alignment, IntegerAttr) else 0
    made = buffer_ops.alloc(rewriter, wanted, sizes, given)
    part = MemRefType(
        (DYNAMIC,), wanted.element_type, StridedLayoutAttr((1,), 0), wanted.memory_space
    )
    lists: dict[str, Attribute] = {
        "static_offsets": DenseArrayAttr.i64([0]),
        "static_sizes": DenseArrayAttr.i64([DYNAMIC]),
        "static_strides": DenseArrayAttr.i64([1]),
        buffer_ops.SEGMENTS: DenseArrayAttr.i32([1, 0, 1, 0]),
    }
    start = buffer_ops.make(rewriter, "memref.subview", [made, old_size], [part], lists).result
    buffer_ops.copy(rewriter, op.source, start)
    return made


def _shrunk(op: ReallocOp, wanted: MemRefType, rewriter: Rewriter) -> Value:
    """The same memory, of which the end is not used any more."""
    sizes = [value for value in (op.dynamicResultSize,) if value is not None]
    lists: dict[str, Attribute] = {
        "static_offsets": DenseArrayAttr.i64([0]),
        "static_sizes": DenseArrayAttr.i64([wanted.shape[0]]),
        "static_strides": DenseArrayAttr.i64([1]),
        buffer_ops.SEGMENTS: DenseArrayAttr.i32([1, 0, len(sizes), 0]),
    }
    name = "memref.reinterpret_cast"
    return buffer_ops.make(rewriter, name, [op.source, *sizes], [wanted], lists).result
