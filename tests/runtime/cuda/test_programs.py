"""Whole programs on a device: host code as machine code, kernels through the driver."""

from __future__ import annotations

import gc

import numpy as np
import pytest

import stepwell as sw
from stepwell.frontend.command_line.run import main as stepwell_run
from stepwell.ir.diagnostics import DeviceError
from stepwell.ir.operation import Operation
from stepwell.runtime.arguments import ArgumentTypeError, ArgumentValueError
from stepwell.runtime.cuda.arrays import DeviceArray
from stepwell.runtime.cuda.default import use_device
from stepwell.runtime.cuda.device import CudaDevice
from stepwell.runtime.cuda.program import CudaModule
from tests.backends.ptx.kernels import ALL, CASE_IDS, CASES, Example
from tests.examples.programs import PROGRAMS, Program, close
from tests.passes.gpu.host_program import HOST_WITH_TOKENS
from tests.runtime.cuda.conftest import ARENA
from tests.runtime.cuda.fake_driver import FakeDriver

ON_TENSORS = list(
    {one.name: one for one in PROGRAMS if one.name not in ("collatz", "jacobi")}.values()
)


def on_gpu(module: Operation, driver: FakeDriver) -> CudaModule:
    compiled = sw.compile(module, target="cuda", use_cache=False, level=1)
    assert isinstance(compiled, CudaModule)
    driver.teach(module, compiled.code.ptx)
    return compiled


def both(results: object) -> tuple[object, object]:
    assert isinstance(results, tuple) and len(results) == 2
    return results


@pytest.mark.parametrize(("example", "sizes"), CASES, ids=CASE_IDS)
def test_the_examples_for_gpus(
    gpu: CudaDevice, driver: FakeDriver, example: Example, sizes: tuple[int, ...]
) -> None:
    arguments = example.make(*sizes)
    on_gpu(example.module(), driver)[example.entry](*arguments)
    expected = example.result(*arguments[:-1])
    np.testing.assert_allclose(arguments[-1], expected, rtol=2e-5, atol=2e-5)
    assert driver.launches and gpu.statistics().used == 0


@pytest.mark.parametrize("program", ON_TENSORS, ids=lambda program: program.name)
def test_programs_on_tensors(gpu: CudaDevice, driver: FakeDriver, program: Program) -> None:
    inputs = program.inputs()
    returned = on_gpu(sw.parse(program.text()), driver)[program.entry](*inputs)
    results = list(returned) if isinstance(returned, tuple) else [returned]
    results += [inputs[index] for index in program.buffers]
    for given, expected in zip(results, program.expected(), strict=True):
        close(given, expected, program.tolerance)
    assert gpu.statistics().used == 0, "all memory came back"


ADD_ONE = """
func.func @main(%x: tensor<?xf32>) -> (tensor<?xf32>, index) {
  %c0 = arith.constant 0 : index
  %one = arith.constant dense<1.0> : tensor<f32>
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %b = linalg.broadcast ins(%one : tensor<f32>) outs(%e : tensor<?xf32>) dimensions = [0]
  %y = linalg.add ins(%x, %b : tensor<?xf32>, tensor<?xf32>) outs(%e : tensor<?xf32>)
    -> tensor<?xf32>
  return %y, %n : tensor<?xf32>, index
}
"""


def test_arrays_of_the_gpu_are_used_where_they_are(gpu: CudaDevice, driver: FakeDriver) -> None:
    function = on_gpu(sw.parse(ADD_ONE), driver)["main"]
    x = np.arange(33, dtype=np.float32)
    there = gpu.upload(x)
    before = dict(driver.copies)
    y, n = both(function.on_device(there))
    assert isinstance(y, DeviceArray) and n == 33
    z, _ = both(function.on_device(y))
    assert isinstance(z, DeviceArray)
    assert driver.copies["to host"] == before["to host"]
    np.testing.assert_array_equal(z.numpy(), x + 2)
    np.testing.assert_array_equal(there.numpy(), x)
    used = gpu.statistics().used
    del y
    gc.collect()
    assert gpu.statistics().used < used
    result, _ = both(function(there))
    assert isinstance(result, np.ndarray)


def test_arguments_are_checked_before_anything_is_copied(
    gpu: CudaDevice, driver: FakeDriver
) -> None:
    function = on_gpu(sw.parse(ADD_ONE), driver)["main"]
    before = dict(driver.copies)
    with pytest.raises(ArgumentTypeError, match="expected 1 argument, found 2"):
        function(1, 2)
    with pytest.raises(ArgumentTypeError, match="argument 1: expected dtype float32"):
        function(np.zeros(3))
    with pytest.raises(ArgumentValueError, match="expected rank 1"):
        function(np.zeros((3, 3), np.float32))
    assert driver.copies == before


def test_one_array_passed_twice_is_one_array_there(gpu: CudaDevice, driver: FakeDriver) -> None:
    text = """
func.func @main(%x: memref<?xf32>, %y: memref<?xf32>) {
  linalg.add ins(%x, %x : memref<?xf32>, memref<?xf32>) outs(%y : memref<?xf32>)
  return
}
"""
    x = np.ones(9, np.float32)
    on_gpu(sw.parse(text), driver)["main"](x, x)
    np.testing.assert_array_equal(x, np.full(9, 2, np.float32))


HOST_READS = """
func.func @main(%x: tensor<?xf32>) -> (tensor<f32>, f32) {
  %zero = arith.constant 0.0 : f32
  %two = arith.constant 2.0 : f32
  %e = tensor.empty() : tensor<f32>
  %start = linalg.fill ins(%zero : f32) outs(%e : tensor<f32>) -> tensor<f32>
  %sum = linalg.reduce ins(%x : tensor<?xf32>) outs(%start : tensor<f32>) dimensions = [0]
    (%v: f32, %acc: f32) {
      %more = arith.addf %v, %acc : f32
      linalg.yield %more : f32
    }
  %s = tensor.extract %sum[] : tensor<f32>
  %positive = arith.cmpf ogt, %s, %zero : f32
  %r = scf.if %positive -> tensor<f32> {
    %twice = linalg.add ins(%sum, %sum : tensor<f32>, tensor<f32>) outs(%e : tensor<f32>)
      -> tensor<f32>
    scf.yield %twice : tensor<f32>
  } else {
    scf.yield %sum : tensor<f32>
  }
  return %r, %s : tensor<f32>, f32
}
"""


@pytest.mark.parametrize("sign", [1, -1])
def test_what_the_host_reads_comes_back(gpu: CudaDevice, driver: FakeDriver, sign: int) -> None:
    x = sign * np.arange(7, dtype=np.float32)
    found, read = both(on_gpu(sw.parse(HOST_READS), driver)["main"](x))
    assert read == x.sum() and found == (2 * x.sum() if sign > 0 else x.sum())
    assert gpu.statistics().used == 0


def test_programs_that_manage_the_memory_themselves(gpu: CudaDevice, driver: FakeDriver) -> None:
    x = np.arange(5, dtype=np.int32)
    on_gpu(sw.parse(HOST_WITH_TOKENS), driver)["main"](x)
    np.testing.assert_array_equal(x, 2 * np.arange(5) + 100)
    assert driver.copies == {"to device": 2, "to host": 1, "on device": 0}
    assert gpu.statistics().used == 0


def test_registered_memory_of_the_host(gpu: CudaDevice, driver: FakeDriver) -> None:
    text = """
func.func @main(%n: index) -> i32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %seven = arith.constant 7 : i32
  %m = memref.alloc(%n) : memref<?xi32>
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %n, %gy = %c1, %gz = %c1)
             threads(%tx, %ty, %tz) in (%sx = %c1, %sy = %c1, %sz = %c1) {
    memref.store %seven, %m[%bx] : memref<?xi32>
    gpu.terminator
  }
  %v = memref.load %m[%c1] : memref<?xi32>
  memref.dealloc %m : memref<?xi32>
  return %v : i32
}
"""
    assert on_gpu(sw.parse(text), driver)["main"](4) == 7
    assert gpu.statistics().used == 0


@pytest.mark.parametrize("call", ["cuLaunchKernel", "cuMemcpyHtoD", "cuStreamSynchronize"])
def test_a_failure_in_a_call_is_raised_and_leaves_nothing(
    gpu: CudaDevice, driver: FakeDriver, call: str
) -> None:
    function = on_gpu(sw.parse(ADD_ONE), driver)["main"]
    driver.fails[call] = "CUDA_ERROR_UNKNOWN"
    with pytest.raises(DeviceError, match="CUDA_ERROR_UNKNOWN"):
        function(np.ones(8, np.float32))
    driver.fails.clear()
    gc.collect()
    assert gpu.statistics().used == 0
    result, _ = both(function(np.ones(8, np.float32)))
    assert isinstance(result, np.ndarray)
    np.testing.assert_array_equal(result, np.full(8, 2, np.float32))


def test_a_call_that_runs_out_of_memory(driver: FakeDriver) -> None:
    limited = CudaDevice(driver, limit=ARENA, arena=ARENA)
    use_device(limited)
    try:
        function = on_gpu(sw.parse(ADD_ONE), driver)["main"]
        with pytest.raises(MemoryError, match="GPU memory is overflow"):
            function(np.ones(ARENA // 4 - 64, np.float32))
        gc.collect()
        assert limited.statistics().used == 0
        assert both(function(np.ones(4, np.float32)))[1] == 4
    finally:
        use_device(None)


def test_compiled_programs_come_from_the_cache(gpu: CudaDevice, driver: FakeDriver) -> None:
    module = sw.parse(ADD_ONE)
    on_gpu(module, driver)
    for _ in range(2):
        found = sw.compile(module, target="cuda", level=1)["main"](np.zeros(3, np.float32))
        assert isinstance(found, tuple)
        np.testing.assert_array_equal(found[0], np.ones(3, np.float32))


def test_without_a_driver_there_is_a_clear_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from numba.cuda.cudadrv import driver as numba_driver

    if numba_driver.driver.is_available:
        pytest.skip("there is a driver")
    wanted = r"no CUDA driver found: .*; use --target=gpu-emulated or --emit=ptx"
    with pytest.raises(DeviceError, match=wanted):
        sw.compile(sw.parse(ADD_ONE), target="cuda")
    path = str(ALL[0].module() and "examples/gpu/softmax.mlir")
    assert stepwell_run([path, "--random=1", "--target=cuda"]) == 1
    shown = capsys.readouterr().err
    assert "no CUDA driver found" in shown and "Traceback" not in shown
