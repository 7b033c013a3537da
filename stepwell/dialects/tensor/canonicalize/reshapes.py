"""Reshapes of reshapes, and of tensors whose elements are all known."""

from __future__ import annotations

from stepwell.dialects.tensor.creation import FromElementsOp, GenerateOp, SplatOp
from stepwell.dialects.tensor.elements import ExtractOp
from stepwell.dialects.tensor.reassociation import groups_attribute
from stepwell.dialects.tensor.reshapes import CollapseShapeOp, ConcatOp, ExpandShapeOp, ReshapeOp
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir.effects import is_pure
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.pattern import NoMatch, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import RankedTensorType
from stepwell.ir.value import Value


@pattern
def collapse_of_collapse(op: CollapseShapeOp, rewriter: Rewriter) -> Rewrite:
    """collapse_shape(collapse_shape(t)) -> collapse_shape(t)"""
    made = op.src.defining_op
    if not isinstance(made, CollapseShapeOp):
        raise NoMatch("its source is not a collapse_shape")
    groups = [[dim for middle in group for dim in made.groups[middle]] for group in op.groups]
    if not op.groups:
        groups = []
    return rewriter.insert(
        CollapseShapeOp(made.src, groups_attribute(groups), result_types=op.result_types)
    )


@pattern
def expand_of_expand(op: ExpandShapeOp, rewriter: Rewriter) -> Rewrite:
    """expand_shape(expand_shape(t)) -> expand_shape(t)"""
    made = op.src.defining_op
    if not isinstance(made, ExpandShapeOp):
        raise NoMatch("its source is not an expand_shape")
    groups = [[dim for middle in group for dim in op.groups[middle]] for group in made.groups]
    return rewriter.insert(
        ExpandShapeOp(
            made.src,
            op.output_shape,
            groups_attribute(groups),
            op.static_output_shape,
            result_types=op.result_types,
        )
    )


@pattern
def reshape_of_reshape(op: ReshapeOp, rewriter: Rewriter) -> Rewrite:
    """reshape(reshape(t, s), r) -> reshape(t, r)"""
    made = op.source.defining_op
    if not isinstance(made, ReshapeOp):
        raise NoMatch("its source is not a reshape")
    return rewriter.insert(ReshapeOp(made.source, op.shape, result_types=op.result_types))


def _of_elements(op: ExpandShapeOp | CollapseShapeOp, rewriter: Rewriter) -> Operation:
    made, type = op.src.defining_op, op.result_.type
    if not isinstance(type, RankedTensorType) or not type.has_static_shape:
        raise NoMatch("a size is not known")
    if isinstance(made, FromElementsOp):
        return rewriter.insert(FromElementsOp(made.elements, result_types=[type]))
    if isinstance(made, SplatOp):
        return rewriter.insert(SplatOp(made.input, (), result_types=[type]))
    raise NoMatch("its source is neither from_elements nor splat")


@pattern
def expand_of_elements(op: ExpandShapeOp, rewriter: Rewriter) -> Rewrite:
    """expand_shape(from_elements or splat) -> from_elements or splat"""
    return _of_elements(op, rewriter)


@pattern
def collapse_of_elements(op: CollapseShapeOp, rewriter: Rewriter) -> Rewrite:
    """collapse_shape(from_elements or splat) -> from_elements or splat"""
    return _of_elements(op, rewriter)


@pattern
def concat_of_one(op: ConcatOp, rewriter: Rewriter) -> Rewrite:
    """concat(t) -> t, cast if need be"""
    if len(op.inputs) != 1:
        raise NoMatch("there are several inputs")
    from_, to = op.inputs[0], ranked(op.result_.type)
    if from_.type is to:
        return from_
    from_type = ranked(from_.type)
    if from_type.shape != to.shape:
        raise NoMatch("the type differs")
    return from_


@pattern
def extract_of_generate(op: ExtractOp, rewriter: Rewriter) -> Rewrite:
    """extract(generate { x }, i) -> x at i"""
    made = op.tensor.defining_op
    if not isinstance(made, GenerateOp):
        raise NoMatch("its tensor is not generated")
    if not all(is_pure(inner) for inner in made.body.entry.ops):
        raise NoMatch("the body has effects")
    values: dict[Value, Value] = dict(zip(made.body.args, op.indices, strict=True))
    last = made.body.entry.last
    assert last is not None
    for inner in made.body.entry.ops:
        if inner is last or inner.regions:
            continue
        operands = [values.get(value, value) for value in inner.operands]
        copied = type(inner).create(
            operands,
            inner.result_types,
            dict(inner._properties) if inner._properties else None,
            dict(inner._attributes) if inner._attributes else None,
        )
        rewriter.insert(copied)
        values.update(zip(inner.results, copied.results, strict=True))
    found = last.operands[0]
    return values.get(found, found)
