"""The fast way to read an op that is written on one line in the plainest form of its syntax.

Most ops of most programs are such: `arith.addi %a, %b : i32`, with no attributes, comment or
location. Their `syntax` is compiled into one regular expression for the rest of the line. Whatever
it does not match, and whatever turns out to be wrong, is left to the general matcher
(`syntax_parser`), so that this one never has to report an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.constraints import Constraint, Exactly, Transform, Var
from stepwell.ir.definition import Op
from stepwell.ir.enums import IntegerEnum
from stepwell.ir.fields import ONE, PropertyField, TypedField
from stepwell.ir.text.leaves import simple_type
from stepwell.ir.text.lexer import SSA_ID
from stepwell.ir.text.op_parser import OpParser
from stepwell.ir.text.syntax import (
    OPERAND,
    PROPERTY,
    AttrDict,
    Element,
    Literal,
    Optional,
    TypeOf,
    Variable,
    elements_of,
)
from stepwell.ir.traits import SameOperandsAndResultType
from stepwell.ir.value import Value

_ID = SSA_ID + r"(?:\#\d+)?"
_LIST = rf"({_ID}(?:[ ]*,[ ]*{_ID})*)?"
_FLAT = r"[^<>\n]|->"
_TYPE = rf"([A-Za-z!][\w.$]*(?:<(?:{_FLAT}|<(?:{_FLAT}|<(?:{_FLAT})*>)*>)*>)?)"

TypeSource: TypeAlias = Callable[[Sequence[Type]], Type]
"""Tells the type of an operand or result from the types that the line states."""

LineMatcher: TypeAlias = "Callable[[OpParser], Op | None]"
Line: TypeAlias = re.Match[str]


class _Unfit(Exception):
    """The syntax has something that this module does not know."""


class _Plan:
    """The expression, and what its groups are: operand fields, properties, stated types."""

    def __init__(self, cls: type[Op], elements: Sequence[Element]) -> None:
        self.cls = cls
        self.pattern = ""
        self.groups = 0
        self.operands: dict[str, int] = {}
        self.enums: list[tuple[str, IntegerEnum, int]] = []
        self.stated: list[tuple[str, int]] = []
        for element in elements:
            self._add(element)
        self.expression = re.compile(self.pattern + r"[ \t]*(?=\r?\n)", re.ASCII)

    def _add(self, element: Element) -> None:
        match element:
            case Literal(text=text):
                self.pattern += rf"[ \t]*{re.escape(text)}" if text.strip() else ""
            case Variable(sort=sort, name=name, field=field) if sort == OPERAND:
                if field.arity != ONE and self.pattern[-1:] not in ("[", "("):
                    raise _Unfit
                self.operands[name] = self._group(f"({_ID})" if field.arity == ONE else _LIST)
            case Variable(sort=sort, name=name, field=PropertyField(kind=kind)) if sort == PROPERTY:
                if not isinstance(kind, IntegerEnum):
                    raise _Unfit
                self.enums.append((name, kind, self._group(r"(\w+)")))
            case TypeOf(of=name):
                self.stated.append((name, self._group(_TYPE)))
            case AttrDict(keyword=False, properties=False):
                pass
            case Optional(then=[Literal(text=text), *_], otherwise=[]) if text.strip():
                pass  # absent: if it is there, the expression does not match
            case _:
                raise _Unfit

    def _group(self, pattern: str) -> int:
        self.pattern += r"[ \t]*" + pattern
        self.groups += 1
        return self.groups


def compile_line(cls: type[Op]) -> LineMatcher | None:
    """A matcher for the plain form of the op, or None if its syntax does not allow one.

    The matcher is called with the parser just after the op's name. It returns the op and moves to
    the next line, or returns None and moves nothing.
    """
    fields = (*cls.operand_fields, *cls.result_fields)
    elements = elements_of(cls)
    if cls.states_operand_segments or cls.states_result_segments:
        return None
    if hasattr(cls, "after_parse") or cls.region_fields or cls.successor_fields:
        return None
    if any(f.arity == ONE and f.default is None for f in cls.property_fields.values()) and not any(
        isinstance(e, Variable) and e.sort == PROPERTY for e in elements
    ):
        return None
    try:
        plan = _Plan(cls, elements)
        sources = {field.name: _source(plan, fields, field) for field in cls.operand_fields}
        results = (
            None
            if cls.infers_result_types()
            else [_source(plan, fields, f) for f in cls.result_fields]
        )
    except _Unfit:
        return None
    return _matcher(plan, sources, results)


def _source(plan: _Plan, fields: Sequence[TypedField], field: TypedField) -> TypeSource:
    """Where the type of a field comes from."""
    if field.arity != ONE and not isinstance(field.constraint, Exactly):
        raise _Unfit
    for number, (name, _) in enumerate(plan.stated):
        if name == field.name:
            return lambda stated: stated[number]
    if SameOperandsAndResultType in plan.cls.traits and plan.stated:
        return lambda stated: stated[0]
    return _derived(plan, fields, field.constraint)


def _derived(plan: _Plan, fields: Sequence[TypedField], constraint: Constraint) -> TypeSource:
    if isinstance(constraint, Exactly):
        fixed = constraint.type
        return lambda stated: fixed
    if isinstance(constraint, Var):
        constraints = {field.name: field.constraint for field in fields}
        for number, (name, _) in enumerate(plan.stated):
            other = constraints.get(name)
            if isinstance(other, Var) and other.name == constraint.name:
                return lambda stated: stated[number]
    if isinstance(constraint, Transform):
        inner = _derived(plan, fields, constraint.of)
        function = constraint.function
        return lambda stated: function(inner(stated))
    raise _Unfit


def _matcher(
    plan: _Plan, sources: dict[str, TypeSource], results: list[TypeSource] | None
) -> LineMatcher:
    cls = plan.cls
    match_line = plan.expression.match
    operands = [
        (plan.operands.get(field.name, 0), sources[field.name], field.arity == ONE)
        for field in cls.operand_fields
    ]
    if not all(group for group, _, _ in operands):
        return lambda p: None
    read_types = _types_reader([group for _, group in plan.stated])
    read_operands = _operands_reader(operands)
    read_properties = _properties_reader(plan)

    def match(p: OpParser) -> Op | None:
        line = match_line(p.source_text, p.name_end)
        if line is None:
            return None
        stated = read_types(p, line)
        values = read_operands(p, line, stated) if stated is not None else None
        if stated is None or values is None:
            return None
        properties: dict[str, Attribute] | None = None
        if read_properties is not None:
            properties = read_properties(line)
            if properties is None:
                return None
        if results is not None:
            types: Sequence[Type] = [source(stated) for source in results]
        else:
            try:
                types = cls.infer_result_types(values, properties or {}, ())
            except TypeError:
                return None
        made = cls.create(values, types, properties)
        p.seek(line.end())
        return made

    return match


def _types_reader(groups: list[int]) -> Callable[[OpParser, Line], list[Type] | None]:
    """Finds the types that a line states; None if one has not been seen before."""

    def read(p: OpParser, line: Line) -> list[Type] | None:
        found: list[Type] = []
        known = p.context.types
        for group in groups:
            text = line[group]
            type = known.get(text) or simple_type(text)
            if type is None:
                return None
            found.append(type)
        return found

    return read


def _operands_reader(
    operands: list[tuple[int, TypeSource, bool]],
) -> Callable[[OpParser, Line, list[Type]], list[Value] | None]:
    """Finds the operands of a line; None if one is not known, or has another type."""

    def read(p: OpParser, line: Line, stated: list[Type]) -> list[Value] | None:
        found: list[Value] = []
        in_scope = p.scopes[-1].values
        for group, source, one in operands:
            text = line[group]
            type = source(stated)
            if not one and not text:
                continue
            for name in (text,) if one else text.split(","):
                value = in_scope.get(name if one else name.strip())
                if value is None or value.type is not type:
                    return None
                found.append(value)
        return found

    return read


def _properties_reader(plan: _Plan) -> Callable[[Line], dict[str, Attribute] | None] | None:
    """Finds the properties of a line; None if an enum has no such case. None if there are none."""
    enums = plan.enums
    defaults = {
        name: field.default
        for name, field in plan.cls.property_fields.items()
        if field.default is not None
    }
    if not defaults and not enums:
        return None

    def read(line: Line) -> dict[str, Attribute] | None:
        found: dict[str, Attribute] = dict(defaults)
        for name, kind, group in enums:
            if line[group] not in kind.cases:
                return None
            found[name] = kind.coerce(line[group])
        return found

    return read
