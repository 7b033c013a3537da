"""Where the iterations of a loop access memory, as linear forms of its induction variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from stepwell.dialects.affine.values import AffineApplyOp
from stepwell.dialects.arith.constant import ConstantOp
from stepwell.dialects.arith.integer import AddIOp, MulIOp, SubIOp
from stepwell.ir.affine.expr import (
    AffineBinary,
    AffineConstant,
    AffineDim,
    AffineExpr,
    AffineSymbol,
)
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.value import Value

Key = Value | int
Form = dict[Key, int]
"""Coefficients: of the induction variables by number, of other values by themselves; that of the
constant term is at -1."""

CONSTANT = -1


def linear_form(value: Value, variables: Mapping[Value, int]) -> Form:
    """`value` as a sum; what it is not known to be a sum of stands for itself.

    Args:
        variables: the numbers of the loop's induction variables.
    """
    found: dict[Value, Form] = {}
    pending = [value]
    while pending:
        one = pending[-1]
        missing = [v for v in _summands(one, variables) if v not in found]
        if missing:
            pending += missing
            continue
        pending.pop()
        found[one] = _form(one, variables, found)
    return found[value]


def _summands(value: Value, variables: Mapping[Value, int]) -> Sequence[Value]:
    op = value.defining_op
    if value in variables or not isinstance(op, (AddIOp, SubIOp, MulIOp, AffineApplyOp)):
        return ()
    return op.operands


def _form(value: Value, variables: Mapping[Value, int], found: Mapping[Value, Form]) -> Form:
    if value in variables:
        return {variables[value]: 1}
    op = value.defining_op
    if isinstance(op, ConstantOp) and isinstance(op.value, IntegerAttr):
        return {CONSTANT: op.value.value}
    made: Form | None = None
    if isinstance(op, (AddIOp, SubIOp)):
        sign = 1 if isinstance(op, AddIOp) else -1
        made = _plus(found[op.operands[0]], found[op.operands[1]], sign)
    elif isinstance(op, MulIOp):
        made = _times(found[op.operands[0]], found[op.operands[1]])
    elif isinstance(op, AffineApplyOp) and len(op.map.map.results) == 1:
        forms = [found[operand] for operand in op.operands]
        made = _of_expr(op.map.map.results[0], forms, op.map.map.num_dims)
    return {value: 1} if made is None else made


def _plus(a: Form, b: Form, sign: int = 1) -> Form:
    total = dict(a)
    for key, number in b.items():
        total[key] = total.get(key, 0) + sign * number
    return {key: number for key, number in total.items() if number}


def _times(a: Form, b: Form) -> Form | None:
    """The product if one of the factors is a number."""
    for form, other in ((a, b), (b, a)):
        if not set(form) - {CONSTANT}:
            factor = form.get(CONSTANT, 0)
            return {key: number * factor for key, number in other.items() if number * factor}
    return None


def _of_expr(expr: AffineExpr, forms: Sequence[Form], num_dims: int) -> Form | None:
    """An affine expression of forms; None if it is not linear."""
    found: dict[AffineExpr, Form | None] = {}
    pending = [expr]
    while pending:
        node = pending[-1]
        if isinstance(node, AffineBinary):
            missing = [part for part in (node.lhs, node.rhs) if part not in found]
            if missing:
                pending += missing
                continue
            a, b = found[node.lhs], found[node.rhs]
            known = a is not None and b is not None and node.kind in ("add", "mul")
            if not known or a is None or b is None:
                found[node] = None
            else:
                found[node] = _plus(a, b) if node.kind == "add" else _times(a, b)
        elif isinstance(node, AffineDim):
            found[node] = forms[node.position]
        elif isinstance(node, AffineSymbol):
            found[node] = forms[num_dims + node.position]
        elif isinstance(node, AffineConstant):
            found[node] = {CONSTANT: node.value} if node.value else {}
        pending.pop()
    return found[expr]


def tell_iterations_apart(equations: Sequence[Form], count: int) -> bool:
    """Whether equal values of all forms mean equal values of all `count` induction variables."""
    rows = [[Fraction(form.get(number, 0)) for number in range(count)] for form in equations]
    rank = 0
    for column in range(count):
        pivot = next((row for row in rows[rank:] if row[column]), None)
        if pivot is None:
            return False
        rows.remove(pivot)
        rows.insert(rank, pivot)
        rank += 1
        for row in rows[rank:]:
            factor = row[column] / pivot[column]
            row[:] = [a - factor * b for a, b in zip(row, pivot, strict=True)]
    return True
