"""The device behind its driver: memory, copies, streams, launches, and what is said of failures."""

from __future__ import annotations

import gc
import struct
from collections.abc import Callable

import numpy as np
import pytest

import stepwell as sw
from stepwell.backends.cpu.signature import FunctionSignature, MemRefArg, ScalarArg
from stepwell.backends.ptx.compile import kernels_to_ptx
from stepwell.ir.clone import clone
from stepwell.ir.diagnostics import DeviceError
from stepwell.ir.operation import Operation
from stepwell.runtime.arguments import ArgumentTypeError
from stepwell.runtime.buffers import Buffer
from stepwell.runtime.cuda.arrays import DeviceArray, stand_in
from stepwell.runtime.cuda.device import CudaDevice
from stepwell.runtime.cuda.pool import DeviceOutOfMemoryError
from stepwell.runtime.device import CpuDevice
from tests.runtime.cuda.conftest import ARENA
from tests.runtime.cuda.fake_driver import GARBAGE, FakeDriver

SCALE = """
module attributes {gpu.container_module} {
  gpu.module @m {
    gpu.func @scale(%x: memref<?x?xf32>, %by: f32, %n: i32) kernel {
      %r = gpu.block_id x
      %c = gpu.thread_id x
      %v = memref.load %x[%r, %c] : memref<?x?xf32>
      %k = arith.sitofp %n : i32 to f32
      %w = arith.mulf %v, %by : f32
      %y = arith.addf %w, %k : f32
      memref.store %y, %x[%r, %c] : memref<?x?xf32>
      gpu.return
    }
  }
}
"""
SIGNATURE = FunctionSignature(
    "scale", (MemRefArg("f32", (None, None)), ScalarArg("f32"), ScalarArg("i32"))
)


def scale_kernel(driver: FakeDriver, gpu: CudaDevice) -> Callable[..., object]:
    module: Operation = sw.parse(SCALE)
    lowered = clone(module)
    sw.run_passes(lowered, "kernels-to-nvvm")
    ptx = kernels_to_ptx(lowered, 1)
    driver.teach(module, {"m": ptx})
    return gpu.load(ptx.encode(), [SIGNATURE])["scale"]


def test_copies_wait_for_their_stream(gpu: CudaDevice, driver: FakeDriver) -> None:
    buffer = gpu.allocate(64)
    source, target = np.arange(16, dtype=np.float32), np.zeros(16, np.float32)
    gpu.copy_to_device(source, buffer, gpu.stream)
    assert driver.blocks[next(iter(driver.blocks))].min() == GARBAGE, "the copy waits"
    gpu.copy_to_host(buffer, target, gpu.stream)
    np.testing.assert_array_equal(target, source)
    other = gpu.allocate(64)
    gpu.copy_on_device(buffer, other, gpu.stream)
    gpu.copy_to_host(other, target[:8], gpu.stream)
    assert driver.copies == {"to device": 1, "to host": 2, "on device": 1}


def test_copies_that_do_not_fit_are_refused(gpu: CudaDevice) -> None:
    buffer = gpu.allocate(8)
    with pytest.raises(DeviceError, match="16 bytes do not fit in a buffer of 8"):
        gpu.copy_to_device(np.zeros(4, np.float32), buffer, gpu.stream)
    frozen = np.zeros(1)
    frozen.flags.writeable = False
    with pytest.raises(DeviceError, match="read-only"):
        gpu.copy_to_host(buffer, frozen, gpu.stream)
    with pytest.raises(DeviceError, match="not one of cuda:0"):
        gpu.copy_to_device(np.zeros(1), buffer, CpuDevice().new_stream())
    with pytest.raises(DeviceError, match="cannot read a GPU's memory"):
        buffer.array(np.float32, (1,))


def test_the_pool_reuses_memory(gpu: CudaDevice, driver: FakeDriver) -> None:
    first = gpu.allocate(1000)
    address = first.address
    assert gpu.statistics().used == 1024 and gpu.statistics().reserved == ARENA
    del first
    gc.collect()
    assert gpu.statistics().used == 0 and gpu.statistics().reserved == ARENA
    assert gpu.allocate(1000).address == address
    many = [gpu.allocate(256) for _ in range(ARENA // 256)]
    assert driver.calls.count("cuMemAlloc") <= 2
    del many
    gpu.trim()
    assert gpu.statistics().reserved == 0 and not driver.blocks


def test_overflow_is_told_in_jittors_words(driver: FakeDriver) -> None:
    limited = CudaDevice(driver, limit=1 << 20, arena=ARENA)
    kept = limited.allocate(512 << 10)
    with pytest.raises(DeviceOutOfMemoryError) as caught:
        limited.allocate(768 << 10)
    assert isinstance(caught.value, MemoryError)
    text = str(caught.value).removeprefix("error: ")
    assert text == (
        "GPU memory is overflow, please reduce your batch_size or data size!\n"
        "Total: 1MB Used: 1.25MB"
    )
    assert limited.statistics().used == kept.size


def test_memory_that_nobody_uses_goes_back_before_the_pool_fails(driver: FakeDriver) -> None:
    device = CudaDevice(driver, arena=ARENA)
    small = [device.allocate(driver.memory // 4) for _ in range(3)]
    del small
    gc.collect()
    large = device.allocate(driver.memory * 7 // 8)
    assert device.statistics().reserved == large.size
    with pytest.raises(DeviceOutOfMemoryError, match="Total: 16MB"):
        device.allocate(driver.memory + 1)


def test_parameters_are_packed_as_upstreams_kernels_take_them(
    gpu: CudaDevice, driver: FakeDriver
) -> None:
    kernel = scale_kernel(driver, gpu)
    x = gpu.upload(np.ones((3, 5), np.float32))
    gpu.launch(kernel, [(3,), (5, 1), 0, x, 2.5, -7], gpu.stream)
    (seen,) = driver.launches
    assert (seen.name, seen.grid, seen.block, seen.shared) == ("scale", (3, 1, 1), (5, 1, 1), 0)
    wide = [struct.pack("<q", n) for n in (x.address, x.address, 0, 3, 5, 5, 1)]
    assert seen.parameters == (*wide, struct.pack("<f", 2.5), struct.pack("<i", -7))
    np.testing.assert_array_equal(x.numpy(), np.full((3, 5), 2.5 - 7, np.float32))


def test_kernels_take_arrays_of_the_gpu_only(gpu: CudaDevice, driver: FakeDriver) -> None:
    kernel = scale_kernel(driver, gpu)
    host = np.ones((3, 5), np.float32)
    with pytest.raises(DeviceError, match="the array is the host's"):
        gpu.launch(kernel, [(3,), (5,), 0, host, 2.5, 1], gpu.stream)
    with pytest.raises(ArgumentTypeError, match="expected dtype float32"):
        wrong = gpu.upload(host.astype(np.float64))
        gpu.launch(kernel, [(3,), (5,), 0, wrong, 2.5, 1], gpu.stream)
    with pytest.raises(DeviceError, match="one to three sizes"):
        gpu.launch(kernel, ["3", (5,), 0, gpu.upload(host), 1.0, 1], gpu.stream)
    with pytest.raises(DeviceError, match="kernels that it has loaded"):
        gpu.launch(print, [1, 1, 0], gpu.stream)


def test_an_empty_launch_is_none(gpu: CudaDevice, driver: FakeDriver) -> None:
    kernel = scale_kernel(driver, gpu)
    x = gpu.upload(np.ones((0, 5), np.float32))
    gpu.launch(kernel, [(0,), (5,), 0, x, 2.5, 1], gpu.stream)
    assert not driver.launches


def test_streams_wait_for_events(gpu: CudaDevice, driver: FakeDriver) -> None:
    kernel = scale_kernel(driver, gpu)
    first, second = gpu.new_stream(), gpu.new_stream()
    x = gpu.upload(np.ones((1, 4), np.float32))
    gpu.stream.synchronize()
    start = first.record()
    gpu.launch(kernel, [1, 4, 0, x, 3.0, 0], first)
    event = first.record()
    second.wait(event)
    gpu.launch(kernel, [1, 4, 0, x, 1.0, 10], second)
    second.synchronize()
    np.testing.assert_array_equal(x.numpy(), np.full((1, 4), 13, np.float32))
    assert event.milliseconds_since(start) == 1.5
    with pytest.raises(DeviceError, match="different devices"):
        event.milliseconds_since(CpuDevice().new_stream().record())


def test_arrays_with_gaps_keep_their_strides(gpu: CudaDevice) -> None:
    whole = np.arange(40, dtype=np.int32).reshape(5, 8)
    part = gpu.upload(whole[::2, 1:6:2])
    np.testing.assert_array_equal(part.numpy(), whole[::2, 1:6:2])
    assert part.shape == (3, 3) and part.strides == (64, 8)


def test_arrays_are_found_by_other_libraries(gpu: CudaDevice) -> None:
    interface = gpu.upload(np.ones((2, 3), np.float32)).__cuda_array_interface__
    assert interface["shape"] == (2, 3) and interface["typestr"] == "<f4"
    assert interface["version"] == 3


@pytest.mark.parametrize(
    ("call", "code", "text"),
    [
        ("cuLaunchKernel", "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES",
         r"cuda:0: launching @scale with blocks \(1, 1, 1\) of threads \(4, 1, 1\) failed: "
         r"cuLaunchKernel found CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES; use smaller blocks"),
        ("cuStreamSynchronize", "CUDA_ERROR_ILLEGAL_ADDRESS",
         r"the work of a stream failed: .* run with --target=interpreter"),
        ("cuMemcpyDtoH", "CUDA_ERROR_INVALID_VALUE", r"copying 16 bytes to the host failed"),
        ("cuMemAlloc", "CUDA_ERROR_INVALID_CONTEXT", r"allocating 65536 bytes failed"),
        ("cuMemAlloc", "CUDA_ERROR_OUT_OF_MEMORY", r"GPU memory is overflow"),
        ("cuModuleLoadDataEx", "CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
         r"loading PTX failed: .* update the GPU's driver.*\nas the test wanted"),
        ("cuModuleGetFunction", "CUDA_ERROR_NOT_FOUND", r"finding the kernel @scale failed"),
        ("cuStreamCreate", "CUDA_ERROR_UNKNOWN", r"making a stream failed"),
    ],
)  # fmt: skip
def test_failures_say_what_failed_and_what_to_do(
    gpu: CudaDevice, driver: FakeDriver, call: str, code: str, text: str
) -> None:
    driver.fails[call] = code
    with pytest.raises(DeviceError, match=text):
        kernel = scale_kernel(driver, gpu)
        x = gpu.upload(np.ones((1, 4), np.float32))
        gpu.launch(kernel, [1, 4, 0, x, 1.0, 1], gpu.stream)
        gpu.new_stream()
        x.numpy()


def test_buffers_of_other_libraries_must_be_whole(gpu: CudaDevice) -> None:
    class Broken:
        __cuda_array_interface__ = {"shape": (2,)}

    kernel = DeviceArray(0, (1,), None, np.dtype(np.float32), None, gpu)
    assert kernel.nbytes == 4
    with pytest.raises(DeviceError, match="malformed"):
        stand_in(Broken())
    assert stand_in(Buffer(0, 0)) is None


class OfOthers:
    """An array of another library, which says that it lies on a GPU."""

    def __init__(self, array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> None:
        self.array = array

    def __dlpack_device__(self) -> tuple[int, int]:
        return 2, 0

    def __dlpack__(self) -> object:
        return self.array.__dlpack__()  # type: ignore[misc]


@pytest.mark.parametrize("dtype", ["f4", "f8", "i4", "u1", "c8", "?"])
def test_arrays_of_other_libraries_through_dlpack(dtype: str) -> None:
    array = np.arange(40).reshape(5, 8).astype(dtype)[1:, ::2]
    found = stand_in(OfOthers(array))
    assert found is not None
    assert found.ctypes.data == array.ctypes.data and found.dtype == array.dtype
    assert found.shape == array.shape and found.strides == array.strides
    assert stand_in(array) is None, "NumPy's arrays are the host's"
