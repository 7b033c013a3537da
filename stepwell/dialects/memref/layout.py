"""What the types of memref's ops have in common: sizes, strides, compatibility, runtime layouts."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir.affine.expr import AffineExpr
from stepwell.ir.affine.walk import evaluate
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.constraints import AnyType, Transform, Var, shaped
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.property_kinds import Kind, integer_kind
from stepwell.ir.strides import row_major_strides, strides_and_offset
from stepwell.ir.types import (
    DYNAMIC,
    MemRefType,
    UnrankedMemRefType,
    element_type_or_self,
    i64,
)

Element = Var("Element", AnyType)


def _power_of_two(attribute: IntegerAttr) -> bool:
    return attribute.type is i64 and attribute.value > 0 and attribute.value.bit_count() == 1


Alignment: Kind[IntegerAttr] = integer_kind(
    i64,
    "64-bit signless integer attribute whose value is positive and whose value is a power of two "
    "> 0",
)
Alignment._accepts = _power_of_two

StaticMemRef = shaped(MemRefType, words="statically shaped memref")


def element_of_memref(memref: Var, what: str) -> Transform:
    """The element type of a memref, as the type of what is loaded or stored."""
    return Transform(memref, element_type_or_self, f"{what} matches element type of 'memref'")


def memory_space(type: Type) -> Attribute | None:
    """The memory space of a memref type."""
    assert isinstance(type, (MemRefType, UnrankedMemRefType))
    return type.memory_space


def space_text(type: Type) -> str:
    """The memory space as text; empty for the default one."""
    space = memory_space(type)
    return "" if space is None else str(space)


def agree(a: int, b: int) -> bool:
    """Whether two numbers are equal as far as they are known."""
    return DYNAMIC in (a, b) or a == b


def all_agree(a: Sequence[int], b: Sequence[int]) -> bool:
    """`agree`, item by item; the lengths must be equal too."""
    return len(a) == len(b) and all(map(agree, a, b))


def cast_compatible(a: Type, b: Type) -> bool:
    """Whether `memref.cast` may turn one type into the other."""
    if isinstance(a, MemRefType) and isinstance(b, MemRefType):
        return _ranked_compatible(a, b)
    if not isinstance(a, (MemRefType, UnrankedMemRefType)):
        return False
    if not isinstance(b, (MemRefType, UnrankedMemRefType)):
        return False
    if isinstance(a, UnrankedMemRefType) and isinstance(b, UnrankedMemRefType):
        return False
    return a.element_type is b.element_type and a.memory_space is b.memory_space


def _ranked_compatible(a: MemRefType, b: MemRefType) -> bool:
    if a.element_type is not b.element_type or a.memory_space is not b.memory_space:
        return False
    if not all_agree(a.shape, b.shape):
        return False
    if a.layout is b.layout:
        return True
    left, right = strides_and_offset(a), strides_and_offset(b)
    if left is None or right is None:
        return False
    # The stride of a dimension of size 1 is never used.
    strides = zip(left[0], right[0], a.shape, strict=True)
    return agree(left[1], right[1]) and all(n == 1 or agree(s, t) for s, t, n in strides)


def runtime_layout(
    type: MemRefType, sizes: Sequence[int], symbols: Sequence[int]
) -> tuple[tuple[int, ...], int]:
    """Strides and offset of fresh memory.

    Args:
        type: what is allocated.
        sizes: its sizes.
        symbols: values of the symbols of its layout map.

    Raises:
        InterpreterError: the layout is not strided, or not known.
    """
    if type.layout is None:
        return row_major_strides(sizes), 0
    if isinstance(type.layout, AffineMapAttr) and type.layout.map.num_results == 1:
        return _of_map(type.layout.map.results[0], len(sizes), symbols)
    known = strides_and_offset(type)
    if known is None or DYNAMIC in (*known[0], known[1]):
        raise InterpreterError(f"memory with the layout {type.layout} cannot be interpreted")
    return known


def _of_map(expr: AffineExpr, rank: int, symbols: Sequence[int]) -> tuple[tuple[int, ...], int]:
    origin = evaluate(expr, [0] * rank, symbols)
    units = [[int(i == d) for i in range(rank)] for d in range(rank)]
    return tuple(evaluate(expr, unit, symbols) - origin for unit in units), origin


def fill_sizes(shape: Sequence[int], values: Sequence[int]) -> list[int]:
    """The sizes of a type with the unknown ones filled in, in order."""
    following = iter(values)
    return [next(following) if size == DYNAMIC else size for size in shape]
