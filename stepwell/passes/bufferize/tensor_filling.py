"""tensor: ops that make a tensor out of a rule (`generate`, `splat`) or of others (`pad`,
`concat`).
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.integer import AddIOp
from stepwell.dialects.linalg.generic import IndexOp
from stepwell.dialects.linalg.generic import YieldOp as LinalgYieldOp
from stepwell.dialects.linalg.map_reduce import MapOp
from stepwell.dialects.memref.views import subview_type
from stepwell.dialects.tensor.creation import GenerateOp, SplatOp
from stepwell.dialects.tensor.padding import PadOp
from stepwell.dialects.tensor.reshapes import ConcatOp
from stepwell.ir import types
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import DenseArrayAttr, IntegerAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import DYNAMIC, MemRefType
from stepwell.ir.value import Value
from stepwell.passes.bufferize import buffer_ops
from stepwell.passes.bufferize.bufferizer import Bufferizer
from stepwell.passes.bufferize.model import Model, models

Size = Value | int


@models(GenerateOp)
class GenerateModel(Model):
    """A fresh buffer, and the region for every element of it."""

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        assert isinstance(op, GenerateOp)
        type = bufferizer.identity_type(op.result.type)
        assert isinstance(type, MemRefType)
        buffer = bufferizer.alloc(type, op.operands)
        _fill_by(op.regions[0], buffer, bufferizer.rewriter)
        bufferizer.replace(op, [buffer])


@models(SplatOp)
class SplatModel(Model):
    """A fresh buffer, filled."""

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        assert isinstance(op, SplatOp)
        type = bufferizer.identity_type(op.result.type)
        assert isinstance(type, MemRefType)
        buffer = bufferizer.alloc(type, op.dynamic_sizes)
        body = Block([type.element_type])
        body.append(LinalgYieldOp.create([op.input]))
        _map(buffer, Region([body]), bufferizer.rewriter)
        bufferizer.replace(op, [buffer])


@models(PadOp)
class PadModel(Model):
    """A fresh buffer, filled by the region; then the source is copied to its place in it."""

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        assert isinstance(op, PadOp)
        rewriter = bufferizer.rewriter
        source = bufferizer.buffer(op, 0)
        type = bufferizer.identity_type(op.result.type)
        assert isinstance(type, MemRefType)
        inner = _sizes(rewriter, source)
        low, high = list(op.mixed_low), list(op.mixed_high)
        sizes = [
            _sum(rewriter, [inner[n], low[n], high[n]])
            for n, size in enumerate(type.shape)
            if size == DYNAMIC
        ]
        buffer = bufferizer.alloc(type, [_value(rewriter, size) for size in sizes])
        _fill_by(op.regions[0], buffer, rewriter)
        buffer_ops.copy(rewriter, source, _part(rewriter, buffer, low, inner))
        bufferizer.replace(op, [buffer])


@models(ConcatOp)
class ConcatModel(Model):
    """A fresh buffer, to whose parts the operands are copied."""

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        assert isinstance(op, ConcatOp)
        rewriter = bufferizer.rewriter
        buffers = [bufferizer.buffer(op, number) for number in range(op.num_operands)]
        all_sizes = [_sizes(rewriter, buffer) for buffer in buffers]
        along = op.get_attribute("dim")
        assert isinstance(along, IntegerAttr)
        dim = along.value
        type = bufferizer.identity_type(op.result.type)
        assert isinstance(type, MemRefType)
        whole: list[Size] = list(all_sizes[0])
        whole[dim] = _sum(rewriter, [sizes[dim] for sizes in all_sizes])
        dynamic = [
            _value(rewriter, whole[n]) for n, size in enumerate(type.shape) if size == DYNAMIC
        ]
        result = bufferizer.alloc(type, dynamic)
        start: Size = 0
        for buffer, sizes in zip(buffers, all_sizes, strict=True):
            offsets: list[Size] = [0] * len(sizes)
            offsets[dim] = start
            buffer_ops.copy(rewriter, buffer, _part(rewriter, result, offsets, sizes))
            start = _sum(rewriter, [start, sizes[dim]])
        bufferizer.replace(op, [result])


def _map(buffer: Value, body: Region, rewriter: Rewriter) -> None:
    """Runs `body` for every element of `buffer`, and stores what it yields."""
    rewriter.insert(MapOp.create([buffer], [], None, None, (), [body]))


def _fill_by(region: Region, buffer: Value, rewriter: Rewriter) -> None:
    """Fills `buffer` by a region that gets the indices of an element and yields it."""
    moved = Region()
    moved.take_body(region)
    block = moved.entry
    arguments = list(block.args)
    last = block.last
    assert last is not None
    with rewriter.at_start(block):
        for number, argument in enumerate(arguments):
            at = IndexOp.create([], [types.index], {"dim": IntegerAttr(number, types.i64)})
            argument.replace_all_uses_with(rewriter.insert(at).result)
    block.erase_arguments(arguments)
    block.add_argument(types.element_type_or_self(buffer.type))
    with rewriter.before(last):
        rewriter.insert(LinalgYieldOp.create(last.operands))
    rewriter.erase(last)
    _map(buffer, moved, rewriter)


def _sizes(rewriter: Rewriter, buffer: Value) -> list[Size]:
    assert isinstance(buffer.type, MemRefType)
    return [
        size if size != DYNAMIC else buffer_ops.dim(rewriter, buffer, number)
        for number, size in enumerate(buffer.type.shape)
    ]


def _value(rewriter: Rewriter, size: Size) -> Value:
    return size if isinstance(size, Value) else buffer_ops.index(rewriter, size)


def _sum(rewriter: Rewriter, sizes: Sequence[Size]) -> Size:
    """The sum, as a number if all are."""
    known = sum(size for size in sizes if isinstance(size, int))
    values = [size for size in sizes if isinstance(size, Value)]
    if not values:
        return known
    total = values[0]
    rest = values[1:] + ([buffer_ops.index(rewriter, known)] if known else [])
    for value in rest:
        total = rewriter.insert(AddIOp.create([total, value], [types.index])).result
    return total


def _part(
    rewriter: Rewriter, buffer: Value, offsets: Sequence[Size], sizes: Sequence[Size]
) -> Value:
    """The subview of `buffer` that starts at `offsets`."""
    assert isinstance(buffer.type, MemRefType)
    strides = [1] * len(sizes)
    given = [_static(offsets), _static(sizes), strides]
    dynamic = [value for value in (*offsets, *sizes) if isinstance(value, Value)]
    names = ("static_offsets", "static_sizes", "static_strides")
    lists: dict[str, Attribute] = {
        name: DenseArrayAttr.i64(list(numbers)) for name, numbers in zip(names, given, strict=True)
    }
    counts = [numbers.count(DYNAMIC) for numbers in given]
    lists[buffer_ops.SEGMENTS] = DenseArrayAttr.i32([1, *counts])
    type = subview_type(buffer.type, *given)
    operands = [buffer, *dynamic]
    return buffer_ops.make(rewriter, "memref.subview", operands, [type], lists).result


def _static(sizes: Sequence[Size]) -> list[int]:
    return [size if isinstance(size, int) else DYNAMIC for size in sizes]
