"""Symbols: names that ops define, and the tables in which they are looked up.

An op with the trait `SymbolTable` holds, in the only block of its first region, ops with the trait
`Symbol`, each named by its property `sym_name`. Upstream's rules:
https://mlir.llvm.org/docs/SymbolsAndSymbolTables/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stepwell.ir import traits
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import (
    ArrayAttr,
    DictionaryAttr,
    StringAttr,
    SymbolRefAttr,
)
from stepwell.ir.diagnostics import Diagnostic, Severity
from stepwell.ir.operation import Operation

SYMBOL_NAME, VISIBILITY = "sym_name", "sym_visibility"
VISIBILITIES = ("public", "private", "nested")


def symbol_name(op: Operation) -> str | None:
    """The name that `op` defines, or None."""
    found = op._properties.get(SYMBOL_NAME) if op._properties else None
    if found is None and op._attributes:
        found = op._attributes.get(SYMBOL_NAME)
    return found.value if isinstance(found, StringAttr) else None


def is_symbol(op: Operation) -> bool:
    """Whether `op` defines a name."""
    return op.has_trait(traits.Symbol) and symbol_name(op) is not None


def visibility(op: Operation) -> str:
    """Who may use the symbol: `public`, `private` or `nested`."""
    found = op.get_attribute(VISIBILITY)
    return found.value if isinstance(found, StringAttr) else "public"


def set_visibility(op: Operation, value: str) -> None:
    """Makes the symbol `public`, `private` or `nested`."""
    assert value in VISIBILITIES
    if value == "public":
        op.properties.pop(VISIBILITY, None)
        op.attributes.pop(VISIBILITY, None)
    else:
        op.set_attribute(VISIBILITY, StringAttr(value))


def is_private(op: Operation) -> bool:
    """Whether only the enclosing table may use the symbol."""
    return visibility(op) == "private"


def is_table(op: Operation) -> bool:
    """Whether `op` is a symbol table."""
    return op.has_trait(traits.SymbolTable)


def symbols_of(table: Operation) -> Iterator[Operation]:
    """The ops of `table` that define names, in order."""
    if table.regions and table.regions[0].first is not None:
        for op in table.regions[0].first.ops:
            if is_symbol(op):
                yield op


def nearest_table(op: Operation) -> Operation | None:
    """The innermost symbol table that is `op` or is around it.

    None also if an op that is not registered, and so might be a table, is in between.
    """
    current: Operation | None = op
    while current is not None:
        if is_table(current):
            return current
        if not current.is_registered:
            return None
        current = current.parent_op
    return None


class SymbolTable:
    """The symbols of one table by name. Changes to it must be made through it.

    Args:
        op: the table.
    """

    def __init__(self, op: Operation) -> None:
        self.op = op
        self._symbols: dict[str, Operation] = {}
        self._counters: dict[str, int] = {}
        for symbol in symbols_of(op):
            name = symbol_name(symbol)
            assert name is not None
            self._symbols.setdefault(name, symbol)

    def lookup(self, name: str) -> Operation | None:
        """The op that defines `name`, or None."""
        return self._symbols.get(name)

    def __iter__(self) -> Iterator[Operation]:
        return iter(list(self._symbols.values()))

    def insert(self, symbol: Operation, before: Operation | None = None) -> str:
        """Adds a symbol, under another name if its own is taken.

        Args:
            symbol: the op; if it stands in no block it is put into the table.
            before: the op it is put before; None for the end.

        Returns:
            its name, which is now unique.
        """
        name = symbol_name(symbol)
        assert name is not None
        if symbol.parent is None:
            block = self.op.regions[0].entry
            if before is None and block.terminator is not None:
                before = block.last if block.last and not _is_symbol_like(block.last) else None
            block.insert_before(symbol, before)
        if self._symbols.get(name, symbol) is not symbol:
            name = self.unique_name(name)
            symbol.set_attribute(SYMBOL_NAME, StringAttr(name))
        self._symbols[name] = symbol
        return name

    def unique_name(self, wanted: str) -> str:
        """`wanted`, or with a number behind it the first name that is free."""
        if wanted not in self._symbols:
            return wanted
        count = self._counters.get(wanted, 0)
        while f"{wanted}_{count}" in self._symbols:
            count += 1
        self._counters[wanted] = count + 1
        return f"{wanted}_{count}"

    def remove(self, symbol: Operation) -> None:
        """Forgets a symbol; the op stays where it is."""
        name = symbol_name(symbol)
        if name is not None and self._symbols.get(name) is symbol:
            del self._symbols[name]

    def erase(self, symbol: Operation) -> None:
        """Forgets a symbol and erases its op."""
        self.remove(symbol)
        symbol.erase()

    def rename(self, symbol: Operation, name: str) -> None:
        """Gives a symbol another name, here and wherever the table's ops refer to it."""
        old = symbol_name(symbol)
        assert old is not None and name not in self._symbols
        replace_symbol_uses(self.op, old, name)
        del self._symbols[old]
        symbol.set_attribute(SYMBOL_NAME, StringAttr(name))
        self._symbols[name] = symbol


def _is_symbol_like(op: Operation) -> bool:
    return op.has_trait(traits.Symbol)


class SymbolTables:
    """Symbol tables made when first needed and kept, for look-ups across many ops."""

    def __init__(self) -> None:
        self._tables: dict[Operation, SymbolTable] = {}

    def table(self, op: Operation) -> SymbolTable:
        """The table that `op` is."""
        found = self._tables.get(op)
        if found is None:
            found = self._tables[op] = SymbolTable(op)
        return found

    def forget(self) -> None:
        """Drops what is kept, after symbols changed."""
        self._tables.clear()

    def lookup_in(self, table: Operation, symbol: SymbolRefAttr | str) -> Operation | None:
        """What `symbol` names in `table`, through nested tables if it has several parts."""
        reference = SymbolRefAttr(symbol) if isinstance(symbol, str) else symbol
        found = self.table(table).lookup(reference.root)
        for name in reference.path:
            if found is None or not is_table(found):
                return None
            found = self.table(found).lookup(name)
        return found

    def lookup(self, op: Operation, symbol: SymbolRefAttr | str) -> Operation | None:
        """What `symbol` names as seen from `op`, or None."""
        table = nearest_table(op)
        return self.lookup_in(table, symbol) if table is not None else None


def lookup_nearest(op: Operation, symbol: SymbolRefAttr | str) -> Operation | None:
    """What `symbol` names as seen from `op`, or None. For many look-ups use `SymbolTables`."""
    return SymbolTables().lookup(op, symbol)


# Uses.


@dataclass(frozen=True, slots=True)
class SymbolUse:
    """`user` has `symbol` somewhere in its properties or attributes."""

    user: Operation
    symbol: SymbolRefAttr


def references(op: Operation) -> Iterator[SymbolRefAttr]:
    """The symbol references in the properties and attributes of one op."""
    pending: list[Attribute] = []
    for entries in (op._attributes, op._properties):
        if entries:
            pending += reversed(entries.values())
    while pending:
        attribute = pending.pop()
        if isinstance(attribute, SymbolRefAttr):
            yield attribute
        elif not isinstance(attribute, _PLAIN):
            pending += reversed(attribute.nested())


_PLAIN = (StringAttr,)


def symbol_uses(root: Operation) -> list[SymbolUse]:
    """The uses of symbols by the ops inside `root`, as seen from its region.

    Nested symbol tables are not entered, names meaning something else there; what they say
    themselves counts.
    """
    return [SymbolUse(op, symbol) for op in _scope(root) for symbol in references(op)]


def _scope(root: Operation) -> Iterator[Operation]:
    """The ops inside `root`, without what nested symbol tables contain."""
    pending = [iter([op for region in root.regions for block in region for op in block])]
    while pending:
        op = next(pending[-1], None)
        if op is None:
            pending.pop()
            continue
        yield op
        if op.regions and not is_table(op):
            pending.append(iter([o for region in op.regions for block in region for o in block]))


def uses_of(name: str, root: Operation) -> list[SymbolUse]:
    """The uses, inside `root`, of the symbol `name` of its table."""
    return [use for use in symbol_uses(root) if use.symbol.root == name]


def replace_symbol_uses(root: Operation, old: str, new: str) -> None:
    """Makes the ops inside `root` say `@new` (or `@new::...`) where they said `@old`."""

    def change(reference: SymbolRefAttr) -> SymbolRefAttr:
        return SymbolRefAttr(new, reference.path) if reference.root == old else reference

    for op in _scope(root):
        if any(reference.root == old for reference in references(op)):
            for entries in (op._attributes or {}, op._properties or {}):
                entries.update({key: _replaced(value, change) for key, value in entries.items()})


def _replaced(attribute: Attribute, change: Callable[[SymbolRefAttr], SymbolRefAttr]) -> Attribute:
    """`attribute` with every reference in it changed; nesting is as deep as attributes are."""
    if isinstance(attribute, SymbolRefAttr):
        return change(attribute)
    if isinstance(attribute, ArrayAttr):
        return ArrayAttr(tuple(_replaced(value, change) for value in attribute.values))
    if isinstance(attribute, DictionaryAttr):
        return DictionaryAttr(tuple((k, _replaced(v, change)) for k, v in attribute.entries))
    return attribute


# Checks.


def verify_symbol(op: Operation) -> None:
    """Checks what a symbol promises. Raises VerifyError."""
    name = op.get_attribute(SYMBOL_NAME)
    if name is None:
        return
    found = op.get_attribute(VISIBILITY)
    if found is not None and not isinstance(found, StringAttr):
        raise op.error(
            f"requires visibility attribute '{VISIBILITY}' to be a string attribute, "
            f"but got {found}"
        )
    if isinstance(found, StringAttr) and found.value not in VISIBILITIES:
        raise op.error(
            'visibility expected to be one of ["public", "private", "nested"], but got '
            f'"{found.value}"'
        )
    parent = op.parent_op
    if parent is not None and parent.is_registered and not is_table(parent):
        raise op.error("symbol's parent must have the SymbolTable trait")
    hidden = getattr(op, "declarations_are_private", False)
    if hidden and getattr(op, "is_declaration", False) and visibility(op) == "public":
        raise op.error("symbol declaration cannot have public visibility")


def repeated_symbols(table: Operation) -> list[Diagnostic]:
    """An error for every name that is defined more than once in `table`."""
    first: dict[str, Operation] = {}
    found: list[Diagnostic] = []
    for op in symbols_of(table):
        name = symbol_name(op)
        assert name is not None
        other = first.setdefault(name, op)
        if other is not op:
            text = f"redefinition of symbol named '{name}'"
            error = Diagnostic(Severity.ERROR, text, op.place)
            found.append(error.note("see existing symbol definition here", other.place))
    return found
