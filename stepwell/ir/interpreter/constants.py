"""Constant attributes as the values that the interpreter computes with, and back."""

from __future__ import annotations

import math

import numpy as np

from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import ArrayAttr, FloatAttr, IntegerAttr
from stepwell.ir.dense_attributes import DenseElementsAttr, dtype_of, element_name
from stepwell.ir.interpreter.machine import RuntimeValue
from stepwell.ir.numbers.dense import DenseData
from stepwell.ir.numbers.element import element_kind


def value_of(attribute: Attribute, type: Type) -> RuntimeValue | None:
    """What a constant of `type` is while the program runs.

    Returns:
        The value as `stepwell.ir.interpreter.machine` describes it, or None if the attribute is no
        plain number or array of numbers.
    """
    if isinstance(attribute, IntegerAttr):
        return attribute.value
    if isinstance(attribute, FloatAttr):
        return _float_value(attribute)
    if isinstance(attribute, DenseElementsAttr):
        return None if attribute.data.kind.is_opaque else attribute.to_numpy()
    if isinstance(attribute, ArrayAttr) and isinstance(type, types.ComplexType):
        return _complex_value(attribute, type)
    return None


def _float_value(attribute: FloatAttr) -> RuntimeValue | None:
    kind = element_kind(attribute.type.format)
    if kind.is_opaque:
        return None
    size = kind.dtype.itemsize
    return np.frombuffer(attribute.bits.to_bytes(size, "little"), kind.dtype)[0]


def _complex_value(attribute: ArrayAttr, type: types.ComplexType) -> RuntimeValue | None:
    kind = element_kind(element_name(type))
    parts = [value_of(part, type.element_type) for part in attribute.values]
    if kind.dtype.kind != "c" or len(parts) != 2 or None in parts:
        return None
    return np.array([parts], kind.component_dtype).view(kind.dtype)[0, 0]


def attribute_of(value: RuntimeValue, type: Type) -> Attribute | None:
    """The constant attribute of `type` that equals `value`; None if there is none.

    A scalar for a type with elements stands for every element. Integers wrap, floats are rounded.
    """
    if isinstance(type, types.IntegerType | types.IndexType):
        return _integer_attribute(value, type)
    if isinstance(type, types.FloatType):
        return _float_attribute(value, type)
    if isinstance(type, types.ComplexType):
        return _complex_attribute(value, type)
    if isinstance(type, types.VectorType | types.RankedTensorType) and type.has_static_shape:
        return _elements_attribute(value, type)
    return None


def _integer_attribute(value: RuntimeValue, type: Type) -> Attribute | None:
    if not isinstance(value, int | np.integer | np.bool_):
        return None
    return IntegerAttr(int(value), type)


def _float_attribute(value: RuntimeValue, type: types.FloatType) -> Attribute | None:
    if isinstance(value, np.generic) and value.dtype == dtype_of(type):
        return FloatAttr(int.from_bytes(value.tobytes(), "little"), type)
    if isinstance(value, int | float | np.generic):
        return FloatAttr.of(float(value), type)
    return None


def _complex_attribute(value: RuntimeValue, type: types.ComplexType) -> Attribute | None:
    if not isinstance(value, int | float | complex | np.generic):
        return None
    number = complex(value)
    parts = [attribute_of(part, type.element_type) for part in (number.real, number.imag)]
    return None if None in parts else ArrayAttr(tuple(part for part in parts if part is not None))


def _elements_attribute(value: RuntimeValue, type: types.ShapedType) -> Attribute | None:
    name = element_name(type)
    shape = types.dims_of(type)
    try:
        kind = element_kind(name)
    except KeyError:
        return None
    if isinstance(value, np.ndarray):
        if value.size != math.prod(shape) or kind.is_opaque:
            return None
        return DenseElementsAttr.from_numpy(value.reshape(shape), type)
    scalar = attribute_of(value, types.element_type_or_self(type))
    if isinstance(scalar, IntegerAttr | FloatAttr):
        return DenseElementsAttr.splat(scalar, type)
    if scalar is None or kind.is_opaque:
        return None
    return DenseElementsAttr(DenseData.splat(name, shape, complex(value)), type)
