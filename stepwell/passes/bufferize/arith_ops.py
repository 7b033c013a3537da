"""arith on tensors: constants become globals; a select picks a buffer."""

from __future__ import annotations

from stepwell.ir.attribute import Type
from stepwell.ir.operation import Operation
from stepwell.ir.types import MemRefType
from stepwell.ir.value import Value
from stepwell.passes.bufferize import buffer_ops
from stepwell.passes.bufferize.analysis import Analysis
from stepwell.passes.bufferize.bufferizer import Bufferizer
from stepwell.passes.bufferize.model import Alias, Model, models


@models("arith.constant")
class ConstantModel(Model):
    """A constant tensor is a global that nobody may write."""

    def is_writable(self, op: Operation, value: Value, analysis: Analysis) -> bool:
        return False

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        type = bufferizer.identity_type(op.result.type)
        assert isinstance(type, MemRefType)
        value = op.properties["value"]
        made = buffer_ops.get_global(bufferizer.rewriter, bufferizer.module, value, type)
        bufferizer.replace(op, [made])


@models("arith.select")
class SelectModel(Model):
    """`select` of two tensors gives one of two buffers."""

    def reads(self, op: Operation, number: int, analysis: Analysis) -> bool:
        return False

    def aliases(self, op: Operation, number: int, analysis: Analysis) -> list[Alias]:
        return [Alias(op.result, False)] if number else []

    def buffer_type(self, op: Operation, value: Value, bufferizer: Bufferizer) -> Type:
        first, second = bufferizer.operand_type(op, 1), bufferizer.operand_type(op, 2)
        if first is second or not isinstance(first, MemRefType):
            return first
        return buffer_ops.dynamic_layout(first)

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        type = bufferizer.buffer_type(op.result)
        first = bufferizer.as_type(bufferizer.buffer(op, 1), type)
        second = bufferizer.as_type(bufferizer.buffer(op, 2), type)
        operands = [op.operands[0], first, second]
        made = buffer_ops.make(bufferizer.rewriter, "arith.select", operands, [type])
        bufferizer.replace(op, made.results)
