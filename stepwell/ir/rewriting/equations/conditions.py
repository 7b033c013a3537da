"""The condition of an equation: `if k < width(x) and type(x) == type(result)`."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TypeAlias

from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.rewriting.equations.matching import Bindings, integer_of
from stepwell.ir.rewriting.equations.terms import Condition
from stepwell.ir.rewriting.folding import constant_of
from stepwell.ir.value import Value

_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

Answer: TypeAlias = int | Type | Attribute | None


def holds(condition: Condition, bindings: Bindings) -> bool:
    """Whether the condition is met; one about a number that is not known is not."""
    kind, parts = condition.kind, condition.parts
    if kind == "or":
        return any(holds(part, bindings) for part in parts)
    if kind == "and":
        return all(holds(part, bindings) for part in parts)
    if kind == "not":
        return not holds(parts[0], bindings)
    left, right = answer(parts[0], bindings), answer(parts[1], bindings)
    if left is None or right is None:
        return False
    if kind in ("==", "!="):
        equal = left == right if isinstance(left, int) else left is right
        return equal == (kind == "==")
    if isinstance(left, int) and isinstance(right, int):
        return _COMPARISONS[kind](left, right)
    return False


def answer(expression: Condition, bindings: Bindings) -> Answer:
    """What an expression is: a number or a type; None if that is not known."""
    kind, value = expression.kind, expression.value
    if kind == "number":
        return int(value)
    if kind in ("+", "-"):
        left, right = (answer(part, bindings) for part in expression.parts)
        if not isinstance(left, int) or not isinstance(right, int):
            return None
        return left + right if kind == "+" else left - right
    bound = bindings.get(str(value))
    if kind == "power":
        return 1 << bound if isinstance(bound, int) else None
    if not isinstance(bound, Value):
        return bound if kind == "name" else None
    if kind == "type":
        return bound.type
    if kind == "width":
        return width_of(bound.type)
    return integer_of(constant_of(bound), unsigned=kind == "unsigned")


def width_of(type: Type) -> int | None:
    """The bits of an integer or float type, or of the elements of one; 64 for index."""
    element = types.element_type_or_self(type)
    if isinstance(element, types.IndexType):
        return 64
    return element.width if isinstance(element, types.IntegerType | types.FloatType) else None
