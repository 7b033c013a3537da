"""A GPU as a `Device`: pooled memory, copies, streams, and kernels from PTX."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from stepwell.backends.cpu.signature import FunctionSignature
from stepwell.ir.diagnostics import DeviceError
from stepwell.runtime.arguments import bind
from stepwell.runtime.buffers import AnyArray, Buffer
from stepwell.runtime.cuda.arrays import DeviceArray, extent_of, stand_in
from stepwell.runtime.cuda.driver import (
    Driver,
    DriverFailure,
    Handle,
    Triple,
    device_error,
)
from stepwell.runtime.cuda.pool import ARENA, DeviceBuffer, DevicePool
from stepwell.runtime.device import Device, Event, Function, Stream
from stepwell.runtime.memory import PoolStatistics

R = TypeVar("R")
_SLOT = 8


class CudaEvent(Event):
    """A point in the work of a GPU's stream."""

    def __init__(self, device: CudaDevice, handle: Handle) -> None:
        self.device = device
        self.handle = handle

    def synchronize(self) -> None:
        """Waits until the work before it is done; raises DeviceError if that failed."""
        self.device.ask("waiting for an event", self.device.driver.wait_for_event, self.handle)

    def milliseconds_since(self, earlier: Event) -> float:
        """The time between the two events; raises DeviceError for an event of another device."""
        if not isinstance(earlier, CudaEvent) or earlier.device is not self.device:
            raise DeviceError("the events are of different devices")
        self.synchronize()
        driver = self.device.driver
        return self.device.ask("timing", driver.milliseconds, earlier.handle, self.handle)


class CudaStream(Stream):
    """Work for a GPU, done in the order it was given."""

    def __init__(self, device: CudaDevice, handle: Handle) -> None:
        self.device = device
        self.handle = handle

    def record(self) -> CudaEvent:
        """An event after all work given so far; raises DeviceError."""
        driver = self.device.driver
        return CudaEvent(
            self.device, self.device.ask("recording an event", driver.new_event, self.handle)
        )

    def wait(self, event: Event) -> None:
        """Work given from now on starts after `event`; for another device's the host waits."""
        if not isinstance(event, CudaEvent) or event.device is not self.device:
            event.synchronize()
            return
        driver = self.device.driver
        self.device.ask("ordering streams", driver.order_after, self.handle, event.handle)

    def synchronize(self) -> None:
        """Waits until all work given so far is done; raises DeviceError if some of it failed."""
        self.device.ask("the work of a stream", self.device.driver.wait_for_stream, self.handle)


class Kernel:
    """A kernel on a GPU, launched with `CudaDevice.launch`.

    Args:
        handle: the driver's. signature: what it takes, each memref as its descriptor's parts.
    """

    def __init__(self, device: CudaDevice, handle: Handle, signature: FunctionSignature) -> None:
        self.device = device
        self.handle = handle
        self.signature = signature

    def __call__(self, *args: object) -> None:
        """Launches on the device's own stream: grid, block, then as for `CudaDevice.launch`."""
        self.device.launch(self, args, self.device.stream)

    def __repr__(self) -> str:
        return f"<kernel {self.signature}>"


class CudaDevice(Device):
    """One GPU.

    Args:
        driver: how it is reached. limit: the most bytes to take for buffers; None for no limit.
        number: its number, for its name. arena: the least size of what is taken at a time.
    """

    def __init__(
        self,
        driver: Driver,
        limit: int | None = None,
        number: int = 0,
        arena: int = ARENA,
    ) -> None:
        self.name = f"cuda:{number}"
        self.driver = driver
        self.capability = driver.compute_capability()
        self.total_memory = self.ask("asking for its memory", driver.total_memory)
        self.pool = DevicePool(driver, self.name, self.total_memory, limit, arena)
        self.stream = self.new_stream()

    def ask(self, doing: str, call: Callable[..., R], *args: object) -> R:
        """Calls the driver; raises DeviceError, which says what was being done."""
        try:
            return call(*args)
        except DriverFailure as failure:
            raise device_error(self.name, doing, failure) from None

    # Memory.

    def allocate(self, size: int) -> DeviceBuffer:
        """Fresh memory of the pool; raises DeviceOutOfMemoryError when there is no room."""
        return self.pool.buffer(size)

    def trim(self) -> None:
        """Gives what the pool holds and nobody uses back to the system."""
        self.pool.trim()

    def statistics(self) -> PoolStatistics:
        """What the pool holds."""
        return self.pool.statistics()

    # Copies.

    def copy_to_device(self, source: AnyArray, target: Buffer, stream: Stream) -> None:
        """Copies a contiguous host array into the start of `target`; raises DeviceError."""
        host = Buffer.from_array(source)
        _check_size(host.size, target)
        self.ask(
            f"copying {host.size} bytes to the GPU", self.driver.copy_to_device,
            target.address, host.address, host.size, self._handle(stream),
        )  # fmt: skip

    def copy_to_host(self, source: Buffer, target: AnyArray, stream: Stream) -> None:
        """Copies the start of `source` into a contiguous host array, and waits; raises DeviceError.

        The host would read the array before it is filled if this did not wait.
        """
        host = Buffer.from_array(target)
        if not host.writable:
            raise DeviceError("cannot copy into read-only memory")
        _check_size(host.size, source)
        self.ask(
            f"copying {host.size} bytes to the host", self.driver.copy_to_host,
            host.address, source.address, host.size, self._handle(stream),
        )  # fmt: skip
        stream.synchronize()

    def copy_on_device(self, source: Buffer, target: Buffer, stream: Stream) -> None:
        """Copies all of `source` into the start of `target`; raises DeviceError."""
        _check_size(source.size, target)
        self.ask(
            f"copying {source.size} bytes on the GPU", self.driver.copy_on_device,
            target.address, source.address, source.size, self._handle(stream),
        )  # fmt: skip

    def upload(self, array: AnyArray) -> DeviceArray:
        """A copy of a host array on the GPU, with the same strides; raises DeviceError."""
        size = extent_of(array.shape, array.strides, array.itemsize)
        buffer = self.allocate(max(size, 1))
        if size:
            self.ask(
                f"copying {size} bytes to the GPU", self.driver.copy_to_device,
                buffer.address, array.ctypes.data, size, self.stream.handle,
            )  # fmt: skip
        return DeviceArray(buffer.address, array.shape, array.strides, array.dtype, buffer, self)

    # Kernels.

    def load(self, code: bytes, signatures: Sequence[FunctionSignature]) -> Mapping[str, Function]:
        """Loads PTX.

        Args:
            code: the text. signatures: the kernels in it that are to be launched.

        Raises:
            DeviceError: the driver refuses the text, or it has no such kernel.
        """
        module = self.load_module(code.decode())
        return {
            signature.name: Kernel(self, self.kernel(module, signature.name), signature)
            for signature in signatures
        }

    def load_module(self, ptx: str) -> Handle:
        """A loaded module; raises DeviceError."""
        return self.ask("loading PTX", self.driver.load, ptx)

    def kernel(self, module: Handle, name: str) -> Handle:
        """A kernel of a loaded module; raises DeviceError."""
        return self.ask(f"finding the kernel @{name}", self.driver.function, module, name)

    def launch(self, function: Function, args: Sequence[object], stream: Stream) -> object:
        """Gives the launch of a kernel to `stream`.

        Args:
            function: from `load`.
            args: the sizes of the grid and of a block, each of three; the bytes of dynamic shared
                memory; then what the kernel takes: numbers, and arrays of the GPU.
            stream: of this device.

        Raises:
            DeviceError: the driver refuses, or an array is not the GPU's.
            ArgumentTypeError, ArgumentValueError: an argument does not fit.
        """
        if not isinstance(function, Kernel) or function.device is not self:
            raise DeviceError(f"{self.name} can launch kernels that it has loaded, only")
        if len(args) < 3:
            raise DeviceError("a launch needs the sizes of grid and block, and of shared memory")
        grid, block, shared, *values = args
        packed, _ = bind(function.signature, [_on_device(value) for value in values])
        slots = ctypes.create_string_buffer(packed, len(packed))
        start = ctypes.addressof(slots)
        places = [start + at for at in range(0, len(packed), _SLOT)]
        sizes = _three(grid), _three(block)
        self.launch_at(function.signature.name, function.handle, sizes, shared, places, stream)
        return None

    def launch_at(
        self,
        name: str,
        handle: Handle,
        sizes: tuple[Triple, Triple],
        shared: object,
        places: Sequence[int],
        stream: Stream,
    ) -> None:
        """A launch with the addresses of the kernel's parameters."""
        if 0 in sizes[0] or 0 in sizes[1]:
            return  # upstream and CUDA differ: nothing to do is no error
        self.ask(
            f"launching @{name} with blocks {sizes[0]} of threads {sizes[1]}", self.driver.launch,
            handle, *sizes, shared, self._handle(stream), places,
        )  # fmt: skip

    # Order.

    def new_stream(self) -> CudaStream:
        """A stream of its own; raises DeviceError."""
        return CudaStream(self, self.ask("making a stream", self.driver.new_stream))

    def synchronize(self) -> None:
        """Waits until all work is done; raises DeviceError if some of it failed."""
        self.ask("the work before", self.driver.wait)

    def _handle(self, stream: Stream) -> Handle:
        if not isinstance(stream, CudaStream) or stream.device is not self:
            raise DeviceError(f"the stream is not one of {self.name}")
        return stream.handle


def _check_size(wanted: int, buffer: Buffer) -> None:
    if wanted > buffer.size:
        raise DeviceError(f"{wanted} bytes do not fit in a buffer of {buffer.size}")


def _on_device(value: object) -> object:
    """A value as `bind` takes it: an array of the GPU as one whose address is there."""
    found = stand_in(value)
    if found is None and isinstance(value, np.ndarray):
        raise DeviceError("the array is the host's; put it on the GPU first")
    return value if found is None else found


def _three(sizes: object) -> Triple:
    if isinstance(sizes, int):
        return sizes, 1, 1
    if isinstance(sizes, tuple) and 1 <= len(sizes) <= 3 and all(type(n) is int for n in sizes):
        x, y, z = (*sizes, 1, 1)[:3]
        return x, y, z
    raise DeviceError(f"a grid and a block have one to three sizes, found {sizes!r}")
