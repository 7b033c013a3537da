"""The meta-operators by Jittor's names: `reindex`, `reindex_reduce`, `reduce`, `unary`, `binary`,
`ternary`; all other functions are composed of these.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.frontend.jittor import operations as ops
from stepwell.frontend.jittor.dtypes import TensorError, bool_, dtype_of
from stepwell.frontend.jittor.index_expressions import index_map
from stepwell.frontend.jittor.node import Node, Number, constant
from stepwell.frontend.jittor.var import Dims, Operand, Var, as_var

UNARY = frozenset(
    ("abs", "negative", "logical_not", "exp", "log", "log2", "sqrt", "sin", "cos", "tan", "tanh",
     "sigmoid", "erf", "log10", "log1p", "expm1", "rsqrt", "asin", "acos", "atan", "sinh", "cosh",
     "asinh", "acosh", "atanh", "floor", "ceil", "round")
)  # fmt: skip
BINARY = frozenset(
    ("add", "subtract", "multiply", "divide", "floor_divide", "mod", "maximum", "minimum",
     "equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "logical_and",
     "logical_or")
)  # fmt: skip
REDUCTIONS = {
    "add": "add", "sum": "add", "multiply": "multiply", "prod": "multiply",
    "maximum": "maximum", "max": "maximum", "minimum": "minimum", "min": "minimum",
}  # fmt: skip


def reindex(
    x: Var,
    shape: Sequence[int],
    indexes: Sequence[str],
    overflow_value: Number = 0,
) -> Var:
    """Elements of `x` in another order: `result[i0, i1, ...] = x[indexes[0], indexes[1], ...]`.

    reindex(x, [2, 3], ["i1", "i0"])                 # of a 3 x 2 array, its transpose

    Args:
        shape: of the result.
        indexes: for each dimension of `x` an affine expression of `i0`, `i1`, ..., integers and the
            sizes `xshape0`, ...
        overflow_value: the element where an index is outside of `x`.

    Raises:
        TensorError: an expression is malformed, or there are more or fewer than dimensions.
    """
    node, wanted = x.node, tuple(shape)
    map = index_map(tuple(indexes), len(wanted), len(node.shape))
    symbols = node.shape if map.num_symbols else ()
    value = constant(overflow_value, x.dtype)
    return Var(ops.reindexed(node, wanted, map, value, symbols))


def reindex_reduce(y: Var, op: str, shape: Sequence[int], indexes: Sequence[str]) -> Var:
    """The transpose of `reindex`: `y[i0, ...]` is combined into `result[indexes[0], ...]`.

    What falls outside of the result is dropped; where nothing arrives, there is the neutral element
    of `op`: 0 for "add".

    Args:
        op: "add", "multiply", "maximum" or "minimum".
        shape: of the result.
        indexes: for each of its dimensions an affine expression of `i0`, ... and `xshape0`, ...
    """
    node, wanted = y.node, tuple(shape)
    map = index_map(tuple(indexes), len(node.shape), len(wanted))
    symbols = wanted if map.num_symbols else ()
    return Var(ops.reindex_reduced(_reduction(op), node, wanted, map, symbols))


def reduce(x: Var, op: str, dims: Dims = None, keepdims: bool = False) -> Var:
    """The elements combined along `dims` by "add", "multiply", "maximum", "minimum" or "mean"."""
    listed = (dims,) if isinstance(dims, int) else dims
    if op == "mean":
        return Var(ops.mean(x.node, listed, keepdims))
    return Var(ops.reduce(_reduction(op), x.node, listed, keepdims))


def unary(x: Operand, op: str) -> Var:
    """A function of each element, by name; the name of an element type converts."""
    node = as_var(x).node
    if op in UNARY:
        return Var(ops.elementwise(op, ops.cast(node, bool_) if op == "logical_not" else node))
    return Var(ops.cast(node, dtype_of(op)))


def binary(x: Operand, y: Operand, op: str) -> Var:
    """A function of each pair of elements, by name."""
    if op == "pow":
        return as_var(x) ** y
    if op not in BINARY:
        raise TensorError(f"there is no binary operator {op!r}; there are: {_listed(BINARY)}, pow")
    nodes: list[Node] = [as_var(one).node for one in (x, y)]
    if op in ops.LOGICAL:
        nodes = [ops.cast(one, bool_) for one in nodes]
    return Var(ops.binary(op, nodes[0], nodes[1]))


def _reduction(op: str) -> str:
    if op not in REDUCTIONS:
        raise TensorError(f"there is no reduction {op!r}; there are: {_listed(REDUCTIONS)}")
    return REDUCTIONS[op]


def _listed(names: object) -> str:
    assert isinstance(names, (frozenset, dict))
    return ", ".join(sorted(names))
