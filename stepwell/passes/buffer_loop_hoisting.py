"""Optimizes placement of allocation operations by moving them out of loop nests

    scf.for %i = ... {                          %0 = memref.alloc() : memref<4xf32>
      %0 = memref.alloc() : memref<4xf32>  ->   scf.for %i = ... {
      "use"(%0)                                   "use"(%0)
    }                                           }

Needs: no deallocations. Keeps: values.
"""

from __future__ import annotations

from stepwell.ir.block import Block
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.deallocation.movement import allocations, is_loop, leaves


@pass_("buffer-loop-hoisting", on="func.func")
def buffer_loop_hoisting(op: Operation, context: PassContext) -> None:
    """Moves allocations out of the loops around them, as far as their sizes are known there."""
    for found in allocations(op):
        if leaves(found.memref):
            continue
        target: Operation = found
        while (loop := target.parent_op) is not None and is_loop(loop) and loop is not op:
            if any(_is_inside(value.parent_block, loop) for value in found.operands):
                break
            target = loop
        if target is not found:
            found.move_before(target)


def _is_inside(block: Block | None, loop: Operation) -> bool:
    holder = block.parent_op if block is not None else None
    return holder is not None and loop.is_ancestor_of(holder)
