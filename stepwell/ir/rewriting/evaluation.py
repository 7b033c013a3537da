"""Computing an op at compile time through its `evaluate`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.dense_attributes import DenseElementsAttr, dtype_of
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.constants import attribute_of, value_of
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.numbers.integers import wrap
from stepwell.ir.operation import Operation
from stepwell.ir.traits import Elementwise, NoMemoryEffect, Pure

ELEMENT_LIMIT = 1 << 14
"""Constants with more elements than this are computed only if they are splats."""

_UNDEFINED = (InterpreterError, ArithmeticError, ValueError, TypeError, NotImplementedError)


def evaluate_constants(op: Operation, constants: Sequence[Attribute]) -> list[Attribute] | None:
    """What `op` yields for constant operands.

    Args:
        op: the op; its real operands are not looked at.
        constants: one attribute an operand.

    Returns:
        One attribute a result; None if the op cannot be computed, or is undefined for these.
    """
    if not can_evaluate(op):
        return None
    folds = getattr(op, "folds_constants", None)
    if folds is not None and not folds(constants):
        return None
    values = [value_of(c, v.type) for c, v in zip(constants, op._operands, strict=True)]
    if any(value is None for value in values):
        return None
    with np.errstate(all="ignore"):
        try:
            found = _lifted(op, constants, values)
        except _UNDEFINED:
            return None
        return None if found is None else _as_attributes(found, op.result_types)


def can_evaluate(op: Operation) -> bool:
    """Whether `op` has a meaning that depends on its operands' values only."""
    if not hasattr(op, "evaluate") or op.regions or not op.results:
        return False
    return Pure in op.traits or NoMemoryEffect in op.traits


def _lifted(
    op: Operation, constants: Sequence[Attribute], values: list[RuntimeValue]
) -> tuple[RuntimeValue, ...] | None:
    """The results of `op`; of an elementwise op on arrays, element by element."""
    arrays = [value for value in values if isinstance(value, np.ndarray)]
    if not arrays:
        return _as_tuple(op, values)
    if Elementwise not in op.traits:
        return _as_tuple(op, values) if _are_small(arrays) else None
    dense = [c for c in constants if isinstance(c, DenseElementsAttr)]
    if all(constant.is_splat for constant in dense):
        return _as_tuple(op, [_element(value, 0) for value in values])
    return _each_element(op, values, arrays[0].shape) if _are_small(arrays) else None


def _are_small(arrays: list[np.ndarray]) -> bool:
    return all(array.size <= ELEMENT_LIMIT for array in arrays)


def _each_element(
    op: Operation, values: list[RuntimeValue], shape: tuple[int, ...]
) -> tuple[RuntimeValue, ...] | None:
    count = int(np.prod(shape))
    rows = [_as_tuple(op, [_element(value, n) for value in values]) for n in range(count)]
    if any(row is None for row in rows):
        return None
    columns = list(zip(*[row for row in rows if row is not None], strict=True))
    return tuple(
        _array(column, types.element_type_or_self(result.type)).reshape(shape)
        for column, result in zip(columns, op.results, strict=True)
    )


def _element(value: RuntimeValue, number: int) -> RuntimeValue:
    """Element `number` of an array (row-major); a scalar is every element."""
    if not isinstance(value, np.ndarray):
        return value
    item = value.flat[number]
    return int(item) if isinstance(item, np.integer | np.bool_) else item


def _array(column: Sequence[RuntimeValue], type: Type) -> np.ndarray:
    if isinstance(type, types.IntegerType):
        signed = type.width > 1 and type.signedness != "u"
        column = [wrap(int(value), type.width, signed) for value in column]
    elif isinstance(type, types.IndexType):
        column = [wrap(int(value), 64) for value in column]
    return np.array(column, dtype_of(type))


def _as_tuple(op: Operation, values: Sequence[RuntimeValue]) -> tuple[RuntimeValue, ...] | None:
    """The results of one evaluation; None if one is poison."""
    found = op.evaluate(*values)  # type: ignore[attr-defined]
    results = found if isinstance(found, tuple) and len(op.results) != 1 else (found,)
    return None if any(value is POISON for value in results) else results


def _as_attributes(
    values: tuple[RuntimeValue, ...], result_types: Sequence[Type]
) -> list[Attribute] | None:
    attributes = [attribute_of(v, type) for v, type in zip(values, result_types, strict=True)]
    known = [attribute for attribute in attributes if attribute is not None]
    return known if len(known) == len(attributes) else None
