"""Element types: MLIR spelling, LLVM type, size, and NumPy's type numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import ml_dtypes
import numpy as np


@dataclass(frozen=True, slots=True)
class Element:
    """One element type.

    Args:
        name: MLIR's spelling.
        llvm: the LLVM type of a value of it.
        dtype: the NumPy dtype of results.
        numbers: NumPy type numbers of the arrays that are taken for it; empty when the dtype is
            registered at run time, so that its number differs from process to process.
    """

    name: str
    llvm: str
    dtype: np.dtype[np.generic]
    numbers: tuple[int, ...]

    @property
    def size(self) -> int:
        """The size in bytes."""
        return self.dtype.itemsize

    @property
    def number_symbol(self) -> str:
        """The symbol of the i32 that holds the type number of a dtype registered at run time."""
        return f"stepwell_type_number_{self.name}"


# NumPy's codes of C's signed char, short, int, long, long long, and of the unsigned ones.
_C_INTEGERS = ("bhilq", "BHILQ")


def _integer_numbers(width: int, *, signed: bool = True, unsigned: bool = True) -> tuple[int, ...]:
    families = [f for f, wanted in zip(_C_INTEGERS, (signed, unsigned), strict=True) if wanted]
    dtypes = [np.dtype(code) for family in families for code in family]
    return tuple(dtype.num for dtype in dtypes if dtype.itemsize * 8 == width)


def _numpy_element(name: str, llvm: str, dtype: type[np.generic]) -> Element:
    described = np.dtype(dtype)
    return Element(name, llvm, described, (described.num,))


def _integers() -> list[Element]:
    found = []
    for width in (8, 16, 32, 64):
        llvm, signed, unsigned = f"i{width}", np.dtype(f"i{width // 8}"), np.dtype(f"u{width // 8}")
        found += [
            Element(llvm, llvm, signed, _integer_numbers(width)),
            Element(f"si{width}", llvm, signed, _integer_numbers(width, unsigned=False)),
            Element(f"ui{width}", llvm, unsigned, _integer_numbers(width, signed=False)),
        ]
    return found


def _registered() -> list[Element]:
    small = ("f8E4M3FN", "f8E5M2", "f8E4M3FNUZ", "f8E5M2FNUZ", "f8E4M3B11FNUZ", "f8E4M3", "f8E3M4")
    found = [Element("bf16", "bfloat", np.dtype(ml_dtypes.bfloat16), ())]
    for name in small:
        dtype = getattr(ml_dtypes, name.lower().replace("f8", "float8_"), None)
        if dtype is not None:
            found.append(Element(name, "i8", np.dtype(dtype), ()))
    return found


_ALL = [
    _numpy_element("i1", "i1", np.bool_),
    *_integers(),
    Element("index", "i64", np.dtype(np.int64), _integer_numbers(64)),
    _numpy_element("f16", "half", np.float16),
    _numpy_element("f32", "float", np.float32),
    _numpy_element("f64", "double", np.float64),
    _numpy_element("complex<f32>", "{ float, float }", np.complex64),
    _numpy_element("complex<f64>", "{ double, double }", np.complex128),
    *_registered(),
]

ELEMENTS: dict[str, Element] = {element.name: element for element in _ALL}
"""Element types of arrays, by MLIR spelling."""

SCALARS: dict[str, Element] = {
    name: element for name, element in ELEMENTS.items() if not name.startswith(("complex", "f8"))
}
"""Types of scalar arguments and results, by MLIR spelling."""


@cache
def is_float(name: str) -> bool:
    """Whether the scalar type `name` is a floating-point type."""
    return ELEMENTS[name].llvm in ("half", "bfloat", "float", "double")


@cache
def integer_bounds(name: str) -> tuple[int, int]:
    """The least and greatest Python int that fits in `name`.

    A signless integer takes both the signed and the unsigned reading: i8 takes -128 to 255.
    """
    width = int(ELEMENTS[name].llvm[1:])
    least = 0 if name.startswith("ui") else -(1 << width - 1)
    greatest = (1 << width - 1) - 1 if name.startswith("si") else (1 << width) - 1
    return (least, (1 << 63) - 1) if name == "index" else (least, greatest)
