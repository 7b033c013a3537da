"""Ops on tensors of which every element is known: fills."""

from __future__ import annotations

from stepwell.dialects.linalg.named import CopyOp, FillOp
from stepwell.dialects.linalg.structured import is_memref
from stepwell.dialects.tensor.elements import ExtractOp
from stepwell.dialects.tensor.reshapes import CollapseShapeOp, ExpandShapeOp
from stepwell.ir.rewriting.pattern import NoMatch, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value


def fill_of(value: Value) -> FillOp:
    """The fill that makes a tensor.

    Raises:
        NoMatch: it is not made by one.
    """
    made = value.defining_op
    if not isinstance(made, FillOp) or is_memref(made.outputs[0].type):
        raise NoMatch("the tensor is not made by linalg.fill")
    return made


@pattern
def collapse_of_fill(op: CollapseShapeOp, rewriter: Rewriter) -> Rewrite:
    """collapse_shape(fill(x, t)) -> fill(x, collapse_shape(t))"""
    made = fill_of(op.src)
    init = CollapseShapeOp.create(
        [made.outputs[0]], op.result_types, dict(op.properties), op._attributes
    )
    return rewriter.insert(FillOp.of(made.inputs, [rewriter.insert(init).result]))


@pattern
def expand_of_fill(op: ExpandShapeOp, rewriter: Rewriter) -> Rewrite:
    """expand_shape(fill(x, t)) -> fill(x, expand_shape(t))"""
    made = fill_of(op.src)
    operands = [made.outputs[0], *op.operands[1:]]
    init = ExpandShapeOp.create(operands, op.result_types, dict(op.properties), op._attributes)
    return rewriter.insert(FillOp.of(made.inputs, [rewriter.insert(init).result]))


@pattern
def extract_of_fill(op: ExtractOp, rewriter: Rewriter) -> Rewrite:
    """extract(fill(x, t)) -> x"""
    return fill_of(op.tensor).inputs[0]


@pattern
def copy_of_fill(op: CopyOp, rewriter: Rewriter) -> Rewrite:
    """copy(fill(x, t), u) -> fill(x, u)"""
    made = fill_of(op.inputs[0])
    if is_memref(op.outputs[0].type) or made.outputs[0].type is not op.outputs[0].type:
        raise NoMatch("the types differ")
    return rewriter.insert(FillOp.of(made.inputs, op.outputs))


@pattern
def copy_to_fill(op: CopyOp, rewriter: Rewriter) -> Rewrite:
    """copy(s, fill(x, t)) -> copy(s, t)"""
    made = fill_of(op.outputs[0])
    properties = dict(op.properties)
    return rewriter.insert(CopyOp.of(op.inputs, made.outputs, properties))
