"""Elements between their three forms: NumPy array, Python scalars, and upstream's raw bytes.

The raw form is little-endian, each component in whole bytes with the unused bits zero, except 1-bit
integers, of which eight share a byte. (Upstream packs `complex<i1>` when it parses but not when it
prints, and so loses its elements; here they take a byte a component.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stepwell.ir.numbers.element import ElementKind, Scalar
from stepwell.ir.numbers.float_arrays import array_to_bits, bits_to_array
from stepwell.ir.numbers.float_format import FloatFormat
from stepwell.ir.numbers.integers import IntegerFormat, to_unsigned

Array = NDArray[np.generic]


def component_array(array: Array, kind: ElementKind) -> Array:
    """A flat view of the components of a contiguous array of `kind.dtype`."""
    return array.reshape(-1).view(kind.component_dtype)


def array_from_scalars(values: Sequence[Scalar], kind: ElementKind) -> Array:
    """A flat array of elements from Python values.

    Integers wrap; floats round. For tf32, f80 and f128 a Python int is the bits and a float the
    value. A complex element is a `complex` or a pair.

    Raises:
        ValueError: a value is not of the element's sort.
    """
    parts = _parts_of(values) if kind.is_complex else list(values)
    components = components_from_scalars(parts, kind)
    return components.view(kind.dtype) if kind.is_complex else components


def _parts_of(values: Sequence[Scalar]) -> list[Scalar]:
    parts: list[Scalar] = []
    for value in values:
        if isinstance(value, tuple):
            parts.extend(value)
        else:
            whole = complex(value)
            parts.extend((whole.real, whole.imag) if isinstance(value, complex) else (value, 0))
    return parts


def components_from_scalars(values: Sequence[Scalar], kind: ElementKind) -> Array:
    """A flat array of components from Python ints and floats; raises as `array_from_scalars`."""
    component = kind.component
    if isinstance(component, FloatFormat):
        bits = [_float_bits(value, component, kind.is_opaque) for value in values]
        return components_from_bits(bits, kind)
    for value in values:
        if not isinstance(value, (int, np.integer, np.bool_)):
            raise ValueError(f"{value!r} is not an integer, as {kind.name} needs")
    whole = [int(value) for value in values]  # type: ignore[arg-type]
    if kind.is_opaque:
        return components_from_bits([to_unsigned(v, component.width) for v in whole], kind)
    return np.array([component.wrap(value) for value in whole], kind.component_dtype)


def _float_bits(value: Scalar, form: FloatFormat, int_is_bits: bool) -> int:
    if isinstance(value, int) and int_is_bits and not isinstance(value, bool):
        if value < 0 or value >> form.width:
            raise ValueError(f"{value} is not a {form.width}-bit pattern")
        return value
    if isinstance(value, (complex, tuple)):
        raise ValueError(f"{value!r} is not a number, as {form.name} needs")
    return form.to_bits(value if isinstance(value, int) else float(value))


def components_from_bits(bits: Sequence[int], kind: ElementKind) -> Array:
    """A flat array of components from bit patterns (not for 1-bit integers)."""
    dtype = kind.component_dtype
    size = dtype.itemsize
    if size in (1, 2, 4, 8):
        return np.array(bits, f"<u{size}").view(dtype)
    return np.frombuffer(b"".join(each.to_bytes(size, "little") for each in bits), dtype)


def component_bits(components: Array, kind: ElementKind) -> list[int]:
    """The bit patterns of a flat array of components, each in the component's width."""
    size = components.dtype.itemsize
    if size not in (1, 2, 4, 8):
        return [int.from_bytes(each, "little") for each in components.tolist()]
    mask = np.array((1 << kind.component.width) - 1, f"<u{size}")
    bits: list[int] = (components.view(f"<u{size}") & mask).tolist()
    return bits


def scalars_of(array: Array, kind: ElementKind) -> list[Scalar]:
    """The elements as Python values, in row-major order.

    Bools, ints, floats; ints with the bits for tf32, f80 and f128; `complex` for complex<f32> and
    complex<f64>, pairs for other complex types.
    """
    if array.dtype.kind == "c":
        numbers: list[Scalar] = array.reshape(-1).tolist()
        return numbers
    values = _component_scalars(component_array(array, kind), kind)
    if not kind.is_complex:
        return values
    return list(zip(values[::2], values[1::2], strict=True))  # type: ignore[arg-type]


def _component_scalars(components: Array, kind: ElementKind) -> list[Scalar]:
    component = kind.component
    values: list[Scalar]
    if kind.is_opaque:
        bits = component_bits(components, kind)
        if isinstance(component, IntegerFormat):
            return [component.wrap(each) for each in bits]
        values = list(bits)
    elif isinstance(component, FloatFormat) and component.width <= 16:
        unsigned = components.view(f"<u{components.dtype.itemsize}")
        values = bits_to_array(unsigned, component).tolist()
    else:
        values = components.tolist()
    return values


def convert_array(array: Array, kind: ElementKind) -> Array:
    """`array` with its values as elements of `kind`; itself if its type is already the element's.

    Raises:
        ValueError: the values are not of the element's sort (floats for an integer type).
    """
    if array.dtype == kind.dtype:
        return array if array.flags.c_contiguous else np.ascontiguousarray(array)
    if array.dtype.kind == "O":
        return array_from_scalars(array.reshape(-1).tolist(), kind).reshape(array.shape)
    if kind.is_complex:
        wide = array.astype(np.complex128)
        if kind.dtype.kind == "c":
            return wide.astype(kind.dtype)
        parts = np.stack([wide.real, wide.imag], -1)
        whole = parts if kind.is_float else parts.astype(np.int64)
        return _convert_components(whole, kind).view(kind.dtype).reshape(array.shape)
    return _convert_components(array, kind)


def _convert_components(array: Array, kind: ElementKind) -> Array:
    component = kind.component
    if isinstance(component, FloatFormat):
        if array.dtype.kind in "biuf" and component.name in ("f16", "f32", "f64"):
            with np.errstate(over="ignore"):
                return array.astype(kind.component_dtype)
        bits = array_to_bits(array.astype(np.float64), component)
        return bits.view(kind.component_dtype)
    if array.dtype.kind not in "biu":
        raise ValueError(f"{array.dtype} values are not integers, as {kind.name} needs")
    if kind.is_opaque:
        return array_from_scalars(array.reshape(-1).tolist(), kind).reshape(array.shape)
    return wrap_array(array, kind)


def wrap_array(array: Array, kind: ElementKind) -> Array:
    """An integer array wrapped to the element's width, in the element's type."""
    width, dtype = kind.component.width, kind.component_dtype
    if width == 1:
        return np.bitwise_and(array, np.array(1, array.dtype)).astype(np.bool_)
    narrow = array.astype(dtype)
    surplus = dtype.itemsize * 8 - width
    if surplus == 0:
        return narrow
    if width == 0:
        return np.zeros_like(narrow)
    return np.right_shift(np.left_shift(narrow, surplus), surplus)


def pack(array: Array, kind: ElementKind) -> bytes:
    """Upstream's raw form of the elements of `array`."""
    components = component_array(array, kind)
    if kind.is_packed:
        flags = components.view(np.bool_)
        return bytes(np.packbits(flags, bitorder="little"))
    dtype, width = kind.component_dtype, kind.component.width
    if kind.is_bool or kind.is_opaque or dtype.itemsize * 8 == width or kind.is_float:
        return bytes(components.tobytes())
    mask = np.array((1 << width) - 1, f"<u{dtype.itemsize}")
    masked = components.view(mask.dtype) & mask
    matrix = masked.view(np.uint8).reshape(components.size, dtype.itemsize)
    return bytes(matrix[:, : kind.component.storage_bytes].tobytes())


def unpack(raw: bytes, count: int, kind: ElementKind) -> Array:
    """A flat array of the `count` elements that the raw form holds; unused bits are ignored."""
    if kind.is_packed:
        flags = np.frombuffer(raw, np.uint8)
        return np.unpackbits(flags, count=count, bitorder="little").view(np.bool_)
    dtype, width = kind.component_dtype, kind.component.width
    if not kind.is_bool and dtype.itemsize * 8 == width:
        return np.frombuffer(raw, dtype).view(kind.dtype)
    number, size = count * kind.parts, kind.component.storage_bytes
    matrix = np.zeros((number, dtype.itemsize), np.uint8)
    matrix[:, :size] = np.frombuffer(raw, np.uint8).reshape(number, size)
    if width % 8:
        matrix[:, size - 1] &= (1 << width % 8) - 1
    if kind.is_opaque or kind.is_float or kind.is_bool:
        return matrix.reshape(-1).view(kind.dtype)
    unsigned = matrix.reshape(-1).view(f"<u{dtype.itemsize}")
    return wrap_array(unsigned, kind).view(kind.dtype)
