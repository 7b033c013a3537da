"""How elements are combined by the ops that reduce."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import FloatAttr, IntegerAttr
from stepwell.ir.dense_attributes import dtype_of
from stepwell.ir.enums import EnumAttr, enum_kind

_INDEX_WIDTH = 64


class ReductionKind(EnumAttr):
    """`add`, `mul`, `max`, `min`, `and`, `or` or `xor`.

    Integers are signed and wrap. Booleans (i1) are the numbers 0 and 1: `max` is `or`, `min` and
    `mul` are `and`, `add` wraps and so is `xor`. `max` and `min` of floats are nan where an element
    is; `and`, `or` and `xor` are for integers alone.
    """

    name = "meta.kind"
    cases = ("add", "mul", "max", "min", "and", "or", "xor")
    bracketed = False


KindKind = enum_kind(ReductionKind)
BITWISE = ("and", "or", "xor")

_UFUNCS: dict[str, np.ufunc] = {
    "add": np.add,
    "mul": np.multiply,
    "max": np.maximum,
    "min": np.minimum,
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "xor": np.bitwise_xor,
}
_BOOLEAN = {"add": "xor", "mul": "and", "max": "or", "min": "and"}


def is_defined(kind: str, element: Type) -> bool:
    """Whether elements of this type can be reduced so."""
    if isinstance(element, types.FloatType):
        return kind not in BITWISE
    return isinstance(element, types.IndexType) or (
        isinstance(element, types.IntegerType) and element.is_signless
    )


def plain_kind(kind: str, element: Type) -> str:
    """The kind that says the same of booleans in their own words; other types keep theirs."""
    return _BOOLEAN.get(kind, kind) if element is types.i1 else kind


def neutral_attribute(kind: str, element: Type) -> IntegerAttr | FloatAttr:
    """What a reduction starts from: combined with x it gives x."""
    kind = plain_kind(kind, element)
    if isinstance(element, types.FloatType):
        value = {"add": 0.0, "mul": 1.0, "max": -np.inf, "min": np.inf}[kind]
        return FloatAttr.of(value, element)
    width = element.width if isinstance(element, types.IntegerType) else _INDEX_WIDTH
    low, high = -(1 << (width - 1)), (1 << (width - 1)) - 1
    ones = 1 if width == 1 else -1
    numbers = {"add": 0, "mul": 1, "max": low, "min": high, "and": ones, "or": 0, "xor": 0}
    return IntegerAttr(numbers[kind], element)


def neutral_scalar(kind: str, element: Type) -> np.generic:
    """`neutral_attribute` as a NumPy scalar."""
    scalar: np.generic = dtype_of(element).type(neutral_attribute(kind, element).value)
    return scalar


def reduce_axes(
    kind: str, array: NDArray[Any], axes: tuple[int, ...], element: Type
) -> NDArray[Any]:
    """The array reduced along the axes, in its own dtype."""
    ufunc = _UFUNCS[plain_kind(kind, element)]
    start = neutral_scalar(kind, element)
    found = ufunc.reduce(array, axis=axes, dtype=array.dtype, initial=start)
    return np.asarray(found, array.dtype)


def scanned(kind: str, array: NDArray[Any], axis: int, element: Type) -> NDArray[Any]:
    """The elements up to each along an axis, combined in order, in the array's own dtype."""
    ufunc = _UFUNCS[plain_kind(kind, element)]
    found = ufunc.accumulate(array, axis=axis, dtype=array.dtype)
    return np.asarray(found, array.dtype)


def combine_at(
    kind: str,
    array: NDArray[Any],
    places: tuple[NDArray[np.int64], ...],
    values: NDArray[Any],
    element: Type,
) -> None:
    """Combines `values` into the places of `array`, one after the other; a place may come twice."""
    combine: Callable[..., None] = _UFUNCS[plain_kind(kind, element)].at
    combine(array, places, values)
