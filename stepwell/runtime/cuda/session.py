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
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.passes.gpu_lowering.runtime_calls import (
    ALLOCATE,
    COPY,
    FILL,
    FREE,
    LAUNCH,
    PARAMETERS,
    REGISTER,
    UNREGISTER,
    WAIT,
)
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

    def fill(self, target: int, pattern: int, size: int, total: int) -> None:
        """Repeats the bytes of one element."""
        raw = ctypes.string_at(pattern, size) * (total // max(size, 1))
        content = ctypes.create_string_buffer(raw, max(len(raw), 1))
        self.copy(target, ctypes.addressof(content), len(raw), None)

    def wait(self) -> None:
        """Waits for all work."""
        self.stream.synchronize()

    def register(self, address: int, size: int) -> None:
        """Lets kernels use memory of the host."""
        driver = self.device.driver
        self.device.ask("registering host memory", driver.register, address, size)

    def unregister(self, address: int) -> None:
        """Ends `register`."""
        self.wait()
        self.device.ask("releasing host memory", self.device.driver.unregister, address)

    def launch(self, number: int, *rest: int) -> None:
        """Launches a kernel with parameters at the places that an array holds."""
        gx, gy, gz, bx, by, bz, shared, array, count = rest
        name, handle = self.kernels[number]
        places = []
        if count:
            places = list((ctypes.c_uint64 * count).from_address(array))
        sizes = (gx, gy, gz), (bx, by, bz)
        self.device.launch_at(name, handle, sizes, shared, places, self.stream)

    def free_all(self) -> None:
        """Gives back what a call that failed has left."""
        for address in list(self.live):
            self.free(address, None)


class _Current(threading.local):
    session: Session | None = None


_CURRENT = _Current()
_METHODS = {
    ALLOCATE: Session.allocate,
    FREE: Session.free,
    COPY: Session.copy,
    FILL: Session.fill,
    WAIT: Session.wait,
    REGISTER: Session.register,
    UNREGISTER: Session.unregister,
    LAUNCH: Session.launch,
}
_CTYPES: dict[Type, type[ctypes._SimpleCData[int]]] = {
    types.i8: ctypes.c_int8,
    types.i32: ctypes.c_int32,
    types.i64: ctypes.c_int64,
}


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
    for name, parameters in PARAMETERS.items():
        kinds = [_CTYPES.get(type, ctypes.c_void_p) for type in parameters]
        result = ctypes.c_void_p if name == ALLOCATE else None
        made = ctypes.CFUNCTYPE(result, *kinds)(_guarded(name))
        address = ctypes.cast(made, ctypes.c_void_p).value
        assert address is not None
        symbols.define(name, address)
        kept.append(made)
    return kept


def _guarded(name: str) -> Callable[..., int | None]:
    method: Callable[..., int | None] = _METHODS[name]

    def call(*args: int) -> int | None:
        session = _CURRENT.session
        if session is None:
            return None
        if session.failure is None:
            try:
                return method(session, *args)
            except BaseException as error:  # raised by `running`
                session.failure = error
        if name == COPY and args[0] and not session.device.pool.holds(args[0]):
            ctypes.memset(args[0], 0, args[2])  # so that the host does not act on old values
        return None

    return call

