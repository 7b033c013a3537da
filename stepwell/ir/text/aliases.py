"""Aliases: `#map`, `#set`, `#loc` definitions hoisted out of the program they are used in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepwell.ir.attribute import Attribute
from stepwell.ir.dense_attributes import DenseElementsAttr, DenseResourceAttr
from stepwell.ir.location import UNKNOWN, Location, resolve
from stepwell.ir.operation import Operation, walk
from stepwell.ir.text.resources import Resources, metadata_text
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.printer import PrintOptions


class Aliases:
    """The aliases of one printed program.

    Attributes whose class has an `alias` stem get one, numbered in order of first use; a nested one
    is defined before the one that uses it. Locations are defined after the program, as upstream
    does.
    """

    def __init__(self, options: PrintOptions) -> None:
        self.options = options
        self.names: dict[Attribute, str] = {}
        self._counts: dict[str, int] = {}
        self._seen: set[Attribute] = set()
        self.resources: Resources = {}

    def collect(self, root: Operation) -> None:
        """Finds what gets an alias in `root` and inside it."""
        if self.options.local_scope:
            return
        found: dict[Attribute, None] = {}
        locations: dict[Attribute, None] = {}
        seen = self._seen
        for op in walk(root):
            facts = op._properties
            if op._attributes or (facts and not seen.issuperset(facts.values())):
                self._visit_facts(op, found)
            for result in op.results:
                if result.type not in seen:
                    self._visit(result.type, found)
            for region in op.regions:
                for block in region.blocks:
                    for argument in block.args:
                        self._visit(argument.type, found)
        if self.options.locations:
            self._collect_locations(root, locations)
        for attribute in (*sorted(found, key=lambda a: a.alias or ""), *locations):
            self._define(attribute)

    def _visit_facts(self, op: Operation, found: dict[Attribute, None]) -> None:
        for table in (op._properties, op._attributes):
            for name, value in table.items() if table else ():
                # What the custom syntax writes out in place needs no alias.
                if value not in self._seen and (
                    self.options.generic or name not in getattr(op, "inline_properties", ())
                ):
                    self._visit(value, found)

    def _collect_locations(self, root: Operation, found: dict[Attribute, None]) -> None:
        for op in walk(root):
            self._visit(op.location, found)
            for region in op.regions:
                for block in region.blocks:
                    for argument in block.args:
                        self._visit(argument_location(argument), found)

    def _visit(self, root: Attribute, found: dict[Attribute, None]) -> None:
        """Adds what is inside `root` that gets an alias, innermost first."""
        if root in self._seen:
            return
        stack: list[tuple[Attribute, bool]] = [(root, False)]
        while stack:
            attribute, done = stack.pop()
            if done:
                if attribute.alias is not None:
                    found[attribute] = None
                continue
            if attribute in self._seen:
                continue
            self._seen.add(attribute)
            stack.append((attribute, True))
            stack += [(part, False) for part in reversed(attribute.nested())]

    def _define(self, attribute: Attribute) -> None:
        stem = attribute.alias
        assert stem is not None
        number = self._counts.get(stem, 0)
        self._counts[stem] = number + 1
        self.names[attribute] = f"{attribute.sigil}{stem}{number or ''}"

    def show(self, attribute: Attribute) -> str:
        """The alias of an attribute, or its text."""
        name = self.names.get(attribute)
        return name if name is not None else self._full(attribute)

    def _full(self, attribute: Attribute) -> str:
        if isinstance(attribute, DenseResourceAttr):
            self._note_resource(attribute)
        limit = self.options.elide_elements
        if limit is not None and isinstance(attribute, DenseElementsAttr):
            if attribute.type.num_elements > limit and not attribute.is_splat:
                return f"dense_resource<__elided__> : {self.show(attribute.type)}"
        return attribute.text(self.show)

    def _note_resource(self, attribute: DenseResourceAttr) -> None:
        if attribute.resource is not None and attribute.resource.is_defined:
            section = self.resources.setdefault("dialect_resources", {})
            section.setdefault("builtin", {})[attribute.key] = attribute.resource

    def location(self, location: Location) -> str:
        """`loc(...)` as it stands after an op or argument."""
        name = self.names.get(location)
        return f"loc({name})" if name is not None else self._full(location)

    def around(self, text: str) -> str:
        """`text` with the definitions before and after it."""
        before: list[str] = []
        after: list[str] = []
        for attribute, name in self.names.items():
            place = after if isinstance(attribute, Location) else before
            place.append(f"{name} = {self._full(attribute)}\n")
        resources = metadata_text(self.resources)
        tail = "\n" + "".join(after).rstrip("\n") if after else ""
        return "".join(before) + text + tail + resources


def argument_location(value: Value) -> Location:
    """Where a block argument came from."""
    location = getattr(value, "_location", None)
    if isinstance(location, tuple):
        return resolve(*location)
    return location if isinstance(location, Location) else UNKNOWN
