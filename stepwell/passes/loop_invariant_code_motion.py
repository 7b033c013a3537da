"""Moves ops out of loops if every iteration would compute the same.

    scf.for %i = %a to %b step %c {              %0 = arith.muli %x, %y : i32
      %0 = arith.muli %x, %y : i32        ->     scf.for %i = %a to %b step %c {
      "use"(%0) : (i32) -> ()                      "use"(%0) : (i32) -> ()
    }                                            }

An op moves if it touches no memory, may run where it did not run before (the loop may have no
iterations), and uses only values from outside of the loop. Inner loops come first.

Needs: nothing. Keeps: blocks and control flow.
"""

from __future__ import annotations

from collections import deque

from stepwell.ir.block import Region
from stepwell.ir.effects import is_memory_effect_free, is_speculatable
from stepwell.ir.loops import is_defined_inside, loop_regions, loops_inside_first
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.traits import Terminator
from stepwell.ir.value import Value


@pass_("loop-invariant-code-motion", on="any", title="LoopInvariantCodeMotion")
def loop_invariant_code_motion(op: Operation, context: PassContext) -> None:
    """Hoist loop invariant instructions outside of the loop."""
    motion = _Motion()
    for loop in loops_inside_first(op):
        for region in loop_regions(loop):
            motion.hoist(loop, region)
    context.statistic("num-hoisted", "Number of operations hoisted", motion.moved)


class _Motion:
    def __init__(self) -> None:
        self.moved = 0
        self._stays: set[Operation] = set()
        """Ops with regions that can never move, with all ops around them."""

    def hoist(self, loop: Operation, region: Region) -> None:
        pending = deque(op for block in region for op in block)
        while pending:
            op = pending.popleft()
            if op.parent_region is not region or not self._may_move(op, region):
                continue
            op.move_before(loop)
            self.moved += 1
            for result in op.results:
                pending += [user for user in result.users if user.parent_region is region]

    def _may_move(self, op: Operation, region: Region) -> bool:
        if Terminator in op.traits or op in self._stays or not op.is_registered:
            return False
        if not op.regions:
            outside = not any(_is_inside(value, region) for value in op._operands)
            return outside and is_memory_effect_free(op) and is_speculatable(op)
        if any(inner in self._stays for region in op.regions for b in region for inner in b):
            self._stays.add(op)
            return False
        if not (is_memory_effect_free(op) and is_speculatable(op)):
            self._stays.add(op)
            return False
        return not any(
            _is_inside(value, region) and not _belongs_to(value, op)
            for inner in walk(op)
            for value in inner._operands
        )


def _is_inside(value: Value, region: Region) -> bool:
    block = value.parent_block
    return block is not None and (block.parent is region or is_defined_inside(value, region))


def _belongs_to(value: Value, op: Operation) -> bool:
    return any(is_defined_inside(value, region) for region in op.regions)
