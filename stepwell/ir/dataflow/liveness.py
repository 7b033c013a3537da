"""Which values and ops matter: can be noticed by memory effects or by who calls the program.

Works backwards from ops with effects and from what public functions return, through ops, branches,
regions and calls. An operand that is only handed on (to a block, a region, a function) matters only
if what receives it does.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir.block import Block
from stepwell.ir.dataflow.call_graph import (
    CallGraph,
    call_arguments,
    callable_region,
    is_call,
    is_callable,
)
from stepwell.ir.effects import is_memory_effect_free
from stepwell.ir.operation import Operation, walk
from stepwell.ir.region_flow import (
    RegionBranch,
    as_branch,
    as_region_branch,
    forwarded_operands,
    is_region_end,
    region_ends,
    successor_values,
)
from stepwell.ir.traits import Symbol, Terminator
from stepwell.ir.value import BlockArgument, Value


class Liveness:
    """The live values and ops inside `root`.

    Attributes:
        values: the live values.
        ops: the live ops; all ops around a live op are live.
    """

    def __init__(self, root: Operation) -> None:
        self.root = root
        self.calls = CallGraph(root)
        self.values: set[Value] = set()
        self.ops: set[Operation] = set()
        self._pending: list[Value | Operation] = []
        for op in walk(root):
            if self._matters_by_itself(op):
                self._mark_op(op)
        while self._pending:
            item = self._pending.pop()
            if isinstance(item, Operation):
                self._spread_op(item)
            elif isinstance(item, BlockArgument):
                self._spread_argument(item)
            else:
                self._spread_result(item)

    def is_live(self, value: Value) -> bool:
        """Whether `value` matters."""
        return value in self.values

    def _matters_by_itself(self, op: Operation) -> bool:
        if Terminator in op.traits:
            return False
        if is_call(op) or is_callable(op) or Symbol in op.traits or op is self.root:
            return True
        if op.regions and as_region_branch(op) is not None:
            return False  # what is inside decides
        return not is_memory_effect_free(op)

    def _mark_op(self, op: Operation | None) -> None:
        while op is not None and op not in self.ops:
            self.ops.add(op)
            self._pending.append(op)
            op = op.parent_op if op is not self.root else None

    def _mark(self, value: Value) -> None:
        if value not in self.values:
            self.values.add(value)
            self._pending.append(value)

    # From an op to its operands.

    def _spread_op(self, op: Operation) -> None:
        for region in op.regions:
            for block in region:
                last = block.last
                if last is not None and last.may_be_terminator:
                    self._mark_op(last)
        passed = self._passed_on(op)
        for number, value in enumerate(op._operands):
            if number not in passed:
                self._mark(value)

    def _passed_on(self, op: Operation) -> set[int]:
        """The operands that matter only if what receives them does."""
        if op.successors and as_branch(op) is not None:
            return _handed_to_blocks(op)
        if is_region_end(op):
            return self._handed_out(op)
        branch = as_region_branch(op)
        if branch is not None and op.regions:
            return {n for n, _ in entry_slots(op, branch)}
        if is_call(op) and self.knows_inside(op):
            return {number for number, _ in argument_slots(op)}
        return set()

    def _handed_out(self, end: Operation) -> set[int]:
        around = end.parent_op
        known = around is not None and (
            as_region_branch(around) is not None
            or (is_callable(around) and self.calls.callers(around) is not None)
        )
        return set(forwarded_operands(end)) if known else set()

    def knows_inside(self, call: Operation) -> bool:
        """Whether `call` calls something that has a body and no unknown callers."""
        target = self.calls.target(call)
        if target is None or self.calls.callers(target) is None:
            return False
        body = callable_region(target)
        return body is not None and len(body.args) == len(call_arguments(call))

    # From a value to where it comes from.

    def _spread_result(self, value: Value) -> None:
        op = value.defining_op
        assert op is not None
        self._mark_op(op)
        branch = as_region_branch(op)
        if branch is not None and op.regions:
            self._spread_input(op, branch, value)
        elif is_call(op):
            target = self.calls.target(op)
            body = callable_region(target) if target is not None else None
            for end in region_ends(body) if body is not None else ():
                numbers = forwarded_operands(end)
                if len(numbers) == len(op.results):
                    self._mark(end._operands[numbers[value.index]])

    def _spread_argument(self, value: BlockArgument) -> None:
        block = value.owner
        owner = block.parent_op
        self._mark_op(owner)
        if not block.is_entry:
            for op in block._predecessors or ():
                self._spread_edge(op, block, value)
        elif owner is not None and is_callable(owner):
            for call in self.calls.callers(owner) or ():
                if self.knows_inside(call):
                    self._mark(call_arguments(call)[value.index])
        elif owner is not None:
            branch = as_region_branch(owner)
            if branch is not None:
                self._spread_input(owner, branch, value)

    def _spread_edge(self, op: Operation, block: Block, value: BlockArgument) -> None:
        for index, successor in enumerate(op.successors):
            if successor is block:
                given = successor_values(op, index) or []
                place = value.index - (len(block.args) - len(given))
                if place >= 0:
                    self._mark(given[place])

    def _spread_input(self, op: Operation, branch: RegionBranch, value: Value) -> None:
        """Marks what may become `value`, an argument of a region of `op` or a result."""
        for successor in branch.region_successors(None):
            self._spread_into(branch.entry_operands(successor.target), successor.inputs, value)
        for region in op.regions:
            for successor in branch.region_successors(region):
                if value not in successor.inputs:
                    continue
                for end in region_ends(region):
                    given = [end._operands[number] for number in forwarded_operands(end)]
                    self._spread_into(given, successor.inputs, value)

    def _spread_into(self, given: Sequence[Value], inputs: Sequence[Value], value: Value) -> None:
        if len(given) == len(inputs) and value in inputs:
            self._mark(given[list(inputs).index(value)])


def _handed_to_blocks(op: Operation) -> set[int]:
    branch = as_branch(op)
    assert branch is not None
    passed: set[int] = set()
    for index in range(len(op.successors)):
        passed.update(range(*branch.successor_operands(index)))
    return passed


def entry_slots(op: Operation, branch: RegionBranch) -> list[tuple[int, int]]:
    """(operand number, number among the inputs) of what `op` hands to its regions on entry."""
    longest: Sequence[Value] = ()
    for successor in branch.region_successors(None):
        given = branch.entry_operands(successor.target)
        if len(given) > len(longest):
            longest = given
    return _slots(op, longest)


def argument_slots(call: Operation) -> list[tuple[int, int]]:
    """(operand number, argument number) of what `call` hands over."""
    return _slots(call, call_arguments(call))


def _slots(op: Operation, values: Sequence[Value]) -> list[tuple[int, int]]:
    """Where `values`, operands of `op` in a row, stand among the operands; last if in doubt."""
    wanted = list(values)
    for start in range(op.num_operands - len(wanted), -1, -1):
        if op._operands[start : start + len(wanted)] == wanted:
            return [(start + number, number) for number in range(len(wanted))]
    return []
