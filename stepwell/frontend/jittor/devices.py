"""The CUDA device, if there is one."""

from __future__ import annotations

import ctypes
import logging
from functools import cache

from stepwell.frontend.jittor.flags import flags
from stepwell.frontend.jittor.targets import EMULATED, target
from stepwell.ir.diagnostics import DeviceError
from stepwell.runtime.cuda.default import has_device

_LOG = logging.getLogger("stepwell.device")
_DRIVERS = ("libcuda.so.1", "nvcuda.dll")


class NoDeviceError(DeviceError, RuntimeError):
    """There is no CUDA device; a RuntimeError too, because Jittor's is."""


@cache
def why_no_cuda() -> str:
    """Why no CUDA device can be used; empty if one can."""
    for name in _DRIVERS:
        try:
            driver = ctypes.CDLL(name)
        except OSError:
            continue
        status = driver.cuInit(0)
        if status != 0:
            return f"the driver answers {status} to cuInit"
        count = ctypes.c_int(0)
        status = driver.cuDeviceGetCount(ctypes.byref(count))
        return "" if status == 0 and count.value else "the driver finds no device"
    return "no NVIDIA driver is installed"


def has_cuda() -> bool:
    """Whether operations can run on a CUDA device."""
    return has_device() or not why_no_cuda()


@cache
def warn_of_fallback() -> None:
    """Logs, once, that what was meant for a device stays on the host."""
    _LOG.warning("no CUDA device (%s): values stay on the CPU", why_no_cuda())


def _use_cuda(value: bool) -> None:
    if value and target() != EMULATED and not has_cuda():
        raise NoDeviceError(f"use_cuda: no CUDA device: {why_no_cuda()}")


flags.when_changed("use_cuda", _use_cuda)
