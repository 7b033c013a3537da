"""The LALR parser of types, attributes and locations, and what its rules build.

The tables are built by Lark from `attribute.lark` on first use. The parser is fed token by token
(`Reader.attribute` and its like do that), and the rules build attributes at once: no tree is made.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Transformer

from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import (
    UNIT,
    ArrayAttr,
    DictionaryAttr,
    StringAttr,
    SymbolRefAttr,
    TypeAttr,
)
from stepwell.ir.location import CallSiteLoc, FileLineColLoc, FusedLoc, Location, NameLoc
from stepwell.ir.text.lalr import Feeder, Tables, Token
from stepwell.ir.text.lexer import unquote
from stepwell.ir.text.literals import number_attribute


class Build(Transformer[Token, Any]):
    """One method for each alias in the grammar."""

    def leaf(self, items: list[Token]) -> Any:
        return items[0].value

    def number(self, items: list[Any]) -> Attribute:
        type = items[2] if len(items) == 3 else None
        return number_attribute(items[0].value, type, items[0].start)

    def string(self, items: list[Any]) -> StringAttr:
        return StringAttr(unquote(items[0].value), items[2] if len(items) == 3 else None)

    def symbol(self, items: list[Any]) -> SymbolRefAttr:
        name = symbol_name(items[-1].value)
        if len(items) == 1:
            return SymbolRefAttr(name)
        return SymbolRefAttr(items[0].root, (*items[0].path, name))

    def type_attribute(self, items: list[Type]) -> TypeAttr:
        return TypeAttr(items[0])

    def array(self, items: list[Any]) -> ArrayAttr:
        return ArrayAttr(tuple(items[1]) if len(items) == 3 else ())

    def dictionary(self, items: list[Any]) -> DictionaryAttr:
        return DictionaryAttr(tuple(items[1]) if len(items) == 3 else ())

    def first(self, items: list[Any]) -> list[Any]:
        return [items[0]]

    def more(self, items: list[Any]) -> list[Any]:
        items[0].append(items[2])
        return items[0]  # type: ignore[no-any-return]

    def none(self, items: list[Any]) -> list[Any]:
        return []

    def pass_on(self, items: list[Any]) -> Any:
        return items[1]

    def entry(self, items: list[Any]) -> tuple[str, Attribute]:
        return items[0].value, items[2]

    def quoted_entry(self, items: list[Any]) -> tuple[str, Attribute]:
        return unquote(items[0].value), items[2]

    def unit_entry(self, items: list[Any]) -> tuple[str, Attribute]:
        return items[0].value, UNIT

    def quoted_unit_entry(self, items: list[Any]) -> tuple[str, Attribute]:
        return unquote(items[0].value), UNIT

    def function(self, items: list[Any]) -> types.FunctionType:
        inputs = tuple(items[1]) if len(items) == 5 else ()
        return types.FunctionType(inputs, tuple(items[-1]))

    def position(self, items: list[Any]) -> tuple[str, int, int]:
        return unquote(items[0].value), int(items[2].value), int(items[4].value)

    def position_location(self, items: list[Any]) -> Location:
        return FileLineColLoc(*items[0])

    def column_range_location(self, items: list[Any]) -> Location:
        file, line, column = items[0]
        return FileLineColLoc(file, line, column, line, int(items[3].value))

    def range_location(self, items: list[Any]) -> Location:
        file, line, column = items[0]
        return FileLineColLoc(file, line, column, int(items[2].value), int(items[4].value))

    def name_location(self, items: list[Any]) -> Location:
        name = unquote(items[0].value)
        return NameLoc(name) if len(items) == 1 else NameLoc(name, items[2])

    def call_site_location(self, items: list[Any]) -> Location:
        return CallSiteLoc(items[2], items[4])

    def fused_location(self, items: list[Any]) -> Location:
        metadata = items[2] if len(items) == 7 else None
        return FusedLoc(tuple(items[-2]), metadata)


def symbol_name(token: str) -> str:
    """The name in `@name` or `@"name"`."""
    return unquote(token[1:]) if token[1] == '"' else token[1:]


@cache
def _lark() -> Lark:
    grammar = (Path(__file__).parent / "attribute.lark").read_text()
    return Lark(
        grammar,
        parser="lalr",
        lexer="basic",
        transformer=Build(),
        start=["attribute", "type", "dictionary", "location"],
        maybe_placeholders=False,
    )


@cache
def _tables(start: str) -> Tables:
    return Tables(_lark(), start)


def parser_for(start: str) -> Feeder:
    """A parser waiting for its first token."""
    return Feeder(_tables(start))
