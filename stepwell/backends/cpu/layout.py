"""Whether Python's and NumPy's objects lie in memory as the generated wrappers read them."""

from __future__ import annotations

import ctypes
import sys
from functools import cache

import numpy as np

# Byte offsets in PyObject, PyArrayObject and PyArray_Descr on 64-bit builds (numpy/ndarraytypes.h).
TYPE = 8
DATA = 16
RANK = 24
SIZES = 32
STRIDES = 40
DESCR = 56
FLAGS = 64
BYTE_ORDER = 26
TYPE_NUMBER = 28

C_CONTIGUOUS = 0x0001
ALIGNED = 0x0100
WRITABLE = 0x0400


@cache
def wrappers_can_read_arrays() -> bool:
    """Whether the offsets above hold in this process, tried on arrays of known form."""
    if ctypes.sizeof(ctypes.c_void_p) != 8 or not hasattr(sys, "getrefcount"):
        return False
    if hasattr(sys, "_is_gil_enabled") or hasattr(sys, "gettotalrefcount"):
        return False
    base = np.arange(120, dtype=np.int16).reshape(4, 5, 6)
    frozen = np.ones((2, 3), dtype=">f8")
    frozen.flags.writeable = False
    return all(_lies_as_expected(a) for a in (base, base[1:, ::2, ::-1], frozen, np.array(1.0)))


def _lies_as_expected(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> bool:
    at = id(array)
    descr = _word(at + DESCR)
    flags = _int(at + FLAGS)
    return (
        _word(at + TYPE) == id(np.ndarray)
        and _word(at + DATA) == array.ctypes.data
        and _int(at + RANK) == array.ndim
        and _words(_word(at + SIZES), array.ndim) == array.shape
        and _words(_word(at + STRIDES), array.ndim) == array.strides
        and descr == id(array.dtype)
        and ctypes.c_char.from_address(descr + BYTE_ORDER).value.decode() == array.dtype.byteorder
        and _int(descr + TYPE_NUMBER) == array.dtype.num
        and bool(flags & C_CONTIGUOUS) == array.flags.c_contiguous
        and bool(flags & ALIGNED) == array.flags.aligned
        and bool(flags & WRITABLE) == array.flags.writeable
    )


def _word(address: int) -> int:
    return ctypes.c_int64.from_address(address).value


def _int(address: int) -> int:
    return ctypes.c_int32.from_address(address).value


def _words(address: int, count: int) -> tuple[int, ...]:
    return tuple((ctypes.c_int64 * count).from_address(address)) if count else ()
