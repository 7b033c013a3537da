"""Derivative rules, known by the classes of ops or their bases. There is a file for each dialect.

A rule takes an op with one result, `g`, the derivative of the loss by that result, and a builder.
It returns the derivative of the loss by each operand, or None for an operand through which nothing
flows; what it builds for operands that no derivative is asked for is erased again.

    @rule(MulFOp)
    def multiply(op: MulFOp, g: Value, e: Expressions) -> Derivatives:
        return e.mul(g, op.rhs), e.mul(g, op.lhs)

An op of a dialect that this package does not know has a method instead: `derivative(self, g, e)`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from stepwell.ir.operation import Operation
from stepwell.ir.value import Value
from stepwell.passes.derivatives.expressions import Expressions

Derivatives = Sequence[Value | None]
AnyOp = TypeVar("AnyOp", bound=Operation)
RuleFor = Callable[[AnyOp, Value, Expressions], Derivatives]
Rule = RuleFor[Any]
Given = Sequence[Value | None]
"""What arrived at each result."""
RuleOfResults = Callable[[AnyOp, Given, Expressions], Derivatives]

_RULES: dict[type[Operation], Rule] = {}
_OF_RESULTS: dict[type[Operation], RuleOfResults[Any]] = {}


def rule(*classes: type[AnyOp]) -> Callable[[RuleFor[AnyOp]], RuleFor[AnyOp]]:
    """Makes a function the rule of `classes`; it stays as it is."""

    def add(function: RuleFor[AnyOp]) -> RuleFor[AnyOp]:
        for cls in classes:
            _RULES[cls] = function
        return function

    return add


def rule_of_results(
    *classes: type[AnyOp],
) -> Callable[[RuleOfResults[AnyOp]], RuleOfResults[AnyOp]]:
    """As `rule`, of ops with several results; the rule gets what arrived at each, or None."""

    def add(function: RuleOfResults[AnyOp]) -> RuleOfResults[AnyOp]:
        for cls in classes:
            _OF_RESULTS[cls] = function
        return function

    return add


def rule_of_results_for(op: Operation) -> RuleOfResults[Any] | None:
    """The rule of an op with several results, if it has one."""
    return _OF_RESULTS.get(type(op))


def rule_for(op: Operation) -> Rule | None:
    """The rule of an op, or its own method; None if it has neither."""
    for cls in type(op).__mro__:
        found = _RULES.get(cls)
        if found is not None:
            return found
    return getattr(type(op), "derivative", None)


def classes_with_rules() -> list[type[Operation]]:
    """The classes of ops that have a rule in this package."""
    return list(_RULES)
