"""Lowering cf."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.llvm.types import PointerType, VoidType
from stepwell.ir import types
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import DenseArrayAttr, StringAttr
from stepwell.ir.block import Block
from stepwell.ir.dense_attributes import DenseElementsAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.rewriting.pattern import Rewrite
from stepwell.ir.value import Value
from stepwell.passes.lowering.strings import text_address
from stepwell.passes.lowering.symbols import declare_function
from stepwell.passes.lowering.to_llvm import LLVMRewriter

CF = ConversionPatterns()


@CF.of("cf.br", "cf.cond_br", "cf.switch")
def lower_branch(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """cf.br -> llvm.br, with the arguments of the blocks converted."""
    for block in op.successors:
        if emit.types.convert_types(block.arg_types) is None:
            return None
    successors = list(op.successors)
    properties = dict(op.properties)
    if op.name == "cf.switch":
        properties = _switch_properties(op)
    for block in successors:
        emit.convert_block_arguments(block)
    name = {"cf.br": "llvm.br", "cf.cond_br": "llvm.cond_br", "cf.switch": "llvm.switch"}[op.name]
    attributes = dict(op.attributes) or None
    emit.op(name, operands, (), properties, attributes=attributes, successors=successors)
    return []


def _switch_properties(op: Operation) -> dict[str, Attribute]:
    properties = dict(op.properties)
    values = properties.get("case_values")
    if isinstance(values, DenseElementsAttr):
        type = values.type
        if isinstance(type, types.RankedTensorType):
            vector = types.VectorType(type.shape, type.element_type)
            properties["case_values"] = values.reshape(vector)
    return properties


@CF.of("cf.assert")
def lower_assert(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """cf.assert -> a branch to a block that prints the message and aborts."""
    block = op.parent
    assert block is not None and block.parent is not None
    message = op.properties["msg"]
    assert isinstance(message, StringAttr)
    after, failing = block.split_before(op), Block()
    block.parent.append(failing)
    with emit.at(failing, None):
        address = text_address(emit, message.value, "assert_msg")
        puts = declare_function(emit, "puts", VoidType(), [PointerType()])
        emit.call(puts, [address], VoidType())
        emit.call(declare_function(emit, "abort", VoidType(), []), [], VoidType())
        emit.op("llvm.unreachable")
    with emit.at(block, None):
        given: dict[str, Attribute] = {"operandSegmentSizes": DenseArrayAttr.i32((1, 0, 0))}
        emit.op("llvm.cond_br", operands, (), given, successors=[after, failing])
    emit.erase(op)
    return True
