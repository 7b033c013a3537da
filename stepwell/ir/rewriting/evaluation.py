"""Computing an op at compile time through its `evaluate`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.dense_attributes import DenseElementsAttr
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.constants import attribute_of, value_of
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.interpreter.scalars import apply_elementwise, scalars_of
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
    evaluate = op.evaluate  # type: ignore[attr-defined]
    arrays = [value for value in values if isinstance(value, np.ndarray)]
    if not arrays:
        return _as_tuple(op, evaluate(*values))
    dense = [c for c in constants if isinstance(c, DenseElementsAttr)]
    if Elementwise in op.traits and all(constant.is_splat for constant in dense):
        return _as_tuple(op, evaluate(*(scalars_of(_first(value), (1,))[0] for value in values)))
    if any(array.size > ELEMENT_LIMIT for array in arrays):
        return None
    if Elementwise in op.traits:
        return _as_tuple(op, apply_elementwise(op, values))
    return _as_tuple(op, evaluate(*values))


def _first(value: RuntimeValue) -> RuntimeValue:
    """The first element of an array, as an array."""
    return value.reshape(-1)[:1] if isinstance(value, np.ndarray) else value


def _as_tuple(op: Operation, found: RuntimeValue) -> tuple[RuntimeValue, ...] | None:
    """The results of one evaluation; None if one is poison."""
    results = found if isinstance(found, tuple) and len(op.results) != 1 else (found,)
    return None if any(value is POISON for value in results) else results


def _as_attributes(
    values: tuple[RuntimeValue, ...], result_types: Sequence[Type]
) -> list[Attribute] | None:
    attributes = [attribute_of(v, type) for v, type in zip(values, result_types, strict=True)]
    known = [attribute for attribute in attributes if attribute is not None]
    return known if len(known) == len(attributes) else None
