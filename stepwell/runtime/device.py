"""Devices: memory, copies, modules, launches, and the order of work on streams.

One small interface, so that launchers need not know what they launch on. `CpuDevice` is the host.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from stepwell.backends.cpu.signature import FunctionSignature
from stepwell.ir.diagnostics import DeviceError
from stepwell.runtime.buffers import AnyArray, Buffer
from stepwell.runtime.executable import CompiledModule
from stepwell.runtime.memory import PoolStatistics, host_pool

Function = Callable[..., object]


class Event(ABC):
    """A point in a stream's work."""

    @abstractmethod
    def synchronize(self) -> None:
        """Waits until the work before the event is done."""

    @abstractmethod
    def milliseconds_since(self, earlier: Event) -> float:
        """The time between two events; raises DeviceError for events of another device."""


class Stream(ABC):
    """Work that is done in the order it was given."""

    @abstractmethod
    def record(self) -> Event:
        """An event after all work given so far."""

    @abstractmethod
    def wait(self, event: Event) -> None:
        """Work given from now on starts after `event`."""

    @abstractmethod
    def synchronize(self) -> None:
        """Waits until all work given so far is done."""


class Device(ABC):
    """Something that runs compiled modules and has memory."""

    name: str

    @abstractmethod
    def allocate(self, size: int) -> Buffer:
        """Fresh memory of `size` bytes, aligned to at least 64; raises DeviceError."""

    @abstractmethod
    def copy_to_device(self, source: AnyArray, target: Buffer, stream: Stream) -> None:
        """Copies a contiguous host array into the start of `target`; raises DeviceError."""

    @abstractmethod
    def copy_to_host(self, source: Buffer, target: AnyArray, stream: Stream) -> None:
        """Copies the start of `source` into a contiguous host array; raises DeviceError."""

    @abstractmethod
    def load(self, code: bytes, signatures: Sequence[FunctionSignature]) -> Mapping[str, Function]:
        """Loads compiled code; returns its functions, which keep it alive; raises BackendError."""

    @abstractmethod
    def launch(self, function: Function, args: Sequence[object], stream: Stream) -> object:
        """Gives a call of a loaded function to `stream`; returns what it returns on the host."""

    @abstractmethod
    def new_stream(self) -> Stream:
        """A stream of its own."""

    @abstractmethod
    def synchronize(self) -> None:
        """Waits until all work of all streams is done."""

    @abstractmethod
    def statistics(self) -> PoolStatistics:
        """What the device's memory pool holds."""


class CpuEvent(Event):
    """A time: the host has done all work before it when it is made."""

    def __init__(self) -> None:
        self.time = time.perf_counter()

    def synchronize(self) -> None:
        """Returns: the work is done."""

    def milliseconds_since(self, earlier: Event) -> float:
        """The time between the two events; raises DeviceError for an event of another device."""
        if not isinstance(earlier, CpuEvent):
            raise DeviceError("the events are of different devices")
        return (self.time - earlier.time) * 1e3


class CpuStream(Stream):
    """The host does work as it is given."""

    def record(self) -> CpuEvent:
        """An event now."""
        return CpuEvent()

    def wait(self, event: Event) -> None:
        """Waits for an event of any device."""
        event.synchronize()

    def synchronize(self) -> None:
        """Returns: the work is done."""


class CpuDevice(Device):
    """The host.

    Args:
        limit: the most bytes its buffers may take; None for no limit.
    """

    def __init__(self, limit: int | None = None) -> None:
        self.name = "cpu"
        self._pool = host_pool(limit)

    def allocate(self, size: int) -> Buffer:
        """Fresh memory, aligned to 64 bytes; raises DeviceError when there is no room."""
        return Buffer.from_pool(self._pool, size)

    def copy_to_device(self, source: AnyArray, target: Buffer, stream: Stream) -> None:
        """Copies a contiguous array into the start of `target`; raises DeviceError."""
        _copy(Buffer.from_array(source), target, source.nbytes)

    def copy_to_host(self, source: Buffer, target: AnyArray, stream: Stream) -> None:
        """Copies the start of `source` into a contiguous array; raises DeviceError."""
        _copy(source, Buffer.from_array(target), target.nbytes)

    def load(self, code: bytes, signatures: Sequence[FunctionSignature]) -> Mapping[str, Function]:
        """Loads object code; raises BackendError."""
        return CompiledModule(code, signatures).functions

    def launch(self, function: Function, args: Sequence[object], stream: Stream) -> object:
        """Calls `function`."""
        return function(*args)

    def new_stream(self) -> CpuStream:
        """A stream."""
        return CpuStream()

    def synchronize(self) -> None:
        """Returns: the work is done."""

    def statistics(self) -> PoolStatistics:
        """What the pool of `allocate` holds."""
        return self._pool.statistics()


def _copy(source: Buffer, target: Buffer, size: int) -> None:
    if not target.writable:
        raise DeviceError("cannot copy into read-only memory")
    target.array(np.uint8, (size,))[...] = source.array(np.uint8, (size,))
