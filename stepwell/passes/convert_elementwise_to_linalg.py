"""Convert ElementwiseMappable ops to linalg

    %0 = arith.addf %a, %b : tensor<?xf32>
->
    %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]}
           ins(%a, %b : tensor<?xf32>, tensor<?xf32>) outs(%a : tensor<?xf32>) {
         ^bb0(%in: f32, %in_0: f32, %out: f32):
           %1 = arith.addf %in, %in_0 : f32
           linalg.yield %1 : f32
         } -> tensor<?xf32>

An operand of the result's type serves as init; without one, `tensor.empty` makes it.

Needs: nothing. Keeps: everything else.
"""

from __future__ import annotations

from stepwell.dialects.linalg.attributes import PARALLEL
from stepwell.dialects.linalg.generic import YieldOp, generic
from stepwell.dialects.tensor.creation import EmptyOp
from stepwell.dialects.tensor.elements import DimOp
from stepwell.ir import types
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.greedy import GreedyOptions, apply_patterns_greedily
from stepwell.ir.rewriting.pattern import NoMatch, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.traits import Elementwise
from stepwell.ir.types import RankedTensorType
from stepwell.ir.value import Value


@pattern(on=Elementwise)
def elementwise_to_linalg(op: Operation, rewriter: Rewriter) -> Rewrite:
    """An elementwise op on ranked tensors -> linalg.generic"""
    ranks = {len(v.type.shape) for v in op.operands if isinstance(v.type, RankedTensorType)}
    if any(isinstance(v.type, types.UnrankedTensorType) for v in (*op.operands, *op.results)):
        raise NoMatch("a tensor has no rank")
    if len(ranks) != 1 or not all(isinstance(v.type, RankedTensorType) for v in op.results):
        raise NoMatch("it does not work on tensors")
    (rank,) = ranks
    inits = [_init(op, result, rewriter) for result in op.results]
    values = [*op.operands, *inits]
    block = Block([types.element_type_or_self(value.type) for value in values])
    scalar = type(op).create(
        block.args[: op.num_operands],
        [types.element_type_or_self(type) for type in op.result_types],
        dict(op._properties) if op._properties else None,
        dict(op._attributes) if op._attributes else None,
        location=op.location,
    )
    block.append(scalar)
    block.append(YieldOp.create(scalar.results))
    identity, constant = AffineMap.identity(rank), AffineMap(rank, 0, ())
    maps = [identity if isinstance(v.type, RankedTensorType) else constant for v in values]
    made = generic(op.operands, inits, maps, [PARALLEL] * rank, Region([block]))
    made.location = op.location
    return rewriter.insert(made)


def _init(op: Operation, result: Value, rewriter: Rewriter) -> Value:
    """An operand of the result's type, or else a new tensor of its shape."""
    for value in op.operands:
        if value.type is result.type:
            return value
    shape = types.dims_of(result.type)
    like = next(v for v in op.operands if isinstance(v.type, RankedTensorType))
    sizes = []
    for dim, size in enumerate(shape):
        if size == types.DYNAMIC:
            index = rewriter.constant(IntegerAttr(dim, types.index), types.index, op.location)
            sizes.append(rewriter.insert(DimOp(like, index)).result)
    return rewriter.insert(EmptyOp(sizes, result_types=[result.type])).result


@pass_("convert-elementwise-to-linalg", title="ConvertElementwiseToLinalgPass")
def convert_elementwise_to_linalg(op: Operation, context: PassContext) -> None:
    """Makes every elementwise op on ranked tensors inside `op` a `linalg.generic`."""
    options = GreedyOptions(simplify="disabled", share_constants=False)
    apply_patterns_greedily(op, [elementwise_to_linalg], options)
