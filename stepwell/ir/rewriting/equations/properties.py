"""The words in brackets of an equation: `arith.cmpi[slt](x, x)`."""

from __future__ import annotations

from typing import Any

from stepwell.ir.attribute import Attribute
from stepwell.ir.definition import Op
from stepwell.ir.diagnostics import ParseError
from stepwell.ir.enums import FlagsAttr
from stepwell.ir.fields import OptionalPropertyField, PropertyField
from stepwell.ir.rewriting.equations.terms import OpTerm, PropertyTerm

AnyPropertyField = PropertyField[Any] | OptionalPropertyField[Any]


def field_of(term: OpTerm, stated: PropertyTerm) -> AnyPropertyField:
    """The property that `stated` is about: the named one, or the first that takes the word.

    Raises:
        ParseError: there is none.
    """
    assert issubclass(term.cls, Op)
    fields = term.cls.property_fields
    if stated.name:
        if stated.name not in fields:
            raise ParseError(f"'{term.cls.name}' has no property '{stated.name}'")
        return fields[stated.name]
    for field in fields.values():
        if all(value_of_word(field, word) is not None for word in stated.words):
            return field
    if len(fields) >= 1 and len(stated.words) == 1:
        return next(iter(fields.values()))
    raise ParseError(f"no property of '{term.cls.name}' can be '{stated}'")


def value_of_word(field: AnyPropertyField, word: str) -> Attribute | None:
    """The attribute that `word` spells as a value of `field`, or None."""
    if issubclass(field.kind.cls, FlagsAttr):
        known = (*field.kind.cls.cases, *field.kind.cls.groups)
        return field.kind.cls((word,)) if word in known else None
    try:
        value: Attribute = field.kind.coerce(word)
    except (TypeError, ValueError):
        return None
    return value


def accepts(wanted: Attribute, found: Attribute | None) -> bool:
    """Whether a property that is `found` fits: it is equal, or has at least the flags wanted."""
    if isinstance(wanted, FlagsAttr) and isinstance(found, FlagsAttr):
        return set(wanted.flags) <= set(found.flags)
    return wanted is found
