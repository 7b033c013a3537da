"""Derivative rules of meta: each operator's transpose is another. See `rules`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stepwell.dialects.meta.broadcast import BroadcastOp
from stepwell.dialects.meta.gather import GatherOp, ScatterReduceOp
from stepwell.dialects.meta.reduce import CombiningOp, ReduceOp
from stepwell.dialects.meta.reindex import ReindexOp, ReindexReduceOp
from stepwell.dialects.meta.scan import ScanOp
from stepwell.ir import types
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine.walk import used_dims
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.diagnostics import Diagnostic, PassError, Severity
from stepwell.ir.types import DYNAMIC, RankedTensorType
from stepwell.ir.value import Value
from stepwell.passes.derivatives.expressions import Expressions, rank_of
from stepwell.passes.derivatives.rules import Derivatives, rule

Move = Callable[[Value], Value]
"""From the places of one tensor to those of another."""


@rule(BroadcastOp)
def broadcast(op: BroadcastOp, g: Value, e: Expressions) -> Derivatives:
    """The sum over the repetitions"""
    return (_reduced(e, g, op.dimensions.ints, op.input), *_nothing(len(op.sizes)))


@rule(ReduceOp)
def reduce(op: ReduceOp, g: Value, e: Expressions) -> Derivatives:
    """g repeated, and by the kind as `_by_kind` says"""
    dims = op.dimensions.ints

    def spread(a: Value) -> Value:
        return repeated(e, a, dims, op.input)

    def total(a: Value) -> Value:
        return _reduced(e, a, dims, op.result)

    return (_by_kind(op, op.input, g, e, spread, total),)


@rule(ScanOp)
def scan(op: ScanOp, g: Value, e: Expressions) -> Derivatives:
    """The sum of g from each place on; for products of g y, by x, which is nan where x is 0

    Raises:
        PassError: the kind is another one.
    """
    kind, turned = op.kind.value, op.reverse is None
    if kind not in ("add", "mul"):
        text = f"'meta.scan' op has no derivative rule for '{kind}'"
        raise PassError(Diagnostic(Severity.ERROR, text, op.place))
    parts = g if kind == "add" else e.mul(g, op.result_)
    made = ScanOp(kind="add", input=parts, dimension=op.dimension, reverse=turned)
    total = e.insert(made).result_
    return (total if kind == "add" else e.div(total, op.input),)


@rule(ReindexReduceOp)
def reindex_reduce(op: ReindexReduceOp, g: Value, e: Expressions) -> Derivatives:
    """g read from where the elements went, and by the kind as `_by_kind` says"""

    def spread(a: Value) -> Value:
        zero = e.constant(0.0, types.element_type_or_self(a.type))
        sizes = e.dynamic_sizes(op.input)
        made = ReindexOp(a, op.symbols, sizes, zero, op.map, result_types=[op.input.type])
        return e.insert(made).result

    def total(a: Value) -> Value:
        return _reindexed(e, a, op, op.result, op.map.map)

    by_input = _by_kind(op, op.input, g, e, spread, total)
    return (by_input, *_nothing(op.num_operands - 1))


def _by_kind(
    op: CombiningOp, x: Value, g: Value, e: Expressions, spread: Move, total: Move
) -> Value | None:
    """The derivative by the elements `x` that are combined to the result.

    g to each that is added; to those that are the maximum, equal shares; of a product, what the
    others multiply to, which is nan where an element is 0.
    """
    kind = op.kind.value
    if kind == "add":
        return spread(g)
    if kind == "mul":
        return e.div(spread(e.mul(g, op.result)), x)
    if kind not in ("max", "min"):
        return None
    chosen = e.compare("oeq", x, spread(op.result))
    count = total(e.where(chosen, e.number(1.0, x)))
    # Nothing is read from where the count is 0.
    return e.where(chosen, spread(e.div(g, count)))


@rule(ReindexOp)
def reindex(op: ReindexOp, g: Value, e: Expressions) -> Derivatives:
    """The sum of what was read from a place; to the value after `else`, the rest of the sum"""
    by_input = _gathered(op, g, e)
    found = [by_input, *_nothing(len(op.symbols) + len(op.sizes))]
    if op.otherwise is None:
        return found
    outside = e.sub(summed(e, g), summed(e, by_input))
    return [*found, outside]


def _gathered(op: ReindexOp, g: Value, e: Expressions) -> Value:
    """What was read from each place, added up: first along the dimensions that all of a place is
    read along, so that what is moved is small, and the sum of products is one of matrices."""
    map = op.map.map
    used = used_dims(map.results)
    unused = [dim for dim in range(map.num_dims) if dim not in used]
    if unused:
        shape = types.dims_of(g.type)
        kept = tuple(shape[dim] for dim in used)
        type = RankedTensorType(kept, types.element_type_or_self(g.type))
        made = ReduceOp(kind="add", input=g, dimensions=unused, result_types=[type])
        g = e.insert(made).result
    return _reindexed(e, g, op, op.input, map.compress_dims(unused))


@rule(GatherOp)
def gather(op: GatherOp, g: Value, e: Expressions) -> Derivatives:
    """The sum of what was read from a row"""
    return _scattered(e, g, op, op.input), None


@rule(ScatterReduceOp)
def scatter_reduce(op: ScatterReduceOp, g: Value, e: Expressions) -> Derivatives:
    """The row that it went to, and by the kind as `_by_kind` says"""

    def spread(a: Value) -> Value:
        return e.insert(GatherOp(a, op.indices, result_types=[op.input.type])).result

    def total(a: Value) -> Value:
        return _scattered(e, a, op, op.result)

    by_input = _by_kind(op, op.input, g, e, spread, total)
    return (by_input, *_nothing(op.num_operands - 1))


def summed(e: Expressions, value: Value) -> Value:
    """The sum of all elements, as a scalar."""
    type = RankedTensorType((), types.element_type_or_self(value.type))
    dims = list(range(rank_of(value)))
    made = ReduceOp(kind="add", input=value, dimensions=list(dims), result_types=[type])
    total = e.insert(made).result
    return e.element(total, [])


def repeated(e: Expressions, a: Value, dims: Sequence[int], like: Value) -> Value:
    """`a` repeated along `dims` to the sizes of `like`."""
    if e.is_one(a):
        return e.number(1.0, like)
    shape = types.dims_of(like.type)
    sizes = [e.size(like, dim) for dim in dims if shape[dim] == DYNAMIC]
    return e.insert(BroadcastOp(a, sizes, list(dims), result_types=[like.type])).result


def _reduced(e: Expressions, a: Value, dims: Sequence[int], like: Value) -> Value:
    made = ReduceOp(kind="add", input=a, dimensions=list(dims), result_types=[like.type])
    return e.insert(made).result


def _reindexed(
    e: Expressions, a: Value, op: ReindexOp | ReindexReduceOp, like: Value, map: AffineMap
) -> Value:
    """`a` added up where `map` and the symbols of `op` lead, in a tensor of the sizes of `like`."""
    sizes = e.dynamic_sizes(like)
    made = ReindexReduceOp(
        kind="add", input=a, symbols=op.symbols, sizes=sizes, map=AffineMapAttr(map),
        result_types=[like.type],
    )  # fmt: skip
    return e.insert(made).result


def _scattered(e: Expressions, a: Value, op: GatherOp | ScatterReduceOp, like: Value) -> Value:
    """The rows of `a` added up where `op` has its indices, in a tensor of the sizes of `like`."""
    sizes = [e.size(like, 0)] if types.dims_of(like.type)[0] == DYNAMIC else []
    made = ScatterReduceOp(
        kind="add", input=a, indices=op.indices, sizes=sizes, result_types=[like.type]
    )
    return e.insert(made).result


def _nothing(count: int) -> list[None]:
    return [None] * count
