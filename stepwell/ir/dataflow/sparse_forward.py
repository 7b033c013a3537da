"""The framework of sparse forward analyses: a state for every value, along the paths that can run.

States form a lattice: a value that no path reaches has none; `join` merges what two paths bring;
`unknown` is the top. Blocks that cannot run contribute nothing. Values flow through ops, branches,
the regions of ops (`stepwell.ir.region_flow`) and calls.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from stepwell.ir.attribute import Attribute
from stepwell.ir.block import Block
from stepwell.ir.dataflow.call_graph import (
    CallGraph,
    call_arguments,
    callable_region,
    is_call,
    is_callable,
)
from stepwell.ir.operation import Operation
from stepwell.ir.region_flow import (
    RegionSuccessor,
    as_region_branch,
    forwarded_values,
    is_region_end,
    known_branch,
    known_entries,
    known_exits,
    successor_values,
)
from stepwell.ir.value import Value

S = TypeVar("S")


class SparseForward(ABC, Generic[S]):
    """An analysis; subclasses say what ops do to states.

    Args:
        root: what is analysed. Its own regions run, with unknown arguments.

    Attributes:
        states: of each value that was reached.
        executable: the blocks that can run.
    """

    def __init__(self, root: Operation) -> None:
        self.root = root
        self.calls = CallGraph(root)
        self.states: dict[Value, S] = {}
        self.executable: set[Block] = set()
        self._returned: dict[Operation, list[S]] = {}
        self._pending: deque[Operation] = deque()
        self._waiting: set[Operation] = set()

    # What subclasses say.

    @abstractmethod
    def visit(self, op: Operation, operands: Sequence[S]) -> Sequence[S | None]:
        """The states of the results of `op`, which has no regions; None for not reached yet."""

    @abstractmethod
    def unknown(self, value: Value) -> S:
        """The top state of `value`."""

    @abstractmethod
    def join(self, a: S, b: S) -> S:
        """The least state that covers both."""

    def constant(self, state: S) -> Attribute | None:
        """The constant that `state` stands for, if any; decides which branches can be taken."""
        return None

    # The walk.

    def run(self) -> None:
        """Computes all states."""
        for region in self.root.regions:
            if region.first is not None:
                self._open_block(region.first)
        while self._pending:
            op = self._pending.popleft()
            self._waiting.discard(op)
            self._process(op)

    def _enqueue(self, op: Operation) -> None:
        if op not in self._waiting and op.parent in self.executable:
            self._waiting.add(op)
            self._pending.append(op)

    def _reach(self, block: Block) -> None:
        if block not in self.executable:
            self.executable.add(block)
            for op in block.ops:
                self._enqueue(op)

    def _open_block(self, block: Block) -> None:
        """Makes an entry block run with arguments that nothing is known about."""
        self._forget(block.args)
        self._reach(block)

    def _forget(self, values: Iterable[Value]) -> None:
        for value in values:
            self._merge(value, self.unknown(value))

    def _merge(self, value: Value, state: S | None) -> None:
        if state is None:
            return
        before = self.states.get(value)
        after = state if before is None else self.join(before, state)
        if before is None or after != before:
            self.states[value] = after
            for user in value._users or ():
                self._enqueue(user)

    def _flow(self, sources: Sequence[Value], targets: Sequence[Value]) -> None:
        """Hands the states of `sources` to `targets`."""
        if len(sources) != len(targets):
            self._forget(targets)
            return
        for source, target in zip(sources, targets, strict=True):
            self._merge(target, self.states.get(source))

    def _process(self, op: Operation) -> None:
        operands: list[S] = []
        for value in op._operands:
            state = self.states.get(value)
            if state is None:
                return
            operands.append(state)
        if op.successors:
            self._forget(op.results)
            self._process_branch(op, operands)
        elif is_region_end(op):
            self._process_region_end(op, operands)
        elif op.regions:
            self._process_regions(op, operands)
        elif is_call(op):
            self._process_call(op)
        else:
            found = self.visit(op, operands)
            for result, state in zip(op.results, found, strict=True):
                self._merge(result, state)

    def _constants(self, operands: Sequence[S]) -> list[Attribute | None]:
        return [self.constant(state) for state in operands]

    def _process_branch(self, op: Operation, operands: Sequence[S]) -> None:
        taken = known_branch(op, self._constants(operands))
        for index, block in enumerate(op.successors):
            if taken is not None and block is not taken:
                continue
            given = successor_values(op, index)
            if given is None or len(given) > len(block.args):
                self._forget(block.args)
            else:
                own = len(block.args) - len(given)
                self._forget(block.args[:own])
                self._flow(given, block.args[own:])
            self._reach(block)

    def _process_regions(self, op: Operation, operands: Sequence[S]) -> None:
        if is_callable(op):
            region = callable_region(op)
            self._forget(op.results)
            if region is not None and region.first is not None and self.calls.callers(op) is None:
                self._open_block(region.first)
            return
        branch = as_region_branch(op)
        if branch is None:
            self._forget(op.results)
            for region in op.regions:
                if region.first is not None:
                    self._open_block(region.first)
            return
        for successor in known_entries(op, self._constants(operands)):
            self._enter(op, successor, branch.entry_operands(successor.target))

    def _enter(self, op: Operation, successor: RegionSuccessor, given: Sequence[Value]) -> None:
        """Goes to a region of `op`, or on after it, with these values."""
        block = successor.target.first if successor.target is not None else None
        all_targets: Sequence[Value] = op.results
        if successor.target is not None:
            all_targets = block.args if block is not None else ()
        inputs = set(successor.inputs)
        self._forget(value for value in all_targets if value not in inputs)
        self._flow(given, successor.inputs)
        if block is not None:
            self._reach(block)

    def _process_region_end(self, op: Operation, operands: Sequence[S]) -> None:
        around = op.parent_op
        if around is None:
            return
        if is_callable(around):
            self._return(around, operands)
        elif as_region_branch(around) is not None:
            given = forwarded_values(op)
            for successor in known_exits(op, self._constants(operands)):
                self._enter(around, successor, given)

    # Calls.

    def _process_call(self, op: Operation) -> None:
        target = self.calls.target(op)
        region = callable_region(target) if target is not None else None
        if target is None or region is None or region.first is None:
            self._forget(op.results)
            return
        if self.calls.callers(target) is not None:
            self._flow(call_arguments(op), region.first.args)
            self._reach(region.first)
        returned = self._returned.get(target)
        if returned is not None:
            self._hand_back(op, returned)

    def _return(self, function: Operation, operands: Sequence[S]) -> None:
        before = self._returned.get(function)
        if before is None or len(before) != len(operands):
            joined = list(operands)
        else:
            joined = [self.join(a, b) for a, b in zip(before, operands, strict=True)]
        if joined == before:
            return
        self._returned[function] = joined
        for call in self.calls.all_callers(function):
            if call.parent in self.executable:
                self._hand_back(call, joined)

    def _hand_back(self, call: Operation, states: Sequence[S]) -> None:
        if len(states) != len(call.results):
            self._forget(call.results)
            return
        for result, state in zip(call.results, states, strict=True):
            self._merge(result, state)
