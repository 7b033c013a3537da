"""Contractions as ops of linalg."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.floating import MulFOp
from stepwell.dialects.arith.integer import MulIOp
from stepwell.dialects.linalg.attributes import PARALLEL
from stepwell.dialects.linalg.structured import is_invertible
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir import types
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.builder import Builder
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import DYNAMIC, FloatType, RankedTensorType
from stepwell.ir.value import Value
from stepwell.passes.meta_raising.contraction import Contraction, backward_loops, turned
from stepwell.passes.meta_raising.named import find_named, make_named
from stepwell.passes.meta_raising.operands import Operand, operand_for
from stepwell.passes.meta_to_linalg.loops import (
    REDUCTION,
    combined,
    empty,
    filled,
    neutral,
    structured,
)
from stepwell.passes.meta_to_linalg.sizes import Size, as_size, size_value


def emit(contraction: Contraction, type: RankedTensorType, rewriter: Rewriter) -> Value:
    """The result of a contraction: of a named op if there is one, else of a `linalg.generic`.

    Args:
        contraction: what is computed.
        type: of the result.
        rewriter: stands where the ops go.

    Raises:
        NoMatch: a place is a difference of loops that cannot be turned.
    """
    backward = backward_loops(contraction)
    kind = contraction.kind
    loops = contraction.loops
    sizes = [as_size(loop.extent, rewriter) for loop in loops]
    views = [turned(view, backward, sizes) for view in contraction.views]
    operands = [operand_for(view, loops, sizes, kind, rewriter) for view in views]
    start = neutral(rewriter, kind, type.element_type)
    init = filled(rewriter, start, _shape(type, contraction.out, sizes, rewriter))
    if type.element_type is not types.i1:
        match = find_named(kind, operands, contraction.out)
        if match is not None:
            return make_named(match, init, sizes, rewriter)
    return _generic(contraction, operands, sizes, init, rewriter)


def _shape(
    type: RankedTensorType, out: Sequence[int], sizes: Sequence[Size], rewriter: Rewriter
) -> list[Size]:
    """The sizes of the result, as far as its type does not tell them."""
    return [
        size_value(sizes[loop], rewriter) if size == DYNAMIC else size
        for size, loop in zip(type.shape, out, strict=True)
    ]


def _generic(
    contraction: Contraction,
    operands: Sequence[Operand],
    sizes: Sequence[Size],
    init: Value,
    rewriter: Rewriter,
) -> Value:
    count, out, kind = len(sizes), contraction.out, contraction.kind
    inputs = [operand.value for operand in operands]
    maps = [operand.map for operand in operands]
    target = AffineMap(count, 0, tuple(AffineDim(loop) for loop in out))
    if not is_invertible([*maps, target], count):
        # The loops whose extent no operand says are those of a tensor that is not read.
        lost = [loop for loop in range(count) if AffineDim(loop) not in _alone([*maps, target])]
        element = ranked(init.type).element_type
        inputs.append(empty(rewriter, [sizes[loop] for loop in lost], element))
        maps.append(AffineMap(count, 0, tuple(AffineDim(loop) for loop in lost)))
    factors = len(operands)

    def body(b: Builder, arguments: Sequence[Value]) -> Value:
        product = arguments[0]
        for factor in arguments[1:factors]:
            product = _multiplied(b, product, factor)
        return combined(b, kind, arguments[-1], product)

    kinds = [PARALLEL if loop in out else REDUCTION for loop in range(count)]
    return structured(rewriter, inputs, init, [*maps, target], kinds, body)


def _alone(maps: Sequence[AffineMap]) -> set[AffineDim]:
    return {expr for map in maps for expr in map.results if isinstance(expr, AffineDim)}


def _multiplied(b: Builder, lhs: Value, rhs: Value) -> Value:
    if isinstance(lhs.type, FloatType):
        return b.insert(MulFOp(lhs, rhs)).result
    return b.insert(MulIOp(lhs, rhs)).result
