"""On a real GPU, where there is one."""

from __future__ import annotations

import gc

import numpy as np
import pytest

import stepwell as sw
from stepwell.backends.cpu.signature import FunctionSignature, MemRefArg, ScalarArg
from stepwell.backends.ptx.compile import kernels_to_ptx
from stepwell.frontend import jittor as jt
from stepwell.ir.diagnostics import DeviceError
from stepwell.runtime.cuda.arrays import DeviceArray
from stepwell.runtime.cuda.default import default_device
from stepwell.runtime.cuda.device import CudaDevice
from tests.backends.ptx.kernels import CASE_IDS, CASES, FOLDER, Example, random
from tests.examples.programs import PROGRAMS, Program, close
from tests.runtime.cuda.test_device import SCALE


def _why_not() -> str:
    try:
        default_device()
    except DeviceError as error:
        return str(error)
    return ""


REASON = _why_not()
pytestmark = [pytest.mark.gpu, pytest.mark.skipif(bool(REASON), reason=f"needs a GPU: {REASON}")]


@pytest.fixture
def gpu() -> CudaDevice:
    return default_device()


@pytest.mark.parametrize(("example", "sizes"), CASES, ids=CASE_IDS)
def test_the_examples_for_gpus(gpu: CudaDevice, example: Example, sizes: tuple[int, ...]) -> None:
    arguments = example.make(*sizes)
    sw.compile(example.module(), target="cuda")[example.entry](*arguments)
    expected = example.result(*arguments[:-1])
    np.testing.assert_allclose(arguments[-1], expected, rtol=1e-4, atol=1e-4)


def test_examples_of_fixed_sizes(gpu: CudaDevice) -> None:
    a, b = random(256, 128), random(128, 64)
    c = np.zeros((256, 64), np.float32)
    sw.compile(sw.parse((FOLDER / "matmul.mlir").read_text()), target="cuda")["matmul"](a, b, c)
    np.testing.assert_allclose(c, a @ b, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("program", PROGRAMS[:4], ids=lambda program: program.name)
def test_programs_on_tensors(gpu: CudaDevice, program: Program) -> None:
    found = sw.compile(sw.parse(program.text()), target="cuda")[program.entry](*program.inputs())
    close(found, program.expected()[0], max(program.tolerance, 1e-4))


def test_streams_order_launches(gpu: CudaDevice) -> None:
    module = sw.parse(SCALE)
    sw.run_passes(module, "kernels-to-nvvm")
    signature = FunctionSignature(
        "scale", (MemRefArg("f32", (None, None)), ScalarArg("f32"), ScalarArg("i32"))
    )
    kernel = gpu.load(kernels_to_ptx(module).encode(), [signature])["scale"]
    first, second = gpu.new_stream(), gpu.new_stream()
    x = gpu.upload(np.ones((64, 128), np.float32))
    gpu.stream.synchronize()
    start = first.record()
    gpu.launch(kernel, [64, 128, 0, x, 3.0, 0], first)
    event = first.record()
    second.wait(event)
    gpu.launch(kernel, [64, 128, 0, x, 1.0, 10], second)
    second.synchronize()
    np.testing.assert_array_equal(x.numpy(), np.full((64, 128), 13, np.float32))
    assert event.milliseconds_since(start) >= 0


def test_the_pool_reuses_memory(gpu: CudaDevice) -> None:
    first = gpu.allocate(1 << 20)
    address, reserved = first.address, gpu.statistics().reserved
    del first
    gc.collect()
    assert gpu.allocate(1 << 20).address == address
    assert gpu.statistics().reserved == reserved


def test_too_large_a_buffer(gpu: CudaDevice) -> None:
    with pytest.raises(MemoryError, match="GPU memory is overflow"):
        gpu.allocate(gpu.total_memory * 2)


def test_the_tensor_library(gpu: CudaDevice) -> None:
    with jt.flag_scope(use_cuda=1):
        x = random(37, 19)
        y = (jt.array(x) * 2.0 + 1.0).sum(1).sync()
        assert y.location() == "device" and isinstance(y.node.value, DeviceArray)
        np.testing.assert_allclose(y.numpy(), (x * 2 + 1).sum(1), rtol=1e-4, atol=1e-4)
