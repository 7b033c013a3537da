"""Compiles the `syntax` of an op class into a function that writes it.

Where spaces go is decided when compiling, by upstream's rule: one before each element, except
before closing punctuation and after opening punctuation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import (
    DenseArrayAttr,
    FloatAttr,
    IntegerAttr,
    StringAttr,
    symbol_text,
)
from stepwell.ir.definition import Op
from stepwell.ir.enums import IntegerEnum
from stepwell.ir.fields import (
    ONE,
    Field,
    OptionalPropertyField,
    PropertyField,
)
from stepwell.ir.property_kinds import Kind, SymbolName, Unit
from stepwell.ir.text.syntax import (
    ALL_OPERANDS,
    ALL_RESULTS,
    OPERAND,
    PROPERTY,
    REGION,
    RESULT,
    SUCCESSOR,
    All,
    AnyOrder,
    AttrDict,
    Custom,
    Element,
    FunctionalType,
    Literal,
    Optional,
    Reference,
    TypeOf,
    Variable,
    elements_of,
    inside,
)
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.printer import Printer

Write: TypeAlias = "Callable[[Any, Printer], Any]"


class _Spacing:
    """Whether the next element has a space before it."""

    def __init__(self) -> None:
        self.emit = True
        self.after_punctuation = False

    def literal(self, text: str) -> str:
        """The literal with its space."""
        if not text.strip():
            self.after_punctuation = text == ""
            self.emit = False
            return text
        space = " " if self.emit and self._before(text) else ""
        self.emit = len(text) != 1 or text not in "<({["
        self.after_punctuation = not (text[0] == "_" or text[0].isalpha())
        return space + text

    def _before(self, text: str) -> bool:
        if len(text) != 1 and text != "->":
            return True
        return text[0] not in (">)}]," if self.after_punctuation else "<>(){}[],")

    def element(self) -> str:
        """The space before anything else."""
        space = " " if self.emit or not self.after_punctuation else ""
        self.emit = True
        self.after_punctuation = False
        return space


def compile_printer(cls: type[Op]) -> Callable[[Any, Printer], Any]:
    """A function that writes an op of `cls` after its name; a generator if there are regions."""
    elements = elements_of(cls)
    elided = [e.name for e in inside(elements) if isinstance(e, Variable) and e.sort == PROPERTY]
    elided += list(getattr(cls, "elided_properties", ()))
    spacing = _Spacing()
    writers = [_writer(cls, element, spacing, elided) for element in elements]
    if not any(_is_region(element) for element in inside(elements)):

        def plain(op: Any, p: Printer) -> None:
            for write in writers:
                write(op, p)

        return plain

    def with_regions(op: Any, p: Printer) -> Iterator[Any]:
        for write in writers:
            outcome = write(op, p)
            if isinstance(outcome, Iterator):
                yield from outcome

    return with_regions


def _is_region(element: Element) -> bool:
    return isinstance(element, (Variable, All)) and element.sort == REGION


def _writer(cls: type[Op], element: Element, spacing: _Spacing, elided: list[str]) -> Write:
    match element:
        case Literal(text=text):
            written = spacing.literal(text)
            return lambda op, p: p.write(written)
        case Variable():
            return _variable(cls, element, spacing)
        case TypeOf(of=name):
            return _types(cls, name, spacing.element())
        case FunctionalType(inputs=inputs, results=results):
            return _functional_type(cls, inputs, results, spacing.element())
        case AttrDict():
            spacing.after_punctuation = False
            return _attr_dict(element, elided)
        case Custom(name=name):
            space = spacing.element()
            directive = getattr(cls, f"print_{name}")
            return lambda op, p: (p.write(space), directive(op, p))[1]
        case Optional():
            return _optional(cls, element, spacing, elided)
        case AnyOrder():
            return _any_order(cls, element, spacing, elided)
        case All(sort=sort):
            return _all(sort, spacing.element())
    raise SyntaxError(f"{cls.name}: {type(element).__name__} cannot be printed")


def _variable(cls: type[Op], variable: Variable, spacing: _Spacing) -> Write:
    name, field, sort = variable.name, variable.field, variable.sort
    if sort == PROPERTY:
        assert isinstance(field, (PropertyField, OptionalPropertyField))
        return _property(field, variable.qualified, spacing)
    space = spacing.element()
    attribute = _attribute_name(cls, field)
    if sort == OPERAND and field.arity == ONE and field.position >= 0:  # type: ignore[attr-defined]
        position = field.position  # type: ignore[attr-defined]
        return lambda op, p: p.write(space + p.name(op._operands[position]))
    if sort == OPERAND:

        def operands(op: Any, p: Printer) -> None:
            p.write(space)
            p.operands(_as_list(getattr(op, attribute)))

        return operands
    if sort == SUCCESSOR:

        def successors(op: Any, p: Printer) -> None:
            blocks = _as_list(getattr(op, attribute))
            p.write(space + ", ".join(p.names.blocks[block] for block in blocks))

        return successors
    assert sort == REGION, name

    def regions(op: Any, p: Printer) -> Iterator[Any]:
        for number, region in enumerate(_as_list(getattr(op, attribute))):
            p.write(", " if number else space)
            yield p.region(region, terminator=not getattr(op, "hides_terminator", False))

    return regions


def _attribute_name(cls: type[Op], field: Field) -> str:
    """The Python name under which a field stands (it may have a `_` that the field's has not)."""
    return next(key for key in dir(cls) if getattr(cls, key, None) is field)


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _property(field: Any, qualified: bool, spacing: _Spacing) -> Write:
    name, default, kind = field.name, field.default, field.kind
    if kind is Unit:
        return lambda op, p: None
    space = spacing.element()

    def write(op: Any, p: Printer) -> None:
        value = op._properties.get(name, default) if op._properties else default
        if value is not None:
            p.write(space + property_text(p, kind, value, qualified))

    return write


def property_text(p: Printer, kind: Kind[Any], value: Attribute, qualified: bool = False) -> str:
    """A property as custom syntax writes it: without what its kind says already."""
    if kind is SymbolName and isinstance(value, StringAttr):
        return symbol_text(value.value)
    if isinstance(kind, IntegerEnum) and isinstance(value, IntegerAttr) and kind.accepts(value):
        return kind.word(value)
    if kind.type is not None and isinstance(value, (IntegerAttr, FloatAttr)):
        return value.bare()
    if isinstance(value, DenseArrayAttr) and kind.cls is DenseArrayAttr:
        return f"[{', '.join(value.items())}]"
    if kind.cls.name and not qualified:
        return value.short(p.show)
    return p.show(value)


def _values(cls: type[Op], name: str) -> Callable[[Any], list[Value]]:
    if name == ALL_OPERANDS:
        return lambda op: op._operands
    if name == ALL_RESULTS:
        return lambda op: op.results
    for fields, attribute in ((cls.operand_fields, "_operands"), (cls.result_fields, "results")):
        for field in fields:
            if field.name == name:
                if field.arity == ONE and field.position >= 0:
                    position = field.position
                    return lambda op: [getattr(op, attribute)[position]]  # noqa: B023
                python_name = _attribute_name(cls, field)
                return lambda op: _as_list(getattr(op, python_name))  # noqa: B023
    raise SyntaxError(f"{cls.name}: type({name}) names no operand or result")


def _types(cls: type[Op], name: str, space: str) -> Write:
    values = _values(cls, name)
    for fields, attribute in ((cls.operand_fields, "_operands"), (cls.result_fields, "results")):
        for field in fields:
            if field.name == name and field.arity == ONE and field.position >= 0:
                place, position = attribute, field.position

                return _one_type(place, position, space)

    def several(op: Any, p: Printer) -> None:
        p.write(space + ", ".join([p.show(value.type) for value in values(op)]))

    return several


def _one_type(place: str, position: int, space: str) -> Write:
    def write(op: Any, p: Printer) -> None:
        p.write(space + p.show(getattr(op, place)[position].type))

    return write


def _functional_type(cls: type[Op], inputs: str, results: str, space: str) -> Write:
    left, right = _values(cls, inputs), _values(cls, results)

    def write(op: Any, p: Printer) -> None:
        p.write(space)
        p.function_type([v.type for v in left(op)], [v.type for v in right(op)])

    return write


def _attr_dict(element: AttrDict, elided: list[str]) -> Write:
    if element.properties:

        def write(op: Any, p: Printer) -> None:
            kept = {k: v for k, v in (op._properties or {}).items() if k not in elided}
            if kept:
                p.write(" <")
                p.dictionary(kept)
                p.write(">")

        return write
    keyword = element.keyword

    def write_dictionary(op: Any, p: Printer) -> None:
        if op._attributes or op._properties:
            p.attr_dict(op, elided, keyword)

    return write_dictionary


def _optional(cls: type[Op], element: Optional, spacing: _Spacing, elided: list[str]) -> Write:
    present = _presence(cls, element.anchor)
    before = spacing.emit, spacing.after_punctuation
    then = [_writer(cls, part, spacing, elided) for part in element.then]
    after = spacing.emit, spacing.after_punctuation
    spacing.emit, spacing.after_punctuation = before
    otherwise = [_writer(cls, part, spacing, elided) for part in element.otherwise]
    spacing.emit, spacing.after_punctuation = after if not element.otherwise else (True, False)
    if any(_is_region(part) for part in inside([element])):

        def with_regions(op: Any, p: Printer) -> Iterator[Any]:
            for write in then if present(op) else otherwise:
                outcome = write(op, p)
                if isinstance(outcome, Iterator):
                    yield from outcome

        return with_regions

    def plain(op: Any, p: Printer) -> None:
        for write in then if present(op) else otherwise:
            write(op, p)

    return plain


def _presence(cls: type[Op], anchor: Element) -> Callable[[Any], bool]:
    match anchor:
        case Variable(sort=sort, field=field) if sort == PROPERTY:
            name, default = field.name, getattr(field, "default", None)
            return lambda op: (op._properties or {}).get(name, default) is not default
        case Variable(sort=sort, field=field) if sort == REGION:
            region_name = _attribute_name(cls, field)
            return lambda op: any(not r.is_empty for r in _as_list(getattr(op, region_name)))
        case Variable(field=field):
            python_name = _attribute_name(cls, field)
            return lambda op: bool(_as_list(getattr(op, python_name)))
        case TypeOf(of=name):
            values = _values(cls, name)
            return lambda op: bool(values(op))
        case FunctionalType(inputs=inputs):
            sources = _values(cls, inputs)
            return lambda op: bool(sources(op))
        case Custom(name=name, arguments=arguments):
            own = getattr(cls, f"has_{name}", None)
            if own is not None:
                return own  # type: ignore[no-any-return]
            checks = [_presence(cls, part) for part in arguments if not isinstance(part, Reference)]
            return lambda op: any(check(op) for check in checks)
    raise SyntaxError(f"{cls.name}: {type(anchor).__name__} cannot be an anchor")


def _any_order(cls: type[Op], element: AnyOrder, spacing: _Spacing, elided: list[str]) -> Write:
    clauses: list[tuple[Callable[[Any], bool], list[Write]]] = []
    for clause in element.clauses:
        anchor = next(part for part in clause if isinstance(part, (Variable, Custom, TypeOf)))
        inner = _Spacing()
        clauses.append((_presence(cls, anchor), [_writer(cls, c, inner, elided) for c in clause]))
    spacing.emit, spacing.after_punctuation = True, False

    def write(op: Any, p: Printer) -> None:
        for present, writers in clauses:
            if present(op):
                for writer in writers:
                    writer(op, p)

    return write


def _all(sort: str, space: str) -> Write:
    if sort == OPERAND:

        def operands(op: Any, p: Printer) -> None:
            p.write(space)
            p.operands(op._operands)

        return operands
    if sort == SUCCESSOR:
        return lambda op, p: p.write(space + ", ".join(p.names.blocks[b] for b in op.successors))
    if sort == RESULT:
        return lambda op, p: None

    def regions(op: Any, p: Printer) -> Iterator[Any]:
        for number, region in enumerate(op.regions):
            p.write(", " if number else space)
            yield p.region(region)

    return regions
