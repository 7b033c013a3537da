"""Building the right side of an equation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.constraints import Exactly, Var
from stepwell.ir.definition import Op
from stepwell.ir.interpreter.constants import attribute_of
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.equations.matching import Bindings, literal_attribute
from stepwell.ir.rewriting.equations.properties import field_of, value_of_word
from stepwell.ir.rewriting.equations.terms import Literal, OpTerm, Power, Term, Variable
from stepwell.ir.value import Value

Chosen: TypeAlias = Mapping[OpTerm, Type]
NOTHING_CHOSEN: Chosen = {}

Leaf: TypeAlias = Callable[[Term, Type], "Value | None"]
"""Makes the value of a number that the equation names; None if there is no such constant."""


def build(
    term: Term,
    wanted: Type | None,
    bindings: Bindings,
    leaf: Leaf,
    made: list[Operation],
    chosen: Chosen = NOTHING_CHOSEN,
) -> Value | None:
    """The value of `term`; the ops for it are appended to `made`, and are in no block.

    Args:
        term: a side of an equation.
        wanted: the type it must have, if known.
        bindings: what the variables are.
        leaf: makes constants.
        made: gets the new ops, operands first.
        chosen: result types of ops inside, where they cannot be inferred.

    Returns:
        None if a constant cannot be made, or the types do not fit.
    """
    if isinstance(term, OpTerm):
        value = _build_op(term, wanted, bindings, leaf, made, chosen)
    elif isinstance(term, Variable) and isinstance(bindings.get(term.name), Value):
        value = bindings[term.name]  # type: ignore[assignment]
    else:
        return leaf(term, wanted) if wanted is not None else None
    if value is None or (wanted is not None and value.type is not wanted):
        return None
    return value


def _build_op(
    term: OpTerm,
    wanted: Type | None,
    bindings: Bindings,
    leaf: Leaf,
    made: list[Operation],
    chosen: Chosen,
) -> Value | None:
    assert issubclass(term.cls, Op)
    fields = term.cls.operand_fields
    if len(fields) != len(term.arguments):
        return None
    values: list[Value | None] = [None] * len(fields)
    late: list[int] = []
    for number, argument in enumerate(term.arguments):
        if _is_typed(argument, bindings):
            inner = chosen.get(argument) if isinstance(argument, OpTerm) else None
            values[number] = build(argument, inner, bindings, leaf, made, chosen)
            if values[number] is None:
                return None
        else:
            late.append(number)
    for number in late:
        type = _type_of_operand(term, number, values, wanted)
        if type is None:
            return None
        values[number] = leaf(term.arguments[number], type)
    arguments: dict[str, Any] = {}
    for field, value in zip(fields, values, strict=True):
        if value is None:
            return None
        arguments[field.name] = value
    return _finish(term, arguments, _properties(term, bindings), wanted, made)


def _is_typed(term: Term, bindings: Bindings) -> bool:
    """Whether the type of the term is known without its surroundings."""
    if isinstance(term, OpTerm):
        return True
    return isinstance(term, Variable) and isinstance(bindings.get(term.name), Value)


def _type_of_operand(
    term: OpTerm, number: int, values: list[Value | None], wanted: Type | None
) -> Type | None:
    """The type that an operand must have by its constraint and the other operands."""
    constraint = term.cls.operand_fields[number].constraint
    if isinstance(constraint, Exactly):
        return constraint.type
    for other, value in zip(term.cls.operand_fields, values, strict=True):
        if value is None or not isinstance(constraint, Var):
            continue
        if isinstance(other.constraint, Var) and other.constraint.name == constraint.name:
            return value.type
    return wanted if wanted is not None else next((v.type for v in values if v is not None), None)


def _properties(term: OpTerm, bindings: Bindings) -> dict[str, Attribute]:
    found: dict[str, Attribute] = {}
    for stated in term.properties:
        field = field_of(term, stated)
        value = value_of_word(field, stated.words[0])
        bound = bindings.get(stated.words[0])
        if value is None and isinstance(bound, Attribute):
            value = bound
        if value is not None:
            found[field.name] = value
    return found


def _finish(
    term: OpTerm,
    operands: dict[str, Any],
    properties: dict[str, Attribute],
    wanted: Type | None,
    made: list[Operation],
) -> Value | None:
    assert issubclass(term.cls, Op)
    arguments: dict[str, Any] = {**operands, **properties}
    try:
        op = term.cls(**arguments)
    except TypeError:
        if wanted is None:
            return None
        op = term.cls(result_types=[wanted], **arguments)
    made.append(op)
    return op.results[0] if len(op.results) == 1 else None


def number_attribute(term: Term, type: Type, bindings: Bindings) -> Attribute | None:
    """The constant that a literal, or a number found by the match, is as a `type`."""
    if isinstance(term, Literal):
        return literal_attribute(term, type)
    name = term.exponent if isinstance(term, Power) else str(term)
    bound = bindings.get(name)
    if not isinstance(bound, int):
        return None
    return attribute_of(1 << bound if isinstance(term, Power) else bound, type)
