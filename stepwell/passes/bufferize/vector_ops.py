"""vector's reads and writes of tensors."""

from __future__ import annotations

from stepwell.ir.operation import Operation
from stepwell.passes.bufferize.analysis import Analysis
from stepwell.passes.bufferize.bufferizer import Bufferizer
from stepwell.passes.bufferize.model import Alias, Model, is_tensor, models


@models("vector.transfer_read", "vector.gather")
class ReadModel(Model):
    """Reads a tensor into a vector."""

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        operands = list(op.operands)
        operands[0] = bufferizer.buffer(op, 0)
        made = bufferizer.rewriter.insert(
            type(op).create(operands, op.result_types, dict(op.properties), dict(op.attributes))
        )
        bufferizer.replace(op, made.results)


@models("vector.transfer_write", "vector.scatter")
class WriteModel(Model):
    """Writes a vector into a tensor."""

    def reads(self, op: Operation, number: int, analysis: Analysis) -> bool:
        return True

    def writes(self, op: Operation, number: int, analysis: Analysis) -> bool:
        return is_tensor(op.operands[number].type)

    def aliases(self, op: Operation, number: int, analysis: Analysis) -> list[Alias]:
        return [Alias(op.results[0])] if is_tensor(op.operands[number].type) else []

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        operands = list(op.operands)
        place = next(n for n, value in enumerate(operands) if is_tensor(value.type))
        operands[place] = bufferizer.buffer(op, place)
        bufferizer.rewriter.insert(
            type(op).create(operands, [], dict(op.properties), dict(op.attributes))
        )
        bufferizer.replace(op, [operands[place]])
