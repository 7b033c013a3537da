"""The bufferization dialect's own ops."""

from __future__ import annotations

from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.operation import Operation
from stepwell.ir.types import MemRefType
from stepwell.ir.value import Value
from stepwell.passes.bufferize import buffer_ops
from stepwell.passes.bufferize.analysis import Analysis
from stepwell.passes.bufferize.bufferizer import Bufferizer
from stepwell.passes.bufferize.model import Alias, Model, is_tensor, models


@models("bufferization.alloc_tensor")
class AllocTensorModel(Model):
    """A fresh buffer, with the contents of the operand `copy` if there is one."""

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        copy: Value | None = op.copy  # type: ignore[attr-defined]
        type = bufferizer.identity_type(op.result.type)
        assert isinstance(type, MemRefType)
        if copy is not None:
            made = bufferizer.fresh_copy(bufferizer.buffer_of(copy))
        else:
            made = bufferizer.alloc(type, list(op.dynamic_sizes))  # type: ignore[attr-defined]
        bufferizer.replace(op, [made])


@models("bufferization.dealloc_tensor")
class DeallocTensorModel(Model):
    """The end of a tensor's buffer."""

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        buffer_ops.make(bufferizer.rewriter, "memref.dealloc", [bufferizer.buffer(op, 0)])
        bufferizer.replace(op, [])


@models("bufferization.to_tensor")
class ToTensorModel(Model):
    """A tensor that is a given memref; it may be written only if that is said."""

    def is_writable(self, op: Operation, value: Value, analysis: Analysis) -> bool:
        return op.get_attribute("writable") is not None

    def buffer_type(self, op: Operation, value: Value, bufferizer: Bufferizer) -> Type:
        return op.operands[0].type

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        bufferizer.replace(op, [op.operands[0]])


@models("bufferization.to_buffer")
class ToBufferModel(Model):
    """A memref of a tensor; who holds it may write it, unless it is read-only."""

    def writes(self, op: Operation, number: int, analysis: Analysis) -> bool:
        return op.get_attribute("read_only") is None

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        buffer = bufferizer.as_type(bufferizer.buffer(op, 0), op.result.type)
        op.result.replace_all_uses_with(buffer)
        bufferizer.dead.append(op)


@models("bufferization.materialize_in_destination")
class MaterializeModel(Model):
    """The contents of the source end up in the destination."""

    def reads(self, op: Operation, number: int, analysis: Analysis) -> bool:
        return number == 0

    def writes(self, op: Operation, number: int, analysis: Analysis) -> bool:
        return number == 1

    def aliases(self, op: Operation, number: int, analysis: Analysis) -> list[Alias]:
        return [Alias(op.results[0])] if number == 1 and op.results else []

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        source = bufferizer.buffer(op, 0)
        target = op.operands[1]
        if is_tensor(target.type):
            target = bufferizer.buffer(op, 1)
        if source is not target:
            buffer_ops.copy(bufferizer.rewriter, source, target)
        bufferizer.replace(op, [target] if op.results else [])


@models("bufferization.clone")
class CloneModel(Model):
    """A clone is on memrefs already."""

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        assert isinstance(op.operands[0].type, (MemRefType, types.UnrankedMemRefType))
