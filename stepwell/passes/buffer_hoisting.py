"""Optimizes placement of allocation operations by moving them into common dominators.

    ^bb1: %0 = memref.alloc()                 ^bb0: %0 = memref.alloc()
          cf.br ^bb3(%0)                ->          cf.cond_br %c, ^bb1, ^bb2

A buffer moves to the block that dominates all its uses under any name, but out of no loop.

Needs: no deallocations. Keeps: values.
"""

from __future__ import annotations

from stepwell.ir.block import Block
from stepwell.ir.dominance import Dominance
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.value import Value
from stepwell.passes.deallocation.movement import aliases, allocations, block_in, is_loop


@pass_("buffer-hoisting", on="func.func")
def buffer_hoisting(op: Operation, context: PassContext) -> None:
    """Moves every allocation inside `op` as far up as it must be for all that uses it."""
    dominance = Dominance()
    for found in allocations(op):
        target = _common_block(found.memref, dominance)
        target = _where_sizes_are(found, target, dominance) if target is not None else None
        if target is not None and target is not found.parent and _in_no_other_loop(found, target):
            anchor = _after_sizes(found, target)
            found.detach()
            target.insert_before(found, anchor)


def _common_block(buffer: Value, dominance: Dominance) -> Block | None:
    """The nearest block that dominates the definition of every alias."""
    common = buffer.parent_block
    for value in aliases(buffer):
        other = value.parent_block
        while common is not None and block_in(common.parent, other) is None:
            holder = common.parent_op
            common = holder.parent if holder is not None else None
        if common is None or common.parent is None:
            return None
        inside = block_in(common.parent, other)
        assert inside is not None
        common = dominance.tree(common.parent).nearest_common(common, inside)
    return common


def _where_sizes_are(op: Operation, target: Block, dominance: Dominance) -> Block | None:
    """`target`, or a later block if a size is computed only there."""
    for size in op.operands:
        home = size.parent_block
        if home is not None and not dominance.block_dominates(home, target):
            target = home
    return target


def _in_no_other_loop(op: Operation, target: Block) -> bool:
    holder = op.parent_op
    while holder is not None and holder is not target.parent_op:
        if is_loop(holder):
            return False
        holder = holder.parent_op
    return holder is not None


def _after_sizes(op: Operation, target: Block) -> Operation | None:
    """The first op of `target` behind all sizes."""
    anchor = target.first
    for size in op.operands:
        maker = size.defining_op
        if maker is not None and maker.parent is target:
            if anchor is None or not maker.is_before_in_block(anchor):
                anchor = maker.next
    return anchor
