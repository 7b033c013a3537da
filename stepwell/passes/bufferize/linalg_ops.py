"""linalg: the inits are written, the inputs read."""

from __future__ import annotations

from stepwell.dialects.linalg.structured import StructuredOp
from stepwell.ir.block import Region
from stepwell.ir.clone import clone_region_into
from stepwell.ir.operation import Operation
from stepwell.ir.value import Value
from stepwell.passes.bufferize.analysis import Analysis
from stepwell.passes.bufferize.bufferizer import Bufferizer
from stepwell.passes.bufferize.model import Alias, Model, is_tensor, models


@models(StructuredOp)
class StructuredModel(Model):
    """Every structured op: results take the buffers of the inits."""

    def reads(self, op: Operation, number: int, analysis: Analysis) -> bool:
        assert isinstance(op, StructuredOp)
        if number < len(op.dps_inputs):
            return True
        return op.body.args[number].has_uses

    def writes(self, op: Operation, number: int, analysis: Analysis) -> bool:
        assert isinstance(op, StructuredOp)
        return number >= len(op.dps_inputs)

    def aliases(self, op: Operation, number: int, analysis: Analysis) -> list[Alias]:
        assert isinstance(op, StructuredOp)
        first = len(op.dps_inputs)
        if number < first:
            return []
        position = sum(is_tensor(value.type) for value in op.operands[first:number])
        return [Alias(op.results[position])]

    def reads_before_writing(self, op: Operation, read: int, write: int) -> bool:
        assert isinstance(op, StructuredOp)
        maps = op.indexing_maps
        if op.num_parallel_loops != op.num_loops or maps[read] is not maps[write]:
            return False
        return maps[write].is_permutation

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        assert isinstance(op, StructuredOp)
        operands = [
            bufferizer.buffer(op, number) if is_tensor(value.type) else value
            for number, value in enumerate(op.operands)
        ]
        region, left_behind = Region(), Region()
        clone_region_into(op.regions[0], left_behind, {})
        region.take_body(op.regions[0])  # the ops inside are bufferized next, where they are
        op.regions[0].take_body(left_behind)  # the analysis may still ask what `op` does
        made = type(op).create(
            operands, [], dict(op.properties), dict(op.attributes), (), [region], op._location
        )
        bufferizer.rewriter.insert(made)
        first = len(op.dps_inputs)
        inits = [
            new
            for new, old in zip(operands[first:], op.operands[first:], strict=True)
            if is_tensor(old.type)
        ]
        bufferizer.replace(op, inits)


@models("linalg.softmax")
class SoftmaxModel(Model):
    """`softmax`: reads the input, writes the output."""

    def reads(self, op: Operation, number: int, analysis: Analysis) -> bool:
        return number == 0

    def writes(self, op: Operation, number: int, analysis: Analysis) -> bool:
        return number == 1

    def aliases(self, op: Operation, number: int, analysis: Analysis) -> list[Alias]:
        return [Alias(op.result)] if number == 1 else []

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        operands: list[Value] = [bufferizer.buffer(op, 0), bufferizer.buffer(op, 1)]
        bufferizer.rewriter.insert(
            type(op).create(operands, [], dict(op.properties), dict(op.attributes))
        )
        bufferizer.replace(op, [operands[1]])
