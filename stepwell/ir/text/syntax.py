"""The declarative assembly format of ops, as data.

`elements_of(cls)` turns the `syntax` of an op class into a list of elements; the modules
`syntax_parser` and `syntax_printer` compile that list into a reader and a writer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Transformer
from lark.exceptions import UnexpectedInput

from stepwell.ir.definition import (
    OPERAND_FIELDS,
    PROPERTY_FIELDS,
    REGION_FIELDS,
    RESULT_FIELDS,
    SUCCESSOR_FIELDS,
    Op,
)
from stepwell.ir.fields import Field
from stepwell.ir.operation import Operation

OPERAND, RESULT, PROPERTY, REGION, SUCCESSOR = (
    "operand",
    "result",
    "property",
    "region",
    "successor",
)
ALL_OPERANDS, ALL_RESULTS = "*operands", "*results"
"""What the directives `operands` and `results` are called where the name of a field could stand."""

_SORTS: tuple[tuple[tuple[type, ...], str], ...] = (
    (OPERAND_FIELDS, OPERAND),
    (RESULT_FIELDS, RESULT),
    (PROPERTY_FIELDS, PROPERTY),
    (REGION_FIELDS, REGION),
    (SUCCESSOR_FIELDS, SUCCESSOR),
)


@dataclass(slots=True)
class Element:
    """Base of the elements."""


@dataclass(slots=True)
class Literal(Element):
    """A word or punctuation; `text` may be empty (no space) or blank (a space)."""

    text: str


@dataclass(slots=True)
class Variable(Element):
    """`$name`: a field of the op."""

    name: str
    qualified: bool = False
    sort: str = ""
    field: Field = field(default_factory=Field)


@dataclass(slots=True)
class TypeOf(Element):
    """`type($name)`, `type(operands)`, `type(results)`: `of` names the field or directive."""

    of: str


@dataclass(slots=True)
class FunctionalType(Element):
    """`functional-type(inputs, results)`."""

    inputs: str
    results: str


@dataclass(slots=True)
class AttrDict(Element):
    """`attr-dict`, `attr-dict-with-keyword`, `prop-dict`."""

    keyword: bool = False
    properties: bool = False


@dataclass(slots=True)
class All(Element):
    """`operands`, `results`, `regions`, `successors`."""

    sort: str


@dataclass(slots=True)
class Custom(Element):
    """`custom<Name>(arguments)`: two functions of the op class do the work."""

    name: str
    arguments: list[Element]


@dataclass(slots=True)
class Reference(Element):
    """`ref(x)`: hands to a custom directive what was read already."""

    to: Element


@dataclass(slots=True)
class Optional(Element):
    """`(then)? ` or `(then):(otherwise)?`; printed if the anchor is there."""

    then: list[Element]
    otherwise: list[Element]
    anchor: Element


@dataclass(slots=True)
class AnyOrder(Element):
    """`oilist(...)`: clauses, each introduced by a word, in any order, each at most once."""

    clauses: list[list[Element]]


@dataclass(slots=True)
class _Anchored(Element):
    element: Element


class _Build(Transformer[Any, Any]):
    def start(self, items: list[Element]) -> list[Element]:
        return items

    def literal(self, items: list[Any]) -> Literal:
        return Literal(str(items[0])[1:-1])

    def variable(self, items: list[Any]) -> Variable:
        return Variable(str(items[0]))

    def custom(self, items: list[Any]) -> Custom:
        return Custom(str(items[0]), items[1] or [])

    def arguments(self, items: list[Element]) -> list[Element]:
        return items

    def clause(self, items: list[Any]) -> list[Element]:
        return [Literal(str(items[0])[1:-1]), *items[1:]]

    def oilist(self, items: list[list[Element]]) -> AnyOrder:
        return AnyOrder(items)

    def anchor(self, items: list[Element]) -> _Anchored:
        return _Anchored(items[0])

    def optional(self, items: list[Any]) -> Optional:
        items = [item for item in items if item is not None]
        split = next((i for i, item in enumerate(items) if item is _ELSE), len(items))
        then = items[:split]
        anchor = next((i.element for i in then if isinstance(i, _Anchored)), then[0])
        plain = [i.element if isinstance(i, _Anchored) else i for i in then]
        return Optional(plain, items[split + 1 :], anchor)

    def otherwise(self, items: list[Any]) -> Any:
        return _ELSE

    def attr_dict(self, items: list[Any]) -> AttrDict:
        return AttrDict()

    def attr_dict_with_keyword(self, items: list[Any]) -> AttrDict:
        return AttrDict(keyword=True)

    def prop_dict(self, items: list[Any]) -> AttrDict:
        return AttrDict(properties=True)

    def all_operands(self, items: list[Any]) -> All:
        return All(OPERAND)

    def all_results(self, items: list[Any]) -> All:
        return All(RESULT)

    def all_regions(self, items: list[Any]) -> All:
        return All(REGION)

    def all_successors(self, items: list[Any]) -> All:
        return All(SUCCESSOR)

    def functional_type(self, items: list[Any]) -> FunctionalType:
        return FunctionalType(_referred(items[0]), _referred(items[1]))

    def type(self, items: list[Any]) -> TypeOf:
        return TypeOf(_referred(items[0]))

    def qualified(self, items: list[Any]) -> Element:
        if isinstance(items[0], Variable):
            items[0].qualified = True
        return items[0]  # type: ignore[no-any-return]

    def ref(self, items: list[Any]) -> Reference:
        return Reference(items[0])


_ELSE = Element()


def _referred(element: Element) -> str:
    if isinstance(element, Variable):
        return element.name
    assert isinstance(element, All)
    return ALL_OPERANDS if element.sort == OPERAND else ALL_RESULTS


@cache
def _lark() -> Lark:
    text = (Path(__file__).parent / "syntax.lark").read_text()
    return Lark(text, parser="lalr", transformer=_Build(), maybe_placeholders=True)


def elements_of(cls: type[Op]) -> list[Element]:
    """The elements of the op's `syntax`, with each variable tied to its field.

    Raises:
        SyntaxError: the format is malformed or names a field that is not there.
    """
    assert cls.syntax is not None
    try:
        elements: list[Element] = _lark().parse(cls.syntax)  # type: ignore[assignment]
    except UnexpectedInput as error:
        raise SyntaxError(f"{cls.name}: malformed syntax: {error}") from None
    for element in inside(elements):
        if isinstance(element, Variable):
            _bind(cls, element)
    return elements


def is_declared(cls: type[Operation], method: str) -> bool:
    """Whether `syntax` alone says how the op is read or written.

    Args:
        cls: of the op.
        method: `parse` or `print`, which the op would have otherwise.
    """
    syntax: str | None = getattr(cls, "syntax", None)
    return syntax is not None and "custom<" not in syntax and not hasattr(cls, method)


def _bind(cls: type[Op], variable: Variable) -> None:
    for candidate in cls.fields:
        if candidate.name == variable.name:
            variable.field = candidate
            variable.sort = next(s for classes, s in _SORTS if isinstance(candidate, classes))
            return
    raise SyntaxError(f"{cls.name}: the syntax names '{variable.name}', which is no field")


def inside(elements: list[Element]) -> Iterator[Element]:
    """Every element, those in groups and arguments too."""
    for element in elements:
        yield element
        match element:
            case Optional():
                yield from inside(element.then)
                yield from inside(element.otherwise)
            case AnyOrder():
                for clause in element.clauses:
                    yield from inside(clause)
            case Custom():
                yield from inside(element.arguments)
            case Reference():
                yield from inside([element.to])
