"""Bringing values to their types: wrapping integers, rounding floats, lifting ops to arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.dense_attributes import dtype_of
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.numbers.float_arrays import round_to
from stepwell.ir.numbers.integers import to_signed, to_unsigned
from stepwell.ir.operation import Operation

Fit = Callable[[Any], RuntimeValue]


@cache
def fit(type: Type) -> Fit:
    """A function that brings a result of `evaluate` to `type`: wraps an integer, rounds a float."""
    if isinstance(type, types.IntegerType):
        width = type.width
        if width == 1 or type.signedness == "u":
            return lambda value: value if value is POISON else to_unsigned(int(value), width)
        return lambda value: value if value is POISON else to_signed(int(value), width)
    if isinstance(type, types.IndexType):
        return lambda value: value if value is POISON else to_signed(int(value), 64)
    if isinstance(type, types.FloatType):
        return _fit_float(type)
    return lambda value: value


def _fit_float(type: types.FloatType) -> Fit:
    dtype = dtype_of(type)
    name = type.format
    if name in ("f64", "f32", "f16"):
        return lambda value: value if value is POISON else dtype.type(value)

    def narrow(value: RuntimeValue) -> RuntimeValue:
        if value is POISON or getattr(value, "dtype", None) == dtype:
            return value
        return dtype.type(round_to(name, float(value)))

    return narrow


def apply_elementwise(op: Operation, operands: Sequence[RuntimeValue]) -> RuntimeValue:
    """The results of an elementwise op: `op.evaluate` on scalars, or on each element of arrays.

    Poison in gives poison out.
    """
    evaluate = op.evaluate  # type: ignore[attr-defined]
    result_types = op.result_types
    if not any(isinstance(value, np.ndarray) for value in operands):
        if any(value is POISON for value in operands) and not getattr(op, "handles_poison", False):
            return _results([POISON] * len(result_types))
        made = evaluate(*operands)
        return fit_all(made, result_types)
    return _each(op, evaluate, operands, result_types)


def fit_all(made: RuntimeValue, result_types: Sequence[Type]) -> RuntimeValue:
    """`fit` for one result or a tuple of several."""
    if len(result_types) == 1:
        return fit(result_types[0])(made)
    return tuple(fit(type)(value) for type, value in zip(result_types, made, strict=True))


def _results(values: list[RuntimeValue]) -> RuntimeValue:
    return values[0] if len(values) == 1 else tuple(values)


def _each(
    op: Operation,
    evaluate: Callable[..., RuntimeValue],
    operands: Sequence[RuntimeValue],
    result_types: Sequence[Type],
) -> RuntimeValue:
    shape = common_shape(op, operands)
    if getattr(op, "evaluates_arrays", False):
        with np.errstate(all="ignore"):
            made = evaluate(*operands)
        return as_array(made, shape, result_types[0])
    if any(value is POISON for value in operands):
        return _results([POISON] * len(result_types))
    columns = [scalars_of(value, shape) for value in operands]
    with np.errstate(all="ignore"):
        rows = [evaluate(*row) for row in zip(*columns, strict=True)]
    if len(result_types) == 1:
        return array_of(rows, shape, result_types[0])
    return tuple(
        array_of([row[number] for row in rows], shape, type)
        for number, type in enumerate(result_types)
    )


def common_shape(op: Operation, operands: Sequence[RuntimeValue]) -> tuple[int, ...]:
    """The shape of the arrays that are the operands of an elementwise op; `()` if there are none.

    Raises:
        InterpreterError: they are tensors of different shapes, as unknown sizes may turn out.
    """
    shapes = {value.shape for value in operands if isinstance(value, np.ndarray)}
    if len(shapes) > 1:
        # An op on scalars gets arrays where it runs for many points at once.
        if not isinstance(op.results[0].type, types.ShapedType):
            return np.broadcast_shapes(*shapes)
        listed = " and ".join(str(list(shape)) for shape in sorted(shapes))
        raise InterpreterError(f"has operands of different shapes: {listed}")
    return shapes.pop() if shapes else ()


def scalars_of(value: RuntimeValue, shape: tuple[int, ...]) -> list[RuntimeValue]:
    """The elements of an array (or one scalar for each place) as scalars of the contract."""
    count = int(np.prod(shape, dtype=np.int64))
    if not isinstance(value, np.ndarray):
        return [value] * count
    flat = np.broadcast_to(value, shape).reshape(-1)
    if flat.dtype.kind in "iub":
        return [int(item) for item in flat.tolist()]
    return list(flat)


def array_of(values: list[RuntimeValue], shape: tuple[int, ...], type: Type) -> NDArray[Any]:
    """An array of scalars of the contract, brought to the element type of `type`."""
    element = types.element_type_or_self(type)
    bring = fit(element)
    if any(value is POISON for value in values):
        raise InterpreterError("an element of a vector or tensor is poison")
    with np.errstate(all="ignore"):
        fitted = [bring(value) for value in values]
    return np.array(fitted, dtype=dtype_of(element)).reshape(shape)


def as_array(made: Any, shape: tuple[int, ...], type: Type) -> NDArray[Any]:
    """The result of an `evaluate` that was given whole arrays, in the dtype of `type`."""
    element = types.element_type_or_self(type)
    return np.broadcast_to(np.asarray(made), shape).astype(dtype_of(element), copy=False)
