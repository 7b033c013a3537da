"""Slices: taking them out of tensors and putting them in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from stepwell.dialects.tensor.shapes import (
    dropped_dims,
    ranked,
    verify_in_bounds,
    verify_slice_type,
)
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.block import Region
from stepwell.ir.constraints import AnyRankedTensor, Index
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.fields import operand, prop, result, variadic_operand
from stepwell.ir.interpreter.machine import Machine, Results, RuntimeValue
from stepwell.ir.interpreter.shared_output import accumulator_of
from stepwell.ir.property_kinds import DenseI64Array
from stepwell.ir.text.index_lists import OffsetSizeAndStrideOp
from stepwell.ir.traits import Pure
from stepwell.ir.types import DYNAMIC, RankedTensorType
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.rewriting.folding import Fold

LISTS = (
    "custom<Offsets>($offsets, $static_offsets) custom<Sizes>($sizes, $static_sizes) "
    "custom<Strides>($strides, $static_strides)"
)


def slices_within(
    shape: Sequence[int], offsets: Sequence[int], sizes: Sequence[int], strides: Sequence[int]
) -> tuple[slice, ...]:
    """The slice of an array.

    Raises:
        InterpreterError: it does not lie within the shape.
    """
    found = []
    for dim, (extent, offset, size, stride) in enumerate(
        zip(shape, offsets, sizes, strides, strict=True)
    ):
        last = offset + (size - 1) * stride
        if size < 0 or (size > 0 and not (0 <= offset < extent and 0 <= last < extent)):
            raise InterpreterError(
                f"slice along dimension {dim} runs out-of-bounds: from {offset} to {last} of "
                f"{extent}"
            )
        end = last + (1 if stride > 0 else -1)
        found.append(slice(offset, end if end >= 0 else None, stride) if size else slice(0, 0))
    return tuple(found)


class TensorSliceOp(OffsetSizeAndStrideOp):
    """Base of the ops with a slice of a tensor."""

    @property
    def full_shape(self) -> tuple[int, ...]:
        """The sizes of the slice, with all dimensions."""
        return self.static_lists()[1]

    def verify_slice(self, whole: RankedTensorType, part: RankedTensorType) -> None:
        """Checks the three lists against the tensor and the type of the slice.

        Raises:
            VerifyError: they do not fit.
        """
        rank = len(whole.shape)
        self.verify_lists(rank, rank, rank)
        offsets, sizes, strides = self.static_lists()
        verify_slice_type(self, RankedTensorType(sizes, whole.element_type), part)
        verify_in_bounds(self, whole.shape, offsets, sizes, strides)

    def covers(self, whole: RankedTensorType) -> bool:
        """Whether the slice is certainly all of a tensor of this type."""
        offsets, sizes, strides = self.static_lists()
        return (
            set(offsets) <= {0}
            and set(strides) <= {1}
            and sizes == whole.shape
            and DYNAMIC not in sizes
        )


class ExtractSliceOp(TensorSliceOp, name="tensor.extract_slice", traits=(Pure,)):
    """`%s = tensor.extract_slice %t[0, %i] [4, %n] [1, 1] : tensor<?x?xf32> to tensor<4x?xf32>`.

    A part of a tensor; unit dimensions may be left out of the result's type.
    """

    source = operand(AnyRankedTensor)
    offsets = variadic_operand(Index)
    sizes = variadic_operand(Index)
    strides = variadic_operand(Index)
    static_offsets = prop(DenseI64Array)
    static_sizes = prop(DenseI64Array)
    static_strides = prop(DenseI64Array)
    result_ = result(AnyRankedTensor)
    syntax = f"$source `` {LISTS} attr-dict `:` type($source) `to` type($result)"

    def result_name(self) -> str:
        """`extracted_slice`."""
        return "extracted_slice"

    @property
    def dropped_dims(self) -> set[int]:
        """The dimensions that the result lacks."""
        return dropped_dims(self.full_shape, ranked(self.result_.type).shape) or set()

    def verify_op(self) -> None:
        self.verify_slice(ranked(self.source.type), ranked(self.result_.type))

    def evaluate(self, source: RuntimeValue, *indices: RuntimeValue) -> RuntimeValue:
        offsets, sizes, strides = self.runtime_lists(indices)
        part = source[slices_within(source.shape, offsets, sizes, strides)]
        dropped = self.dropped_dims
        kept = [size for dim, size in enumerate(part.shape) if dim not in dropped]
        return np.ascontiguousarray(part).reshape(kept)

    def fold(self, operands: Sequence[Attribute | None]) -> Fold:
        """All of the tensor; or what was just inserted there."""
        if self.source.type is self.result_.type and self.covers(ranked(self.source.type)):
            return self.source
        made = self.source.defining_op
        if isinstance(made, InsertSliceOp) and made.source.type is self.result_.type:
            if _same_slice(self, made):
                return made.source
        return None


class InsertSliceOp(TensorSliceOp, name="tensor.insert_slice", traits=(Pure,)):
    """`%u = tensor.insert_slice %s into %t[0, %i] [4, 1] [1, 1] : ... into ...`.

    The tensor with a part replaced.
    """

    source = operand(AnyRankedTensor)
    dest = operand(AnyRankedTensor)
    offsets = variadic_operand(Index)
    sizes = variadic_operand(Index)
    strides = variadic_operand(Index)
    static_offsets = prop(DenseI64Array)
    static_sizes = prop(DenseI64Array)
    static_strides = prop(DenseI64Array)
    result_ = result(AnyRankedTensor)

    syntax = f"$source `into` $dest `` {LISTS} attr-dict `:` type($source) `into` type($dest)"

    @classmethod
    def infer_result_types(
        cls, operands: Sequence[Value], properties: dict[str, Attribute], regions: Sequence[Region]
    ) -> list[Type]:
        """The type of the destination."""
        return [operands[1].type]

    def result_name(self) -> str:
        """`inserted_slice`."""
        return "inserted_slice"

    def verify_op(self) -> None:
        self.verify_slice(ranked(self.dest.type), ranked(self.source.type))

    def evaluate(
        self, source: RuntimeValue, dest: RuntimeValue, *indices: RuntimeValue
    ) -> RuntimeValue:
        found = np.array(dest)
        put_slice(self, found, source, indices)
        return found

    def fold(self, operands: Sequence[Attribute | None]) -> Fold:
        """All of the tensor; or what was just taken from there."""
        if self.source.type is self.result_.type and self.covers(ranked(self.dest.type)):
            return self.source
        made = self.source.defining_op
        if isinstance(made, ExtractSliceOp) and made.source is self.dest:
            if _same_slice(self, made):
                return self.dest
        return None


class ParallelInsertSliceOp(TensorSliceOp, name="tensor.parallel_insert_slice"):
    """`tensor.parallel_insert_slice %s into %t[0, %i] [4, 1] [1, 1] : ... into ...`.

    What one thread of an `scf.forall` adds to a shared output.
    """

    combines_in_parallel = True

    source = operand(AnyRankedTensor)
    dest = operand(AnyRankedTensor)
    offsets = variadic_operand(Index)
    sizes = variadic_operand(Index)
    strides = variadic_operand(Index)
    static_offsets = prop(DenseI64Array)
    static_sizes = prop(DenseI64Array)
    static_strides = prop(DenseI64Array)
    syntax = f"$source `into` $dest `` {LISTS} attr-dict `:` type($source) `into` type($dest)"

    def verify_op(self) -> None:
        parent = self.parent_op
        if parent is not None and parent.name != "scf.forall.in_parallel":
            raise self.error(f"expected InParallelOpInterface parent, got:{parent.name}")
        self.verify_slice(ranked(self.dest.type), ranked(self.source.type))

    def execute(
        self, machine: Machine, source: RuntimeValue, dest: RuntimeValue, *indices: RuntimeValue
    ) -> RuntimeValue:
        """Writes to the loop's result."""
        put_slice(self, accumulator_of(dest), source, indices)
        return Results()


def put_slice(
    op: TensorSliceOp,
    target: np.ndarray,
    source: RuntimeValue,
    indices: Sequence[RuntimeValue],
) -> None:
    """Writes `source` to the op's slice of `target`.

    Raises:
        InterpreterError: the slice is out of bounds, or `source` has another size.
    """
    offsets, sizes, strides = op.runtime_lists(indices)
    part = slices_within(target.shape, offsets, sizes, strides)
    if source.size != int(np.prod(sizes, dtype=np.int64)):
        raise InterpreterError(f"has a source of shape {source.shape} for a slice of {sizes}")
    target[part] = np.asarray(source).reshape(sizes)


def _same_slice(a: TensorSliceOp, b: TensorSliceOp) -> bool:
    return (
        a.mixed_offsets == b.mixed_offsets
        and a.mixed_sizes == b.mixed_sizes
        and a.mixed_strides == b.mixed_strides
    )
