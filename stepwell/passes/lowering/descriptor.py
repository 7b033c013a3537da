"""Memref descriptors: the pointers, offset, sizes and strides that a memref is at run time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stepwell.dialects.llvm.types import PointerType, StructType
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.strides import strides_and_offset
from stepwell.ir.types import DYNAMIC, MemRefType
from stepwell.ir.value import Value
from stepwell.passes.lowering.emit import INBOUNDS_NUW, NSW, NUW, Emit

ALLOCATED, ALIGNED, OFFSET, SIZES, STRIDES = range(5)


def strided(type: Type) -> tuple[tuple[int, ...], int]:
    """Strides and offset of a memref type that has them."""
    assert isinstance(type, MemRefType)
    found = strides_and_offset(type)
    assert found is not None, f"{type} is not strided"
    return found


@dataclass(slots=True)
class Descriptor:
    """A descriptor being read or built: `value` is its latest state."""

    emit: Emit
    value: Value

    @staticmethod
    def empty(emit: Emit, type: Type) -> Descriptor:
        """One for a memref of `type` with nothing in it yet."""
        assert isinstance(type, StructType)
        return Descriptor(emit, emit.poison(type))

    @staticmethod
    def of_static(emit: Emit, type: MemRefType, pointer: Value, aligned: Value) -> Value:
        """The descriptor of a memref whose type says all but the pointers."""
        strides, offset = strided(type)
        made = Descriptor.empty(emit, emit.types.convert_type(type) or type)
        made.set(pointer, ALLOCATED)
        made.set(aligned, ALIGNED)
        made.set(emit.index(offset), OFFSET)
        for dim, (size, stride) in enumerate(zip(type.shape, strides, strict=True)):
            made.set(emit.index(size), SIZES, dim)
            made.set(emit.index(stride), STRIDES, dim)
        return made.value

    @staticmethod
    def pack(emit: Emit, type: MemRefType, parts: Sequence[Value]) -> Value:
        """The descriptor with these parts: two pointers, the offset, the sizes, the strides."""
        made = Descriptor.empty(emit, emit.types.convert_type(type) or type)
        for position in (ALLOCATED, ALIGNED, OFFSET):
            made.set(parts[position], position)
        for dim in range(type.rank):
            made.set(parts[3 + dim], SIZES, dim)
            made.set(parts[3 + type.rank + dim], STRIDES, dim)
        return made.value

    def unpack(self) -> list[Value]:
        """The parts, as `pack` takes them."""
        rank = self.rank
        parts: list[Value] = [self.allocated, self.aligned, self.offset]
        parts += [self.size(dim) for dim in range(rank)]
        parts += [self.stride(dim) for dim in range(rank)]
        return parts

    def set(self, part: Value, *position: int) -> None:
        """Puts a part in its place."""
        self.value = self.emit.insert_value(self.value, part, *position)

    @property
    def rank(self) -> int:
        """How many dimensions there are."""
        assert isinstance(self.value.type, StructType) and self.value.type.elements is not None
        elements = self.value.type.elements
        return int(getattr(elements[SIZES], "size", 0)) if len(elements) > SIZES else 0

    @property
    def allocated(self) -> Value:
        """The pointer that was allocated, for freeing."""
        return self.emit.extract_value(self.value, ALLOCATED)

    @property
    def aligned(self) -> Value:
        """The pointer from which the offset counts."""
        return self.emit.extract_value(self.value, ALIGNED)

    @property
    def offset(self) -> Value:
        """The distance of the first element, in elements."""
        return self.emit.extract_value(self.value, OFFSET)

    def size(self, dim: int) -> Value:
        """The size of a dimension."""
        return self.emit.extract_value(self.value, SIZES, dim)

    def stride(self, dim: int) -> Value:
        """The stride of a dimension, in elements."""
        return self.emit.extract_value(self.value, STRIDES, dim)

    def size_of(self, type: MemRefType, dim: int) -> Value:
        """The size of a dimension, a constant if the type says it."""
        known = type.shape[dim]
        return self.size(dim) if known == DYNAMIC else self.emit.index(known)

    def stride_of(self, type: MemRefType, dim: int) -> Value:
        """The stride of a dimension, a constant if the type says it."""
        known = strided(type)[0][dim]
        return self.stride(dim) if known == DYNAMIC else self.emit.index(known)

    def buffer(self, type: MemRefType) -> Value:
        """The address of the first element."""
        offset = strided(type)[1]
        pointer = self.aligned
        if offset == 0:
            return pointer
        by = self.offset if offset == DYNAMIC else self.emit.index(offset)
        return self.emit.gep(pointer, [by], element_of(self.emit, type))


def element_of(emit: Emit, type: Type) -> Type:
    """What the elements of a memref become."""
    found = emit.types.convert_type(types.element_type_or_self(type))
    assert found is not None
    return found


def element_address(
    emit: Emit, type: MemRefType, descriptor: Value, indices: Sequence[Value], inbounds: bool = True
) -> Value:
    """The address of an element; with `inbounds` the arithmetic may be assumed not to wrap."""
    view = Descriptor(emit, descriptor)
    strides, _ = strided(type)
    flags = NSW | NUW if inbounds else 0
    base = view.buffer(type)
    total: Value | None = None
    for dim, index in enumerate(indices):
        term = index
        if strides[dim] != 1:
            term = emit.binary("mul", index, view.stride_of(type, dim), flags)
        total = term if total is None else emit.binary("add", total, term, flags)
    if total is None:
        return base
    return emit.gep(base, [total], element_of(emit, type), INBOUNDS_NUW if inbounds else 0)


def unranked(emit: Emit, rank: Value, pointer: Value) -> Value:
    """The descriptor of an unranked memref: its rank, and where its ranked descriptor lies."""
    made = emit.poison(StructType((emit.types.index, PointerType())))
    return emit.insert_value(emit.insert_value(made, rank, 0), pointer, 1)
