"""Buffers: memory of a device, owned by a pool or borrowed from an array."""

from __future__ import annotations

import weakref

import numpy as np
import numpy.typing as npt

from stepwell.ir.diagnostics import DeviceError
from stepwell.runtime.memory import Pool

AnyArray = npt.NDArray[np.generic]


class Buffer:
    """A range of memory. What owns it stays alive as long as the buffer, and arrays made from it,
    do.

    Args:
        address: of the first byte.
        size: in bytes.
        owner: what keeps the memory alive, if it is not the buffer itself.
        writable: whether it may be written.
    """

    __slots__ = ("__weakref__", "_finish", "address", "owner", "size", "writable")

    def __init__(
        self, address: int, size: int, *, owner: object = None, writable: bool = True
    ) -> None:
        self.address = address
        self.size = size
        self.owner = owner
        self.writable = writable
        self._finish: weakref.finalize[[int], Buffer] | None = None

    @staticmethod
    def from_pool(pool: Pool, size: int) -> Buffer:
        """A fresh buffer, which goes back to `pool` with its last user; raises DeviceError."""
        buffer = Buffer(pool.allocate(size), size)
        buffer._finish = weakref.finalize(buffer, pool.free, buffer.address)
        return buffer

    @staticmethod
    def from_array(array: object) -> Buffer:
        """The memory of a contiguous NumPy array, or of what offers one through DLPack, without
        copying.

        Raises:
            DeviceError: there is no such memory, or it has gaps.
        """
        if not isinstance(array, np.ndarray):
            try:
                array = np.from_dlpack(array)  # type: ignore[arg-type]
            except (AttributeError, BufferError, RuntimeError, TypeError) as error:
                raise DeviceError(
                    f"cannot use the memory of {type(array).__name__}: {error}"
                ) from None
        if not (array.flags.c_contiguous or array.flags.f_contiguous):
            raise DeviceError("the array is not contiguous")
        return Buffer(
            array.ctypes.data, array.nbytes, owner=array, writable=bool(array.flags.writeable)
        )

    def array(self, dtype: npt.DTypeLike, shape: tuple[int, ...], offset: int = 0) -> AnyArray:
        """A NumPy array on host memory, from byte `offset` on.

        Raises:
            DeviceError: the buffer is too small.
        """
        described = np.dtype(dtype)
        end = offset + described.itemsize * int(np.prod(shape, dtype=np.int64))
        if not 0 <= offset <= end <= self.size:
            raise DeviceError(
                f"a buffer of {self.size} bytes cannot hold {shape} of {described.name} "
                f"at offset {offset}"
            )
        return np.asarray(_Exporter(self, offset, shape, described)).view(described)


class _Exporter:
    __slots__ = ("__array_interface__", "buffer")

    def __init__(
        self, buffer: Buffer, offset: int, shape: tuple[int, ...], dtype: np.dtype[np.generic]
    ) -> None:
        self.buffer = buffer
        self.__array_interface__ = {
            "version": 3,
            "shape": shape,
            "typestr": f"|V{dtype.itemsize}",
            "data": (buffer.address + offset, not buffer.writable),
        }
