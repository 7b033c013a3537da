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
them, and then the two loops must have memory in common.

Needs: nothing. Keeps: values; no iteration depends on another.
"""

from __future__ import annotations

from stepwell.dialects.scf.parallel import ParallelOp, ReduceOp
from stepwell.ir.block import Block, Region
from stepwell.ir.effects import is_memory_effect_free
from stepwell.ir.operation import Operation, walk, walk_post_order
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.passes.parallel_fusion.accesses import Accesses, accesses_of, may_run_as_one, root_of
from stepwell.passes.parallel_fusion.moving import split


@pass_("scf-parallel-loop-fusion", title="ParallelLoopFusionPass")
def scf_parallel_loop_fusion(
    op: Operation, context: PassContext, *, move_others: bool = False
) -> None:
    """Fuses parallel loops that follow each other in a block.

    Option move-others: whether ops between two loops are moved out of the way.
    """
    blocks = [block for inner in walk_post_order(op) for region in inner.regions for block in region]
    for block in blocks:
        fused = _Fusion(block, move_others).run()
        context.statistic("num-fused", "Number of loops fused into the next", fused)


class _Fusion:
    def __init__(self, block: Block, move_others: bool) -> None:
        self.block = block
        self.move_others = move_others
        self.accesses: dict[ParallelOp, Accesses | None] = {}
        self.fused = 0

    def run(self) -> int:
        """Fuses loops until none is left that could be; how many went into the next."""
        loops = [op for op in self.block.ops if isinstance(op, ParallelOp)]
        kept: list[ParallelOp] = []
        for second in loops:
            for first in reversed(kept):
                if self._try(first, second):
                    kept.remove(first)
                elif not self.move_others:
                    break
            kept.append(second)
        return self.fused

    def _try(self, first: ParallelOp, second: ParallelOp) -> bool:
        if first.operands[: -len(first.initVals) or None] != (
            second.operands[: -len(second.initVals) or None]
        ):
            return False
        if any(user is second or second.is_ancestor_of(user) for user in _users(first)):
            return False
        if not self._is_legal(first, second):
            return False
        between = _between(first, second)
        if not self.move_others:
            uses = set(_users(first))
            if any(
                not is_memory_effect_free(op) or op.regions or op in uses for op in between
            ):
                return False
        else:
            parts = split(between, first, second)
            if parts is None:
                return False
            for op in parts[0]:
                op.move_before(first)
            for op in reversed(parts[1]):
                op.move_after(second)
        _fuse(first, second)
        self.accesses.pop(second, None)
        self.fused += 1
        return True

    def _is_legal(self, first: ParallelOp, second: ParallelOp) -> bool:
        a, b = self._accesses(first), self._accesses(second)
        if a is None or b is None or not may_run_as_one(a, b):
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


def _fuse(first: ParallelOp, second: ParallelOp) -> None:
    """Moves the body of `first` to the beginning of that of `second`, with its reductions."""
    start = second.body.entry.first
    assert start is not None
    for mine, other in zip(first.induction_variables, second.induction_variables, strict=True):
        mine.replace_all_uses_with(other)
    ending = first.body.entry.last
    for op in list(first.body.entry.ops):
        if op is not ending:
            op.move_before(start)
    if first.initVals:
        _with_reductions(first, second)
    first.erase()


def _with_reductions(first: ParallelOp, second: ParallelOp) -> None:
    """Replaces `second` by a loop with the reductions of `first` before its own."""
    both = (first, second)
    endings = [loop.body.entry.last for loop in both]
    rewriter = Rewriter()
    rewriter.start_at(second)
    inits = [value for loop in both for value in loop.initVals]
    body, parts = Region(), []
    for ending in endings:
        assert ending is not None
        for region in ending.regions:
            parts.append(Region())
            rewriter.move_blocks(region, parts[-1])
    rewriter.move_blocks(second.body, body)
    made = rewriter.insert(
        ParallelOp(
            list(second.lowerBound),
            list(second.upperBound),
            list(second.step),
            inits,
            body=body,
            result_types=[*first.result_types, *second.result_types],
        )
    )
    combined = [value for ending in endings if ending is not None for value in ending.operands]
    body.entry.append(ReduceOp.create(combined, [], regions=parts))
    assert endings[1] is not None
    endings[1].erase()
    results = [*first.results, *second.results]
    for old, new in zip(results, made.results, strict=True):
        old.replace_all_uses_with(new)
    second.erase()
