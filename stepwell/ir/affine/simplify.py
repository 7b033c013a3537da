"""Simplification of whole affine expressions, through a linear form.

An expression becomes a sum of multiples of dimensions, symbols and *locals*, each local standing
for a quotient; equal quotients are one local, and factors common to a dividend and its divisor go.
Then an expression is built from that sum again:

>>> d0, d1 = AffineDim(0), AffineDim(1)
>>> print(simplify_expr(d0 + (d1 - d0), 2, 0))
d1
>>> print(simplify_expr((d0 * 2 + d1 * 6) // 4, 2, 0))
(d0 + d1 * 3) floordiv 2
"""

from __future__ import annotations

from math import gcd
from typing import TypeAlias

from stepwell.ir.affine.expr import (
    AffineBinary,
    AffineConstant,
    AffineDim,
    AffineExpr,
    AffineSymbol,
    BinaryKind,
    as_expr,
    binary,
    post_order,
)
from stepwell.ir.affine.map import AffineMap

# Coefficients by column: dimensions, symbols, locals in order of appearance; the constant is at
# _CONSTANT. Columns with coefficient 0 are left out.
_Linear: TypeAlias = dict[int, int]

_CONSTANT = -1


def simplify_expr(expr: AffineExpr, num_dims: int, num_symbols: int) -> AffineExpr:
    """The expression rebuilt from its linear form.

    It is returned unchanged where it has none: where it is not pure affine, divides by a constant
    that is not positive, or has coefficients of more than 64 bits.
    """
    if not expr.is_pure_affine:
        return expr
    space = _Space(num_dims, num_symbols)
    forms: dict[AffineExpr, _Linear] = {}
    for node in post_order(expr):
        form = space.linear(node, forms)
        if form is None:
            return expr
        forms[node] = form
    return space.expression(forms[expr]) or expr


def simplify_map(map: AffineMap) -> AffineMap:
    """The map with every result simplified."""
    spaces = map.num_dims, map.num_symbols
    return map.with_results([simplify_expr(result, *spaces) for result in map.results])


class _Space:
    """The columns of linear forms, and what the locals stand for."""

    def __init__(self, num_dims: int, num_symbols: int) -> None:
        self.num_dims = num_dims
        self.columns: list[AffineExpr] = [AffineDim(i) for i in range(num_dims)]
        self.columns += [AffineSymbol(i) for i in range(num_symbols)]
        self.locals: dict[AffineExpr, int] = {}

    def linear(self, node: AffineExpr, forms: dict[AffineExpr, _Linear]) -> _Linear | None:
        """The linear form of a node whose operands have theirs in `forms`; None if it has none."""
        if isinstance(node, AffineDim):
            return {node.position: 1}
        if isinstance(node, AffineSymbol):
            return {self.num_dims + node.position: 1}
        if isinstance(node, AffineConstant):
            return {_CONSTANT: node.value} if node.value else {}
        assert isinstance(node, AffineBinary)
        lhs, rhs = forms[node.lhs], forms[node.rhs]
        if node.kind == "add":
            return _sum(lhs, rhs)
        factor = rhs.get(_CONSTANT, 0)
        if node.kind == "mul":
            if isinstance(node.rhs, AffineConstant):
                return _scaled(lhs, factor)
            return _scaled(rhs, lhs.get(_CONSTANT, 0))
        if factor <= 0:
            return None
        if node.kind == "mod":
            return self._remainder(lhs, factor)
        return self._quotient(node.kind, lhs, factor)

    def _remainder(self, dividend: _Linear, divisor: int) -> _Linear | None:
        """`x mod c` as `x - (x floordiv c) * c`."""
        if all(value % divisor == 0 for value in dividend.values()):
            return {}
        quotient = self._local("floordiv", *_reduced(dividend, divisor))
        return None if quotient is None else _sum(dividend, {quotient: -divisor})

    def _quotient(self, kind: BinaryKind, dividend: _Linear, divisor: int) -> _Linear | None:
        dividend, divisor = _reduced(dividend, divisor)
        if divisor == 1:
            return dividend
        quotient = self._local(kind, dividend, divisor)
        return None if quotient is None else {quotient: 1}

    def _local(self, kind: BinaryKind, dividend: _Linear, divisor: int) -> int | None:
        """The column of the local for a quotient, new or known."""
        numerator = self.expression(dividend)
        if numerator is None:
            return None
        quotient = binary(kind, numerator, as_expr(divisor))
        if quotient not in self.locals:
            self.locals[quotient] = len(self.columns)
            self.columns.append(quotient)
        return self.locals[quotient]

    def expression(self, form: _Linear) -> AffineExpr | None:
        """The expression for a linear form; None if a coefficient needs more than 64 bits."""
        if any(not -(1 << 63) <= value < 1 << 63 for value in form.values()):
            return None
        expr = as_expr(0)
        for column in sorted(form.keys() - {_CONSTANT}):
            expr = expr + self.columns[column] * form[column]
        return expr + form.get(_CONSTANT, 0)


def _sum(lhs: _Linear, rhs: _Linear) -> _Linear:
    total = dict(lhs)
    for column, value in rhs.items():
        total[column] = total.get(column, 0) + value
        if not total[column]:
            del total[column]
    return total


def _scaled(form: _Linear, factor: int) -> _Linear:
    return {column: value * factor for column, value in form.items()} if factor else {}


def _reduced(dividend: _Linear, divisor: int) -> tuple[_Linear, int]:
    """Dividend and divisor without their greatest common factor."""
    factor = gcd(divisor, *dividend.values())
    return {column: value // factor for column, value in dividend.items()}, divisor // factor
