"""The elements of a dense attribute: an immutable array with a splat form, and its raw bytes.

A splat (`dense<0> : tensor<1000000xf32>`) holds one element whatever its shape. Every constructor
finds splats, so equal contents have equal keys; elements compare by their bits (NaN equals itself,
-0.0 is not 0.0).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stepwell.ir.numbers.element import ElementKind, Scalar, element_kind
from stepwell.ir.numbers.element_storage import (
    array_from_scalars,
    convert_array,
    pack,
    scalars_of,
    unpack,
)

Array = NDArray[np.generic]
Key = tuple[str, tuple[int, ...], bool, bytes]


class DenseData:
    """Elements of one kind in a static shape.

    Attributes:
        element: MLIR's name of the element type.
        shape: the sizes of the dimensions.
        array: read-only; of `shape`, or of shape `(1,)` if this is a splat.
        is_splat: whether `array` holds one element that stands for all.
    """

    __slots__ = ("__dict__", "array", "element", "is_splat", "shape")

    def __init__(
        self, element: str, shape: Sequence[int], array: Array, is_splat: bool = False
    ) -> None:
        """Takes `array` as it is. Use the class methods, which check and find splats.

        Raises:
            ValueError: the array's type or size is not that of the element and shape.
        """
        self.element = element
        self.shape = tuple(int(size) for size in shape)
        self.is_splat = is_splat
        expected = (1,) if is_splat else self.shape
        if array.dtype != self.kind.dtype or array.size != math.prod(expected):
            found = f"{array.dtype} array of {array.size}"
            raise ValueError(f"{found} for {element} elements of shape {self.shape}")
        view = np.ascontiguousarray(array).reshape(expected).view()
        view.flags.writeable = False
        self.array = view

    @classmethod
    def from_numpy(cls, array: ArrayLike, element: str) -> DenseData:
        """Elements equal to those of `array`, as the type `element`.

        Integers and floats are converted when the array's type is not the element's: integers
        wrap, floats round once.

        Raises:
            ValueError: the values are not of the element's sort (a float for an integer type).
        """
        found = np.asarray(array)
        stored = convert_array(found, element_kind(element))
        if stored is found and found.flags.writeable:
            stored = found.copy()
        return cls._canonical(element, found.shape, stored)

    @classmethod
    def splat(cls, element: str, shape: Sequence[int], value: Scalar) -> DenseData:
        """Every element `value`, a Python value that `array_from_scalars` accepts."""
        kind = element_kind(element)
        return cls(element, shape, array_from_scalars([value], kind), True)

    @classmethod
    def from_scalars(
        cls, element: str, shape: Sequence[int], values: Sequence[Scalar]
    ) -> DenseData:
        """Elements from Python values in row-major order.

        Raises:
            ValueError: there are not as many values as elements.
        """
        kind = element_kind(element)
        return cls._canonical(element, shape, array_from_scalars(values, kind))

    @classmethod
    def from_components(cls, element: str, shape: Sequence[int], components: Array) -> DenseData:
        """Elements from an array of their components (two for each complex number)."""
        dtype = element_kind(element).dtype
        return cls._canonical(element, shape, np.ascontiguousarray(components).view(dtype))

    @classmethod
    def from_bytes(cls, element: str, shape: Sequence[int], raw: bytes) -> DenseData:
        """Elements from upstream's raw form, of all elements or of one.

        Raises:
            ValueError: the size is that of neither.
        """
        kind = element_kind(element)
        count = math.prod(shape)
        if kind.is_packed and len(raw) == 1 and (count == 1 or raw in (b"\x00", b"\xff")):
            return cls(element, shape, np.array([raw != b"\x00"]), True)
        if len(raw) == kind.raw_size(count):
            return cls._canonical(element, shape, unpack(raw, count, kind))
        if len(raw) == kind.raw_size(1) and not kind.is_packed:
            return cls(element, shape, unpack(raw, 1, kind), True)
        raise ValueError(f"{len(raw)} bytes for {count} elements of type {element}")

    @classmethod
    def _canonical(cls, element: str, shape: Sequence[int], array: Array) -> DenseData:
        if array.size == math.prod(shape) and _all_equal(array):
            return cls(element, shape, array.reshape(-1)[:1].copy(), True)
        return cls(element, shape, array)

    @property
    def kind(self) -> ElementKind:
        """The number format of the elements."""
        return element_kind(self.element)

    @cached_property
    def count(self) -> int:
        """How many elements the shape has."""
        return math.prod(self.shape)

    def __len__(self) -> int:
        return self.count

    @cached_property
    def key(self) -> Key:
        """Equal for equal contents: element, shape, splat, bytes."""
        return self.element, self.shape, self.is_splat, self.array.tobytes()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DenseData):
            return NotImplemented
        mine = (self.element, self.shape, self.is_splat)
        if mine != (other.element, other.shape, other.is_splat):
            return False
        return self.array is other.array or self.array.tobytes() == other.array.tobytes()

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"DenseData({self.element!r}, {self.shape}, {self.array!r}, {self.is_splat})"

    def to_numpy(self) -> Array:
        """A read-only view with the full shape; of a splat, without copies."""
        return np.broadcast_to(self.array.reshape(()), self.shape) if self.is_splat else self.array

    def to_bytes(self) -> bytes:
        """Upstream's raw form: of one element if this is a splat, else of all."""
        if self.is_splat and self.kind.is_packed:
            return b"\xff" if self.array[0] else b"\x00"
        return pack(self.array, self.kind)

    def __iter__(self) -> Iterator[Scalar]:
        """The elements in row-major order, as Python values."""
        values = scalars_of(self.array, self.kind)
        return iter(values * self.count) if self.is_splat else iter(values)

    def get(self, index: int | Sequence[int]) -> Scalar:
        """The element at a row-major position or at an index of every dimension.

        Raises:
            IndexError: the index is outside the shape.
        """
        position = index if isinstance(index, int) else self._position(index)
        if not 0 <= position < self.count:
            raise IndexError(f"index {index} is outside shape {self.shape}")
        stored = self.array.reshape(-1)
        at = 0 if self.is_splat else position
        return scalars_of(stored[at : at + 1], self.kind)[0]

    def _position(self, index: Sequence[int]) -> int:
        inside = all(0 <= i < size for i, size in zip(index, self.shape, strict=False))
        if len(index) != len(self.shape) or not inside:
            raise IndexError(f"index {tuple(index)} is outside shape {self.shape}")
        position = 0
        for i, size in zip(index, self.shape, strict=True):
            position = position * size + i
        return position

    def reshape(self, shape: Sequence[int]) -> DenseData:
        """The same elements in another shape; a splat may change its number of elements.

        Raises:
            ValueError: the number of elements differs and this is no splat.
        """
        return DenseData(self.element, shape, self.array, self.is_splat)

    def map(self, function: Callable[[Array], ArrayLike], element: str | None = None) -> DenseData:
        """What `function` makes of the stored array, element by element; of a splat, one element.

        Args:
            function: an elementwise function on NumPy arrays.
            element: the type of the result; this one's by default.
        """
        kind = element_kind(element or self.element)
        result = convert_array(np.asarray(function(self.array)), kind)
        if self.is_splat:
            return DenseData(kind.name, self.shape, result, True)
        return DenseData._canonical(kind.name, self.shape, result)


def _all_equal(array: Array) -> bool:
    if array.size <= 1:
        return array.size == 1
    size = array.dtype.itemsize
    units = np.ascontiguousarray(array).reshape(-1).view(np.uint8).reshape(-1, size)
    if not np.array_equal(units[1], units[0]) or not np.array_equal(units[-1], units[0]):
        return False
    wide = units.view(f"u{size}") if size in (1, 2, 4, 8) else units
    return bool((wide == wide[0]).all())
