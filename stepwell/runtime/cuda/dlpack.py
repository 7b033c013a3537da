"""Arrays of a GPU that other libraries offer through DLPack.

Source: https://dmlc.github.io/dlpack/latest/c_api.html
"""

from __future__ import annotations

import ctypes

import ml_dtypes
import numpy as np

from stepwell.ir.diagnostics import DeviceError

CUDA_MEMORY = (2, 13)
"""DLPack's numbers of a GPU's memory, and of memory that host and GPU share."""
_LETTERS = {0: "i", 1: "u", 2: "f", 5: "c", 6: "b"}
_BFLOAT = 4


class _Tensor(ctypes.Structure):
    _fields_ = [
        ("data", ctypes.c_uint64),
        ("device_type", ctypes.c_int32),
        ("device_id", ctypes.c_int32),
        ("ndim", ctypes.c_int32),
        ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64),
    ]


_pointer_of = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
    ("PyCapsule_GetPointer", ctypes.pythonapi)
)
Described = tuple[int, tuple[int, ...], tuple[int, ...] | None, np.dtype[np.generic]]


def describe(value: object) -> Described | None:
    """Address, shape, strides in bytes and element type of an array that lies on a GPU.

    None if `value` offers no such array. It must live as long as its memory is used.

    Raises:
        DeviceError: its memory cannot be used.
    """
    device = getattr(value, "__dlpack_device__", None)
    if device is None or isinstance(value, np.ndarray) or device()[0] not in CUDA_MEMORY:
        return None
    try:
        capsule = value.__dlpack__()  # type: ignore[attr-defined]
        found = _pointer_of(capsule, b"dltensor")
    except (AttributeError, BufferError, RuntimeError, TypeError, ValueError) as error:
        raise DeviceError(f"cannot use the memory of {type(value).__name__}: {error}") from None
    return _read(_Tensor.from_address(found), type(value).__name__)


def _read(tensor: _Tensor, name: str) -> Described:
    dtype = _dtype(tensor.code, tensor.bits) if tensor.lanes == 1 else None
    if dtype is None:
        raise DeviceError(f"cannot use the memory of {name}: elements of an unknown type")
    shape = tuple(tensor.shape[: tensor.ndim])
    strides = None
    if tensor.strides:
        strides = tuple(step * dtype.itemsize for step in tensor.strides[: tensor.ndim])
    return tensor.data + tensor.byte_offset, shape, strides, dtype


def _dtype(code: int, bits: int) -> np.dtype[np.generic] | None:
    if code == _BFLOAT and bits == 16:
        bfloat: np.dtype[np.generic] = np.dtype(ml_dtypes.bfloat16)
        return bfloat
    letter = _LETTERS.get(code)
    try:
        return np.dtype(f"{letter}{bits // 8}") if letter is not None else None
    except TypeError:
        return None
