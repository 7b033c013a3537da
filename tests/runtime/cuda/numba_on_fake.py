"""Runs a program through numba's driver, below which there is no CUDA but functions of Python.

A script, because numba keeps its driver for as long as the process lives. Its functions stand in
for those of libcuda, and hand their work to `FakeDriver`.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from typing import Any

import numpy as np
from numba.cuda.cudadrv import driver as numba_driver_module
from numba.cuda.cudadrv import enums

import stepwell as sw
from stepwell.ir.diagnostics import DeviceError
from stepwell.runtime.cuda.default import use_device
from stepwell.runtime.cuda.device import CudaDevice
from stepwell.runtime.cuda.driver import DriverFailure
from stepwell.runtime.cuda.numba_driver import UNKNOWN_TO_NUMBA, numba_driver
from stepwell.runtime.cuda.program import CudaModule
from tests.backends.ptx.kernels import EXAMPLES
from tests.runtime.cuda.fake_driver import FakeDriver

CAPABILITY = {
    enums.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR: 9,
    enums.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR: 0,
}


class FakeCuda:
    """The functions of libcuda that are needed, by their names."""

    def __init__(self) -> None:
        self.fake = FakeDriver(memory=1 << 24)
        self.handles: list[object] = [None]
        self.current = 0

    def __getattr__(self, name: str) -> Callable[..., int]:
        plain = name.removesuffix("_v2")
        method = getattr(type(self), f"_{plain}", None)
        if method is None or name != plain:
            raise AttributeError(name)

        def call(*args: Any) -> int:
            try:
                method(self, *args)
            except DriverFailure as failure:
                numbers = {name: number for number, name in UNKNOWN_TO_NUMBA.items()}
                return numbers.get(failure.code) or int(getattr(enums, failure.code))
            return 0

        call.__name__ = name
        return call

    def _keep(self, handle: object) -> int:
        self.handles.append(handle)
        return len(self.handles) - 1

    def _find(self, handle: Any) -> Any:
        return self.handles[getattr(handle, "value", handle) or 0]

    def _cuInit(self, flags: int) -> None: ...

    def _cuDeviceGetCount(self, count: Any) -> None:
        count._obj.value = 1

    def _cuDeviceGet(self, device: Any, number: int) -> None:
        device._obj.value = number

    def _cuDeviceGetAttribute(self, found: Any, which: int, device: int) -> None:
        found._obj.value = CAPABILITY.get(which, 1)

    def _cuDeviceGetName(self, text: Any, size: int, device: int) -> None:
        text.value = b"no GPU"

    def _cuDeviceGetUuid(self, uuid: Any, device: int) -> None: ...

    def _cuDevicePrimaryCtxRetain(self, context: Any, device: int) -> None:
        context._obj.value = 77

    def _cuDevicePrimaryCtxRelease(self, device: int) -> None: ...

    def _cuCtxGetCurrent(self, context: Any) -> None:
        context._obj.value = self.current

    def _cuCtxPushCurrent(self, context: Any) -> None:
        self.current = context.value

    def _cuCtxGetDevice(self, device: Any) -> None:
        device._obj.value = 0

    def _cuCtxSynchronize(self) -> None:
        self.fake.wait()

    def _cuMemGetInfo(self, free: Any, total: Any) -> None:
        free._obj.value = total._obj.value = self.fake.memory

    def _cuMemAlloc(self, address: Any, size: int) -> None:
        address._obj.value = self.fake.allocate(size)

    def _cuMemFree(self, address: Any) -> None:
        self.fake.free(address.value)

    def _cuMemcpyHtoDAsync(self, target: int, source: int, size: int, stream: Any) -> None:
        self.fake.copy_to_device(target, source, size, self._find(stream))

    def _cuMemcpyDtoHAsync(self, target: int, source: int, size: int, stream: Any) -> None:
        self.fake.copy_to_host(target, source, size, self._find(stream))

    def _cuMemcpyDtoDAsync(self, target: int, source: int, size: int, stream: Any) -> None:
        self.fake.copy_on_device(target, source, size, self._find(stream))

    def _cuMemHostRegister(self, address: Any, size: int, flags: int) -> None:
        self.fake.register(address.value, size)

    def _cuMemHostUnregister(self, address: Any) -> None:
        self.fake.unregister(address.value)

    def _cuMemHostGetDevicePointer(self, found: Any, address: Any, flags: int) -> None:
        found._obj.value = address.value

    def _cuStreamCreate(self, stream: Any, flags: int) -> None:
        stream._obj.value = self._keep(self.fake.new_stream())

    def _cuStreamDestroy(self, stream: Any) -> None: ...

    def _cuStreamSynchronize(self, stream: Any) -> None:
        self.fake.wait_for_stream(self._find(stream))

    def _cuStreamWaitEvent(self, stream: Any, event: Any, flags: int) -> None:
        self.fake.order_after(self._find(stream), self._find(self._find(event)))

    def _cuEventCreate(self, event: Any, flags: int) -> None:
        event._obj.value = self._keep(0)

    def _cuEventDestroy(self, event: Any) -> None: ...

    def _cuEventRecord(self, event: Any, stream: Any) -> None:
        self.handles[event.value] = self._keep(self.fake.new_event(self._find(stream)))

    def _cuEventSynchronize(self, event: Any) -> None:
        self.fake.wait_for_event(self._find(self._find(event)))

    def _cuEventElapsedTime(self, found: Any, earlier: Any, later: Any) -> None:
        found._obj.value = 1.5

    def _cuModuleLoadDataEx(self, module: Any, image: Any, *options: Any) -> None:
        module._obj.value = self._keep(self.fake.load(image.value.decode()))

    def _cuModuleUnload(self, module: Any) -> None: ...

    def _cuModuleGetFunction(self, function: Any, module: Any, name: bytes) -> None:
        found = self.fake.function(self._find(module), name.decode())
        function._obj.value = self._keep(found)

    def _cuFuncGetAttribute(self, found: Any, which: int, function: Any) -> None:
        found._obj.value = 1

    def _cuLaunchKernel(self, function: Any, *rest: Any) -> None:
        gx, gy, gz, bx, by, bz, shared, stream, parameters, _ = rest
        places = list(parameters)
        kernel = self._find(function)
        self.fake.launch(kernel, (gx, gy, gz), (bx, by, bz), shared, self._find(stream), places)


def main() -> None:
    """Runs an example, and what else a driver is asked for."""
    cuda = FakeCuda()
    library: Any = numba_driver_module
    library._logger = library.make_logger()
    numba = library.driver
    numba.lib = cuda
    numba.is_initialized, numba.initialization_error, numba.pid = True, None, os.getpid()
    device = CudaDevice(numba_driver(), arena=1 << 16)
    use_device(device)
    assert device.driver.name() == "no GPU" and device.capability == (9, 0)
    for example in EXAMPLES:
        module = example.module()
        compiled = sw.compile(module, target="cuda", use_cache=False, level=1)
        assert isinstance(compiled, CudaModule)
        cuda.fake.teach(module, compiled.code.ptx)
        arguments = example.make(*example.sizes[0])
        compiled[example.entry](*arguments)
        expected = example.result(*arguments[:-1])
        np.testing.assert_allclose(arguments[-1], expected, rtol=2e-5, atol=2e-5)
    _rest(device, cuda.fake)
    print(f"{len(cuda.fake.launches)} launches")


def _rest(device: CudaDevice, fake: FakeDriver) -> None:
    first, second = device.new_stream(), device.new_stream()
    start = first.record()
    second.wait(first.record())
    assert second.record().milliseconds_since(start) == 1.5
    device.synchronize()
    one, other = device.allocate(64), device.allocate(64)
    device.copy_on_device(one, other, device.stream)
    device.stream.synchronize()
    host = np.zeros(64, np.uint8)
    device.driver.register(host.ctypes.data, 64)
    device.driver.unregister(host.ctypes.data)
    fake.fails["cuStreamSynchronize"] = "CUDA_ERROR_ILLEGAL_ADDRESS"
    try:
        device.stream.synchronize()
    except DeviceError as error:
        assert "cuStreamSynchronize found CUDA_ERROR_ILLEGAL_ADDRESS" in str(error), error
    else:
        raise AssertionError("the failure was lost")
    fake.fails.clear()
    try:
        device.load_module("this is no PTX")
    except DeviceError as error:
        assert "loading PTX failed" in str(error) and "CUDA_ERROR_INVALID_PTX" in str(error), error
    try:
        device.allocate(1 << 30)
    except MemoryError as error:
        assert "GPU memory is overflow" in str(error)
    assert ctypes.sizeof(ctypes.c_void_p) == 8


if __name__ == "__main__":
    main()
