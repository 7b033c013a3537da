"""Compiles the `syntax` of an op class into a function that reads it.

Each element becomes one small function; types that the text leaves out are inferred from the
constraints of the fields, and the op is built.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any, TypeAlias

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import UNIT, DenseArrayAttr, StringAttr, TypeAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.constraints import Bindings
from stepwell.ir.definition import Op
from stepwell.ir.enums import IntegerEnum
from stepwell.ir.fields import (
    ONE,
    OPERAND_SEGMENTS,
    OPTIONAL,
    RESULT_SEGMENTS,
    VARIADIC,
    OptionalPropertyField,
    PropertyField,
)
from stepwell.ir.property_kinds import Kind, SymbolName, Unit
from stepwell.ir.text import lexer
from stepwell.ir.text.leaves import TYPE_WORDS, simple_type
from stepwell.ir.text.op_parser import Operand, OpParser, RegionRequest
from stepwell.ir.text.syntax import (
    ALL_OPERANDS,
    ALL_RESULTS,
    OPERAND,
    PROPERTY,
    REGION,
    SUCCESSOR,
    All,
    AnyOrder,
    AttrDict,
    Custom,
    Element,
    FunctionalType,
    Literal,
    Optional,
    TypeOf,
    Variable,
    elements_of,
    inside,
)
from stepwell.ir.traits import SameOperandsAndResultType
from stepwell.ir.types import FunctionType
from stepwell.ir.value import Value


class Parsed:
    """What was read of an op so far, by field name; `types` also has ALL_OPERANDS, ALL_RESULTS."""

    __slots__ = ("attributes", "operands", "properties", "regions", "successors", "types")

    def __init__(self) -> None:
        self.operands: dict[str, list[Operand]] = {}
        self.types: dict[str, list[Type]] = {}
        self.properties: dict[str, Attribute] = {}
        self.attributes: dict[str, Attribute] = {}
        self.regions: dict[str, list[Region]] = {}
        self.successors: dict[str, list[Block]] = {}


Step: TypeAlias = Callable[[OpParser, Parsed], Any]


Reading: TypeAlias = Generator[RegionRequest, Region, Any]


def compile_parser(cls: type[Op]) -> Callable[[OpParser], Any]:
    """A matcher for `stepwell.ir.text.matcher`: plain, or a generator if the syntax has regions."""
    elements = elements_of(cls)
    steps = [_step(cls, element) for element in elements]
    if any(_has_region(element) for element in inside(elements)):

        def with_regions(p: OpParser) -> Reading:
            parsed = Parsed()
            for step in steps:
                outcome = step(p, parsed)
                if isinstance(outcome, Generator):
                    yield from outcome
            return finish(cls, p, parsed)

        return with_regions

    def plain(p: OpParser) -> Op:
        parsed = Parsed()
        for step in steps:
            step(p, parsed)
        return finish(cls, p, parsed)

    return plain


def _has_region(element: Element) -> bool:
    return (isinstance(element, Variable) and element.sort == REGION) or (
        isinstance(element, All) and element.sort == REGION
    )


def _step(cls: type[Op], element: Element) -> Step:
    match element:
        case Literal():
            return _literal(element.text)
        case Variable(sort=sort):
            makers = {
                OPERAND: _operand,
                PROPERTY: _property,
                REGION: _region,
                SUCCESSOR: _successor,
            }
            if sort not in makers:
                raise SyntaxError(f"{cls.name}: '{element.name}' cannot stand alone in a syntax")
            return makers[sort](element)
        case TypeOf(of=name):
            return _type(cls, name)
        case FunctionalType():
            return _functional_type(element)
        case AttrDict():
            return _attr_dict(cls, element)
        case Custom():
            return _custom(cls, element)
        case Optional():
            return _optional(cls, element)
        case AnyOrder():
            return _any_order(cls, element)
        case All():
            return _all(element.sort)
    raise SyntaxError(f"{cls.name}: {type(element).__name__} has no meaning here")


def _literal(text: str) -> Step:
    if not text.strip():
        return lambda p, parsed: None
    return lambda p, parsed: p.literal(text)


def _operand(variable: Variable) -> Step:
    name, arity = variable.name, variable.field.arity
    if arity == ONE:

        def one(p: OpParser, parsed: Parsed) -> None:
            parsed.operands[name] = [p.operand()]

        return one
    if arity == OPTIONAL:

        def optional(p: OpParser, parsed: Parsed) -> None:
            found = p.optional_operand()
            parsed.operands[name] = [found] if found else []

        return optional

    def variadic(p: OpParser, parsed: Parsed) -> None:
        parsed.operands[name] = p.operands()

    return variadic


def _property(variable: Variable) -> Step:
    name = variable.name
    field = variable.field
    assert isinstance(field, (PropertyField, OptionalPropertyField))
    kind = field.kind

    def read(p: OpParser, parsed: Parsed) -> None:
        parsed.properties[name] = read_property(p, kind, variable.qualified)

    return read


def read_property(p: OpParser, kind: Kind[Any], qualified: bool = False) -> Attribute:
    """A property as custom syntax writes it: without what its kind says already."""
    if kind is Unit:
        return UNIT
    if kind is SymbolName:
        return StringAttr(p.symbol_name())
    if isinstance(kind, IntegerEnum):
        start = p.start
        word = p.string() if p.kind == lexer.STRING else p.keyword()
        if word not in kind.cases:
            raise p.error(f"expected {kind.description}: one of {', '.join(kind.cases)}", start)
        return kind.coerce(word)
    if kind.cls is StringAttr and p.kind == lexer.STRING:
        return StringAttr(p.string())
    if kind.cls is TypeAttr:
        start = p.start
        found = TypeAttr(p.type())
        if not kind.accepts(found):
            raise p.error(f"expected {kind.description}", start)
        return found
    if kind.cls is DenseArrayAttr and p.text == "[":
        return _short_array(p, kind)
    if kind.cls.name and not qualified and p.kind != lexer.HASH:
        found = kind.cls.parse_short(p)
        return found  # type: ignore[no-any-return]
    return p.typed(kind)


def _short_array(p: OpParser, kind: Kind[Any]) -> Attribute:
    values = p.comma_separated(p.integer, "[", "]")
    return kind.coerce(values)  # type: ignore[no-any-return]


def _region(variable: Variable) -> Step:
    name, arity = variable.name, variable.field.arity

    def one(p: OpParser, parsed: Parsed) -> Reading:
        parsed.regions[name] = [(yield p.region())]

    def variadic(p: OpParser, parsed: Parsed) -> Reading:
        found = parsed.regions[name] = []
        if p.text == "{":
            found.append((yield p.region()))
            while p.accept(","):
                found.append((yield p.region()))

    return variadic if arity == VARIADIC else one


def _successor(variable: Variable) -> Step:
    name, arity = variable.name, variable.field.arity

    def read(p: OpParser, parsed: Parsed) -> None:
        if arity == VARIADIC:
            found = p.comma_separated(p.successor) if p.kind == lexer.CARET else []
            parsed.successors[name] = found
        else:
            parsed.successors[name] = [p.successor()]

    return read


def _type(cls: type[Op], name: str) -> Step:
    fields = {field.name: field for field in (*cls.operand_fields, *cls.result_fields)}
    arity = fields[name].arity if name in fields else VARIADIC

    def one(p: OpParser, parsed: Parsed) -> None:
        parsed.types[name] = [p.type()]

    def several(p: OpParser, parsed: Parsed) -> None:
        parsed.types[name] = p.types() if starts_type(p) else []

    return one if arity == ONE else several


def starts_type(p: OpParser) -> bool:
    """Whether a type begins here."""
    if p.kind == lexer.BARE:
        return simple_type(p.text) is not None or p.text in TYPE_WORDS
    return p.kind == lexer.BANG or p.text == "("


def _functional_type(element: FunctionalType) -> Step:
    def read(p: OpParser, parsed: Parsed) -> None:
        start = p.start
        found = p.type()
        if not isinstance(found, FunctionType):
            raise p.error(f"expected function type, found '{found}'", start)
        parsed.types[element.inputs] = list(found.inputs)
        parsed.types[element.results] = list(found.results)

    return read


def _attr_dict(cls: type[Op], element: AttrDict) -> Step:
    names = cls.property_names

    def read(p: OpParser, parsed: Parsed) -> None:
        if element.properties:
            if p.accept("<"):
                parsed.properties.update(p.dictionary())
                p.literal(">")
            return
        if element.keyword and not p.accept("attributes"):
            return
        if p.text != "{":
            return
        for name, value in p.dictionary().items():
            (parsed.properties if name in names else parsed.attributes)[name] = value

    return read


def _custom(cls: type[Op], element: Custom) -> Step:
    directive = getattr(cls, f"parse_{element.name}", None)
    if directive is None:
        raise SyntaxError(f"{cls.name}: custom<{element.name}> needs 'parse_{element.name}'")

    def read(p: OpParser, parsed: Parsed) -> Any:
        return directive(p, parsed)

    return read


def _optional(cls: type[Op], element: Optional) -> Step:
    then = [_step(cls, part) for part in element.then]
    otherwise = [_step(cls, part) for part in element.otherwise]
    first = next(
        part for part in element.then if not (isinstance(part, Literal) and not part.text.strip())
    )
    present = _presence(first)
    regions = any(_has_region(part) for part in inside([element]))

    def plain(p: OpParser, parsed: Parsed) -> None:
        for step in then if present(p) else otherwise:
            step(p, parsed)

    def with_regions(p: OpParser, parsed: Parsed) -> Reading:
        for step in then if present(p) else otherwise:
            outcome = step(p, parsed)
            if isinstance(outcome, Generator):
                yield from outcome

    return with_regions if regions else plain


def _presence(first: Element) -> Callable[[OpParser], bool]:
    """Whether an optional group is there, told by its first element."""
    match first:
        case Literal(text=text):
            return lambda p: p.text == text and p.kind != lexer.STRING
        case Variable(sort=sort) if sort == OPERAND:
            return lambda p: p.kind == lexer.PERCENT
        case Variable(sort=sort) if sort == REGION:
            return lambda p: p.text == "{"
        case Variable(sort=sort) if sort == SUCCESSOR:
            return lambda p: p.kind == lexer.CARET
        case Variable(field=PropertyField(kind=kind) | OptionalPropertyField(kind=kind)):
            return lambda p: _starts_property(p, kind)
        case TypeOf() | FunctionalType():
            return starts_type
        case Optional():
            return _presence(first.then[0])
    raise SyntaxError(f"an optional group cannot start with {type(first).__name__}")


def _starts_property(p: OpParser, kind: Kind[Any]) -> bool:
    if isinstance(kind, IntegerEnum):
        return p.text in kind.cases
    if kind.cls is StringAttr:
        return p.kind == (lexer.AT if kind is SymbolName else lexer.STRING)
    if kind.cls is TypeAttr:
        return starts_type(p)
    if kind.cls is DenseArrayAttr:
        return p.text in ("[", "array")
    if kind.cls.name:
        bracketed = getattr(kind.cls, "bracketed", True)
        cases = getattr(kind.cls, "cases", ())
        return p.text == "<" or p.kind == lexer.HASH or (not bracketed and p.text in cases)
    if p.kind == lexer.PUNCTUATION:
        return p.text in ("[", "{", "-")
    return p.kind in (lexer.INTEGER, lexer.FLOAT, lexer.STRING, lexer.AT, lexer.HASH) or (
        p.kind == lexer.BARE and p.text in ("dense", "array", "true", "false", "affine_map", "unit")
    )


def _any_order(cls: type[Op], element: AnyOrder) -> Step:
    clauses = {
        clause[0].text: [_step(cls, part) for part in clause]
        for clause in element.clauses
        if isinstance(clause[0], Literal)
    }

    def read(p: OpParser, parsed: Parsed) -> None:
        seen: set[str] = set()
        while p.text in clauses and p.kind == lexer.BARE:
            word = p.text
            if word in seen:
                raise p.error(f"'{word}' is given twice")
            seen.add(word)
            for step in clauses[word]:
                step(p, parsed)

    return read


def _all(sort: str) -> Step:
    if sort == OPERAND:

        def operands(p: OpParser, parsed: Parsed) -> None:
            parsed.operands[ALL_OPERANDS] = p.operands()

        return operands
    if sort == SUCCESSOR:

        def successors(p: OpParser, parsed: Parsed) -> None:
            names = p.comma_separated(p.successor) if p.kind == lexer.CARET else []
            parsed.successors["successors"] = names

        return successors

    def regions(p: OpParser, parsed: Parsed) -> Reading:
        found = parsed.regions["regions"] = []
        while p.text == "{":
            found.append((yield p.region()))
            p.accept(",")

    return regions


# Building the op.


def finish(cls: type[Op], p: OpParser, parsed: Parsed) -> Op:
    """The op that was read: infers what the text left out, resolves names, builds.

    Raises:
        ParseError: types cannot be told, or do not fit the operands.
    """
    bindings: Bindings = {}
    types = parsed.types
    for field in (*cls.operand_fields, *cls.result_fields):
        given = types.get(field.name)
        if given and field.arity == ONE:
            field.constraint.bind(given[0], bindings)
        elif given:
            for type in given:
                field.constraint.bind(type, bindings)
    operands = _resolve_operands(cls, p, parsed, bindings)
    properties = parsed.properties
    for name, property in cls.property_fields.items():
        if property.default is not None and name not in properties:
            properties[name] = property.default
    regions = [
        region
        for field in cls.region_fields
        for region in parsed.regions.get(field.name, [Region()] if field.arity == ONE else [])
    ] or parsed.regions.get("regions", [])
    result_types = _result_types(cls, p, parsed, bindings, operands, regions)
    successors = [
        block for field in cls.successor_fields for block in parsed.successors.get(field.name, ())
    ] or parsed.successors.get("successors", [])
    made = cls.create(
        operands,
        result_types,
        properties or None,
        parsed.attributes or None,
        successors,
        regions,
    )
    after = getattr(cls, "after_parse", None)
    if after is not None:
        after(made)
    return made


def _resolve_operands(
    cls: type[Op], p: OpParser, parsed: Parsed, bindings: Bindings
) -> list[Value]:
    fields = cls.operand_fields
    if ALL_OPERANDS in parsed.types:
        names = parsed.operands.get(ALL_OPERANDS)
        if names is None:
            names = [name for field in fields for name in parsed.operands.get(field.name, ())]
            _note_segments(cls, parsed, [len(parsed.operands.get(f.name, ())) for f in fields])
        return p.resolve_all(names, parsed.types[ALL_OPERANDS])
    if ALL_OPERANDS in parsed.operands:
        return _resolve_untyped(cls, p, parsed, bindings)
    values: list[Value] = []
    sizes: list[int] = []
    for field in fields:
        names = parsed.operands.get(field.name, [])
        types = parsed.types.get(field.name)
        sizes.append(len(names))
        if types is not None:
            values += p.resolve_all(names, types)
            continue
        for name in names:
            type = field.constraint.infer(bindings)
            if type is None and SameOperandsAndResultType in cls.traits:
                type = _common_type(cls, parsed)
            if type is None:
                type = p.value_type(name)
            if type is None:
                raise p.error(f"the type of '{name[0]}' cannot be told here", name[1])
            values.append(p.resolve(name, type))
            field.constraint.bind(type, bindings)
    _note_segments(cls, parsed, sizes)
    return values


def _resolve_untyped(cls: type[Op], p: OpParser, parsed: Parsed, bindings: Bindings) -> list[Value]:
    values = []
    for name in parsed.operands[ALL_OPERANDS]:
        type = _common_type(cls, parsed) or p.value_type(name)
        if type is None:
            raise p.error(f"the type of '{name[0]}' cannot be told here", name[1])
        values.append(p.resolve(name, type))
    return values


def _common_type(cls: type[Op], parsed: Parsed) -> Type | None:
    for types in parsed.types.values():
        if types:
            return types[0]
    return None


def _note_segments(cls: type[Op], parsed: Parsed, sizes: Sequence[int]) -> None:
    if cls.states_operand_segments:
        parsed.properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32(sizes)


def _result_types(
    cls: type[Op],
    p: OpParser,
    parsed: Parsed,
    bindings: Bindings,
    operands: list[Value],
    regions: list[Region],
) -> list[Type]:
    if ALL_RESULTS in parsed.types:
        return parsed.types[ALL_RESULTS]
    found: list[Type] = []
    sizes: list[int] = []
    for field in cls.result_fields:
        types = parsed.types.get(field.name)
        if types is None and field.arity == ONE:
            type = field.constraint.infer(bindings)
            if type is None or cls.infers_result_types():
                return _inferred(cls, p, operands, parsed, regions)
            types = [type]
        found += types or []
        sizes.append(len(types or []))
    if cls.states_result_segments:
        parsed.properties[RESULT_SEGMENTS] = DenseArrayAttr.i32(sizes)
    return found


def _inferred(
    cls: type[Op], p: OpParser, operands: list[Value], parsed: Parsed, regions: list[Region]
) -> list[Type]:
    try:
        return cls.infer_result_types(operands, parsed.properties, regions)
    except TypeError as error:
        raise p.fail(str(error)) from None
