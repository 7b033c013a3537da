"""How types look in the llvm dialect.

`index` becomes an integer, a memref a descriptor (pointers, offset, sizes, strides), a vector of
two or more dimensions nested arrays of vectors: https://mlir.llvm.org/docs/TargetLLVMIR/
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stepwell.dialects.llvm.types import (
    ArrayType,
    LLVMFunctionType,
    PointerType,
    StructType,
    VoidType,
)
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.rewriting.type_converter import TypeConverter
from stepwell.ir.strides import strides_and_offset

NATIVE_FLOATS = ("f16", "bf16", "f32", "f64", "f80", "f128")


def default_address_space(space: Attribute | None) -> int | None:
    """The address space of a memory space: a number stands for itself."""
    if space is None:
        return 0
    return space.value if isinstance(space, IntegerAttr) else None


class LLVMTypes(TypeConverter):
    """Converts types to those of the llvm dialect, one to one.

    Args:
        index_width: bits of `index`.
        bare_pointers: whether functions take static memrefs as mere pointers.
        address_space: the number of a memory space, or None if it has none.
    """

    def __init__(
        self,
        index_width: int = 64,
        bare_pointers: bool = False,
        address_space: Callable[[Attribute | None], int | None] = default_address_space,
    ) -> None:
        super().__init__()
        self.index_width = index_width
        self.bare_pointers = bare_pointers
        self.address_space = address_space

    @property
    def index(self) -> types.IntegerType:
        """What `index` becomes."""
        return types.IntegerType(self.index_width)

    def _ask(self, type: Type) -> tuple[Type, ...] | None:
        found = self.in_llvm(type)
        return super()._ask(type) if found is None else (found,)

    def in_llvm(self, type: Type) -> Type | None:
        """What `type` becomes (itself if the llvm dialect has it); None if nothing."""
        match type:
            case types.IndexType():
                return self.index
            case types.IntegerType():
                return type if type.is_signless else types.IntegerType(type.width)
            case types.FloatType():
                return type if type.format in NATIVE_FLOATS else _as_bits(type)
            case types.FunctionType():
                return PointerType()
            case types.ComplexType():
                part = self.convert_type(type.element_type)
                return StructType((part, part)) if part is not None else None
            case types.VectorType():
                return self._vector(type)
            case types.MemRefType():
                return self.descriptor(type)
            case types.UnrankedMemRefType():
                supported = self.address_space(type.memory_space) is not None
                return StructType((self.index, PointerType())) if supported else None
        return type if type.name.startswith("llvm.") else None

    def _vector(self, type: types.VectorType) -> Type | None:
        element = self.convert_type(type.element_type)
        if element is None or isinstance(element, StructType):
            return None
        if not type.shape:
            return types.VectorType((1,), element)
        found: Type = types.VectorType(type.shape[-1:], element, type.scalable[-1:])
        if any(type.scalable[:-1]):
            return None
        for size in reversed(type.shape[:-1]):
            found = ArrayType(size, found)
        return found

    def pointer(self, type: types.MemRefType | types.UnrankedMemRefType) -> PointerType | None:
        """The type of the pointers in the descriptor of a memref."""
        space = self.address_space(type.memory_space)
        return PointerType(space) if space is not None else None

    def descriptor(self, type: types.MemRefType) -> StructType | None:
        """The struct that stands for a memref."""
        parts = self.descriptor_parts(type)
        if parts is None:
            return None
        rank = type.rank
        if not rank:
            return StructType(tuple(parts))
        sizes = ArrayType(rank, self.index)
        return StructType((*parts[:3], sizes, sizes))

    def descriptor_parts(self, type: types.MemRefType) -> list[Type] | None:
        """The types of the pointers, offset, sizes and strides, one by one."""
        pointer = self.pointer(type)
        element = self.convert_type(type.element_type)
        if pointer is None or element is None or strides_and_offset(type) is None:
            return None
        return [pointer, pointer, self.index, *[self.index] * (2 * type.rank)]

    def argument(self, type: Type, bare: bool | None = None) -> list[Type] | None:
        """The types of the parameters that an argument of `type` becomes."""
        bare = self.bare_pointers if bare is None else bare
        if isinstance(type, types.MemRefType):
            if bare and can_be_bare(type):
                pointer = self.pointer(type)
                return [pointer] if pointer is not None else None
            return None if bare else self.descriptor_parts(type)
        if isinstance(type, types.UnrankedMemRefType):
            return None if bare or self.convert_type(type) is None else [self.index, PointerType()]
        converted = self.convert_type(type)
        return [converted] if converted is not None else None

    def result(self, type: Type) -> Type | None:
        """What a result of `type` becomes."""
        if self.bare_pointers and isinstance(type, types.MemRefType):
            return self.pointer(type) if can_be_bare(type) else None
        return self.convert_type(type)

    def packed_results(self, results: Sequence[Type]) -> Type | None:
        """The type of a function's only LLVM result: void, the result, or a struct of them."""
        found = [self.result(type) for type in results]
        known = [type for type in found if type is not None]
        if len(known) != len(found):
            return None
        if not known:
            return VoidType()
        return known[0] if len(known) == 1 else StructType(tuple(known))

    def function(self, type: types.FunctionType) -> LLVMFunctionType | None:
        """The type of a function with memrefs taken apart."""
        result = self.packed_results(type.results)
        parameters = [self.argument(input) for input in type.inputs]
        if result is None or None in parameters:
            return None
        return LLVMFunctionType(result, tuple(part for parts in parameters for part in parts or ()))


def can_be_bare(type: types.MemRefType) -> bool:
    """Whether a pointer says all that is not in the type."""
    layout = strides_and_offset(type)
    if layout is None or not type.has_static_shape:
        return False
    strides, offset = layout
    return types.DYNAMIC not in strides and offset != types.DYNAMIC


def _as_bits(type: types.FloatType) -> Type | None:
    """Formats that LLVM does not have are kept as their bits."""
    return types.IntegerType(type.width) if type.width <= 8 else None
