"""tensor: what makes new tensors, and what looks at parts of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from stepwell.dialects.memref.reassociation import collapsed_type, expanded_type, groups_of
from stepwell.dialects.memref.views import rank_reduced_subview_type, subview_type
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.operation import Operation
from stepwell.ir.strides import strides_and_offset
from stepwell.ir.types import DYNAMIC, MemRefType
from stepwell.ir.value import Value
from stepwell.passes.bufferize import buffer_ops
from stepwell.passes.bufferize.analysis import Analysis
from stepwell.passes.bufferize.bufferizer import Bufferizer
from stepwell.passes.bufferize.model import Alias, Model, models


class ViewModel(Model):
    """An op whose result is (a part of) its first operand."""

    equivalent = True

    def reads(self, op: Operation, number: int, analysis: Analysis) -> bool:
        return False

    def aliases(self, op: Operation, number: int, analysis: Analysis) -> list[Alias]:
        return [Alias(op.result, self.equivalent)] if number == 0 else []


@models("tensor.cast")
class CastModel(ViewModel):
    """`tensor.cast` is `memref.cast`; what it forgets of the sizes it forgets of the strides."""

    def buffer_type(self, op: Operation, value: Value, bufferizer: Bufferizer) -> Type:
        source = bufferizer.operand_type(op, 0)
        if isinstance(value.type, types.UnrankedTensorType):
            return types.UnrankedMemRefType(value.type.element_type)
        assert isinstance(value.type, types.RankedTensorType)
        layout = source.layout if isinstance(source, MemRefType) else None
        if isinstance(source, types.UnrankedMemRefType):
            return bufferizer.identity_type(value.type)
        return MemRefType(value.type.shape, value.type.element_type, layout)

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        source = bufferizer.buffer(op, 0)
        type = bufferizer.buffer_type(op.result)
        bufferizer.replace(op, [buffer_ops.cast(bufferizer.rewriter, source, type)])


@models("tensor.dim", "tensor.rank")
class SizeModel(Model):
    """Sizes are in the descriptor; the elements are not read."""

    def reads(self, op: Operation, number: int, analysis: Analysis) -> bool:
        return False

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        name = op.name.replace("tensor.", "memref.")
        operands = [bufferizer.buffer_of(op.operands[0]), *op.operands[1:]]
        made = buffer_ops.make(bufferizer.rewriter, name, operands, [types.index])
        bufferizer.replace(op, made.results)


@models("tensor.empty")
class EmptyModel(Model):
    """A fresh buffer."""

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        type = bufferizer.identity_type(op.result.type)
        assert isinstance(type, MemRefType)
        bufferizer.replace(op, [bufferizer.alloc(type, op.operands)])


@models("tensor.extract")
class ExtractModel(Model):
    """One element: a load."""

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        buffer = bufferizer.buffer(op, 0)
        loaded = buffer_ops.load(bufferizer.rewriter, buffer, op.operands[1:])
        bufferizer.replace(op, [loaded])


@models("tensor.insert")
class InsertModel(Model):
    """One element changed: a store."""

    def writes(self, op: Operation, number: int, analysis: Analysis) -> bool:
        return number == 1

    def aliases(self, op: Operation, number: int, analysis: Analysis) -> list[Alias]:
        return [Alias(op.result)] if number == 1 else []

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        buffer = bufferizer.buffer(op, 1)
        buffer_ops.store(bufferizer.rewriter, op.operands[0], buffer, op.operands[2:])
        bufferizer.replace(op, [buffer])


@models("tensor.extract_slice")
class ExtractSliceModel(ViewModel):
    """A part: a subview."""

    equivalent = False

    def buffer_type(self, op: Operation, value: Value, bufferizer: Bufferizer) -> Type:
        source = bufferizer.operand_type(op, 0)
        assert isinstance(value.type, types.RankedTensorType) and isinstance(source, MemRefType)
        return slice_type(op, source, value.type)

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        source = bufferizer.buffer(op, 0)
        made = subview(op, bufferizer, source, op.operands[1:], op.result.type)
        bufferizer.replace(op, [made])


@models("tensor.insert_slice")
class InsertSliceModel(Model):
    """A part changed: a copy into a subview, unless the source is that part already."""

    def reads(self, op: Operation, number: int, analysis: Analysis) -> bool:
        return True

    def writes(self, op: Operation, number: int, analysis: Analysis) -> bool:
        return number == 1

    def aliases(self, op: Operation, number: int, analysis: Analysis) -> list[Alias]:
        return [Alias(op.result)] if number == 1 else []

    def does_not_conflict(
        self, op: Operation, read: tuple[Operation, int], write: tuple[Operation, int],
        analysis: Analysis,
    ) -> bool:  # fmt: skip
        """The slice that was taken from the destination, changed, and is put back where it was."""
        if read[0] is op and read[1] == 1 and self._puts_back(op, write, analysis):
            return True  # the destination's part under the slice is overwritten anyway
        if read[0] is op and read[1] == 0 and write[0] is op:
            return self._is_own_slice(op, op._operands[0], analysis)
        if write[0] is op and read[0] is not op:
            return self._reads_slice_of(op, read, analysis)
        return False

    def _puts_back(self, op: Operation, write: tuple[Operation, int], analysis: Analysis) -> bool:
        written = write[0]._operands[write[1]]
        return self._is_own_slice(op, written, analysis)

    def _reads_slice_of(
        self, op: Operation, read: tuple[Operation, int], analysis: Analysis
    ) -> bool:
        """Whether the value read is what `op` puts back: then it writes what is there already."""
        value = read[0]._operands[read[1]]
        puts_it_back = analysis.equivalent.same(value, op._operands[0])
        return puts_it_back and self._is_own_slice(op, value, analysis)

    def _is_own_slice(self, op: Operation, value: Value, analysis: Analysis) -> bool:
        """Whether `value` is equivalent to an extract of exactly this part of the destination."""
        for other in analysis.equivalent.members(value):
            maker = other.defining_op
            if maker is None or maker.name != "tensor.extract_slice":
                continue
            same_part = maker.operands[1:] == op.operands[2:] and all(
                maker.get_attribute(name) is op.get_attribute(name) for name in _STATIC
            )
            if same_part and analysis.equivalent.same(maker.operands[0], op.operands[1]):
                return True
        return False

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        target = bufferizer.buffer(op, 1)
        source = bufferizer.buffer(op, 0)
        part = subview(op, bufferizer, target, op.operands[2:], op.operands[0].type)
        buffer_ops.copy(bufferizer.rewriter, source, part)
        bufferizer.replace(op, [target])


@models("tensor.collapse_shape")
class CollapseShapeModel(ViewModel):
    """Dimensions joined: the same buffer if its layout allows it, else a copy."""

    equivalent = False

    def buffer_type(self, op: Operation, value: Value, bufferizer: Bufferizer) -> Type:
        source = bufferizer.operand_type(op, 0)
        assert isinstance(source, MemRefType)
        if not _collapsible(source, groups_of(op.get_attribute("reassociation"))):
            return bufferizer.identity_type(value.type)
        return collapsed_type(source, groups_of(op.get_attribute("reassociation")))

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        source = bufferizer.buffer(op, 0)
        groups = groups_of(op.get_attribute("reassociation"))
        assert isinstance(source.type, MemRefType)
        if not _collapsible(source.type, groups):
            source = bufferizer.fresh_copy(source)
        assert isinstance(source.type, MemRefType)
        properties = {"reassociation": op.properties["reassociation"]}
        made = buffer_ops.make(
            bufferizer.rewriter,
            "memref.collapse_shape",
            [source],
            [collapsed_type(source.type, groups)],
            properties,
        )
        bufferizer.replace(op, made.results)


def _collapsible(source: MemRefType, groups: Sequence[Sequence[int]]) -> bool:
    """Whether the dimensions of each group surely lie behind each other in memory."""
    layout = strides_and_offset(source)
    if layout is None:
        return False
    strides, shape = layout[0], source.shape
    for group in groups:
        kept = [n for n in group if shape[n] != 1]
        for outer, inner in zip(kept, kept[1:], strict=False):
            if source.layout is None:
                continue
            if DYNAMIC in (strides[outer], strides[inner], shape[inner]):
                return False
            if strides[outer] != strides[inner] * shape[inner]:
                return False
    return True


@models("tensor.expand_shape")
class ExpandShapeModel(ViewModel):
    """Dimensions split: always the same buffer."""

    equivalent = False

    def buffer_type(self, op: Operation, value: Value, bufferizer: Bufferizer) -> Type:
        source = bufferizer.operand_type(op, 0)
        assert isinstance(source, MemRefType) and isinstance(value.type, types.RankedTensorType)
        return expanded_type(source, value.type.shape, groups_of(op.get_attribute("reassociation")))

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        type = bufferizer.buffer_type(op.result)
        operands = [bufferizer.buffer(op, 0), *op.operands[1:]]
        names = ("reassociation", "static_output_shape")
        properties = {name: op.properties[name] for name in names if name in op.properties}
        made = buffer_ops.make(
            bufferizer.rewriter, "memref.expand_shape", operands, [type], properties
        )
        bufferizer.replace(op, made.results)


@models("tensor.reshape")
class ReshapeModel(ViewModel):
    """A new shape, told at run time: the same buffer, which must be row-major."""

    equivalent = False

    def reads(self, op: Operation, number: int, analysis: Analysis) -> bool:
        return number == 1

    def buffer_type(self, op: Operation, value: Value, bufferizer: Bufferizer) -> Type:
        return bufferizer.identity_type(value.type)

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        source = bufferizer.as_type(
            bufferizer.buffer(op, 0), bufferizer.identity_type(op.operands[0].type)
        )
        operands = [source, bufferizer.buffer(op, 1)]
        type = bufferizer.buffer_type(op.result)
        made = buffer_ops.make(bufferizer.rewriter, "memref.reshape", operands, [type])
        bufferizer.replace(op, made.results)


@models("tensor.from_elements")
class FromElementsModel(Model):
    """A fresh buffer, and a store for each element."""

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        type = bufferizer.identity_type(op.result.type)
        assert isinstance(type, MemRefType)
        buffer = bufferizer.alloc(type)
        places = itertools.product(*(range(size) for size in type.shape))
        for value, place in zip(op.operands, places, strict=True):
            at = [buffer_ops.index(bufferizer.rewriter, position) for position in place]
            buffer_ops.store(bufferizer.rewriter, value, buffer, at)
        bufferizer.replace(op, [buffer])


_STATIC = ("static_offsets", "static_sizes", "static_strides")


def slice_type(op: Operation, source: MemRefType, result: types.RankedTensorType) -> MemRefType:
    """The type of a subview by the slice lists of `op`, with the shape of `result`."""
    offsets, sizes, strides = (_ints(op, name) for name in _STATIC)
    if len(result.shape) == len(sizes):
        return subview_type(source, offsets, sizes, strides)
    return rank_reduced_subview_type(result.shape, source, offsets, sizes, strides)


def _ints(op: Operation, name: str) -> tuple[int, ...]:
    stated = op.get_attribute(name)
    assert isinstance(stated, DenseArrayAttr)
    return stated.ints


def subview(
    op: Operation,
    bufferizer: Bufferizer,
    source: Value,
    dynamic: tuple[Value, ...],
    result: Type,
) -> Value:
    """The part of `source` that the slice lists of `op` name."""
    assert isinstance(source.type, MemRefType) and isinstance(result, types.RankedTensorType)
    lists: dict[str, Attribute] = {name: op.properties[name] for name in _STATIC}
    counts = [sum(n == DYNAMIC for n in _ints(op, name)) for name in _STATIC]
    lists[buffer_ops.SEGMENTS] = DenseArrayAttr.i32([1, *counts])
    type = slice_type(op, source.type, result)
    operands = [source, *dynamic]
    return buffer_ops.make(bufferizer.rewriter, "memref.subview", operands, [type], lists).result
