"""Inputs of which every element is the same known value: constants and fills."""

from __future__ import annotations

from stepwell.dialects.linalg.canonicalize.fills import fill_of
from stepwell.dialects.linalg.generic import GenericOp
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import FloatAttr, IntegerAttr
from stepwell.ir.clone import clone
from stepwell.ir.dense_attributes import DenseElementsAttr
from stepwell.ir.rewriting.folding import constant_of
from stepwell.ir.rewriting.pattern import NoMatch, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import ComplexType
from stepwell.ir.value import Value


@pattern
def input_is_constant(op: GenericOp, rewriter: Rewriter) -> Rewrite:
    """generic(..., dense<c>, ...) -> a body with the constant c"""
    if not op.has_pure_tensor_semantics:
        raise NoMatch("it works on memrefs")
    for value, argument in zip(op.inputs, op.body.args, strict=False):
        scalar = _only_element(constant_of(value))
        if scalar is not None and argument.has_uses:
            known = rewriter.constant(scalar, argument.type, dialects=("arith",))
            return _use(op, argument, known, rewriter)
    raise NoMatch("no input that is used is a scalar or splat constant")


def _only_element(constant: Attribute | None) -> Attribute | None:
    if isinstance(constant, IntegerAttr | FloatAttr):
        return constant
    if not isinstance(constant, DenseElementsAttr) or not constant.is_splat:
        return None
    return None if isinstance(constant.element_type, ComplexType) else constant.element(0)


@pattern
def input_is_filled(op: GenericOp, rewriter: Rewriter) -> Rewrite:
    """generic(..., fill(x), ...) -> a body that uses x"""
    if not op.has_pure_tensor_semantics:
        raise NoMatch("it works on memrefs")
    for value, argument in zip(op.inputs, op.body.args, strict=False):
        if not argument.has_uses:
            continue
        try:
            fill = fill_of(value)
        except NoMatch:
            continue
        # What a fill does to its operand, a conversion perhaps, is done here.
        mapping: dict[Value, Value] = {fill.body.args[0]: fill.inputs[0]}
        ending = fill.body.last
        assert ending is not None
        for inner in fill.body.ops:
            if inner is not ending:
                rewriter.insert(clone(inner, mapping))
        known = ending.operands[0]
        return _use(op, argument, mapping.get(known, known), rewriter)
    raise NoMatch("no input that is used is made by linalg.fill")


def _use(op: GenericOp, argument: Value, known: Value, rewriter: Rewriter) -> bool:
    rewriter.replace_all_uses(argument, known)
    rewriter.modified(op)
    return True
