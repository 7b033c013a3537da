"""Dialects, and finding ops, types and attributes by their names.

A dialect is a Python module that holds one `Dialect` called `DIALECT`. It is imported when its
prefix is first met: from `stepwell.dialects`, from the entry points `stepwell.dialects` of
installed packages, or from what was given to `register` (`--load-dialect file.py` does that).
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pkgutil import iter_modules
from types import ModuleType

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.operation import Operation

PACKAGE = "stepwell.dialects"

Materialize = Callable[[Attribute, Type], "Operation | None"]


class Dialect:
    """The vocabulary behind one prefix.

    Args:
        name: the prefix.
        members: its ops, types and attributes, or modules to look for them in: every class whose
            `name` starts with the prefix.
        materialize_constant: makes the op that yields a constant of a type, or None.
        summary: one line for `--show-dialects` and the docs.
        canonical: its canonical patterns and rules, for a dialect in one file. A package keeps them
            in its module `canonicalize`, which is imported when they are first needed.
        canonical_module: the name of that module, if it is another.
    """

    def __init__(
        self,
        name: str,
        *members: ModuleType | type,
        materialize_constant: Materialize | None = None,
        summary: str = "",
        canonical: Iterable[object] = (),
        canonical_module: str | None = None,
    ) -> None:
        self.name = name
        self.canonical_module = canonical_module or f"{PACKAGE}.{name}.canonicalize"
        self.canonical = canonical
        self.summary = summary
        self.materialize_constant = materialize_constant
        self.ops: dict[str, type[Operation]] = {}
        self.attributes: dict[str, type[Attribute]] = {}
        self.types: dict[str, type[Type]] = {}
        for member in members:
            for value in (member,) if isinstance(member, type) else vars(member).values():
                if isinstance(value, type):
                    self._add(value)

    def _add(self, cls: type) -> None:
        name = vars(cls).get("name", "")
        if not (isinstance(name, str) and name.startswith(f"{self.name}.")):
            return
        if issubclass(cls, Operation):
            self.ops[name] = cls
        elif issubclass(cls, Type):
            self.types[name] = cls
        elif issubclass(cls, Attribute):
            self.attributes[name] = cls


_loaded: dict[str, Dialect | None] = {}
_ops: dict[str, type[Operation] | None] = {}


def register(dialect: Dialect) -> None:
    """Makes `dialect` known, in place of any other with its prefix."""
    _loaded[dialect.name] = dialect
    _ops.clear()


def load(prefix: str) -> Dialect | None:
    """The dialect of a prefix, imported if need be; None if there is none."""
    if prefix not in _loaded:
        _loaded[prefix] = _import(prefix)
    return _loaded[prefix]


def _import(prefix: str) -> Dialect | None:
    module = f"{PACKAGE}.{prefix}"
    if prefix.isidentifier() and importlib.util.find_spec(module) is not None:
        found: Dialect = importlib.import_module(module).DIALECT
        return found
    entry = _entry_points().get(prefix)
    return entry.load() if entry is not None else None


@cache
def _entry_points() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=PACKAGE)}


def available() -> list[str]:
    """The prefixes of all dialects that could be loaded, sorted."""
    package = importlib.import_module(PACKAGE)
    names = {module.name for module in iter_modules(package.__path__)}
    loaded = {name for name, dialect in _loaded.items() if dialect is not None}
    return sorted(names | set(_entry_points()) | loaded)


def canonicalization_patterns(dialect: Dialect) -> list[object]:
    """The dialect's `canonical`, and all module-level objects of its canonical module, imported
    now.

    That is the module `canonicalize` of the dialect's package, or the modules of the package of
    that name. `stepwell.ir.rewriting.canonical` picks the patterns out.
    """
    name = dialect.canonical_module
    found = list(dialect.canonical)
    try:
        if importlib.util.find_spec(name) is None:
            return found
    except ModuleNotFoundError:
        return found
    modules = [importlib.import_module(name)]
    for inner in iter_modules(getattr(modules[0], "__path__", ())):
        modules.append(importlib.import_module(f"{name}.{inner.name}"))
    return found + [value for module in modules for value in vars(module).values()]


def find_op(name: str) -> type[Operation] | None:
    """The class of the ops called `name`, or None if they are not registered."""
    try:
        return _ops[name]
    except KeyError:
        dialect = load(name.partition(".")[0])
        found = _ops[name] = dialect.ops.get(name) if dialect is not None else None
        return found


def find_type(name: str) -> type[Type] | None:
    """The class of the type `!name`, or None."""
    dialect = load(name.partition(".")[0])
    return dialect.types.get(name) if dialect is not None else None


def find_attribute(name: str) -> type[Attribute] | None:
    """The class of the attribute `#name`, or None."""
    dialect = load(name.partition(".")[0])
    return dialect.attributes.get(name) if dialect is not None else None


def suggestion(name: str) -> str:
    """`; did you mean 'arith.addi'?` for a misspelt op, or nothing."""
    dialect = load(name.partition(".")[0])
    pool: Iterable[str] = dialect.ops if dialect is not None else available()
    wanted = name if dialect is not None else name.partition(".")[0]
    close = difflib.get_close_matches(wanted, pool, 1, 0.75)
    return f"; did you mean '{close[0]}'?" if close else ""


def materialize_constant(value: Attribute, type: Type, dialects: Iterable[str]) -> Operation | None:
    """A detached op that yields `value` as a `type`, made by the first of `dialects` that can."""
    for prefix in dialects:
        dialect = load(prefix)
        if dialect is not None and dialect.materialize_constant is not None:
            made = dialect.materialize_constant(value, type)
            if made is not None:
                return made
    return None
