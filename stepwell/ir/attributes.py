"""The builtin attributes: https://mlir.llvm.org/docs/Dialects/Builtin/#attributes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Show, Type
from stepwell.ir.diagnostics import VerifyError
from stepwell.ir.location import quote
from stepwell.ir.numbers.float_format import float_format
from stepwell.ir.numbers.float_text import print_float
from stepwell.ir.numbers.integers import to_signed


class UnitAttr(Attribute):
    """`unit`: being there is all it says."""

    def text(self, show: Show) -> str:
        return "unit"


class StringAttr(Attribute):
    """`"text"`, with an optional type."""

    value: str
    type: Type | None = None

    def text(self, show: Show) -> str:
        typed = f" : {show(self.type)}" if self.type is not None else ""
        return quote(self.value) + typed


class TypeAttr(Attribute):
    """A type as an attribute: `f32`."""

    value: Type

    def text(self, show: Show) -> str:
        return show(self.value)


class IntegerAttr(Attribute):
    """`42 : i32`. Signless values are kept as two's complement, `i1` as 0 or 1.

    Args:
        value: any integer; it is wrapped to the type.
        type: an integer type or `index`.
    """

    value: int
    type: Type = types.i64

    @classmethod
    def _normalise(cls, args: tuple[object, ...]) -> tuple[object, ...]:
        value, kind = args
        assert isinstance(value, int)
        width = kind.width if isinstance(kind, types.IntegerType) else 64
        if isinstance(kind, types.IntegerType) and (width == 1 or kind.signedness == "u"):
            return int(value) & ((1 << width) - 1), kind
        return to_signed(int(value), width), kind

    def verify(self) -> None:
        if not isinstance(self.type, (types.IntegerType, types.IndexType)):
            raise VerifyError(f"an integer attribute cannot have type '{self.type}'")

    def text(self, show: Show) -> str:
        if self.type is types.i1:
            return "true" if self.value else "false"
        return f"{self.value} : {show(self.type)}"

    def bare(self) -> str:
        """The value without its type."""
        return ("true" if self.value else "false") if self.type is types.i1 else str(self.value)


class FloatAttr(Attribute):
    """`1.5 : f32`, kept as its bit pattern, so that NaNs and signed zeros stay what they are."""

    bits: int
    type: types.FloatType = types.f64

    @staticmethod
    def of(value: float, type: Type) -> FloatAttr:
        """The attribute of `type` nearest to `value`."""
        assert isinstance(type, types.FloatType)
        return FloatAttr(float_format(type.format).to_bits(value), type)

    @property
    def value(self) -> float:
        """The number as a Python float (exact for all formats of up to 64 bits)."""
        return float_format(self.type.format).from_bits(self.bits)

    def bare(self) -> str:
        """The value without its type."""
        return print_float(self.bits, float_format(self.type.format))

    def text(self, show: Show) -> str:
        return f"{self.bare()} : {show(self.type)}"


class ArrayAttr(Attribute):
    """`[1 : i32, "two"]`."""

    values: tuple[Attribute, ...] = ()

    @classmethod
    def _normalise(cls, args: tuple[object, ...]) -> tuple[object, ...]:
        return (tuple(args[0]),)  # type: ignore[arg-type]

    def text(self, show: Show) -> str:
        return f"[{', '.join(elided_text(value, show) for value in self.values)}]"


class DictionaryAttr(Attribute):
    """`{a = 1 : i32, b}`; entries are sorted by name."""

    entries: tuple[tuple[str, Attribute], ...] = ()

    @classmethod
    def _normalise(cls, args: tuple[object, ...]) -> tuple[object, ...]:
        entries: list[tuple[str, Attribute]] = list(args[0])  # type: ignore[call-overload]
        return (tuple(sorted(entries, key=lambda entry: entry[0])),)

    @staticmethod
    def of(entries: dict[str, Attribute]) -> DictionaryAttr:
        """The attribute with the entries of a Python dict."""
        return DictionaryAttr(tuple(entries.items()))

    def as_dict(self) -> dict[str, Attribute]:
        """The entries as a fresh Python dict."""
        return dict(self.entries)

    def nested(self) -> tuple[Attribute, ...]:
        return tuple(value for _, value in self.entries)

    def text(self, show: Show) -> str:
        return entries_text(self.entries, show)


class SymbolRefAttr(Attribute):
    """`@name` or `@outer::@inner`."""

    root: str
    path: tuple[str, ...] = ()

    @property
    def leaf(self) -> str:
        """The last name."""
        return self.path[-1] if self.path else self.root

    def text(self, show: Show) -> str:
        return "::".join(symbol_text(name) for name in (self.root, *self.path))


class OpaqueAttr(Attribute):
    """`#dialect.anything` of a dialect that is not registered; kept as its text."""

    dialect: str
    data: str

    def text(self, show: Show) -> str:
        return f"#{self.dialect}.{self.data}"


class DenseArrayAttr(Attribute):
    """`array<i64: 1, 2>`: numbers of one type. Floats are Python floats, i1 are bools.

    Args:
        element_type: i1, i8, i16, i32, i64, or a float type.
        values: the numbers.
    """

    element_type: Type
    values: tuple[int | float, ...] = ()

    @classmethod
    def _normalise(cls, args: tuple[object, ...]) -> tuple[object, ...]:
        element, values = args
        convert = float if isinstance(element, types.FloatType) else int
        return element, tuple(convert(value) for value in values)  # type: ignore[attr-defined]

    @staticmethod
    def i64(values: Iterable[int]) -> DenseArrayAttr:
        """`array<i64: ...>`."""
        return DenseArrayAttr(types.i64, tuple(values))

    @staticmethod
    def i32(values: Iterable[int]) -> DenseArrayAttr:
        """`array<i32: ...>`."""
        return DenseArrayAttr(types.i32, tuple(values))

    @property
    def ints(self) -> tuple[int, ...]:
        """The values of an integer array."""
        return self.values  # type: ignore[return-value]  # made integers with the attribute

    def items(self) -> list[str]:
        """Each value as MLIR text."""
        if isinstance(self.element_type, types.FloatType):
            form = float_format(self.element_type.format)
            return [print_float(form.to_bits(value), form) for value in self.values]
        if self.element_type is types.i1:
            return ["true" if value else "false" for value in self.values]
        return [str(value) for value in self.values]

    def text(self, show: Show) -> str:
        items = self.items()
        return f"array<{show(self.element_type)}{': ' if items else ''}{', '.join(items)}>"


class StridedLayoutAttr(Attribute):
    """`strided<[?, 1], offset: ?>`: the distance, in elements, between neighbours per dimension."""

    strides: tuple[int, ...]
    offset: int = 0

    @classmethod
    def _normalise(cls, args: tuple[object, ...]) -> tuple[object, ...]:
        return (tuple(args[0]), args[1])  # type: ignore[arg-type]

    @property
    def layout_rank(self) -> int:
        """How many dimensions the layout is for."""
        return len(self.strides)

    layout_noun: ClassVar[str] = "strides"

    def text(self, show: Show) -> str:
        strides = ", ".join(size_text(stride) for stride in self.strides)
        offset = f", offset: {size_text(self.offset)}" if self.offset else ""
        return f"strided<[{strides}]{offset}>"


class DistinctAttr(Attribute):
    """`distinct[0]<attribute>`: differs from every other one with another number."""

    number: int
    referenced: Attribute

    def text(self, show: Show) -> str:
        body = "" if isinstance(self.referenced, UnitAttr) else show(self.referenced)
        return f"distinct[{self.number}]<{body}>"


UNIT = UnitAttr()
TRUE, FALSE = IntegerAttr(1, types.i1), IntegerAttr(0, types.i1)


def elided_text(attribute: Attribute, show: Show) -> str:
    """The text of an attribute where its type may be left out if it is the default (i64, f64)."""
    if isinstance(attribute, IntegerAttr) and attribute.type is types.i64:
        return attribute.bare()
    if isinstance(attribute, FloatAttr) and attribute.type is types.f64:
        return attribute.bare()
    return show(attribute)


def size_text(size: int) -> str:
    """`?` for DYNAMIC, else the number."""
    return "?" if size == types.DYNAMIC else str(size)


def symbol_text(name: str) -> str:
    """`@name`, quoted where MLIR's identifiers demand it."""
    return f"@{name}" if is_bare_identifier(name) else f"@{quote(name)}"


def is_bare_identifier(name: str) -> bool:
    """Whether `name` is letters, digits, `_`, `$`, `.`, not starting with a digit, `$` or `.`."""
    if not name or not name.isascii() or not (name[0].isalpha() or name[0] == "_"):
        return False
    return all(char.isalnum() or char in "_$." for char in name)


def entry_text(name: str, value: Attribute, show: Show) -> str:
    """One entry of a dictionary: `name = value`, or `name` for a unit."""
    shown = name if is_bare_identifier(name) else quote(name)
    return shown if isinstance(value, UnitAttr) else f"{shown} = {show(value)}"


def entries_text(entries: Sequence[tuple[str, Attribute]], show: Show) -> str:
    """A dictionary with its braces."""
    return "{" + ", ".join(entry_text(name, value, show) for name, value in entries) + "}"
