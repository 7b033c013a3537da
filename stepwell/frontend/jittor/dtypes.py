"""Element types by their Jittor names: `jt.float32 == "float32"`."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.diagnostics import StepwellError

AnyArray = npt.NDArray[Any]
"""An array whose element type is known at run time only."""


class TensorError(StepwellError, TypeError, ValueError, RuntimeError):
    """A tensor operation was given what it cannot work on.

    It is a RuntimeError too, because Jittor's own errors are.
    """


class DType(str):
    """An element type: a string with what NumPy and the IR call it.

    Args:
        name: Jittor's name. element: the type in the IR. rank: the place in promotion; the higher
        of two types of one kind wins. kind: "bool", "int" or "float".
    """

    __slots__ = ("element", "kind", "numpy", "rank")

    element: Type
    kind: str
    numpy: np.dtype[np.generic]
    rank: int

    def __new__(cls, name: str, element: Type, kind: str, rank: int) -> DType:
        made = super().__new__(cls, name)
        made.element, made.kind, made.rank = element, kind, rank
        made.numpy = np.dtype(name)
        return made

    @property
    def is_float(self) -> bool:
        """Whether it holds floating-point numbers."""
        return self.kind == "float"


bool_ = DType("bool", types.i1, "bool", 0)
int8 = DType("int8", types.i8, "int", 1)
int16 = DType("int16", types.i16, "int", 2)
int32 = DType("int32", types.i32, "int", 3)
int64 = DType("int64", types.i64, "int", 4)
float16 = DType("float16", types.f16, "float", 5)
float32 = DType("float32", types.f32, "float", 6)
float64 = DType("float64", types.f64, "float", 7)

BY_NAME: dict[str, DType] = {
    str(one): one for one in (bool_, int8, int16, int32, int64, float16, float32, float64)
}
BY_NAME |= {"float": float32, "double": float64, "half": float16, "int": int32, "long": int64}
_BY_PYTHON_TYPE: dict[object, DType] = {bool: bool_, int: int32, float: float32}


def dtype_of(name: object) -> DType:
    """The element type that a string, NumPy dtype or Python type names.

    Raises:
        TensorError: there is no such type here.
    """
    found = name if isinstance(name, DType) else BY_NAME.get(str(name))
    if found is None and isinstance(name, type):
        found = _BY_PYTHON_TYPE.get(name)
        if found is None and issubclass(name, np.generic):
            found = BY_NAME.get(np.dtype(name).name)
    if found is None:
        known = ", ".join(sorted({str(one) for one in BY_NAME.values()}))
        raise TensorError(f"the dtype {name!r} is not supported; these are: {known}")
    return found


def promoted(a: DType, b: DType) -> DType:
    """The type in which an operation on an `a` and a `b` is computed."""
    return a if a.rank >= b.rank else b


def floating(dtype: DType) -> DType:
    """The type in which a float function of a `dtype` is computed."""
    return dtype if dtype.is_float else float32
