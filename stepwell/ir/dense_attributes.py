"""Attributes that hold the elements of a tensor or vector."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Show, Type
from stepwell.ir.attributes import FloatAttr, IntegerAttr
from stepwell.ir.diagnostics import VerifyError
from stepwell.ir.numbers.dense import DenseData
from stepwell.ir.numbers.dense_print import print_dense
from stepwell.ir.numbers.element import element_kind
from stepwell.ir.property_kinds import Kind
from stepwell.ir.resource import Resource


class DenseElementsAttr(Attribute):
    """`dense<[1, 2]> : tensor<2xi32>`, or of a vector type. A splat takes the memory of one
    element.

    Args:
        data: the elements, in the shape of the type.
        type: a vector or static tensor type.
    """

    data: DenseData
    type: types.ShapedType

    def verify(self) -> None:
        if not self.type.has_static_shape:
            raise VerifyError("elements literal type must have static shape")

    @staticmethod
    def from_numpy(array: NDArray[Any], type: Type) -> DenseElementsAttr:
        """The elements of `array`, converted to the element type of `type`."""
        assert isinstance(type, types.ShapedType)
        data = DenseData.from_numpy(array, element_name(type))
        return DenseElementsAttr(data.reshape(types.dims_of(type)), type)

    @staticmethod
    def splat(value: Attribute, type: Type) -> DenseElementsAttr:
        """Every element `value`, an integer or float attribute."""
        assert isinstance(type, types.ShapedType)
        scalar = value.bits if isinstance(value, FloatAttr) else value.value  # type: ignore[attr-defined]
        if isinstance(value, FloatAttr):
            width = (value.type.width + 7) // 8
            raw = scalar.to_bytes(width, "little")
            data = DenseData.from_bytes(element_name(type), types.dims_of(type), raw)
        else:
            data = DenseData.splat(element_name(type), types.dims_of(type), scalar)
        return DenseElementsAttr(data, type)

    @property
    def is_splat(self) -> bool:
        """Whether all elements are equal."""
        return self.data.is_splat

    @property
    def element_type(self) -> Type:
        """The type of the elements."""
        return types.element_type_or_self(self.type)

    def to_numpy(self) -> NDArray[Any]:
        """The elements as a read-only array in the type's shape."""
        return self.data.to_numpy()

    def element(self, index: int) -> Attribute:
        """Element number `index` in row-major order, as an attribute."""
        value = self.data.get(index)
        if isinstance(self.element_type, types.FloatType):
            assert isinstance(value, float | int)
            return FloatAttr.of(value, self.element_type)
        assert isinstance(value, int)
        return IntegerAttr(value, self.element_type)

    def reshape(self, type: Type) -> DenseElementsAttr:
        """The same elements in the shape of `type`."""
        assert isinstance(type, types.ShapedType)
        return DenseElementsAttr(self.data.reshape(types.dims_of(type)), type)

    def nested(self) -> tuple[Attribute, ...]:
        return (self.type,)

    def text(self, show: Show) -> str:
        return f"dense<{print_dense(self.data)}> : {show(self.type)}"


class DenseResourceAttr(Attribute):
    """`dense_resource<key> : tensor<4xf32>`: elements kept at the end of the file."""

    key: str
    type: types.ShapedType
    resource: Resource | None = None

    def text(self, show: Show) -> str:
        return f"dense_resource<{self.key}> : {show(self.type)}"


class SparseElementsAttr(Attribute):
    """`sparse<indices, values> : tensor<...>`."""

    indices: DenseElementsAttr
    values: DenseElementsAttr
    type: types.ShapedType

    def text(self, show: Show) -> str:
        if not self.indices.to_numpy().size:
            return f"sparse<> : {show(self.type)}"
        indices, values = print_dense(self.indices.data), print_dense(self.values.data)
        return f"sparse<{indices}, {values}> : {show(self.type)}"


def element_name(type: Type) -> str:
    """The name of the element type, as `stepwell.ir.numbers` knows it."""
    return str(types.element_type_or_self(type))


def dtype_of(type: Type) -> np.dtype[Any]:
    """The NumPy dtype that holds values of a scalar type."""
    return element_kind(str(type)).dtype


ElementsKind: Kind[DenseElementsAttr] = Kind(DenseElementsAttr, "constant vector/tensor attribute")
