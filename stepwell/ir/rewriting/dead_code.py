"""Erasing all ops and block arguments that nothing alive needs.

Ops with lasting effects and terminators are alive; so is what they use, where an operand that a
branch passes to a dead block argument is no use. Whatever else there is goes, even if it forms a
cycle.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir.block import Block, Region
from stepwell.ir.operation import Operation, walk_post_order
from stepwell.ir.rewriting.branches import erase_arguments, incoming_operands, successor_range
from stepwell.ir.rewriting.dead_ops import DeadOps
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import BlockArgument, OpResult, Value


def erase_dead_code(regions: Sequence[Region], rewriter: Rewriter) -> None:
    """Erases what is dead in `regions` and in those inside them."""
    live = _Liveness()
    live.enter(regions)
    live.spread()
    ops, arguments = live.dead(regions)
    for op in ops:
        for inner in list(walk_post_order(op)):
            for listener in rewriter.listeners:
                listener.erasing(inner)
    for op in ops:  # dead ops may use each other in a cycle
        op.drop_all_references()
    erase_arguments(arguments, rewriter)
    for op in ops:
        rewriter.changes += 1
        op.erase()


class _Liveness:
    def __init__(self) -> None:
        self.ops: set[Operation] = set()
        self.arguments: set[BlockArgument] = set()
        self.pending: list[Operation | BlockArgument] = []
        self.dead_ops = DeadOps(nothing_new=True)
        self.known: dict[Block, bool] = {}

    def enter(self, regions: Sequence[Region]) -> None:
        """Marks what is alive by itself in regions of a live op."""
        for op in [op for region in regions for block in region for op in block]:
            if not self.dead_ops.would_be_dead(op):
                self.mark(op)

    def mark(self, op: Operation) -> None:
        if op not in self.ops:
            self.ops.add(op)
            self.pending.append(op)

    def use(self, value: Value) -> None:
        """Marks what defines `value`."""
        if isinstance(value, OpResult):
            self.mark(value.owner)
        elif isinstance(value, BlockArgument) and value not in self.arguments:
            self.arguments.add(value)
            self.pending.append(value)

    def spread(self) -> None:
        while self.pending:
            item = self.pending.pop()
            if isinstance(item, BlockArgument):
                for op, number in incoming_operands(item) or ():
                    self.use(op._operands[number])
                continue
            passed = self._passed_on(item)
            for number, value in enumerate(item._operands):
                if number not in passed:
                    self.use(value)
            self.enter(item.regions)

    def dead(self, regions: Sequence[Region]) -> tuple[list[Operation], list[BlockArgument]]:
        """The outermost dead ops, and the dead arguments outside of these, last ones first."""
        ops: list[Operation] = []
        arguments: list[BlockArgument] = []
        pending = list(regions)
        while pending:
            for block in pending.pop():
                if not block.is_entry:
                    arguments += [a for a in block.args if self._may_go(a)]
                ops += [op for op in block if op not in self.ops]
                pending += [inner for op in block if op in self.ops for inner in op.regions]
        return ops[::-1], arguments[::-1]

    def _may_go(self, argument: BlockArgument) -> bool:
        return argument not in self.arguments and self._knows_what_comes(argument.owner)

    def _passed_on(self, op: Operation) -> set[int]:
        """The operands that `op` only passes to block arguments that could go."""
        passed: set[int] = set()
        for index, block in enumerate(op.successors):
            bounds = successor_range(op, index)
            if bounds is not None and not block.is_entry and self._knows_what_comes(block):
                passed.update(range(*bounds))
        return passed

    def _knows_what_comes(self, block: Block) -> bool:
        """Whether it is known what every branch passes to the arguments of `block`."""
        known = self.known.get(block)
        if known is None:
            arguments = block.args[:1]
            known = all(incoming_operands(argument) is not None for argument in arguments)
            self.known[block] = known
        return known
