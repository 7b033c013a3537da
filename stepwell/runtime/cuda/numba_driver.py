"""CUDA's driver as numba finds and calls it. Numba is imported when a GPU is asked for."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from stepwell.ir.diagnostics import DeviceError
from stepwell.runtime.cuda.driver import DriverFailure, Handle, Triple

P = ParamSpec("P")
R = TypeVar("R")
UNKNOWN_TO_NUMBA = {700: "CUDA_ERROR_ILLEGAL_ADDRESS"}
"""Errors by number: https://docs.nvidia.com/cuda/cuda-driver-api/group__CUDA__TYPES.html"""
INSTEAD = "use --target=gpu-emulated or --emit=ptx"


def numba_driver(number: int = 0) -> NumbaDriver:
    """The driver of a GPU.

    Raises:
        DeviceError: there is no driver, or no such GPU.
    """
    try:
        from numba import cuda
        from numba.cuda.cudadrv import driver
    except ImportError as error:
        raise DeviceError(f"no CUDA driver found: {error}; {INSTEAD}") from None
    try:
        count = len(cuda.gpus)
    except Exception as error:  # numba's errors have no base of their own
        raise DeviceError(f"no CUDA driver found: {_first_line(error)}; {INSTEAD}") from None
    if number >= count:
        raise DeviceError(f"no GPU {number} found: there are {count}; {INSTEAD}")
    return NumbaDriver(cuda, driver, number)


def _first_line(error: Exception) -> str:
    lines = [line.strip().rstrip(":.") for line in str(error).splitlines()]
    told = [line for line in lines if line and line != "Error at driver init"]
    return told[0] if told else type(error).__name__


def _translated(method: Callable[P, R]) -> Callable[P, R]:
    """Numba's errors as `DriverFailure`."""

    @wraps(method)
    def call(*args: P.args, **keywords: P.kwargs) -> R:
        driver = args[0]
        assert isinstance(driver, NumbaDriver)
        try:
            return method(*args, **keywords)
        except driver.api_error as error:
            head, _, rest = str(error.msg).partition("\n")
            number = int(error.code)
            known = driver.error_names.get(number) or UNKNOWN_TO_NUMBA.get(
                number, f"error {number}"
            )
            call_name = head.removeprefix("Call to ").partition(" ")[0] or method.__name__
            raise DriverFailure(known, call_name, rest) from None

    return call


class _Memory:
    """An address of the GPU, as numba's functions take it."""

    __cuda_memory__ = True

    def __init__(self, address: int, size: int) -> None:
        self.device_ctypes_pointer = ctypes.c_void_p(address)
        self._cuda_memsize_ = size


class NumbaDriver:
    """One GPU through numba.

    Args:
        cuda: numba's package. driver: its module for the driver. number: which GPU.
    """

    def __init__(self, cuda: Any, driver: Any, number: int) -> None:
        self._cuda = cuda
        self._driver = driver
        self._number = number
        self._local = threading.local()
        self._device = cuda.gpus[number]
        self.api_error: type[Any] = driver.CudaAPIError
        self.error_names: dict[int, str] = getattr(driver, "ERROR_MAP", {})
        self._memory: dict[int, object] = {}
        self._registered: dict[int, object] = {}

    def _context(self) -> Any:
        """The GPU's context; current for this thread from its first call on."""
        found = getattr(self._local, "context", None)
        if found is None:
            found = self._local.context = self._cuda.current_context(self._number)
        return found

    def name(self) -> str:
        """What the GPU is called."""
        found = self._device.name
        return found.decode() if isinstance(found, bytes) else str(found)

    def compute_capability(self) -> tuple[int, int]:
        """Its generation."""
        major, minor = self._device.compute_capability
        return int(major), int(minor)

    @_translated
    def total_memory(self) -> int:
        """Its memory in bytes."""
        return int(self._context().get_memory_info()[1])

    @_translated
    def allocate(self, size: int) -> int:
        """Fresh memory."""
        made = self._context().memalloc(size)
        address = int(made.device_ctypes_pointer.value)
        self._memory[address] = made
        return address

    @_translated
    def free(self, address: int) -> None:
        """Gives memory back: numba frees it with its last reference, when nothing runs."""
        del self._memory[address]

    @_translated
    def copy_to_device(self, target: int, source: int, size: int, stream: Handle) -> None:
        """Copies from the host."""
        self._context()
        self._driver.host_to_device(_Memory(target, size), source, size, stream or 0)

    @_translated
    def copy_to_host(self, target: int, source: int, size: int, stream: Handle) -> None:
        """Copies to the host."""
        self._context()
        self._driver.device_to_host(target, _Memory(source, size), size, stream or 0)

    @_translated
    def copy_on_device(self, target: int, source: int, size: int, stream: Handle) -> None:
        """Copies within the GPU's memory."""
        self._context()
        ends = _Memory(target, size), _Memory(source, size)
        self._driver.device_to_device(*ends, size, stream or 0)

    @_translated
    def load(self, ptx: str) -> Handle:
        """Compiles PTX and loads it."""
        loaded: Handle = self._context().create_module_ptx(ptx)
        return loaded

    @_translated
    def function(self, module: Any, name: str) -> Handle:
        """A kernel of a loaded module, and the module, which has to stay."""
        return module.get_function(name), module

    @_translated
    def launch(
        self,
        function: Any,
        grid: Triple,
        block: Triple,
        shared: int,
        stream: Any,
        parameters: Sequence[int],
    ) -> None:
        """Launches a kernel."""
        self._context()
        values = [ctypes.c_byte.from_address(address) for address in parameters]
        handle = stream.handle if stream else 0
        self._driver.launch_kernel(function[0].handle, *grid, *block, shared, handle, values)

    @_translated
    def new_stream(self) -> Handle:
        """A stream."""
        made: Handle = self._context().create_stream()
        return made

    @_translated
    def wait_for_stream(self, stream: Any) -> None:
        """Waits for the work of a stream."""
        self._context()
        stream.synchronize()

    @_translated
    def new_event(self, stream: Any) -> Handle:
        """An event after the work of a stream."""
        event = self._context().create_event()
        event.record(stream)
        made: Handle = event
        return made

    @_translated
    def wait_for_event(self, event: Any) -> None:
        """Waits for an event."""
        self._context()
        event.synchronize()

    @_translated
    def order_after(self, stream: Any, event: Any) -> None:
        """Makes a stream wait for an event."""
        self._context()
        event.wait(stream)

    @_translated
    def milliseconds(self, earlier: Any, later: Any) -> float:
        """The time between two events."""
        return float(self._driver.event_elapsed_time(earlier, later))

    @_translated
    def register(self, address: int, size: int) -> None:
        """Pins memory of the host and lets kernels use it."""
        context = self._context()
        self._registered[address] = context.mempin(self, address, size, mapped=True)

    @_translated
    def unregister(self, address: int) -> None:
        """Ends `register`."""
        self._registered.pop(address, None)

    @_translated
    def wait(self) -> None:
        """Waits for all work."""
        self._context().synchronize()
