"""MLIR's printing functions for compiled code, written to `sys.stdout` as its runner libraries do.

`printI64`, `printF32`, `printComma` ... of mlir_c_runner_utils, and `printMemref*` of
mlir_runner_utils.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Iterator
from math import copysign, isnan
from typing import Protocol

import numpy as np
import numpy.typing as npt

from stepwell.backends.cpu import symbols
from stepwell.backends.cpu.elements import ELEMENTS


class _Callback(Protocol):
    """A ctypes function object; it must live as long as compiled code may call it."""


_callbacks: dict[str, _Callback] = {}
_Array = npt.NDArray[np.generic]

_ELEMENT_OF_SUFFIX = {
    "I8": "i8",
    "I16": "i16",
    "I32": "i32",
    "I64": "i64",
    "Ind": "index",
    "F16": "f16",
    "BF16": "bf16",
    "F32": "f32",
    "F64": "f64",
    "C32": "complex<f32>",
    "C64": "complex<f64>",
}


def spelled_float(value: float) -> str:
    """`value` as C's `%g` prints it."""
    if isnan(value):
        return "-nan" if copysign(1.0, value) < 0 else "nan"
    return format(value, "g")


def spelled_memref(descriptor: _Array, base: int, offset: int) -> str:
    """The text that printMemref prints for an array.

    Args:
        descriptor: the elements, as a strided view.
        base: the address printed as `base@`.
        offset: the descriptor's offset.
    """
    array = descriptor
    strides = [step // array.itemsize for step in array.strides]
    head = (
        f"Unranked Memref base@ = {base:#x} rank = {array.ndim} offset = {offset} "
        f"sizes = {list(array.shape)} strides = {strides} data = \n"
    )
    return head + "".join(_pieces(array)) + "\n"


def _pieces(array: _Array) -> Iterator[str]:
    if array.ndim == 0:
        yield f"[{_spelled(array[()])}]"
        return
    rank = array.ndim
    gap = "," + " " * (rank + 1)
    rows = array.reshape(-1, array.shape[-1]) if array.size else array.reshape(0, 0)
    yield "[" * rank
    for number, row in enumerate(rows):
        if number:
            yield _between(number, array.shape)
        yield gap.join(_spelled(value) for value in row)
    yield "]" * rank


def _between(row: int, shape: tuple[int, ...]) -> str:
    """What stands before row number `row`: brackets closed, a new line, brackets opened."""
    closed = 1
    for size in reversed(shape[1:-1]):
        if row % size:
            break
        row //= size
        closed += 1
    return "]" * closed + ", \n" + " " * (len(shape) - closed) + "[" * closed


def _spelled(value: object) -> str:
    if isinstance(value, np.complexfloating):
        return f"({spelled_float(float(value.real))},{spelled_float(float(value.imag))})"
    if isinstance(value, np.int8):
        return chr(int(value) & 0xFF)
    if isinstance(value, np.integer):
        return str(int(value))
    return spelled_float(float(value))  # type: ignore[arg-type]


def _memref_at(element: str, rank: int, descriptor: int) -> tuple[_Array, int, int]:
    words = list((ctypes.c_int64 * (3 + 2 * rank)).from_address(descriptor))
    base, offset = words[1], words[2]
    dtype = ELEMENTS[element].dtype
    interface = {
        "version": 3,
        "shape": tuple(words[3 : 3 + rank]),
        "strides": tuple(stride * dtype.itemsize for stride in words[3 + rank :]),
        "typestr": f"|V{dtype.itemsize}",
        "data": (base + offset * dtype.itemsize, True),
    }
    exporter = type("Exporter", (), {"__array_interface__": interface})()
    return np.asarray(exporter).view(dtype), base, offset


def _write(text: str) -> None:
    sys.stdout.write(text)


def _print_memref(element: str) -> Callable[[int, int], None]:
    def print_it(rank: int, descriptor: int) -> None:
        _write(spelled_memref(*_memref_at(element, rank, descriptor)))

    return print_it


def _print_boxed_memref(element: str) -> Callable[[int], None]:
    def print_it(unranked: int) -> None:
        rank, descriptor = (ctypes.c_int64 * 2).from_address(unranked)
        _write(spelled_memref(*_memref_at(element, rank, descriptor)))

    return print_it


def _bits_as(dtype: str) -> Callable[[int], None]:
    def print_it(bits: int) -> None:
        raw = np.array([bits], dtype=np.uint16).view(ELEMENTS[dtype].dtype)[0]
        _write(spelled_float(float(raw)))

    return print_it


def _print_string(text: bytes) -> None:
    _write(text.decode(errors="replace"))


_PLAIN: dict[str, tuple[Callable[..., None], tuple[type, ...]]] = {
    "printI64": (lambda v: _write(str(v)), (ctypes.c_int64,)),
    "printU64": (lambda v: _write(str(v)), (ctypes.c_uint64,)),
    "printF32": (lambda v: _write(spelled_float(v)), (ctypes.c_float,)),
    "printF64": (lambda v: _write(spelled_float(v)), (ctypes.c_double,)),
    "printF16": (_bits_as("f16"), (ctypes.c_uint16,)),
    "printBF16": (_bits_as("bf16"), (ctypes.c_uint16,)),
    "printString": (_print_string, (ctypes.c_char_p,)),
    "printOpen": (lambda: _write("( "), ()),
    "printClose": (lambda: _write(" )"), ()),
    "printComma": (lambda: _write(", "), ()),
    "printNewline": (lambda: _write("\n"), ()),
}


def _make(name: str) -> int:
    function, arguments = _describe(name)
    callback = ctypes.CFUNCTYPE(None, *arguments)(function)
    _callbacks[name] = callback
    address = ctypes.cast(callback, ctypes.c_void_p).value
    assert address is not None
    return address


def _describe(name: str) -> tuple[Callable[..., None], tuple[type, ...]]:
    if name in _PLAIN:
        return _PLAIN[name]
    boxed = name.startswith("_mlir_ciface_")
    element = _ELEMENT_OF_SUFFIX[name.removeprefix("_mlir_ciface_").removeprefix("printMemref")]
    if boxed:
        return _print_boxed_memref(element), (ctypes.c_void_p,)
    return _print_memref(element), (ctypes.c_int64, ctypes.c_void_p)


symbols.define_lazily(_PLAIN, _make)
symbols.define_lazily([f"printMemref{suffix}" for suffix in _ELEMENT_OF_SUFFIX], _make)
symbols.define_lazily([f"_mlir_ciface_printMemref{suffix}" for suffix in _ELEMENT_OF_SUFFIX], _make)
