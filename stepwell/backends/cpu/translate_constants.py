"""Constants of the llvm dialect as LLVM writes them."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from stepwell.backends.cpu.translate_types import quoted, type_text
from stepwell.dialects.llvm.types import ArrayType, PointerType, StructType
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import ArrayAttr, FloatAttr, IntegerAttr, StringAttr
from stepwell.ir.dense_attributes import DenseElementsAttr
from stepwell.ir.diagnostics import BackendError


def constant_text(value: Attribute, type: Type) -> str:
    """The constant of `type` that holds `value`, without its type.

    Raises:
        BackendError: the type cannot hold the value.
    """
    match value:
        case IntegerAttr() if isinstance(type, types.IntegerType):
            return integer_text(value.value, type)
        case IntegerAttr() if isinstance(type, types.FloatType):
            return float_text(value.value & ((1 << type.width) - 1), type)
        case FloatAttr() if isinstance(type, types.FloatType):
            return float_text(value.bits, type)
        case FloatAttr() if isinstance(type, types.IntegerType):  # narrow floats stand as integers
            return integer_text(value.bits, type)
        case IntegerAttr() | FloatAttr() if isinstance(type, types.VectorType):
            element = type.element_type
            return f"splat ({type_text(element)} {constant_text(value, element)})"
        case StringAttr():
            return f"c{quoted(value.value)}"
        case DenseElementsAttr():
            return _dense(value, type)
        case ArrayAttr() if isinstance(type, StructType):
            pairs = zip(value.values, type.elements or (), strict=True)
            return struct_text([constant_text(v, t) for v, t in pairs], type)
        case ArrayAttr() if isinstance(type, ArrayType):
            return array_text([constant_text(v, type.element_type) for v in value.values], type)
    raise BackendError(f"a constant of type '{type}' cannot hold '{value}'")


def integer_text(value: int, type: types.IntegerType) -> str:
    """An integer: `true` and `false` for i1."""
    if type is types.i1:
        return "true" if value & 1 else "false"
    return str(value)


def float_text(bits: int, type: types.FloatType) -> str:
    """A float by its bits, in LLVM's hexadecimal notation, which loses nothing."""
    match type.format:
        case "f64":
            return f"0x{bits:016X}"
        case "f32":
            return f"0x{widened(bits):016X}"
        case "f16":
            return f"0xH{bits:04X}"
        case "bf16":
            return f"0xR{bits:04X}"
        case "f80":
            return f"0xK{bits:020X}"
    raise BackendError(f"the CPU backend has no constants of type '{type}'")


def widened(bits: int) -> int:
    """The bits of the f64 equal to the f32 with these bits; the payload of a NaN stays."""
    if bits >> 23 & 0xFF == 0xFF:
        return (bits >> 31) << 63 | 0x7FF << 52 | (bits & 0x7FFFFF) << 29
    (value,) = struct.unpack("<f", struct.pack("<I", bits))
    (wide,) = struct.unpack("<Q", struct.pack("<d", value))
    return int(wide)


def zero_text(type: Type) -> str:
    """The constant whose bits are all zero."""
    match type:
        case types.IntegerType():
            return integer_text(0, type)
        case types.FloatType():
            return float_text(0, type)
        case PointerType():
            return "null"
    return "zeroinitializer"


def struct_text(items: list[str], type: StructType) -> str:
    """A struct of constants."""
    pairs = zip(type.elements or (), items, strict=True)
    inside = ", ".join(f"{type_text(element)} {item}" for element, item in pairs)
    return f"<{{ {inside} }}>" if type.is_packed else f"{{ {inside} }}"


def array_text(items: list[str], type: ArrayType) -> str:
    """An array of constants."""
    element = type_text(type.element_type)
    return f"[{', '.join([f'{element} {item}' for item in items])}]"


def _dense(value: DenseElementsAttr, type: Type) -> str:
    element = value.element_type
    if value.is_splat and value.type.num_elements:
        one = constant_text(value.element(0), element)
        if one == zero_text(element):
            return "zeroinitializer"
        if isinstance(type, types.VectorType):
            return f"splat ({type_text(element)} {one})"
    items = _elements(value)
    if isinstance(type, types.VectorType):
        return f"<{', '.join(items)}>"
    return _nested(items, type)


def _elements(value: DenseElementsAttr) -> list[str]:
    """Every element with its type, in row-major order."""
    element = value.element_type
    word = type_text(element)
    array = value.to_numpy().reshape(-1)
    if element is types.i1:
        return ["i1 true" if item else "i1 false" for item in array.tolist()]
    if isinstance(element, types.IntegerType) and array.dtype.kind in "iu":
        return [f"{word} {item}" for item in array.tolist()]
    if element is types.f64:
        return [f"{word} 0x{bits:016X}" for bits in array.view(np.uint64).tolist()]
    if element is types.f32:
        return [f"{word} 0x{bits:016X}" for bits in _widened_all(array)]
    if isinstance(element, types.FloatType) and array.dtype.itemsize == 2:
        bits = array.view(np.uint16).tolist()
        return [f"{word} {float_text(item, element)}" for item in bits]
    count = value.type.num_elements
    return [f"{word} {constant_text(value.element(n), element)}" for n in range(count)]


def _widened_all(array: Any) -> list[int]:
    narrow = array.view(np.uint32).astype(np.uint64)
    with np.errstate(invalid="ignore"):
        wide = array.astype(np.float64).view(np.uint64)
    special = (
        (narrow >> np.uint64(31)) << np.uint64(63)
        | np.uint64(0x7FF << 52)
        | (narrow & np.uint64(0x7FFFFF)) << np.uint64(29)
    )
    found: list[int] = np.where(
        narrow >> np.uint64(23) & np.uint64(0xFF) == 0xFF, special, wide
    ).tolist()
    return found


def _nested(items: list[str], type: Type) -> str:
    """Elements of an array of arrays (or of vectors), grouped from the inside out."""
    levels: list[Type] = []
    inner = type
    while isinstance(inner, (ArrayType, types.VectorType)):
        levels.append(inner)
        inner = inner.element_type
    for level in reversed(levels):
        size = level.size if isinstance(level, ArrayType) else level.num_elements  # type: ignore[attr-defined]
        opening, close = "[]" if isinstance(level, ArrayType) else "<>"
        head = "" if level is levels[0] else f"{type_text(level)} "
        step = max(size, 1)
        groups = range(0, len(items), step)
        items = [f"{head}{opening}{', '.join(items[s : s + step])}{close}" for s in groups]
    return items[0] if items else "zeroinitializer"
