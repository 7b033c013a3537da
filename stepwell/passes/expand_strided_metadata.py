"""Expand memref operations into easier to analyze constructs

Subviews and reshapes become a `memref.extract_strided_metadata` of their source, index arithmetic,
and one `memref.reinterpret_cast`:

    memref.subview %m[%i, 3] [4, 2] [1, 2] // -> base, offset, strides of %m; offset + %i * stride0
    + 3; memref.reinterpret_cast %base to ...

Needs: nothing. Keeps: values, memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stepwell.dialects.memref.casts import ExtractStridedMetadataOp
from stepwell.dialects.memref.reassociation import CollapseShapeOp, ExpandShapeOp, groups_of
from stepwell.dialects.memref.views import ReinterpretCastOp, SubViewOp
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.diagnostics import PassError
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.strides import strides_and_offset
from stepwell.ir.text.index_lists import mixed_indices
from stepwell.ir.types import DYNAMIC, MemRefType
from stepwell.ir.value import Value
from stepwell.passes.strided_metadata.index_math import Index, IndexMath


@pass_("expand-strided-metadata", title="ExpandStridedMetadataPass")
def expand_strided_metadata(op: Operation, context: PassContext) -> None:
    """Expands every subview, expand_shape and collapse_shape inside `op`.

    Raises:
        PassError: a layout is an affine map that is not strided.
    """
    rewriter = Rewriter()
    for found in list(walk(op)):
        expand = _EXPANSIONS.get(type(found))
        if expand is not None:
            rewriter.start_at(found)
            expand(found, rewriter)


class _Metadata:
    """Base, offset, sizes and strides of a memref: numbers where the type knows them."""

    def __init__(self, memref: Value, rewriter: Rewriter) -> None:
        type = memref.type
        assert isinstance(type, MemRefType)
        known = strides_and_offset(type)
        if known is None:
            raise PassError(f"the layout of '{type}' has no strides")
        made = rewriter.insert(ExtractStridedMetadataOp(memref))
        rank, (strides, offset) = type.rank, known
        values = made.results[2:]
        self.base: Value = made.results[0]
        self.offset: Index = made.results[1] if offset == DYNAMIC else offset
        self.sizes = _known(type.shape, values[:rank])
        self.strides = _known(strides, values[rank:])


def _known(numbers: Sequence[int], values: Sequence[Value]) -> list[Index]:
    return [v if n == DYNAMIC else n for n, v in zip(numbers, values, strict=True)]


def _subview(op: SubViewOp, rewriter: Rewriter) -> None:
    math, source = IndexMath(rewriter), _Metadata(op.source, rewriter)
    offset = source.offset
    for start, stride in zip(op.mixed_offsets, source.strides, strict=True):
        offset = math.add(offset, math.multiply(start, stride))
    pairs = zip(op.mixed_strides, source.strides, strict=True)
    strides = [math.multiply(step, stride) for step, stride in pairs]
    kept = op.kept
    sizes = op.mixed_sizes
    _replace(
        op, source.base, offset, [sizes[n] for n in kept], [strides[n] for n in kept], rewriter
    )


def _expand_shape(op: ExpandShapeOp, rewriter: Rewriter) -> None:
    math, source = IndexMath(rewriter), _Metadata(op.src, rewriter)
    given = mixed_indices(op.output_shape, op.static_output_shape.ints)
    sizes: list[Index] = []
    strides: list[Index] = []
    for stride, group in zip(source.strides, groups_of(op.reassociation), strict=True):
        inner: list[Index] = [given[dim] for dim in group]
        for place in range(len(inner)):
            strides.append(math.multiply(stride, math.product(inner[place + 1 :])))
        sizes += inner
    _replace(op, source.base, source.offset, sizes, strides, rewriter)


def _collapse_shape(op: CollapseShapeOp, rewriter: Rewriter) -> None:
    math, source = IndexMath(rewriter), _Metadata(op.src, rewriter)
    sizes: list[Index] = []
    strides: list[Index] = []
    for group in groups_of(op.reassociation):
        sizes.append(math.product([source.sizes[dim] for dim in group]))
        used = [dim for dim in group if source.sizes[dim] != 1]
        strides.append(source.strides[used[-1] if used else group[-1]] if group else 1)
    _replace(op, source.base, source.offset, sizes, strides, rewriter)


def _replace(
    op: Operation,
    base: Value,
    offset: Index,
    sizes: Sequence[Index],
    strides: Sequence[Index],
    rewriter: Rewriter,
) -> None:
    """Replaces `op` by a reinterpret_cast to its type; known entries are written as numbers."""
    type = op.results[0].type
    assert isinstance(type, MemRefType)
    known = strides_and_offset(type)
    assert known is not None
    math = IndexMath(rewriter)
    dynamic: list[Value] = []
    lists: list[list[int]] = []
    counts: list[int] = []
    for numbers, found in (([known[1]], [offset]), (type.shape, sizes), (known[0], strides)):
        values = [
            math.value(entry)
            for number, entry in zip(numbers, found, strict=True)
            if number == DYNAMIC
        ]
        lists.append(list(numbers))
        counts.append(len(values))
        dynamic += values
    properties: dict[str, Any] = {
        "static_offsets": DenseArrayAttr.i64(lists[0]),
        "static_sizes": DenseArrayAttr.i64(lists[1]),
        "static_strides": DenseArrayAttr.i64(lists[2]),
        "operandSegmentSizes": DenseArrayAttr.i32([1, *counts]),
    }
    made = rewriter.insert(ReinterpretCastOp.create([base, *dynamic], [type], properties))
    rewriter.replace(op, made)


_EXPANSIONS: dict[type[Operation], Callable[[Any, Rewriter], None]] = {
    SubViewOp: _subview,
    ExpandShapeOp: _expand_shape,
    CollapseShapeOp: _collapse_shape,
}
