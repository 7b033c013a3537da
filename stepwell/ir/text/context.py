"""What all readers of one file share: the source, the aliases, and what was read before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.diagnostics import Source
from stepwell.ir.text.leaves import parse_type_leaf
from stepwell.ir.text.resources import Resources

if TYPE_CHECKING:
    from stepwell.ir.text.reader import Reader


class ParseContext:
    """State of one parse.

    Args:
        source: the text and its name.
        allow_unregistered: whether ops, types and attributes of unknown dialects are kept as they
            are, instead of being refused.
    """

    __slots__ = (
        "allow_unregistered",
        "attribute_aliases",
        "attributes",
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
        self.attributes: dict[tuple[str, Type | None], Attribute] = {}
        self.resources: Resources = {}

    def type_leaf(self, reader: Reader, leaf: tuple[str, int]) -> Type:
        """The type that a leaf's text stands for, read once for each distinct text."""
        text, start = leaf
        found = self.types.get(text)
        if found is None:
            found = self.types[text] = parse_type_leaf(reader, text, start)
        return found
