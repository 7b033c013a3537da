"""Raise products that are summed up to linalg: matrix products, convolutions, poolings

    %a = meta.broadcast %x sizes(%n) dimensions = [1] : tensor<?x?xf32> -> tensor<?x?x?xf32>
    %b = meta.broadcast %w sizes(%m) dimensions = [0] : tensor<?x?xf32> -> tensor<?x?x?xf32>
    %p = arith.mulf %a, %b : tensor<?x?x?xf32>
    %r = meta.reduce add %p dimensions = [2] : tensor<?x?x?xf32> -> tensor<?x?xf32>
->
    %r = linalg.matmul indexing_maps = [...] ins(%x, %w : ...) outs(%zeros : ...) -> tensor<?x?xf32>

A sum over a product of tensors that are seen through `meta.broadcast` and `meta.reindex` never
needs the product in memory. What linalg has a name for gets that name (`matmul`, `batch_matmul`,
`conv_1d_ncw_fcw`, `conv_2d_nchw_fchw`, grouped and depthwise ones, `pooling_nchw_max`, ...); the
rest is one `linalg.generic`. `meta.reindex_reduce` of a product, the derivative of a convolution by
its input, is turned round: each place of the result looks for its products. Padding, and what is
read backwards or with gaps, is a `meta.reindex` of one operand.

Needs: the meta dialect. Keeps: values, but for the order of additions.
"""

from __future__ import annotations

from stepwell.dialects.arith.floating import MulFOp
from stepwell.dialects.arith.integer import MulIOp
from stepwell.dialects.meta.reduce import ReduceOp
from stepwell.dialects.meta.reindex import ReindexReduceOp
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.greedy import GreedyOptions, apply_patterns_greedily
from stepwell.ir.rewriting.pattern import NoMatch, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value
from stepwell.passes.meta_raising.contraction import Contraction, Loop, moved_along
from stepwell.passes.meta_raising.emission import emit
from stepwell.passes.meta_raising.views import View, view_of
from stepwell.passes.meta_to_linalg.sizes import result_shape, traced


@pattern
def reduced_product(op: ReduceOp, rewriter: Rewriter) -> Rewrite:
    """meta.reduce(view of a * view of b) -> a contraction of a and b"""
    kind, reduced = op.kind.value, op.dimensions.ints
    views = _factors(op.input, kind)
    rank = len(ranked(op.input.type).shape)
    if all(view.has_loops(rank) for view in views):
        raise NoMatch("every factor is read as it is")
    out = tuple(dim for dim in range(rank) if dim not in reduced)
    contraction = Contraction(kind, _loops(op.input), out, views)
    return emit(contraction, ranked(op.result_.type), rewriter)


@pattern
def moved_product(op: ReindexReduceOp, rewriter: Rewriter) -> Rewrite:
    """meta.reindex_reduce(view of a * view of b) -> a contraction of a and b"""
    kind, product, map = op.kind.value, op.input, op.map.map
    inner = product.defining_op
    if isinstance(inner, ReduceOp) and inner.kind is op.kind:
        product = inner.input
        rank, reduced = len(ranked(product.type).shape), inner.dimensions.ints
        map = map.compose(AffineMap.filtered_identity(rank, lambda dim: dim not in reduced))
    views = _factors(product, kind)
    if any(len(view.places) >= len(ranked(product.type).shape) for view in views):
        raise NoMatch("a factor is as large as the product")
    type = ranked(op.result_.type)
    products = Contraction(kind, _loops(product), (), views)
    moved = moved_along(products, map, op.symbols, result_shape(type, op.sizes))
    return emit(moved, type, rewriter)


def _factors(value: Value, kind: str) -> tuple[View, ...]:
    """What is multiplied: two views for a product whose sum is taken, else the one of `value`."""
    made = value.defining_op
    if kind == "add" and isinstance(made, MulFOp | MulIOp):
        return view_of(made.lhs, kind), view_of(made.rhs, kind)
    return (view_of(value, kind),)


def _loops(value: Value) -> tuple[Loop, ...]:
    """The loops over the elements of a tensor; the factors of a product have the same."""
    made = value.defining_op
    alike = [made.lhs, made.rhs] if isinstance(made, MulFOp | MulIOp) else [value]
    rank = len(ranked(value.type).shape)
    return tuple(Loop(tuple(traced(one, dim) for one in alike)) for dim in range(rank))


@pass_("raise-meta-to-linalg")
def raise_meta_to_linalg(op: Operation, context: PassContext) -> None:
    """Makes the contractions among the meta ops inside `op` linalg's."""
    options = GreedyOptions(simplify="disabled")
    # A sum that is moved is one contraction with the move: what moves goes first.
    apply_patterns_greedily(op, [moved_product], options)
    apply_patterns_greedily(op, [reduced_product], options)
