"""Element kinds of dense attributes: what `i1`, `ui8`, `bf16` or `complex<f32>` is in memory.

In memory, elements are a little-endian NumPy array of the natural type:

- 1-bit integers are bool; `iN`, `siN` up to 64 bits are the next signed type; `uiN` unsigned;
- floats are float16/32/64 or ml_dtypes; `complex<f32>`, `complex<f64>` are complex64/128;
- what NumPy lacks (tf32, f80, f128, integers over 64 bits) is a fixed-size byte string `V<size>` of
  the bits, little-endian, the unused ones zero;
- any other complex is a structured type with the fields `re` and `im`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from stepwell.ir.numbers.float_arrays import numpy_float_type
from stepwell.ir.numbers.float_format import FLOAT_FORMATS, FloatFormat
from stepwell.ir.numbers.integers import IntegerFormat, integer_format

Scalar = bool | int | float | complex | tuple[int | float, int | float]
"""An element as Python sees it; byte-string kinds give their bits (floats) or value (integers)."""


@dataclass(frozen=True)
class ElementKind:
    """The element type of a dense attribute, as a number format.

    Attributes:
        name: MLIR's name, such as `complex<i8>`.
        component: the number format of an element, or of its two parts.
        is_complex: whether an element is a pair.
    """

    name: str
    component: IntegerFormat | FloatFormat
    is_complex: bool = False

    @cached_property
    def is_float(self) -> bool:
        """Whether the components are floats."""
        return isinstance(self.component, FloatFormat)

    @cached_property
    def is_bool(self) -> bool:
        """Whether the components are 1-bit integers, which read and print as true and false."""
        return not self.is_float and self.component.width == 1

    @cached_property
    def is_packed(self) -> bool:
        """Whether the raw form packs eight elements a byte: 1-bit integers, not in a complex."""
        return self.is_bool and not self.is_complex

    @property
    def parts(self) -> int:
        """Components of an element: 2 for complex, else 1."""
        return 2 if self.is_complex else 1

    @cached_property
    def component_dtype(self) -> np.dtype[np.generic]:
        """The NumPy type of a component."""
        return _component_dtype(self.component)

    @cached_property
    def dtype(self) -> np.dtype[np.generic]:
        """The NumPy type of an element."""
        if not self.is_complex:
            return self.component_dtype
        if self.component.name in ("f32", "f64"):
            return np.dtype("<c8" if self.component.name == "f32" else "<c16")
        return np.dtype([("re", self.component_dtype), ("im", self.component_dtype)])

    @cached_property
    def is_opaque(self) -> bool:
        """Whether components are byte strings, on which NumPy has no arithmetic."""
        return self.component_dtype.kind == "V" and self.component.name not in _ML_NAMES

    def raw_size(self, count: int) -> int:
        """Bytes of `count` elements in the raw form."""
        if self.is_packed:
            return (count + 7) // 8
        return count * self.parts * self.component.storage_bytes


_ML_NAMES = frozenset(
    name
    for name in FLOAT_FORMATS
    if name not in ("f16", "f32", "f64") and numpy_float_type(name) is not None
)


def _component_dtype(component: IntegerFormat | FloatFormat) -> np.dtype[np.generic]:
    if isinstance(component, FloatFormat):
        known = numpy_float_type(component.name)
        return np.dtype(f"V{component.storage_bytes}") if known is None else known
    if component.width == 1:
        return np.dtype(np.bool_)
    if component.width > 64:
        return np.dtype(f"V{component.storage_bytes}")
    size = next(size for size in (1, 2, 4, 8) if size * 8 >= component.width)
    return np.dtype(f"<{'i' if component.is_signed else 'u'}{size}")


@lru_cache(maxsize=512)
def element_kind(name: str) -> ElementKind:
    """The element kind of MLIR's type `name`.

    Raises:
        KeyError: the type is no integer, index, float, or complex of these.
    """
    if name.startswith("complex<") and name.endswith(">"):
        return ElementKind(name, _component(name[8:-1].strip()), True)
    return ElementKind(name, _component(name))


def _component(name: str) -> IntegerFormat | FloatFormat:
    return FLOAT_FORMATS[name] if name in FLOAT_FORMATS else integer_format(name)
