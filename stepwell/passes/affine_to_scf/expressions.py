"""Affine expressions as ops of arith on `index`."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.compare import CmpIOp, SelectOp
from stepwell.dialects.arith.division import DivSIOp, RemSIOp
from stepwell.dialects.arith.integer import AddIOp, MaxSIOp, MinSIOp, MulIOp, SubIOp
from stepwell.ir import types
from stepwell.ir.affine.expr import (
    AffineBinary,
    AffineConstant,
    AffineDim,
    AffineExpr,
    AffineSymbol,
    BinaryKind,
)
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value


class Expander:
    """Makes ops for expressions over given dimensions and symbols, at a rewriter's place."""

    def __init__(self, rewriter: Rewriter, dims: Sequence[Value], symbols: Sequence[Value]) -> None:
        self.rewriter = rewriter
        self.dims = dims
        self.symbols = symbols

    def constant(self, value: int) -> Value:
        """A constant of type index."""
        return self.rewriter.constant(IntegerAttr(value, types.index), types.index)

    def expand(self, root: AffineExpr) -> Value:
        """The value of an expression; without recursion, operands before operators."""
        made: list[Value] = []
        pending: list[tuple[AffineExpr, bool]] = [(root, False)]
        while pending:
            expr, ready = pending.pop()
            if isinstance(expr, AffineBinary) and not ready:
                pending += [(expr, True), (expr.rhs, False), (expr.lhs, False)]
            elif isinstance(expr, AffineBinary):
                rhs, lhs = made.pop(), made.pop()
                made.append(self._binary(expr.kind, lhs, rhs))
            else:
                made.append(self._leaf(expr))
        return made.pop()

    def _leaf(self, expr: AffineExpr) -> Value:
        if isinstance(expr, AffineDim):
            return self.dims[expr.position]
        if isinstance(expr, AffineSymbol):
            return self.symbols[expr.position]
        assert isinstance(expr, AffineConstant)
        return self.constant(expr.value)

    def _binary(self, kind: BinaryKind, lhs: Value, rhs: Value) -> Value:
        insert = self.rewriter.insert
        if kind == "add":
            return insert(AddIOp(lhs, rhs)).result
        if kind == "mul":
            return insert(MulIOp(lhs, rhs, overflowFlags="nsw")).result
        if kind == "mod":
            return self.modulo(lhs, rhs)
        if kind == "floordiv":
            return self.floor_divide(lhs, rhs)
        return self._ceil_divide(lhs, rhs)

    def modulo(self, lhs: Value, rhs: Value) -> Value:
        """The remainder with the sign of a positive divisor."""
        insert = self.rewriter.insert
        rest = insert(RemSIOp(lhs, rhs)).result
        negative = insert(CmpIOp("slt", rest, self.constant(0))).result
        moved = insert(AddIOp(rest, rhs)).result
        return insert(SelectOp(negative, moved, rest)).result

    def floor_divide(self, lhs: Value, rhs: Value) -> Value:
        """The quotient rounded down, for a positive divisor: -1 - (-1 - a) / b where a < 0."""
        insert = self.rewriter.insert
        minus_one = self.constant(-1)
        negative = insert(CmpIOp("slt", lhs, self.constant(0))).result
        mirrored = insert(SubIOp(minus_one, lhs)).result
        dividend = insert(SelectOp(negative, mirrored, lhs)).result
        quotient = insert(DivSIOp(dividend, rhs)).result
        back = insert(SubIOp(minus_one, quotient)).result
        return insert(SelectOp(negative, back, quotient)).result

    def _ceil_divide(self, lhs: Value, rhs: Value) -> Value:
        """The quotient rounded up: -(-a / b) where a <= 0, else (a - 1) / b + 1."""
        insert = self.rewriter.insert
        zero, one = self.constant(0), self.constant(1)
        not_positive = insert(CmpIOp("sle", lhs, zero)).result
        negated = insert(SubIOp(zero, lhs)).result
        less = insert(SubIOp(lhs, one)).result
        dividend = insert(SelectOp(not_positive, negated, less)).result
        quotient = insert(DivSIOp(dividend, rhs)).result
        back = insert(SubIOp(zero, quotient)).result
        more = insert(AddIOp(quotient, one)).result
        return insert(SelectOp(not_positive, back, more)).result


def expand_map(map: AffineMap, operands: Sequence[Value], rewriter: Rewriter) -> list[Value]:
    """The results of a map applied to operands, dimensions first."""
    expander = Expander(rewriter, operands[: map.num_dims], operands[map.num_dims :])
    return [expander.expand(expr) for expr in map.results]


def expand_extreme(
    map: AffineMap,
    operands: Sequence[Value],
    rewriter: Rewriter,
    extreme: type[MaxSIOp] | type[MinSIOp],
) -> Value:
    """The least or greatest of the results of a map; `extreme` is arith's op for two."""
    first, *others = expand_map(map, operands, rewriter)
    for other in others:
        first = rewriter.insert(extreme(first, other)).result
    return first
