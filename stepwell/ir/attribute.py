"""The base classes of attributes and types.

Attributes and types are interned (`stepwell.ir.interning`): compare them with `is` or `==`, both
mean the same. A dialect's attribute or type gives its `name` ("arith.fastmath"); its body between
`<` and `>` is read by `parse_body` and written by `body`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Self

from stepwell.ir.interning import InternedValue

if TYPE_CHECKING:
    from stepwell.ir.text.reader import Reader

Show = Callable[["Attribute"], str]
"""Turns a nested attribute into text; a printer passes one that knows the aliases."""


class Attribute(InternedValue):
    """A constant fact about an op. Types are attributes too (`TypeAttribute`)."""

    __slots__ = ("_cached_text",)
    _cached_text: ClassVar[str]

    name: ClassVar[str] = ""
    sigil: ClassVar[str] = "#"
    alias: ClassVar[str | None] = None
    """Stem of the alias under which the printer hoists such attributes ("map"), if it does."""

    def text(self, show: Show) -> str:
        """The attribute in MLIR syntax; nested attributes are written by `show`."""
        body = self.body(show)
        return f"{self.sigil}{self.name}<{body}>" if body else f"{self.sigil}{self.name}"

    def body(self, show: Show) -> str:
        """What stands between `<` and `>`; empty for none. For dialect attributes."""
        return ""

    @classmethod
    def parse_body(cls, reader: Reader) -> Self:
        """Reads what `body` wrote. For dialect attributes; the default has no body."""
        return cls()

    @classmethod
    def parse_short(cls, reader: Reader) -> Self:
        """Reads what `short` wrote."""
        reader.literal("<")
        inside = cls.parse_body(reader)
        reader.literal(">")
        return inside

    def short(self, show: Show) -> str:
        """The text in the syntax of an op whose definition says the class already."""
        return f"<{self.body(show)}>"

    def nested(self) -> tuple[Attribute, ...]:
        """The attributes directly inside this one, for walks."""
        found: list[Attribute] = []
        for field in type(self)._fields:
            value = getattr(self, field)
            for item in value if isinstance(value, tuple) else (value,):
                if isinstance(item, Attribute):
                    found.append(item)
        return tuple(found)

    def __str__(self) -> str:
        try:
            return str(self._cached_text)
        except AttributeError:
            text = self.text(str)
            object.__setattr__(self, "_cached_text", text)
            return text

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"


class TypeAttribute(Attribute):
    """A type. `Type` is the name that most code uses."""

    __slots__ = ()
    sigil: ClassVar[str] = "!"


Type = TypeAttribute
