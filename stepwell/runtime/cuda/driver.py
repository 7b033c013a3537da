"""What is asked of CUDA's driver: the boundary behind which a GPU is, or in tests something else.

Addresses are integers; handles of modules, functions, streams and events are whatever the driver
likes. Every method may raise DriverFailure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from stepwell.ir.diagnostics import DeviceError

Handle = object
Triple = tuple[int, int, int]

OUT_OF_MEMORY = "CUDA_ERROR_OUT_OF_MEMORY"
_WHAT_TO_DO = {
    OUT_OF_MEMORY: "free memory, or use smaller batches",
    "CUDA_ERROR_INVALID_PTX": "report the PTX (stepwell-run --emit=ptx) with this message",
    "CUDA_ERROR_UNSUPPORTED_PTX_VERSION": "update the GPU's driver: it is older than the PTX",
    "CUDA_ERROR_NO_BINARY_FOR_GPU": "give nvvm-attach-target the chip of this GPU",
    "CUDA_ERROR_INVALID_VALUE": "check the sizes: a block has 1 to 1024 threads, no grid is empty",
    "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES": "use smaller blocks: the threads need too many registers",
    "CUDA_ERROR_ILLEGAL_ADDRESS": "run with --target=interpreter, which says which access is wrong",
    "CUDA_ERROR_MISALIGNED_ADDRESS": "check the offsets of views of other element types",
    "CUDA_ERROR_NOT_FOUND": "check the kernel's name",
}


class DriverFailure(Exception):
    """A call of the driver failed.

    Args:
        code: CUDA's name of the error. call: what was called. details: what the driver says beside.
    """

    def __init__(self, code: str, call: str, details: str = "") -> None:
        super().__init__(f"{call}: {code}")
        self.code = code
        self.call = call
        self.details = details


def device_error(device: str, doing: str, failure: DriverFailure) -> DeviceError:
    """The error for users: which device, doing what, what was found, and what to do."""
    text = f"{device}: {doing} failed: {failure.call} found {failure.code}"
    advice = _WHAT_TO_DO.get(failure.code)
    text += f"; {advice}" if advice else ""
    details = failure.details.strip()
    return DeviceError(f"{text}\n{details}" if details else text)


class Driver(Protocol):
    """A GPU's driver."""

    def name(self) -> str:
        """What the GPU is called."""

    def compute_capability(self) -> tuple[int, int]:
        """Its generation, such as (9, 0)."""

    def total_memory(self) -> int:
        """Its memory in bytes."""

    def allocate(self, size: int) -> int:
        """The address of `size` fresh bytes, aligned to at least 256."""

    def free(self, address: int) -> None:
        """Gives memory from `allocate` back."""

    def copy_to_device(self, target: int, source: int, size: int, stream: Handle) -> None:
        """Copies from the host's memory at `source`, in the order of the stream."""

    def copy_to_host(self, target: int, source: int, size: int, stream: Handle) -> None:
        """Copies to the host's memory at `target`, in the order of the stream."""

    def copy_on_device(self, target: int, source: int, size: int, stream: Handle) -> None:
        """Copies within the GPU's memory, in the order of the stream."""

    def load(self, ptx: str) -> Handle:
        """Compiles PTX and loads it."""

    def function(self, module: Handle, name: str) -> Handle:
        """A kernel of a loaded module."""

    def launch(
        self,
        function: Handle,
        grid: Triple,
        block: Triple,
        shared: int,
        stream: Handle,
        parameters: Sequence[int],
    ) -> None:
        """Launches a kernel; `parameters` are the host addresses of its parameters' values."""

    def new_stream(self) -> Handle:
        """A stream."""

    def wait_for_stream(self, stream: Handle) -> None:
        """Waits until all work given to the stream is done."""

    def new_event(self, stream: Handle) -> Handle:
        """An event after all work given to the stream so far."""

    def wait_for_event(self, event: Handle) -> None:
        """Waits until the work before the event is done."""

    def order_after(self, stream: Handle, event: Handle) -> None:
        """Work given to the stream from now on starts after the event."""

    def milliseconds(self, earlier: Handle, later: Handle) -> float:
        """The time between two events that are over."""

    def register(self, address: int, size: int) -> None:
        """Lets kernels use memory of the host."""

    def unregister(self, address: int) -> None:
        """Ends `register`."""

    def wait(self) -> None:
        """Waits until all work is done."""
