"""Fuse adjacent parallel loops

    scf.parallel (%i) = (%lb) to (%ub) step (%s) { memref.store %x, %a[%i] }
    scf.parallel (%i) = (%lb) to (%ub) step (%s) { %v = memref.load %a[%i] ... }
->
    scf.parallel (%i) = (%lb) to (%ub) step (%s) {
      memref.store %x, %a[%i]
      %v = memref.load %a[%i] ...
    }

Two loops over the same space become one if what either writes is touched by the other in the same
iteration only. Loops without loops of this kind inside take part. Between them may stand ops that
touch no memory; with `move-others`, also ops that can run before or after both, other loops among
them, and then the two loops must have memory in common. With `split-loops`, a loop over more
dimensions becomes one over the first of them around sequential ones, if another one then fits it.

Needs: nothing. Keeps: values; no iteration depends on another.
"""

from __future__ import annotations

from stepwell.dialects.scf.parallel import ParallelOp
from stepwell.ir.block import Block
from stepwell.ir.effects import is_memory_effect_free
from stepwell.ir.operation import Operation, walk, walk_post_order
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.parallel_fusion.accesses import Accesses, accesses_of, may_run_as_one, root_of
from stepwell.passes.parallel_fusion.moving import Footprints, split
from stepwell.passes.parallel_fusion.remaking import split_after, with_reductions_of


@pass_("scf-parallel-loop-fusion", title="ParallelLoopFusionPass")
def scf_parallel_loop_fusion(
    op: Operation,
    context: PassContext,
    *,
    move_others: bool = False,
    split_loops: bool = False,
) -> None:
    """Fuses parallel loops that follow each other in a block.

    Options: move-others (ops between two loops are moved out of the way), split-loops (loops over
    more dimensions than another are split).
    """
    regions = [region for inner in walk_post_order(op) for region in inner.regions]
    for block in [block for region in regions for block in region]:
        fused = _Fusion(block, move_others, split_loops).run()
        context.statistic("num-fused", "Number of loops fused into the next", fused)


class _Fusion:
    def __init__(self, block: Block, move_others: bool, split_loops: bool) -> None:
        self.block = block
        self.move_others = move_others
        self.split_loops = split_loops
        self.accesses: dict[ParallelOp, Accesses | None] = {}
        self.footprints = Footprints()
        self.fused = 0

    def run(self) -> int:
        """Fuses loops until none is left that could be; how many went into the next."""
        loops = [op for op in self.block.ops if isinstance(op, ParallelOp)]
        kept: list[ParallelOp] = []
        for loop in loops:
            second = loop
            for first in reversed(kept):
                fused = self._fused(first, second)
                if fused is not None:
                    kept.remove(first)
                    second = fused
                elif not self.move_others:
                    break
            kept.append(second)
        return self.fused

    def _fused(self, first: ParallelOp, second: ParallelOp) -> ParallelOp | None:
        """The loop that does what both did, if there can be one."""
        count = self._common_dimensions(first, second)
        users = set(_users(first))
        if not count or any(second.is_ancestor_of(user) for user in users):
            return None
        if not self._is_legal(first, second, count):
            return None
        between = _between(first, second)
        if self.move_others:
            parts = split(between, first, second, self.footprints)
            if parts is None:
                return None
            for op in parts[0]:
                op.move_before(first)
            for op in reversed(parts[1]):
                op.move_after(second)
        elif any(not is_memory_effect_free(op) or op.regions or op in users for op in between):
            return None
        for loop in (first, second):
            self.accesses.pop(loop, None)
            self.footprints.forget(loop)
        self.fused += 1
        return _fuse(split_after(first, count), split_after(second, count))

    def _common_dimensions(self, first: ParallelOp, second: ParallelOp) -> int:
        """Over how many dimensions both go alike; 0 if that does not make them one loop."""
        counts = [len(loop.induction_variables) for loop in (first, second)]
        count = min(counts)
        if counts[0] != counts[1] and (not self.split_loops or first.initVals or second.initVals):
            return 0
        bounds = [(x.lowerBound, x.upperBound, x.step) for x in (first, second)]
        alike = all(a[:count] == b[:count] for a, b in zip(*bounds, strict=True))
        return count if alike else 0

    def _is_legal(self, first: ParallelOp, second: ParallelOp, count: int) -> bool:
        a, b = self._accesses(first), self._accesses(second)
        if a is None or b is None or not may_run_as_one(a, b, count):
            return False
        shared = {root_of(one.memory) for one in a.all}
        return not self.move_others or any(root_of(one.memory) in shared for one in b.all)

    def _accesses(self, loop: ParallelOp) -> Accesses | None:
        if loop not in self.accesses:
            nested = any(isinstance(op, ParallelOp) for op in walk(loop) if op is not loop)
            self.accesses[loop] = None if nested else accesses_of(loop)
        return self.accesses[loop]


def _users(op: Operation) -> list[Operation]:
    return [user for result in op.results for user in result.users]


def _between(first: Operation, second: Operation) -> list[Operation]:
    """The ops from `first`, exclusive, to `second`, exclusive."""
    found: list[Operation] = []
    op = first.next
    while op is not None and op is not second:
        found.append(op)
        op = op.next
    return found


def _fuse(first: ParallelOp, second: ParallelOp) -> ParallelOp:
    """Moves the body of `first` to the beginning of that of `second`, with its reductions."""
    start = second.body.entry.first
    assert start is not None
    for mine, other in zip(first.induction_variables, second.induction_variables, strict=True):
        mine.replace_all_uses_with(other)
    ending = first.body.entry.last
    for op in list(first.body.entry.ops):
        if op is not ending:
            op.move_before(start)
    made = with_reductions_of(first, second) if first.initVals else second
    first.erase()
    return made
