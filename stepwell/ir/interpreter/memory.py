"""Memory of the interpreter: allocations, and memrefs that look into them.

>>> from stepwell.ir.types import f32
>>> block = MemRef.allocate((2, 3), f32)
>>> block.store((1, 2), np.float32(5))
>>> float(block.subview((1, 1), (1, 2), (1, 1)).load((0, 1)))
5.0
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.dense_attributes import dtype_of
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.interpreter.scalars import fit
from stepwell.ir.strides import row_major_strides

Array: TypeAlias = NDArray[Any]

GARBAGE = 77
"""What every element of fresh memory holds: a program that reads it before writing shows it."""

_garbage: ContextVar[int] = ContextVar("garbage", default=GARBAGE)


@contextmanager
def fresh_memory_holding(number: int) -> Iterator[None]:
    """Inside, fresh memory holds `number`: two runs that then differ read what nobody wrote."""
    token = _garbage.set(number)
    try:
        yield
    finally:
        _garbage.reset(token)


def storage_of(type: Type) -> tuple[np.dtype[Any], tuple[int, ...]]:
    """How elements of `type` lie in a buffer: the dtype, and the sizes of a vector element.

    What NumPy has no number type for (memrefs, pointers, wide integers) is kept as objects.
    """
    if isinstance(type, types.VectorType):
        return dtype_of(type.element_type), type.shape
    if isinstance(type, types.IntegerType) and type.width <= 64:
        return dtype_of(type), ()
    if isinstance(type, (types.IndexType, types.FloatType, types.ComplexType)):
        return dtype_of(type), ()
    return np.dtype(object), ()


class Allocation:
    """A piece of memory.

    Args:
        buffer: the elements, one after another along axis 0.
        name: what it is, for messages.
        space: the memory space, as a printed attribute; empty for the default one.
        writable: whether the program may write to it.
        owner: the allocation whose bytes these are, seen as another type.
    """

    __slots__ = ("_alive", "buffer", "name", "owner", "space", "undefined", "writable")

    def __init__(
        self,
        buffer: Array,
        name: str = "",
        space: str = "",
        writable: bool = True,
        owner: Allocation | None = None,
    ) -> None:
        self.buffer = buffer
        self.name = name
        self.space = space
        self.writable = writable
        self.owner = owner
        self.undefined: set[int] = set()
        self._alive = True

    @classmethod
    def fresh(cls, count: int, element: Type, name: str = "", space: str = "") -> Allocation:
        """Memory for `count` elements, all holding GARBAGE."""
        dtype, inner = storage_of(element)
        if count * math.prod(inner) * max(dtype.itemsize, 1) > 1 << 40:
            raise InterpreterError(f"allocation of {count} elements is too large")
        buffer = np.zeros((count, *inner), dtype)
        if dtype.kind in "iuf":
            scalar = types.element_type_or_self(element)
            buffer[...] = fit(scalar)(_garbage.get())
        elif dtype.kind == "O":
            buffer[...] = POISON
        return cls(buffer, name, space)

    @property
    def alive(self) -> bool:
        """Whether it has not been freed."""
        return self.owner.alive if self.owner is not None else self._alive

    def free(self) -> None:
        """Gives it back.

        Raises:
            InterpreterError: that has been done before.
        """
        if not self.alive:
            raise InterpreterError("double free: the memory has been freed before")
        (self.owner or self)._alive = False

    def seen_as(self, element: Type, first_byte: int = 0) -> Allocation:
        """The same bytes as elements of another type, from `first_byte` on."""
        dtype, inner = storage_of(element)
        size = dtype.itemsize * math.prod(inner)
        if dtype.kind == "O" or self.buffer.dtype.kind == "O":
            raise InterpreterError(f"elements of type '{element}' have no bytes")
        raw = self.buffer.reshape(-1).view(np.uint8)[first_byte:]
        whole = raw[: len(raw) // size * size].view(dtype).reshape(-1, *inner)
        return Allocation(whole, self.name, self.space, self.writable, self.owner or self)


class MemRef:
    """A strided look at an allocation: element (i, j) lies at offset + i*strides[0] + j*strides[1].

    All numbers count elements. It serves memrefs of known and unknown rank.
    """

    __slots__ = ("allocation", "offset", "sizes", "strides")

    def __init__(
        self,
        allocation: Allocation,
        offset: int,
        sizes: Sequence[int],
        strides: Sequence[int],
    ) -> None:
        self.allocation = allocation
        self.offset = offset
        self.sizes = tuple(sizes)
        self.strides = tuple(strides)

    # Making.

    @classmethod
    def allocate(
        cls,
        sizes: Sequence[int],
        element: Type,
        strides: Sequence[int] | None = None,
        offset: int = 0,
        name: str = "",
        space: str = "",
    ) -> MemRef:
        """Fresh memory of these sizes, row-major unless strides are given.

        Raises:
            InterpreterError: a size is negative.
        """
        if any(size < 0 for size in sizes):
            raise InterpreterError(f"allocates a negative size: {list(sizes)}")
        if strides is None:
            strides = row_major_strides(sizes)
        count = offset
        if 0 not in sizes:
            reach = zip(sizes, strides, strict=True)
            count += 1 + sum((size - 1) * stride for size, stride in reach)
        return cls(Allocation.fresh(count, element, name, space), offset, sizes, strides)

    @classmethod
    def from_numpy(cls, array: Array, element: Type | None = None, name: str = "") -> MemRef:
        """A memref on the memory of `array`: what the program writes, the caller sees.

        Args:
            array: for an element type that is a vector, its last dimensions are the vector's.
            element: the element type; by default a scalar.
            name: what it is, for messages.

        Raises:
            InterpreterError: the array could be written to, but no strides say how it lies.
        """
        inner = storage_of(element)[1] if element is not None else ()
        rank = array.ndim - len(inner)
        itemsize = array.itemsize * math.prod(inner)
        sizes, byte_strides = array.shape[:rank], array.strides[:rank]
        regular = all(stride % itemsize == 0 and stride >= 0 for stride in byte_strides)
        dense = array.strides[rank:] == tuple(
            stride * array.itemsize for stride in row_major_strides(inner)
        )
        if not (regular and dense) or array.size == 0:
            if array.size and array.flags.writeable:
                raise InterpreterError("an array with such strides cannot be a memref: copy it")
            flat = np.ascontiguousarray(array).reshape(-1 if array.size else 0, *inner)
            return cls(Allocation(flat, name), 0, sizes, row_major_strides(sizes))
        strides = tuple(stride // itemsize for stride in byte_strides)
        count = 1 + sum((size - 1) * stride for size, stride in zip(sizes, strides, strict=True))
        steps = (itemsize, *array.strides[rank:])
        buffer = as_strided(array, (count, *inner), steps)
        made = Allocation(buffer, name, writable=array.flags.writeable)
        return cls(made, 0, sizes, strides)

    # Looking.

    @property
    def rank(self) -> int:
        """Number of dimensions."""
        return len(self.sizes)

    @property
    def num_elements(self) -> int:
        """The product of the sizes."""
        return math.prod(self.sizes)

    def view(self) -> Array:
        """The elements as an array that shares the memory.

        Raises:
            InterpreterError: the memory has been freed, or some element lies outside it.
        """
        allocation = self._live()
        buffer = allocation.buffer
        inner = buffer.shape[1:]
        if self.num_elements == 0:
            return np.zeros((*self.sizes, *inner), buffer.dtype)
        reach = [(n - 1) * s for n, s in zip(self.sizes, self.strides, strict=True)]
        low = self.offset + sum(r for r in reach if r < 0)
        high = self.offset + sum(r for r in reach if r > 0)
        if low < 0 or high >= len(buffer):
            raise InterpreterError(
                f"out-of-bounds access: elements {low} to {high} of an allocation of {len(buffer)}"
            )
        steps = [stride * buffer.strides[0] for stride in self.strides]
        return as_strided(
            buffer[self.offset :], (*self.sizes, *inner), (*steps, *buffer.strides[1:])
        )

    def to_numpy(self) -> Array:
        """A copy of the elements."""
        return self.view().copy()

    def _live(self) -> Allocation:
        allocation = self.allocation
        if not allocation.alive:
            what = f" of '{allocation.name}'" if allocation.name else ""
            raise InterpreterError(f"use after free{what}")
        return allocation

    def position(self, indices: Sequence[RuntimeValue]) -> int:
        """Where in the buffer the element is.

        Raises:
            InterpreterError: an index is out of bounds or poison, or the memory has been freed.
        """
        allocation = self._live()
        at = self.offset
        for number, (i, size, stride) in enumerate(
            zip(indices, self.sizes, self.strides, strict=True)
        ):
            if i is POISON:
                raise InterpreterError("an index is poison")
            if not 0 <= i < size:
                raise InterpreterError(
                    f"out-of-bounds index {i} for dimension {number} of size {size}"
                )
            at += i * stride
        if not 0 <= at < len(allocation.buffer):
            raise InterpreterError(
                f"out-of-bounds access: element {at} of an allocation of {len(allocation.buffer)}"
            )
        return at

    def load(self, indices: Sequence[RuntimeValue]) -> RuntimeValue:
        """One element, as a value of the interpreter's contract."""
        at = self.position(indices)
        allocation = self.allocation
        if at in allocation.undefined:
            return POISON
        return as_value(allocation.buffer[at])

    def store(self, indices: Sequence[RuntimeValue], value: RuntimeValue) -> None:
        """Replaces one element.

        Raises:
            InterpreterError: out of bounds, freed, or the memory is constant.
        """
        at = self.position(indices)
        allocation = self._writable()
        buffer = allocation.buffer
        if value is POISON and buffer.dtype.kind != "O":
            allocation.undefined.add(at)
            return
        allocation.undefined.discard(at)
        buffer[at] = value

    def _writable(self) -> Allocation:
        allocation = self._live()
        if not allocation.writable:
            raise InterpreterError("writes to constant memory")
        return allocation

    def write(self, values: Array) -> None:
        """Replaces all elements by those of an array of the same shape."""
        self._writable()
        self.view()[...] = values
        if self.allocation.undefined:
            self.allocation.undefined.difference_update(self.positions())

    def positions(self) -> list[int]:
        """Where in the buffer the elements are, row by row."""
        at = np.full(self.sizes, self.offset, np.int64)
        for d, stride in enumerate(self.strides):
            along = np.arange(self.sizes[d]) * stride
            at += along.reshape([-1 if d == e else 1 for e in range(self.rank)])
        return [int(position) for position in at.reshape(-1)]

    def copy_from(self, source: MemRef) -> None:
        """Copies all elements of `source`, which must have the same sizes.

        Raises:
            InterpreterError: the sizes differ.
        """
        if source.sizes != self.sizes:
            raise InterpreterError(f"copies sizes {list(source.sizes)} to {list(self.sizes)}")
        self.write(source.to_numpy())

    # Other looks at the same memory.

    def with_layout(self, offset: int, sizes: Sequence[int], strides: Sequence[int]) -> MemRef:
        """The same allocation with another offset, other sizes and strides."""
        return MemRef(self.allocation, offset, sizes, strides)

    def subview(
        self, offsets: Sequence[int], sizes: Sequence[int], strides: Sequence[int]
    ) -> MemRef:
        """Every `strides[d]`-th element from `offsets[d]` on, `sizes[d]` of them.

        Raises:
            InterpreterError: it runs out of bounds.
        """
        for d, (offset, size, step, bound) in enumerate(
            zip(offsets, sizes, strides, self.sizes, strict=True)
        ):
            last = offset + max(size - 1, 0) * step
            if size < 0 or (size > 0 and not (0 <= offset < bound and 0 <= last < bound)):
                raise InterpreterError(
                    f"out-of-bounds slice of dimension {d}: offset {offset}, size {size}, "
                    f"stride {step} of {bound} elements"
                )
        at = self.offset + sum(o * s for o, s in zip(offsets, self.strides, strict=True))
        steps = [a * b for a, b in zip(strides, self.strides, strict=True)]
        return self.with_layout(at, sizes, steps)

    def keep(self, dims: Sequence[int]) -> MemRef:
        """Only these dimensions (the others have size 1)."""
        sizes = [self.sizes[d] for d in dims]
        return self.with_layout(self.offset, sizes, [self.strides[d] for d in dims])

    def __repr__(self) -> str:
        return f"<MemRef {list(self.sizes)} strides {list(self.strides)} offset {self.offset}>"


def as_value(item: Any) -> RuntimeValue:
    """An element of an array as a value of the interpreter's contract."""
    if isinstance(item, np.ndarray):
        return item.copy()
    if isinstance(item, (np.integer, np.bool_)):
        return int(item)
    return item
