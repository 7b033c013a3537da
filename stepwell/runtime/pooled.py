"""NumPy arrays in the memory of compiled code's allocator."""

from __future__ import annotations

import ctypes
import math
import struct
from functools import cache

import numpy as np

from stepwell.backends.cpu.support import allocator
from stepwell.backends.cpu.support.arrays import arrays
from stepwell.runtime.arguments import AnyArray
from stepwell.runtime.calls import out_of_memory

_OWNER_SLOT = 16


def empty_array(shape: tuple[int, ...], dtype: np.dtype[np.generic]) -> AnyArray:
    """A row-major array whose memory counts as the allocator's, and goes back to it.

    Args:
        shape: the sizes. dtype: a built-in element type of NumPy.

    Raises:
        OutOfMemoryError: there is no room.
    """
    size = dtype.itemsize
    address = allocator.allocate(size * math.prod(shape))
    if address is None:
        raise out_of_memory()
    rank = len(shape)
    strides = [1] * rank
    for i in range(rank - 2, -1, -1):
        strides[i] = strides[i + 1] * shape[i + 1]
    content = struct.pack(f"<{3 + 2 * rank}q", address, address, 0, *shape, *strides)
    owners = bytes(_OWNER_SLOT)
    made: AnyArray = _array_result()(content, rank, size, dtype.num, owners, bytes(8))
    return made


def pooled_copy(array: AnyArray, dtype: np.dtype[np.generic]) -> AnyArray:
    """A row-major copy of `array`, its elements cast to `dtype`; see `empty_array`."""
    made = empty_array(array.shape, dtype)
    np.copyto(made, array, casting="unsafe")
    return made


@cache
def _array_result() -> ctypes._CFunctionType:
    make = ctypes.PYFUNCTYPE(
        ctypes.py_object,
        ctypes.c_char_p,
        ctypes.c_int64,
        ctypes.c_int64,
        ctypes.c_int32,
        ctypes.c_char_p,
        ctypes.c_char_p,
    )
    return make(arrays.address("stepwell_array_result"))
