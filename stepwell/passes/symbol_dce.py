"""Erases symbols that nobody can refer to.

    func.func private @unused() {...}      ->      (nothing)

A symbol is alive if it may be seen from outside of the op that the pass runs on, or if something
alive refers to it. Runs on any op that is a symbol table.

Needs: nothing. Keeps: everything that is alive.
"""

from __future__ import annotations

from stepwell.ir.attributes import SymbolRefAttr
from stepwell.ir.diagnostics import Diagnostic, PassError, Severity
from stepwell.ir.operation import Operation, walk_post_order
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.symbol_table import (
    SymbolTables,
    is_private,
    is_symbol,
    is_table,
    references,
    symbol_uses,
    visibility,
)


@pass_("symbol-dce", on="any", title="SymbolDCE")
def symbol_dce(op: Operation, context: PassContext) -> None:
    """Eliminate dead symbols."""
    if not is_table(op):
        raise op.error("was scheduled to run under SymbolDCE, but does not define a symbol table")
    hidden = op.parent_op is None or not is_symbol(op) or is_private(op)
    alive = _Alive()
    alive.enter(op, hidden)
    alive.spread()
    dead = 0
    for table in [inner for inner in walk_post_order(op) if is_table(inner)]:
        for inner in [inner for block in table.regions[0] for inner in block]:
            if is_symbol(inner) and inner not in alive.ops:
                inner.erase()
                dead += 1
    context.statistic("num-dce'd", "Number of symbols DCE'd", dead)


class _Alive:
    """What is alive; ops wait with whether the tables around them are hidden."""

    def __init__(self) -> None:
        self.ops: set[Operation] = set()
        self._hidden: dict[Operation, bool] = {}
        self._pending: list[Operation] = []
        self._tables = SymbolTables()

    def enter(self, table: Operation, hidden: bool) -> None:
        """Marks what is alive by itself in a live table."""
        self._hidden[table] = hidden
        for op in [op for block in table.regions[0] for op in block]:
            discardable = is_symbol(op) and visibility(op) != "public"
            if not discardable or not (hidden or is_private(op)):
                self.mark(op)

    def mark(self, op: Operation) -> None:
        if op not in self.ops:
            self.ops.add(op)
            self._pending.append(op)

    def spread(self) -> None:
        while self._pending:
            op = self._pending.pop()
            around = op.parent_op
            assert around is not None
            if is_table(op):
                outside = self._hidden.get(around, True)
                self.enter(op, outside or not is_symbol(op) or is_private(op))
            elif not op.is_registered and len(op.regions) == 1:
                raise _unknown_table(op)
            for symbol in [*references(op), *_inside(op)]:
                self._mark_path(around, symbol)

    def _mark_path(self, table: Operation, symbol: SymbolRefAttr) -> None:
        """Marks the symbols that a reference passes through."""
        for name in (symbol.root, *symbol.path):
            found = self._tables.lookup_in(table, name)
            if found is None:
                return
            self.mark(found)
            table = found


def _inside(op: Operation) -> list[SymbolRefAttr]:
    return [] if is_table(op) or not op.regions else [use.symbol for use in symbol_uses(op)]


def _unknown_table(op: Operation) -> PassError:
    text = (
        "operation contains potentially unknown symbol table, meaning that we can't reliable "
        "compute symbol uses"
    )
    return PassError(Diagnostic(Severity.ERROR, text, op.place))
