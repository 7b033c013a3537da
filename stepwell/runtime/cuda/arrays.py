"""Arrays in a GPU's memory, and how those of other libraries are used where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepwell.ir.diagnostics import DeviceError
from stepwell.runtime.buffers import AnyArray
from stepwell.runtime.cuda.dlpack import describe

if TYPE_CHECKING:
    from stepwell.runtime.cuda.device import CudaDevice


class DeviceArray:
    """An array in a GPU's memory; other libraries find it by `__cuda_array_interface__`.

    Args:
        address: of the first element. shape: the sizes.
        strides: in bytes; None for row-major without gaps.
        dtype: of the elements. owner: what keeps the memory. device: the GPU.
    """

    base = None  # it is no view of another array
    __slots__ = ("__weakref__", "address", "device", "dtype", "owner", "shape", "strides")

    def __init__(
        self,
        address: int,
        shape: tuple[int, ...],
        strides: tuple[int, ...] | None,
        dtype: np.dtype[np.generic],
        owner: object,
        device: CudaDevice,
    ) -> None:
        self.address = address
        self.shape = shape
        self.strides = strides
        self.dtype = dtype
        self.owner = owner
        self.device = device

    @property
    def nbytes(self) -> int:
        """The bytes of its elements."""
        return self.dtype.itemsize * int(np.prod(self.shape, dtype=np.int64))

    @property
    def __cuda_array_interface__(self) -> dict[str, object]:
        return {
            "version": 3,
            "shape": self.shape,
            "strides": self.strides,
            "typestr": self.dtype.str,
            "data": (self.address, False),
            "stream": 1,
        }

    def reshape(self, shape: tuple[int, ...]) -> DeviceArray:
        """The same elements in other sizes; the array has no gaps."""
        return DeviceArray(self.address, shape, None, self.dtype, self.owner, self.device)

    def numpy(self) -> AnyArray:
        """A copy on the host; raises DeviceError."""
        size = self.dtype.itemsize
        raw = np.empty(extent_of(self.shape, self.strides, size), np.uint8)
        found: AnyArray = np.ndarray(self.shape, self.dtype, raw.data, 0, self.strides)
        self.copy_to(found)
        return np.ascontiguousarray(found).reshape(self.shape)

    def copy_to(self, array: AnyArray) -> None:
        """Copies all into a host array of the same shape and strides, and waits; raises
        DeviceError."""
        size = extent_of(self.shape, self.strides, self.dtype.itemsize)
        if size:
            stream = self.device.stream
            how = self.device.driver.copy_to_host
            target = array.ctypes.data
            self.device.ask(
                f"copying {size} bytes to the host", how, target, self.address, size, stream.handle
            )
            stream.synchronize()

    def as_passed(self) -> AnyArray:
        """The array as `bind` takes it; it must not be read."""
        return address_array(self.address, self.shape, self.strides, self.dtype)

    def __repr__(self) -> str:
        return f"<array {self.shape} of {self.dtype.name} on {self.device.name}>"


def stand_in(value: object) -> AnyArray | None:
    """A NumPy array with the address, shape and strides of an array of a GPU.

    It must not be read: its address means nothing to the host. None if `value` is no such array.

    Raises:
        DeviceError: its memory cannot be used.
    """
    interface = getattr(value, "__cuda_array_interface__", None)
    if not isinstance(interface, dict):
        described = describe(value)
        return address_array(*described) if described is not None else None
    try:
        address, read_only = interface["data"]
        dtype = np.dtype(interface["typestr"])
        return address_array(
            int(address or 0), tuple(interface["shape"]), interface.get("strides"), dtype,
            read_only=bool(read_only),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise DeviceError(
            f"cannot use the memory of {type(value).__name__}: its __cuda_array_interface__ is "
            f"malformed ({error})"
        ) from None


class _Exporter:
    __slots__ = ("__array_interface__",)

    def __init__(self, interface: dict[str, object]) -> None:
        self.__array_interface__ = interface


def address_array(
    address: int,
    shape: tuple[int, ...],
    strides: tuple[int, ...] | None,
    dtype: np.dtype[np.generic],
    read_only: bool = False,
) -> AnyArray:
    """A NumPy array at an address that it must not be read from."""
    interface: dict[str, object] = {
        "version": 3,
        "shape": shape,
        "strides": tuple(strides) if strides is not None else None,
        "typestr": f"|V{dtype.itemsize}",
        "data": (address or 64, read_only),
    }
    return np.asarray(_Exporter(interface)).view(dtype)


def extent_of(shape: tuple[int, ...], strides: tuple[int, ...] | None, itemsize: int) -> int:
    """The bytes from the first element to the end of the last."""
    if 0 in shape:
        return 0
    if strides is None:
        return itemsize * int(np.prod(shape, dtype=np.int64))
    if any(step < 0 for step in strides):
        raise DeviceError("an array with negative strides cannot be copied from or to a GPU")
    return sum((n - 1) * step for n, step in zip(shape, strides, strict=True)) + itemsize
