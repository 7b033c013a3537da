"""Structured ops that read through others, so that what these only repeat is never stored."""

from __future__ import annotations

from stepwell.dialects.linalg.generic import GenericOp, YieldOp, generic
from stepwell.dialects.linalg.structured import is_invertible
from stepwell.dialects.tensor.elements import DimOp
from stepwell.ir import types
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.block import Block, Region
from stepwell.ir.clone import clone_ops_into
from stepwell.ir.rewriting.pattern import NoMatch, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import RankedTensorType
from stepwell.ir.value import Value
from stepwell.passes.fusion.unused_operands import replace_unread_inits
from stepwell.passes.meta_to_linalg.loops import empty
from stepwell.passes.meta_to_linalg.sizes import shape_of_value, size_value, traced


@pattern
def read_through_copies(op: GenericOp, rewriter: Rewriter) -> Rewrite:
    """generic(copy of x) -> generic(x), through the maps of both, however often the copy is used"""
    maps = op.indexing_maps
    for number, value in enumerate(op.inputs):
        source = _copied(value)
        if source is None:
            continue
        origin, map = source
        read = map.compose(maps[number])
        others = [*maps[:number], read, *maps[number + 1 :]]
        if not is_invertible(others, op.num_loops):
            continue
        operands = list(op.operands)
        operands[number] = origin
        count = len(op.inputs)
        body = Block([types.element_type_or_self(v.type) for v in operands])
        mapping: dict[Value, Value] = dict(zip(op.body.args, body.args, strict=True))
        clone_ops_into(op.body, body, mapping)
        ending = op.body.last
        assert ending is not None
        body.append(YieldOp.create([mapping.get(v, v) for v in ending.operands]))
        made = generic(
            operands[:count], operands[count:], others, op.iterator_types, Region([body])
        )
        made.attributes.update(op.attributes)
        return rewriter.insert(made)
    raise NoMatch("no input is a copy that repeats or moves elements")


def _copied(value: Value) -> tuple[Value, AffineMap] | None:
    """The tensor that `value` repeats the elements of, and where its own are in that."""
    made = value.defining_op
    if not isinstance(made, GenericOp) or len(made.inputs) != 1 or len(made.outputs) != 1:
        return None
    first, (source, target) = made.body.first, made.indexing_maps
    if not isinstance(first, YieldOp) or first.operands[0] is not made.body.args[0]:
        return None
    if not target.is_identity or not isinstance(made.inputs[0].type, RankedTensorType):
        return None
    return made.inputs[0], source


@pattern
def init_of_own(op: GenericOp, rewriter: Rewriter) -> Rewrite:
    """generic outs(t), with a body that does not read t -> generic outs(tensor.empty)"""
    return replace_unread_inits(
        op,
        rewriter,
        lambda value, type: empty(rewriter, shape_of_value(value, rewriter), type.element_type),
    )


@pattern
def size_from_origin(op: DimOp, rewriter: Rewriter) -> Rewrite:
    """tensor.dim of what an op makes -> the size that the op was given"""
    number = op.constant_index
    if number is None or not isinstance(op.source.type, RankedTensorType):
        raise NoMatch("the dimension or the rank is not known")
    if not number < len(op.source.type.shape):
        raise NoMatch("there is no such dimension")
    found = traced(op.source, number)
    if not isinstance(found, tuple):
        return size_value(found, rewriter)
    if found == (op.source, number):
        raise NoMatch("the size has no other origin")
    return rewriter.insert(DimOp(found[0], rewriter.constant(found[1], types.index)))
