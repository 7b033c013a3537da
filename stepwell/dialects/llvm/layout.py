"""Where values lie in memory: sizes, alignments and offsets of types, as on 64-bit x86 and ARM."""

from __future__ import annotations

from functools import cache

from stepwell.dialects.llvm.types import ArrayType, PointerType, StructType
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.diagnostics import InterpreterError

POINTER_SIZE = 8


@cache
def bits_of(type: Type) -> int:
    """How many bits a value has, without padding.

    Raises:
        InterpreterError: values of the type have no size.
    """
    match type:
        case types.IntegerType() | types.FloatType():
            return type.width
        case types.IndexType() | PointerType():
            return 8 * POINTER_SIZE
        case types.VectorType() if not type.scalable:
            return type.num_elements * bits_of(type.element_type)
        case ArrayType():
            return 8 * type.size * size_of(type.element_type)
        case StructType() if type.elements is not None:
            return 8 * struct_layout(type)[1]
    raise InterpreterError(f"values of type '{type}' have no known size")


def store_size(type: Type) -> int:
    """How many bytes a store of the type writes."""
    return (bits_of(type) + 7) // 8


@cache
def alignment_of(type: Type) -> int:
    """The natural alignment in bytes."""
    match type:
        case ArrayType():
            return alignment_of(type.element_type)
        case StructType():
            if type.is_packed or not type.elements:
                return 1
            return max(alignment_of(element) for element in type.elements)
    size = store_size(type)
    rounded = 1 << (size - 1).bit_length() if size > 1 else 1
    return rounded if isinstance(type, types.VectorType) else min(rounded, 16)


def size_of(type: Type) -> int:
    """The distance in bytes between neighbours in an array."""
    return aligned(store_size(type), alignment_of(type))


def aligned(offset: int, alignment: int) -> int:
    """`offset` rounded up to a multiple of `alignment`."""
    return (offset + alignment - 1) // alignment * alignment


@cache
def struct_layout(type: StructType) -> tuple[tuple[int, ...], int]:
    """The offset of each element, and the size of the whole."""
    offsets = []
    end = 0
    for element in type.elements or ():
        end = end if type.is_packed else aligned(end, alignment_of(element))
        offsets.append(end)
        end += size_of(element)
    return tuple(offsets), aligned(end, alignment_of(type))
