"""Values at the border: what a caller passes to the interpreter and gets back."""

from __future__ import annotations

import numbers

import numpy as np

from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.dense_attributes import dtype_of
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.interpreter.scalars import fit


def to_runtime(value: object, type: Type, what: str) -> RuntimeValue:
    """The runtime value for a Python number or array.

    Args:
        value: a number for a scalar type; for a shaped one, something that NumPy takes as an array.
        type: what the program expects.
        what: words for messages.

    Raises:
        InterpreterError: the value does not fit the type.
    """
    if isinstance(type, (types.IntegerType, types.IndexType)):
        if not isinstance(value, (numbers.Integral, np.bool_)):
            raise InterpreterError(f"{what}: expected an integer for '{type}', got {value!r}")
        return fit(type)(int(value))
    if isinstance(type, types.FloatType):
        if not isinstance(value, (numbers.Real, np.generic)):
            raise InterpreterError(f"{what}: expected a number for '{type}', got {value!r}")
        return fit(type)(value)
    if isinstance(type, types.ShapedType):
        return _array(value, type, what)
    return value


def _array(value: object, type: types.ShapedType, what: str) -> RuntimeValue:
    is_memref = isinstance(type, (types.MemRefType, types.UnrankedMemRefType))
    if is_memref and not isinstance(value, np.ndarray):
        return value
    array = np.asarray(value)
    expected = dtype_of(types.element_type_or_self(type))
    if array.dtype != expected:
        raise InterpreterError(f"{what}: expected elements of type {expected}, got {array.dtype}")
    if types.is_ranked(type):
        sizes = types.dims_of(type)
        fits = len(sizes) == array.ndim and all(
            wanted in (types.DYNAMIC, found)
            for wanted, found in zip(sizes, array.shape, strict=True)
        )
        if not fits:
            raise InterpreterError(
                f"{what}: expected '{type}', got an array of shape {array.shape}"
            )
    if is_memref:
        from stepwell.ir.interpreter.memory import MemRef

        return MemRef.from_numpy(array)
    return array


def from_runtime(value: RuntimeValue, type: Type) -> object:
    """What a caller sees of a runtime value: memrefs become arrays."""
    if value is POISON:
        return POISON
    to_numpy = getattr(value, "to_numpy", None)
    return to_numpy() if to_numpy is not None else value
