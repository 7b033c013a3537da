"""The memory of an interpreted program: allocations of bytes, and pointers into them.

A pointer knows its allocation, so an access outside it, or after it was freed, is an error, never a
read of something else. As a number it is the allocation's number and the offset in one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepwell.dialects.llvm.layout import size_of, store_size, struct_layout
from stepwell.dialects.llvm.types import ArrayType, PointerType, StructType
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.dense_attributes import dtype_of
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.machine import POISON, Machine, RuntimeValue
from stepwell.ir.numbers.integers import to_signed
from stepwell.ir.operation import Operation

OFFSET_BITS = 40
_OFFSET_MASK = (1 << OFFSET_BITS) - 1

Bytes = NDArray[np.uint8]


class Allocation:
    """A run of bytes.

    Args:
        number: its place among all allocations of the run, from 1.
        storage: the bytes; None once it was freed.
    """

    __slots__ = ("number", "storage")

    def __init__(self, number: int, storage: Bytes | None) -> None:
        self.number = number
        self.storage = storage


@dataclass(frozen=True, slots=True)
class Pointer:
    """An address: bytes into an allocation, or a plain number if that is None."""

    allocation: Allocation | None
    offset: int

    @property
    def address(self) -> int:
        """The pointer as a number."""
        base = self.allocation.number << OFFSET_BITS if self.allocation is not None else 0
        return base + self.offset

    def moved(self, distance: int) -> Pointer:
        """The pointer that many bytes further."""
        return Pointer(self.allocation, self.offset + distance)


NULL = Pointer(None, 0)


class Memory:
    """All allocations of a run."""

    def __init__(self) -> None:
        self._allocations: dict[int, Allocation] = {}
        self._numbers = count(1)

    def allocate(self, size: int) -> Pointer:
        """New memory, filled with zeros."""
        return self.adopt(np.zeros(size, np.uint8))

    def adopt(self, storage: Bytes) -> Pointer:
        """A pointer to bytes that exist already."""
        made = Allocation(next(self._numbers), storage)
        self._allocations[made.number] = made
        return Pointer(made, 0)

    def free(self, pointer: Pointer) -> None:
        """Gives memory back; any later access to it is an error."""
        if pointer.allocation is None and pointer.offset == 0:
            return
        if pointer.allocation is None or pointer.offset or pointer.allocation.storage is None:
            raise InterpreterError("frees a pointer that was not allocated, or twice")
        pointer.allocation.storage = None

    def at(self, address: int) -> Pointer:
        """The pointer that a number stands for."""
        number, offset = address >> OFFSET_BITS, address & _OFFSET_MASK
        found = self._allocations.get(number)
        return Pointer(found, offset) if found is not None else Pointer(None, address)

    def bytes_at(self, pointer: RuntimeValue, size: int) -> Bytes:
        """The `size` bytes at a pointer, to be read or written.

        Raises:
            InterpreterError: they are not all inside one live allocation.
        """
        if not isinstance(pointer, Pointer):
            raise InterpreterError("uses an undefined pointer")
        allocation = pointer.allocation
        if allocation is None:
            what = "a null pointer" if pointer.offset == 0 else f"address {pointer.offset:#x}"
            raise InterpreterError(f"accesses {what}")
        if allocation.storage is None:
            raise InterpreterError("accesses memory that was freed")
        end = pointer.offset + size
        if pointer.offset < 0 or end > len(allocation.storage):
            raise InterpreterError(
                f"accesses bytes {pointer.offset} to {end} of an allocation of "
                f"{len(allocation.storage)} bytes"
            )
        return allocation.storage[pointer.offset : end]

    def load(self, pointer: RuntimeValue, type: Type) -> RuntimeValue:
        """The value of `type` at a pointer."""
        return self._decode(self.bytes_at(pointer, store_size(type)), type)

    def store(self, pointer: RuntimeValue, value: RuntimeValue, type: Type) -> None:
        """Writes a value of `type`."""
        self._encode(self.bytes_at(pointer, store_size(type)), value, type)

    def copy(self, target: RuntimeValue, source: RuntimeValue, size: int) -> None:
        """Copies bytes, as memmove does."""
        if size:
            self.bytes_at(target, size)[:] = self.bytes_at(source, size).copy()

    def fill(self, target: RuntimeValue, value: int, size: int) -> None:
        """Sets bytes, as memset does."""
        if size:
            self.bytes_at(target, size)[:] = value & 0xFF

    # Values as bytes.

    def _decode(self, raw: Bytes, type: Type) -> RuntimeValue:
        match type:
            case types.IntegerType() | types.IndexType():
                width = 64 if isinstance(type, types.IndexType) else type.width
                number = int.from_bytes(raw.tobytes(), "little")
                return number & 1 if width == 1 else to_signed(number, width)
            case types.FloatType():
                return raw.view(dtype_of(type))[0] if raw.flags.aligned else _scalar(raw, type)
            case PointerType():
                return self.at(int.from_bytes(raw.tobytes(), "little"))
            case types.VectorType():
                return self._decode_vector(raw, type)
            case ArrayType():
                step, element = size_of(type.element_type), type.element_type
                size = store_size(element)
                starts = range(0, type.size * step, step)
                return tuple(self._decode(raw[s : s + size], element) for s in starts)
            case StructType():
                pairs = zip(struct_layout(type)[0], type.elements or (), strict=True)
                return tuple(self._decode(raw[o : o + store_size(t)], t) for o, t in pairs)
        raise InterpreterError(f"cannot load a value of type '{type}'")

    def _encode(self, raw: Bytes, value: RuntimeValue, type: Type) -> None:
        if value is POISON:
            return
        match type:
            case types.IntegerType() | types.IndexType():
                mask = (1 << 8 * len(raw)) - 1
                bits = 64 if isinstance(type, types.IndexType) else type.width
                number = int(value) & ((1 << bits) - 1) & mask
                raw[:] = np.frombuffer(number.to_bytes(len(raw), "little"), np.uint8)
            case types.FloatType():
                raw[:] = np.frombuffer(dtype_of(type).type(value).tobytes(), np.uint8)
            case PointerType():
                address = value.address & (2**64 - 1)
                raw[:] = np.frombuffer(address.to_bytes(8, "little"), np.uint8)
            case types.VectorType():
                self._encode_vector(raw, value, type)
            case ArrayType():
                step, size = size_of(type.element_type), store_size(type.element_type)
                for number, item in enumerate(value):
                    start = number * step
                    self._encode(raw[start : start + size], item, type.element_type)
            case StructType():
                offsets = struct_layout(type)[0]
                for start, item, of in zip(offsets, value, type.elements or (), strict=True):
                    self._encode(raw[start : start + store_size(of)], item, of)
            case _:
                raise InterpreterError(f"cannot store a value of type '{type}'")

    def _decode_vector(self, raw: Bytes, type: types.VectorType) -> NDArray[Any]:
        element = type.element_type
        if element is types.i1:
            bits = np.unpackbits(raw, bitorder="little")[: type.num_elements]
            return bits.astype(bool).reshape(type.shape)
        if isinstance(element, PointerType):
            found = np.empty(type.num_elements, object)
            found[:] = [self.at(int(a)) for a in np.frombuffer(raw.tobytes(), np.uint64)]
            return found.reshape(type.shape)
        return np.frombuffer(raw.tobytes(), dtype_of(element)).reshape(type.shape)

    def _encode_vector(self, raw: Bytes, value: NDArray[Any], type: types.VectorType) -> None:
        element = type.element_type
        flat = np.asarray(value).reshape(-1)
        if element is types.i1:
            packed = np.packbits(flat.astype(bool), bitorder="little")
            raw[: len(packed)] = packed
        elif isinstance(element, PointerType):
            addresses = np.array([p.address for p in flat], np.uint64)
            raw[:] = np.frombuffer(addresses.tobytes(), np.uint8)
        else:
            raw[:] = np.frombuffer(flat.astype(dtype_of(element)).tobytes(), np.uint8)


def _scalar(raw: Bytes, type: types.FloatType) -> RuntimeValue:
    return np.frombuffer(raw.tobytes(), dtype_of(type))[0]


def memory_of(machine: Machine) -> Memory:
    """The memory of the run."""
    found: Memory = machine.remember("llvm.memory", Memory)
    return found


def call_library(machine: Machine, name: str, arguments: tuple[RuntimeValue, ...]) -> RuntimeValue:
    """Calls one of `LIBRARY`."""
    return LIBRARY[name](memory_of(machine), *arguments)


def _calloc(memory: Memory, number: int, size: int) -> Pointer:
    return memory.allocate(number * size)


def _memcpy(memory: Memory, target: Pointer, source: Pointer, size: int) -> Pointer:
    memory.copy(target, source, size)
    return target


def _memset(memory: Memory, target: Pointer, value: int, size: int) -> Pointer:
    memory.fill(target, value, size)
    return target


def _memref_copy(memory: Memory, size: int, source: Pointer, target: Pointer) -> None:
    """Copies elements of `size` bytes between memrefs given by their unranked descriptors."""
    rank, first = _ranked(memory, source)
    last = _ranked(memory, target)[1]
    sizes = first[1 : 1 + rank]
    for index in np.ndindex(*sizes):
        ends = []
        for pointer, offset, *rest in (first[-1:] + first[:-1], last[-1:] + last[:-1]):
            by = offset + sum(i * stride for i, stride in zip(index, rest[rank:], strict=True))
            ends.append(pointer.moved(by * size))
        memory.copy(ends[1], ends[0], size)


def _ranked(memory: Memory, unranked: Pointer) -> tuple[int, list[Any]]:
    """The rank; and offset, sizes, strides and pointer to the data of a memref."""
    rank = memory.load(unranked, types.i64)
    place = memory.load(unranked.moved(8), PointerType())
    data = memory.load(place.moved(8), PointerType())
    numbers = [memory.load(place.moved(16 + 8 * n), types.i64) for n in range(1 + 2 * rank)]
    return rank, [*numbers, data]


def _abort(memory: Memory) -> None:
    raise InterpreterError("the program called abort")


LIBRARY: dict[str, Any] = {
    "malloc": Memory.allocate,
    "aligned_alloc": lambda memory, alignment, size: memory.allocate(size),
    "calloc": _calloc,
    "free": Memory.free,
    "memcpy": _memcpy,
    "memmove": _memcpy,
    "memset": _memset,
    "memrefCopy": _memref_copy,
    "abort": _abort,
}
"""The C functions that a program may declare and call without bringing them."""


def is_library_function(machine: Machine, function: Operation, name: str) -> bool:
    """Whether a call of `function` is a call of the C library."""
    own = getattr(machine, "externals", {})
    return function.regions[0].is_empty and name in LIBRARY and name not in own
