"""Elementwise ops on tensors of one shape."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.tensor.creation import SplatOp
from stepwell.frontend.jittor.dtypes import DType
from stepwell.frontend.jittor.node import Number
from stepwell.frontend.jittor.scalar_functions import Space
from stepwell.ir import types
from stepwell.ir.builder import Builder
from stepwell.ir.types import DYNAMIC, RankedTensorType
from stepwell.ir.value import Value


def tensor_of(dtype: DType, rank: int) -> RankedTensorType:
    """The type of tensors of this rank, all sizes open."""
    return RankedTensorType((DYNAMIC,) * rank, dtype.element)


class TensorSpace(Space):
    """Makes elementwise ops on tensors of the sizes `sizes`; each constant once."""

    def __init__(self, builder: Builder, sizes: Sequence[Value]) -> None:
        super().__init__(builder)
        self.sizes = list(sizes)
        self._constants: dict[tuple[str, DType], Value] = {}

    def type_of(self, dtype: DType) -> RankedTensorType:
        return tensor_of(dtype, len(self.sizes))

    def constant(self, number: Number, dtype: DType) -> Value:
        key = (repr(number), dtype)
        found = self._constants.get(key)
        if found is None:
            scalar = self.builder.constant(number, dtype.element)
            found = self._constants[key] = self.splat(scalar)
        return found

    def splat(self, scalar: Value) -> Value:
        """A single number everywhere."""
        shape = (DYNAMIC,) * len(self.sizes)
        type = RankedTensorType(shape, types.element_type_or_self(scalar.type))
        return self.builder.insert(SplatOp(scalar, self.sizes, result_types=[type])).results[0]
