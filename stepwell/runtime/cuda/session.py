"""What host code calls while a program runs: memory, copies and launches on a GPU.

The functions are found by name when the code is loaded. They work for the session that is entered
on their thread. An error cannot pass through compiled code: the first one is kept, the calls after
it do nothing, and it is raised when the code has returned.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from stepwell.backends.cpu import symbols
from stepwell.passes.gpu_launches_to_calls import LAUNCH
from stepwell.runtime.cuda.device import CudaDevice, CudaStream
from stepwell.runtime.cuda.driver import Handle


class Session:
    """The calls of one program on one device.

    Args:
        device: the GPU. kernels: their names and handles, by the numbers that launches have.
        stream: that gets all work.
    """

    def __init__(
        self, device: CudaDevice, kernels: Sequence[tuple[str, Handle]], stream: CudaStream
    ) -> None:
        self.device = device
        self.kernels = kernels
        self.stream = stream
        self.failure: BaseException | None = None
        self.live: dict[int, int] = {}
        self.registered: dict[int, int] = {}

    def allocate(self, size: int, stream: int | None, shared: int) -> int:
        """Memory of the device."""
        address = self.device.pool.allocate(size)
        self.live[address] = size
        return address

    def free(self, address: int | None, stream: int | None) -> None:
        """Gives it back. What follows on the stream may use it again at once."""
        if address:
            self.live.pop(address, None)
            self.device.pool.free(address)

    def copy(self, target: int, source: int, size: int, stream: int | None) -> None:
        """Copies from anywhere to anywhere."""
        if size <= 0:
            return
        driver, handle = self.device.driver, self.stream.handle
        there = self.device.pool.holds(target), self.device.pool.holds(source)
        if there == (False, False):
            ctypes.memmove(target, source, size)
            return
        how = {
            (True, True): driver.copy_on_device,
            (True, False): driver.copy_to_device,
            (False, True): driver.copy_to_host,
        }[there]
        self.device.ask(f"copying {size} bytes", how, target, source, size, handle)
        if there != (True, True):
            self.stream.synchronize()

    def fill32(self, target: int, value: int, count: int, stream: int | None) -> None:
        """Repeats four bytes."""
        self._fill(target, value.to_bytes(4, "little", signed=True) * count)

    def fill16(self, target: int, value: int, count: int, stream: int | None) -> None:
        """Repeats two bytes."""
        self._fill(target, value.to_bytes(2, "little", signed=True) * count)

    def _fill(self, target: int, content: bytes) -> None:
        raw = ctypes.create_string_buffer(content, max(len(content), 1))
        self.copy(target, ctypes.addressof(raw), len(content), None)

    def wait(self, stream: int | None) -> None:
        """Waits for all work, if the host could tell: it sees memory of the GPU only in copies, and
        they wait by themselves."""
        if self.registered:
            self.stream.synchronize()

    def register(self, rank: int, descriptor: int, size: int) -> None:
        """Lets kernels use the memory of a memref of the host."""
        start, length = _extent(rank, descriptor, size)
        driver = self.device.driver
        self.device.ask("registering host memory", driver.register, start, length)
        self.registered[start] = length

    def unregister(self, rank: int, descriptor: int, size: int) -> None:
        """Ends `register`."""
        start, _ = _extent(rank, descriptor, size)
        self.stream.synchronize()
        self.device.ask("releasing host memory", self.device.driver.unregister, start)
        self.registered.pop(start, None)

    def nothing(self, *args: object) -> None:
        """All work is given to one stream, so that no other is made, and no event is needed."""

    def launch(self, number: int, *rest: int) -> None:
        """Launches a kernel with parameters at the places that an array holds."""
        gx, gy, gz, bx, by, bz, shared, array, count = rest
        name, handle = self.kernels[number]
        places = []
        if count:
            places = list((ctypes.c_uint64 * count).from_address(array))
        sizes = (gx, gy, gz), (bx, by, bz)
        self.device.launch_at(name, handle, sizes, shared, places, self.stream)
        self.wait(None)

    def free_all(self) -> None:
        """Gives back what a call that failed has left."""
        for address in list(self.live):
            self.free(address, None)


class _Current(threading.local):
    session: Session | None = None


_CURRENT = _Current()
_POINTER, _WIDE = ctypes.c_void_p, ctypes.c_int64
_STREAMS = ("mgpuStreamDestroy", "mgpuEventDestroy")
_PAIRS = ("mgpuEventRecord", "mgpuStreamWaitEvent")
Calls = dict[str, tuple[Callable[..., int | None], tuple[object, ...], object]]
CALLS: Calls = {
    "mgpuMemAlloc": (Session.allocate, (_WIDE, _POINTER, ctypes.c_int8), _POINTER),
    "mgpuMemFree": (Session.free, (_POINTER, _POINTER), None),
    "mgpuMemcpy": (Session.copy, (_POINTER, _POINTER, _WIDE, _POINTER), None),
    "mgpuMemset32": (Session.fill32, (_POINTER, ctypes.c_int32, _WIDE, _POINTER), None),
    "mgpuMemset16": (Session.fill16, (_POINTER, ctypes.c_int16, _WIDE, _POINTER), None),
    "mgpuStreamSynchronize": (Session.wait, (_POINTER,), None),
    "mgpuMemHostRegisterMemRef": (Session.register, (_WIDE, _POINTER, _WIDE), None),
    "mgpuMemHostUnregisterMemRef": (Session.unregister, (_WIDE, _POINTER, _WIDE), None),
    "mgpuSetDefaultDevice": (Session.nothing, (ctypes.c_int32,), None),
    "mgpuStreamCreate": (Session.nothing, (), _POINTER),
    "mgpuEventCreate": (Session.nothing, (), _POINTER),
    **{name: (Session.nothing, (_POINTER,), None) for name in _STREAMS},
    **{name: (Session.nothing, (_POINTER, _POINTER), None) for name in _PAIRS},
    LAUNCH: (
        Session.launch,
        (_WIDE, *[_WIDE] * 6, ctypes.c_int32, _POINTER, _WIDE),
        None,
    ),
}
"""The functions by name: what does it, what it takes and what it returns."""


def _extent(rank: int, descriptor: int, size: int) -> tuple[int, int]:
    """Where the memory of a memref begins, and its bytes."""
    _, aligned, offset, *rest = (ctypes.c_int64 * (3 + 2 * rank)).from_address(descriptor)
    last = sum((n - 1) * step for n, step in zip(rest[:rank], rest[rank:], strict=True))
    return aligned + offset * size, (last + 1) * size


@contextmanager
def running(session: Session) -> Iterator[None]:
    """Inside, compiled code on this thread works for `session`.

    Raises:
        DeviceError: a call of the code failed; its memory is given back.
    """
    before, _CURRENT.session = _CURRENT.session, session
    try:
        yield
    finally:
        _CURRENT.session = before
    if session.failure is not None:
        session.free_all()
        raise session.failure


@cache
def provide() -> list[object]:
    """Makes the functions known to code that is loaded from now on; what keeps them alive."""
    kept: list[object] = []
    for name, (method, parameters, result) in CALLS.items():
        made = ctypes.CFUNCTYPE(result, *parameters)(_guarded(name, method))  # type: ignore[arg-type]
        address = ctypes.cast(made, ctypes.c_void_p).value
        assert address is not None
        symbols.define(name, address)
        kept.append(made)
    return kept


def _guarded(name: str, method: Callable[..., int | None]) -> Callable[..., int | None]:

    def call(*args: int) -> int | None:
        session = _CURRENT.session
        if session is None:
            return None
        if session.failure is None:
            try:
                return method(session, *args)
            except BaseException as error:  # raised by `running`
                session.failure = error
        if name == "mgpuMemcpy" and args[0] and not session.device.pool.holds(args[0]):
            ctypes.memset(args[0], 0, args[2])  # so that the host does not act on old values
        return None

    return call
