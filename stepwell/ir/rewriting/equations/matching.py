"""Matching the left side of an equation with ops."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import TypeAlias

from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.dense_attributes import DenseElementsAttr
from stepwell.ir.interpreter.constants import attribute_of
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.equations.properties import accepts, field_of, value_of_word
from stepwell.ir.rewriting.equations.terms import (
    Equation,
    Literal,
    OpTerm,
    Power,
    PropertyTerm,
    Term,
    Variable,
    subterms,
)
from stepwell.ir.rewriting.folding import constant_of
from stepwell.ir.rewriting.pattern import Maker, Makers
from stepwell.ir.traits import Commutative, ConstantLike
from stepwell.ir.value import OpResult, Value

Bindings: TypeAlias = dict[str, "Value | Attribute | int"]
Matcher: TypeAlias = Callable[[Value, Bindings], bool]


def makers(term: OpTerm) -> Makers:
    """What must have made which operands."""
    found: list[tuple[int, Maker]] = []
    for number, argument in enumerate(term.arguments):
        if isinstance(argument, OpTerm):
            found.append((number, argument.cls))
        elif not isinstance(argument, Variable) or argument.is_constant:
            found.append((number, ConstantLike))
    return tuple(found)


def match(term: OpTerm, op: Operation, bindings: Bindings) -> str | None:
    """Matches `op` with `term`, filling `bindings`; why it does not match, or None if it does."""
    for stated in term.properties:
        if not _match_property(term, stated, op, bindings):
            return f"'{op.name}' is not [{stated}]"
    if len(op._operands) != len(term.arguments):
        return f"'{op.name}' has {len(op._operands)} operands"
    for number, (argument, value) in enumerate(zip(term.arguments, op._operands, strict=True)):
        reason = _match_value(argument, value, bindings)
        if reason is not None:
            return f"operand #{number} {reason}"
    return None


def _match_value(term: Term, value: Value, bindings: Bindings) -> str | None:
    if isinstance(term, Variable):
        return _match_variable(term, value, bindings)
    if isinstance(term, Literal):
        found = constant_of(value)
        fits = found is not None and found is literal_attribute(term, value.type)
        return None if fits else f"is not the constant {term}"
    if isinstance(term, Power):
        return _match_power(term, value, bindings)
    if not isinstance(value, OpResult) or not isinstance(value.owner, term.cls):
        return f"is not made by '{term.cls.name}'"
    if len(value.owner.results) != 1:
        return f"is not the only result of '{term.cls.name}'"
    reason = match(term, value.owner, bindings)
    return None if reason is None else f"is made by '{term.cls.name}', of which {reason}"


def _match_variable(term: Variable, value: Value, bindings: Bindings) -> str | None:
    bound = bindings.setdefault(term.name, value)
    if bound is not value and not _same_constant(bound, value):
        return f"is not the same value as {term.name}"
    if term.is_constant and constant_of(value) is None:
        return "is not a constant"
    return None


def _same_constant(a: object, b: Value) -> bool:
    if not isinstance(a, Value) or a.type is not b.type:
        return False
    known = constant_of(a)
    return known is not None and known is constant_of(b)


def _match_power(term: Power, value: Value, bindings: Bindings) -> str | None:
    number = integer_of(constant_of(value), unsigned=True)
    if number is None or number <= 0 or number & (number - 1):
        return "is not a power of two"
    exponent = number.bit_length() - 1
    if bindings.setdefault(term.exponent, exponent) != exponent:
        return f"is not 2^{term.exponent}"
    return None


def literal_attribute(term: Literal, type: Type) -> Attribute | None:
    """The constant of `type` that the literal is, or None if it has none."""
    element = types.element_type_or_self(type)
    if isinstance(term.value, bool) and element is not types.i1:
        return None
    if isinstance(term.value, float) and not isinstance(element, types.FloatType):
        return None
    return attribute_of(term.value, type)


def integer_of(constant: Attribute | None, unsigned: bool = False) -> int | None:
    """The number that an integer constant is, or that all of its elements are."""
    if isinstance(constant, DenseElementsAttr):
        integers = isinstance(constant.element_type, types.IntegerType | types.IndexType)
        constant = constant.element(0) if integers and constant.is_splat else None
    if not isinstance(constant, IntegerAttr):
        return None
    if not unsigned:
        return constant.value
    width = constant.type.width if isinstance(constant.type, types.IntegerType) else 64
    return constant.value & ((1 << width) - 1)


def _match_property(term: OpTerm, stated: PropertyTerm, op: Operation, bindings: Bindings) -> bool:
    field = field_of(term, stated)
    found: Attribute | None = field.__get__(op, type(op))
    wanted = value_of_word(field, stated.words[0])
    if wanted is not None:
        return accepts(wanted, found)
    return found is not None and bindings.setdefault(stated.words[0], found) is found


def variants(equation: Equation) -> list[OpTerm]:
    """The left side with the operands of commutative ops in all orders, and each [a|b] apart."""
    found = _orders(equation.left)
    if equation.condition is not None:
        return found
    distinct: dict[str, OpTerm] = {}
    for term in found:
        distinct.setdefault(_anonymous(term), term)
    return list(distinct.values())


def _orders(term: OpTerm) -> list[OpTerm]:
    choices = [_orders(a) if isinstance(a, OpTerm) else [a] for a in term.arguments]
    made: list[OpTerm] = []
    for properties in product(*(_alternatives(stated) for stated in term.properties)):
        for arguments in product(*choices):
            made.append(OpTerm(term.cls, properties, arguments))
            if Commutative in term.cls.traits and len(arguments) == 2:
                made.append(OpTerm(term.cls, properties, arguments[::-1]))
    return made


def _alternatives(stated: PropertyTerm) -> list[PropertyTerm]:
    return [PropertyTerm((word,), stated.name) for word in stated.words]


def _anonymous(term: OpTerm) -> str:
    """Equal for terms that differ only in the names of variables."""
    numbers: dict[str, str] = {}
    words: list[str] = []
    for item in subterms(term):
        if isinstance(item, Variable):
            kind = "C" if item.is_constant else "x"
            words.append(numbers.setdefault(item.name, f"{kind}{len(numbers)}"))
        elif isinstance(item, OpTerm):
            shown = ",".join(map(str, item.properties))
            words.append(f"{item.cls.name}[{shown}]/{len(item.arguments)}")
        else:
            words.append(str(item))
    return " ".join(words)
