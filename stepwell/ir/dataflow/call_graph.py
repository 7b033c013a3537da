"""Who calls whom.

A call [CallOpInterface] is an op with the property `callee` and `call_arguments`; what it calls is
an op with `callable_region` [CallableOpInterface].
"""

from __future__ import annotations

from stepwell.ir.attributes import SymbolRefAttr
from stepwell.ir.block import Region
from stepwell.ir.operation import Operation, walk
from stepwell.ir.symbol_table import (
    SymbolTables,
    is_symbol,
    nearest_table,
    references,
    visibility,
)
from stepwell.ir.value import Value


def is_call(op: Operation) -> bool:
    """Whether `op` calls something."""
    return hasattr(type(op), "call_arguments")


def callee_symbol(call: Operation) -> SymbolRefAttr | None:
    """The name that `call` calls; None for a function value."""
    callee = getattr(call, "callee", None)
    return callee if isinstance(callee, SymbolRefAttr) else None


def call_arguments(call: Operation) -> tuple[Value, ...]:
    """The values that `call` hands to the callee's arguments."""
    arguments: tuple[Value, ...] = call.call_arguments  # type: ignore[attr-defined]
    return arguments


def is_callable(op: Operation) -> bool:
    """Whether `op` can be called."""
    return hasattr(type(op), "callable_region")


def callable_region(op: Operation) -> Region | None:
    """What runs when `op` is called; None if it is defined elsewhere (or is no callable)."""
    region: Region | None = getattr(op, "callable_region", None)
    return region


class CallGraph:
    """The calls inside an op.

    Args:
        root: all that is looked at. Calls from elsewhere are unknown.

    Attributes:
        callables: the ops that can be called, in order.
    """

    def __init__(self, root: Operation) -> None:
        self.root = root
        self.tables = SymbolTables()
        self.callables: list[Operation] = []
        self._calls: dict[Operation, list[Operation]] = {}
        self._callers: dict[Operation, list[Operation]] = {}
        self._open: set[Operation] = set()
        self._targets: dict[Operation, Operation] = {}
        pending: list[tuple[Operation, Operation | None]] = [(root, None)]
        while pending:  # every op with the innermost callable around it
            op, around = pending.pop()
            self._add(op, around)
            inside = op if is_callable(op) else around
            if op.regions:
                ops = [inner for region in op.regions for block in region for inner in block]
                pending += [(inner, inside) for inner in reversed(ops)]
        self.callables = [op for op in walk(root) if is_callable(op)]

    def _add(self, op: Operation, around: Operation | None) -> None:
        if is_callable(op) and self._is_visible_outside(op):
            self._open.add(op)
        callee = callee_symbol(op) if is_call(op) else None
        target = self.resolve(op, callee) if callee is not None else None
        if target is not None and is_callable(target):
            self._targets[op] = target
            self._callers.setdefault(target, []).append(op)
            if around is not None:
                self._calls.setdefault(around, []).append(op)
        called = callee if target is not None else None
        for symbol in references(op):
            if symbol is called:
                called = None  # a second mention of it is no call
                continue
            found = self.resolve(op, symbol)
            if found is not None:
                self._open.add(found)

    def resolve(self, op: Operation, symbol: SymbolRefAttr) -> Operation | None:
        """What `symbol`, being said by `op`, names; None if nothing in the table around."""
        start = op.parent_op if is_symbol(op) else op
        table = nearest_table(start) if start is not None else None
        return self.tables.lookup_in(table, symbol) if table is not None else None

    def _is_visible_outside(self, op: Operation) -> bool:
        if not is_symbol(op):
            return True
        table = op.parent_op
        hidden = table is not None and table.parent is None
        kind = visibility(op)
        return kind == "public" or (kind == "nested" and not hidden)

    def target(self, call: Operation) -> Operation | None:
        """What `call` calls, or None if that is not known."""
        return self._targets.get(call)

    def target_of(self, op: Operation) -> Operation | None:
        """As `target`, but for any op, and also for calls made since."""
        if not is_call(op):
            return None
        callee = callee_symbol(op)
        found = self.resolve(op, callee) if callee is not None else None
        return found if found is not None and is_callable(found) else None

    def callers(self, op: Operation) -> list[Operation] | None:
        """The calls of `op`; None if there may be others."""
        return None if op in self._open else self._callers.get(op, [])

    def all_callers(self, op: Operation) -> list[Operation]:
        """The calls of `op` that are known; there may be others."""
        return self._callers.get(op, [])

    def calls_in(self, op: Operation) -> list[Operation]:
        """The calls, of known callables, that stand directly in the callable `op`."""
        return self._calls.get(op, [])

    def components(self) -> list[list[Operation]]:
        """The callables, grouped where they call each other in a circle, callees first."""
        search = _Search(self)
        for op in self.callables:
            search.run(op)
        return search.found


class _Search:
    """Tarjan's algorithm ("Depth-first search and linear graph algorithms", 1972)."""

    def __init__(self, graph: CallGraph) -> None:
        self._graph = graph
        self._numbers: dict[Operation, int] = {}
        self._low: dict[Operation, int] = {}
        self._open: list[Operation] = []
        self._is_open: set[Operation] = set()
        self.found: list[list[Operation]] = []

    def run(self, start: Operation) -> None:
        if start in self._numbers:
            return
        stack = [(start, iter(self._enter(start)))]
        while stack:
            op, callees = stack[-1]
            callee = next(callees, None)
            if callee is None:
                stack.pop()
                self._leave(op)
                if stack:
                    above = stack[-1][0]
                    self._low[above] = min(self._low[above], self._low[op])
            elif callee not in self._numbers:
                stack.append((callee, iter(self._enter(callee))))
            elif callee in self._is_open:
                self._low[op] = min(self._low[op], self._numbers[callee])

    def _enter(self, op: Operation) -> list[Operation]:
        self._numbers[op] = self._low[op] = len(self._numbers)
        self._open.append(op)
        self._is_open.add(op)
        targets = [self._graph.target(call) for call in self._graph.calls_in(op)]
        return [target for target in targets if target is not None]

    def _leave(self, op: Operation) -> None:
        if self._low[op] != self._numbers[op]:
            return
        component: list[Operation] = []
        while not component or component[-1] is not op:
            component.append(self._open.pop())
        component.reverse()
        self._is_open.difference_update(component)
        self.found.append(component)
