"""The GPU that programs run on when nobody says which."""

from __future__ import annotations

from threading import Lock

from stepwell.runtime.cuda.device import CudaDevice
from stepwell.runtime.cuda.numba_driver import numba_driver
from stepwell.runtime.pools import add_pool, remove_pool

_LOCK = Lock()
_DEVICES: dict[int, CudaDevice] = {}


def default_device(number: int = 0) -> CudaDevice:
    """A GPU of this machine, the same one each time.

    Raises:
        DeviceError: there is no driver, or no such GPU.
    """
    with _LOCK:
        if number not in _DEVICES:
            _set(CudaDevice(numba_driver(number), number=number), number)
        return _DEVICES[number]


def has_device(number: int = 0) -> bool:
    """Whether a GPU is in use already; the driver is not asked."""
    return number in _DEVICES


def use_device(device: CudaDevice | None, number: int = 0) -> None:
    """Makes `device` the one that programs run on; None for the machine's own again."""
    with _LOCK:
        before = _DEVICES.pop(number, None)
        if before is not None:
            remove_pool(before.name)
        if device is not None:
            _set(device, number)


def _set(device: CudaDevice, number: int) -> None:
    _DEVICES[number] = device
    pool = device.pool
    add_pool(
        device.name,
        pool.statistics,
        trim=pool.trim,
        set_limit=pool.set_limit,
        is_device=True,
        ram=device.total_memory,
    )
