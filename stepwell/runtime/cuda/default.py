"""The GPU that programs run on when nobody says which."""

from __future__ import annotations

from threading import Lock

from stepwell.runtime.cuda.device import CudaDevice
from stepwell.runtime.cuda.numba_driver import numba_driver

_LOCK = Lock()
_DEVICES: dict[int, CudaDevice] = {}


def default_device(number: int = 0) -> CudaDevice:
    """A GPU of this machine, the same one each time.

    Raises:
        DeviceError: there is no driver, or no such GPU.
    """
    with _LOCK:
        if number not in _DEVICES:
            _DEVICES[number] = CudaDevice(numba_driver(number), number=number)
        return _DEVICES[number]


def use_device(device: CudaDevice | None, number: int = 0) -> None:
    """Makes `device` the one that programs run on; None for the machine's own again."""
    with _LOCK:
        if device is None:
            _DEVICES.pop(number, None)
        else:
            _DEVICES[number] = device
