"""What is computed over a whole affine expression: its value, and copies with operands replaced.

All of it visits each distinct node once, in a loop, so that neither depth nor sharing hurts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias, Union, overload

from stepwell.ir.affine.expr import (
    AffineBinary,
    AffineConstant,
    AffineDim,
    AffineExpr,
    AffineSymbol,
    BinaryKind,
    binary,
    post_order,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Integers: TypeAlias = Union[int, "NDArray[np.int64]"]


@overload
def evaluate(expr: AffineExpr, dims: Sequence[int], symbols: Sequence[int] = ()) -> int: ...


@overload
def evaluate(
    expr: AffineExpr, dims: Sequence[Integers], symbols: Sequence[Integers] = ()
) -> Integers: ...


def evaluate(
    expr: AffineExpr, dims: Sequence[Integers], symbols: Sequence[Integers] = ()
) -> Integers:
    """The value where the dimensions and symbols have the given values, ints or integer arrays.

    Division rounds down (`ceildiv` up), and a remainder has the sign of what it is taken by. Python
    integers do not wrap, arrays do as NumPy's do. Raises ZeroDivisionError where an int is divided
    by zero, IndexError where a dimension or symbol has no value.

    >>> evaluate((AffineDim(0) - 7) // 2 + AffineSymbol(0), [2], [10])
    7
    """
    values: dict[AffineExpr, Integers] = {}
    for node in post_order(expr):
        if isinstance(node, AffineBinary):
            values[node] = _apply(node.kind, values[node.lhs], values[node.rhs])
        elif isinstance(node, AffineConstant):
            values[node] = node.value
        elif isinstance(node, AffineDim):
            values[node] = dims[node.position]
        elif isinstance(node, AffineSymbol):
            values[node] = symbols[node.position]
    return values[expr]


def _apply(kind: BinaryKind, lhs: Integers, rhs: Integers) -> Integers:
    if kind == "add":
        return lhs + rhs
    if kind == "mul":
        return lhs * rhs
    if kind == "mod":
        return lhs % rhs
    if kind == "floordiv":
        return lhs // rhs
    return -(-lhs // rhs)


def replace(
    expr: AffineExpr, dims: Sequence[AffineExpr] = (), symbols: Sequence[AffineExpr] = ()
) -> AffineExpr:
    """The expression with dimension i replaced by `dims[i]`, and symbols likewise.

    Positions past the end of a sequence stay as they are.

    >>> print(replace(AffineDim(0) + AffineDim(1), [AffineSymbol(0) * 2]))
    d1 + s0 * 2
    """
    done: dict[AffineExpr, AffineExpr] = {}
    for node in post_order(expr):
        done[node] = node
        if isinstance(node, AffineBinary):
            lhs, rhs = done[node.lhs], done[node.rhs]
            if lhs is not node.lhs or rhs is not node.rhs:
                done[node] = binary(node.kind, lhs, rhs)
        elif isinstance(node, AffineDim) and node.position < len(dims):
            done[node] = dims[node.position]
        elif isinstance(node, AffineSymbol) and node.position < len(symbols):
            done[node] = symbols[node.position]
    return done[expr]


def used_dims(exprs: Sequence[AffineExpr]) -> list[int]:
    """The positions of the dimensions that occur in any of the expressions, in order."""
    nodes = (node for expr in exprs for node in post_order(expr))
    return sorted({node.position for node in nodes if isinstance(node, AffineDim)})


def used_symbols(exprs: Sequence[AffineExpr]) -> list[int]:
    """The positions of the symbols that occur in any of the expressions, in order."""
    nodes = (node for expr in exprs for node in post_order(expr))
    return sorted({node.position for node in nodes if isinstance(node, AffineSymbol)})
