"""Structured ops, their inits and their bodies, made in one call."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stepwell.dialects.arith.floating import AddFOp, MaximumFOp, MinimumFOp, MulFOp
from stepwell.dialects.arith.integer import (
    AddIOp,
    AndIOp,
    MaxSIOp,
    MinSIOp,
    MulIOp,
    OrIOp,
    XOrIOp,
)
from stepwell.dialects.linalg.attributes import PARALLEL, IteratorTypeAttr
from stepwell.dialects.linalg.generic import IndexOp, YieldOp, generic
from stepwell.dialects.linalg.named import FillOp
from stepwell.dialects.meta.reduction_kind import neutral_attribute, plain_kind
from stepwell.dialects.tensor.creation import EmptyOp
from stepwell.dialects.tensor.elements import ExtractOp
from stepwell.ir import types
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.attribute import Type
from stepwell.ir.block import Block, Region
from stepwell.ir.builder import Builder
from stepwell.ir.definition import Op
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import DYNAMIC, FloatType, RankedTensorType
from stepwell.ir.value import Value
from stepwell.passes.meta_to_linalg.sizes import Size

Body = Callable[[Builder, Sequence[Value]], Value]
REDUCTION = IteratorTypeAttr("reduction")

_FLOAT: dict[str, type[Op]] = {
    "add": AddFOp,
    "mul": MulFOp,
    "max": MaximumFOp,
    "min": MinimumFOp,
}
_INTEGER: dict[str, type[Op]] = {
    "add": AddIOp,
    "mul": MulIOp,
    "max": MaxSIOp,
    "min": MinSIOp,
    "and": AndIOp,
    "or": OrIOp,
    "xor": XOrIOp,
}


def combined_in_order(b: Builder, kind: str, lhs: Value, rhs: Value) -> Value:
    """Two scalars combined, floats no otherwise than it is written."""
    table = _FLOAT if isinstance(lhs.type, FloatType) else _INTEGER
    return b.insert(table[plain_kind(kind, lhs.type)](lhs, rhs)).results[0]


def combined(b: Rewriter, kind: str, lhs: Value, rhs: Value) -> Value:
    """Two scalars combined as a reduction of that kind does.

    Sums and products of floats may be taken in any order, as the dialect says.
    """
    name = plain_kind(kind, lhs.type)
    if not isinstance(lhs.type, FloatType):
        return b.insert(_INTEGER[name](lhs, rhs)).results[0]
    if name in ("add", "mul"):
        return b.insert(_FLOAT[name](lhs, rhs, fastmath="reassoc")).results[0]
    return b.insert(_FLOAT[name](lhs, rhs)).results[0]


def loop_order(rank: int, reduced: Sequence[int]) -> list[int]:
    """The order of the loops of a reduction of a tensor, outermost first.

    What stays comes first, so that it can run in parallel; but the last dimension, whose elements
    are neighbours, is always the innermost loop.
    """
    kept = [dim for dim in range(rank - 1) if dim not in reduced]
    inner = [dim for dim in reduced if dim != rank - 1]
    return [*kept, *inner, rank - 1] if rank else []


def empty(b: Rewriter, shape: Sequence[Size], element: Type) -> Value:
    """A tensor whose elements are not specified."""
    sizes = [size for size in shape if isinstance(size, Value)]
    static = tuple(DYNAMIC if isinstance(size, Value) else size for size in shape)
    return b.insert(EmptyOp(sizes, result_types=[RankedTensorType(static, element)])).result


def filled(b: Rewriter, scalar: Value, shape: Sequence[Size]) -> Value:
    """A tensor that has the scalar everywhere."""
    return b.insert(FillOp.of([scalar], [empty(b, shape, scalar.type)])).results[0]


def neutral(b: Rewriter, kind: str, element: Type) -> Value:
    """What a reduction of that kind starts from."""
    return b.constant(neutral_attribute(kind, element), element)


def pointwise(
    b: Rewriter,
    inputs: Sequence[Value],
    maps: Sequence[AffineMap],
    shape: Sequence[Size],
    element: Type,
    body: Body,
) -> Value:
    """A tensor of this shape, each element of which `body` computes from those of the inputs.

    Args:
        b: stands where the op goes.
        inputs: tensors or scalars.
        maps: from places in the result to places in each input.
        shape: of the result.
        element: the element type of the result.
        body: gets a builder inside and an element of each input.
    """
    rank = len(shape)
    init = empty(b, shape, element)
    every = [*maps, AffineMap.identity(rank)]
    return structured(b, inputs, init, every, [PARALLEL] * rank, body)


def reduction(
    b: Rewriter,
    kind: str,
    inputs: Sequence[Value],
    maps: Sequence[AffineMap],
    shape: Sequence[Size],
    element: Type,
    body: Body,
) -> Value:
    """A tensor of this shape: what `body` gives, combined over what the last map leaves out.

    Args:
        b: stands where the op goes.
        kind: how elements are combined.
        inputs: tensors or scalars.
        maps: from loops to places in each input, and in the result.
        shape: of the result.
        element: its element type.
        body: gets a builder inside and an element of each input.
    """
    init = filled(b, neutral(b, kind, element), shape)

    def combine(inner: Builder, arguments: Sequence[Value]) -> Value:
        return combined(inner, kind, arguments[-1], body(inner, arguments[:-1]))

    kept = maps[-1].dim_positions or ()
    kinds = [PARALLEL if dim in kept else REDUCTION for dim in range(maps[-1].num_dims)]
    return structured(b, inputs, init, maps, kinds, combine)


def structured(
    b: Rewriter,
    inputs: Sequence[Value],
    init: Value,
    maps: Sequence[AffineMap],
    kinds: Sequence[IteratorTypeAttr],
    body: Body,
) -> Value:
    """The result of a `linalg.generic`; `body` gets an element of each input and of the init."""
    block = Block([types.element_type_or_self(value.type) for value in (*inputs, init)])
    made = generic(inputs, [init], maps, kinds, Region([block]))
    b.insert(made)
    inner = Builder.into(block, made.location)
    inner.insert(YieldOp([body(inner, block.args)]))
    return made.results[0]


def place(b: Rewriter, count: int, first: int = 0) -> list[Value]:
    """Where a body is in `count` dimensions of the iteration space, from `first` on."""
    return [b.insert(IndexOp(dim)).result for dim in range(first, first + count)]


def extracted(b: Rewriter, tensor: Value, indices: Sequence[Value]) -> Value:
    """One element of a tensor."""
    element = types.element_type_or_self(tensor.type)
    return b.insert(ExtractOp(tensor, list(indices), result_types=[element])).result
