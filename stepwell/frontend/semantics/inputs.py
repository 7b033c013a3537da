"""Inputs to run functions on: ordinary numbers, and those that break wrong rewrites."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.dense_attributes import dtype_of
from stepwell.ir.diagnostics import StepwellError

Array = NDArray[np.generic]
Input = int | np.generic | Array

SIZES = (4, 1, 3, 0, 2, 5, 7)
"""What `?` in a shape stands for, input by input."""

_INDICES = (0, 1, 2, 3, 4, 5, 7, 8, 16, -1)
_LARGE_INDICES = (2**31, 2**63 - 1, -(2**63))
_LARGEST_NUMPY_WIDTH = 64


class NoInput(StepwellError):
    """There is no way to make a value of a type."""


def inputs_of(name: str, inputs: Sequence[Type], seed: int, count: int) -> list[tuple[Input, ...]]:
    """Inputs for a function: the same for the same name, types and seed.

    Args:
        name: of the function.
        inputs: the types of its arguments.
        seed: chooses among the values.
        count: how many inputs to make; one is enough for a function without arguments.

    Raises:
        NoInput: an argument has a type of which no value can be made.
    """
    start = np.random.SeedSequence([seed & 0xFFFFFFFF, zlib.crc32(name.encode())])
    random = np.random.default_rng(start)
    made = [_Maker(random, number) for number in range(count if inputs else 1)]
    return [tuple(maker.value(type) for type in inputs) for maker in made]


@dataclass(slots=True)
class _Maker:
    """Makes the values of one input. Every `?` has the same size, but in each fourth input."""

    random: np.random.Generator
    number: int
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = SIZES[self.number % len(SIZES)]

    def value(self, type: Type) -> Input:
        """A value of a type, as the interpreter's callers pass it (memrefs: as arrays)."""
        if not isinstance(type, types.ShapedType):
            return self._scalar(type)
        if not types.is_ranked(type):
            raise NoInput(f"cannot make a value of '{type}': its rank is not known")
        element = types.element_type_or_self(type)
        shape = tuple(self._dim(one) for one in types.dims_of(type))
        return self._array(element, shape)

    def _dim(self, size: int) -> int:
        if size != types.DYNAMIC:
            return size
        return int(self.random.choice(SIZES)) if self.number % 4 == 3 else self.size

    def _scalar(self, type: Type) -> Input:
        if isinstance(type, types.IndexType):
            return self._index()
        if isinstance(type, types.IntegerType):
            return self._integer(type)
        found: np.generic = self._array(type, ()).reshape(-1)[0]
        return found

    def _index(self) -> int:
        if self.number == 0:
            return 3
        pool = _LARGE_INDICES if self.random.random() < 0.05 else _INDICES
        return int(self.random.choice(np.array(pool, object)))

    def _integer(self, type: types.IntegerType) -> int:
        width = type.width
        if width == 1:
            return int(self.random.integers(2))
        signed = type.signedness != "u"
        if self.number == 0:
            return int(self.random.integers(0, min(8, 1 << (width - signed))))
        low = -(1 << (width - 1)) if signed else 0
        high = (1 << (width - signed)) - 1
        power = 1 << int(self.random.integers(width - signed))
        special = [0, 1, high, low, power, power - 1, *([-1, -power] if signed else [])]
        if self.random.random() < 0.6:
            return special[int(self.random.integers(len(special)))]
        bits = int.from_bytes(self.random.bytes((width + 7) // 8), "little") % (1 << width)
        small = int(self.random.integers(min(16, high + 1)))
        return small if self.random.random() < 0.5 else bits + low

    def _array(self, element: Type, shape: tuple[int, ...]) -> Array:
        try:
            dtype = dtype_of(element)
        except (StepwellError, KeyError, ValueError, TypeError):
            raise NoInput(f"cannot make a value of '{element}'") from None
        count = int(np.prod(shape, dtype=np.int64))
        flat: Array
        if isinstance(element, types.FloatType):
            flat = self._floats(dtype, count)
        elif isinstance(element, types.ComplexType):
            part = dtype_of(element.element_type)
            flat = self._floats(part, 2 * count).view(dtype)
        elif isinstance(element, types.IndexType):
            flat = np.array([self._index() for _ in range(count)], dtype)
        elif isinstance(element, types.IntegerType) and element.width <= _LARGEST_NUMPY_WIDTH:
            flat = np.array([self._integer(element) for _ in range(count)], dtype)
        else:
            raise NoInput(f"cannot make a value of '{element}'")
        return flat.reshape(shape)

    def _floats(self, dtype: np.dtype[np.generic], count: int) -> Array:
        plain: Array = np.asarray(self.random.standard_normal(count) * 4).astype(dtype)
        if self.number == 0:
            return plain
        special = _special_floats(dtype)
        chosen = special[self.random.integers(0, len(special), count)]
        # Mostly ordinary numbers in large arrays: one NaN makes a whole sum NaN.
        share = 0.5 if count <= 4 and self.number % 2 else 2.0 / max(count, 4)
        found: Array = np.where(self.random.random(count) < share, chosen, plain)
        return found


def _special_floats(dtype: np.dtype[np.generic]) -> Array:
    facts = ml_dtypes.finfo(dtype)  # type: ignore[no-untyped-call]
    words = [0.0, -0.0, 1.0, -1.0, 2.0, 0.5, float("nan"), float("inf"), -float("inf"), 3.0]
    limits = [facts.max, facts.min, facts.tiny, facts.smallest_subnormal, facts.eps]
    found: Array = np.array(words + [float(limit) for limit in limits]).astype(dtype)
    return found
