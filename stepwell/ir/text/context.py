"""What all readers of one file share: the source, the aliases, and what was read before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.diagnostics import Source
from stepwell.ir.resource import Resource
from stepwell.ir.text.leaves import parse_type_leaf
from stepwell.ir.text.resources import Resources

if TYPE_CHECKING:
    from stepwell.ir.text.reader import Reader


MAX_NESTING = 64
"""How deep types and attributes may be nested in each other."""


class ParseContext:
    """State of one parse.

    Args:
        source: the text and its name.
        allow_unregistered: whether ops, types and attributes of unknown dialects are kept as they
            are, instead of being refused.
    """

    __slots__ = (
        "_blobs",
        "allow_unregistered",
        "attribute_aliases",
        "deferred",
        "depth",
        "resources",
        "source",
        "type_aliases",
        "types",
    )

    def __init__(self, source: Source, allow_unregistered: bool = False) -> None:
        self.source = source
        self.allow_unregistered = allow_unregistered
        self.type_aliases: dict[str, Type] = {}
        self.attribute_aliases: dict[str, Attribute] = {}
        self.types: dict[str, Type] = {}
        self.deferred = False
        self.depth = 0
        self._blobs: dict[str, Resource] = {}
        self.resources: Resources = {}

    def resource(self, key: str) -> Resource:
        """The blob called `key`, which may be defined later."""
        found = self._blobs.get(key)
        if found is None:
            found = self._blobs[key] = Resource()
        return found

    def enter(self, reader: Reader, start: int) -> None:
        """Notes one more level of nesting of types and attributes.

        Raises:
            ParseError: that is one too many.
        """
        if self.depth >= MAX_NESTING:
            raise reader.error(f"nested too deeply (limit {MAX_NESTING})", start)
        self.depth += 1

    def type_leaf(self, reader: Reader, leaf: tuple[str, int]) -> Type:
        """The type that a leaf's text stands for, read once for each distinct text."""
        text, start = leaf
        found = self.types.get(text)
        if found is None:
            self.enter(reader, start)
            found = self.types[text] = parse_type_leaf(reader, text, start)
            self.depth -= 1
        return found
