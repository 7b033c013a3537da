"""The tensor library on kernels: emulated on the CPU, and through a device's driver."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest

from stepwell.backends.cpu.signature import FunctionSignature
from stepwell.dialects.gpu.function import GPUFuncOp
from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor import plans, targets
from stepwell.frontend.jittor.failures import failure
from stepwell.ir.clone import clone
from stepwell.ir.operation import Operation, walk
from stepwell.ir.text.parse import parse_module
from stepwell.passes.pipelines import run_passes
from stepwell.runtime import compiled
from stepwell.runtime.cache import Entry
from stepwell.runtime.cuda.compiling import compile_parts
from stepwell.runtime.cuda.default import use_device
from stepwell.runtime.cuda.device import CudaDevice
from stepwell.runtime.cuda.pool import DeviceOutOfMemoryError
from tests.runtime.cuda.fake_driver import FakeDriver

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


def floats(*shape: int) -> Floats:
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(np.float32)


@pytest.fixture
def emulated(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("STEPWELL_TARGET", targets.EMULATED)
    plans.forget_plans()
    yield
    monkeypatch.delenv("STEPWELL_TARGET")
    plans.forget_plans()


class NoCache:
    """So that every program is compiled, and the driver learns its kernels."""

    def get_or_build(self, key: str, build: Callable[[], Entry]) -> Entry:
        return build()


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDriver]:
    driver = FakeDriver(memory=1 << 24)
    use_device(CudaDevice(driver, arena=1 << 16))

    def compile_and_teach(
        lowered: Operation,
        signatures: Sequence[FunctionSignature],
        first: str,
        level: int,
        chip: str,
        instruments: Sequence[object] = (),
    ) -> Entry:
        loops = clone(lowered)
        run_passes(loops, first, verify_each=False)
        entry = compile_parts(lowered, signatures, first, level, chip)
        about = entry.metadata["cuda"]
        assert isinstance(about, str)
        driver.learn(loops, json.loads(about)["ptx"])
        return entry

    monkeypatch.setattr(compiled, "compile_parts", compile_and_teach)
    monkeypatch.setattr(compiled, "default_cache", NoCache)
    jt.flags.opt_level = 1
    yield driver
    jt.flags.use_cuda = 0
    use_device(None)


def elementwise() -> tuple[jt.Var, Floats]:
    x = floats(37, 19)
    return jt.maximum(jt.array(x) * 2.0 + 1.0, 0.0), np.maximum(x * 2 + 1, 0)


def reductions() -> tuple[jt.Var, Floats]:
    x = floats(33, 17)
    v = jt.array(x)
    return v.sum(1) + v.max(1) * v.sum(), x.sum(1) + x.max(1) * x.sum(dtype=np.float64)


def sum_of_columns() -> tuple[jt.Var, Floats]:
    x = floats(50, 3)
    return jt.array(x).mean(0), x.mean(0)


def product() -> tuple[jt.Var, Floats]:
    a, b = floats(21, 35), floats(35, 18)
    return jt.matmul(jt.array(a), jt.array(b)), a @ b


def perceptron() -> tuple[jt.Var, Floats]:
    x, w1, w2, b = floats(5, 13), floats(13, 31), floats(31, 7), floats(31)
    hidden = jt.nn.relu(jt.matmul(jt.array(x), jt.array(w1)) + jt.array(b))
    return jt.matmul(hidden, jt.array(w2)), np.maximum(x @ w1 + b, 0) @ w2


def softmax() -> tuple[jt.Var, Floats]:
    x = floats(33, 70)
    powers = np.exp(x - x.max(1, keepdims=True))
    return jt.nn.softmax(jt.array(x), dim=-1), powers / powers.sum(1, keepdims=True)


def layer_norm() -> tuple[jt.Var, Floats]:
    x = floats(31, 1000)
    centered = x - x.mean(1, keepdims=True)
    return jt.nn.LayerNorm(1000)(jt.array(x)), centered / np.sqrt(x.var(1, keepdims=True) + 1e-5)


def batch_norm() -> tuple[jt.Var, Floats]:
    x = floats(3, 4, 5, 7)
    centered = x - x.mean((0, 2, 3), keepdims=True)
    spread = np.sqrt(x.var((0, 2, 3), keepdims=True) + 1e-5)
    return jt.nn.BatchNorm(4)(jt.array(x)), centered / spread


def sum_of_everything() -> tuple[jt.Var, Floats]:
    x = floats(3, 4097)
    return jt.array(x).sum(), np.array([x.sum(dtype=np.float64)], np.float32)


CASES = [
    elementwise, reductions, sum_of_columns, product, perceptron, softmax, layer_norm, batch_norm,
    sum_of_everything,
]  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_operations_as_emulated_kernels(
    emulated: None, case: Callable[[], tuple[jt.Var, Floats]]
) -> None:
    found, expected = case()
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-4, atol=1e-4)


def test_a_derivative_in_emulated_kernels(emulated: None) -> None:
    x, w = jt.array(floats(4, 9)), jt.array(floats(9, 3))
    loss = (jt.matmul(x, w) * jt.matmul(x, w)).sum()
    (found,) = jt.grad(loss, [w])
    expected = 2 * x.numpy().T @ (x.numpy() @ w.numpy())
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-4, atol=1e-4)


def kernels_of(made: jt.Var) -> list[Operation]:
    module = parse_module(jt.dump_ir(made, "buffers"))
    run_passes(module, "linalg-to-kernels")
    return [op for op in walk(module) if isinstance(op, GPUFuncOp)]


def test_a_layer_with_its_activation_is_one_kernel() -> None:
    x = jt.array(floats(5, 8))
    assert len(kernels_of(jt.nn.relu(jt.nn.Linear(8, 3)(x)))) == 1
    (image,) = kernels_of(jt.nn.relu(jt.array(floats(2, 3, 4, 5)) + jt.array(floats(3, 1, 1))))
    divisions = [op for op in walk(image) if op.name == "arith.divui"]
    assert len(divisions) <= 2, "height and width are one dimension"


def test_rows_are_reduced_by_blocks() -> None:
    names = [
        sum(op.name == "gpu.all_reduce" for op in walk(kernel))
        for kernel in kernels_of(jt.nn.softmax(jt.array(floats(5, 8)), dim=-1))
    ]
    assert names == [1, 0, 1, 0]


@pytest.mark.parametrize("size", [1, 31, 33, 1000, 4097])
def test_sizes_that_fit_no_block(emulated: None, size: int) -> None:
    x = floats(size, 3)
    v = jt.array(x)
    np.testing.assert_allclose((v * 2.0).numpy(), x * 2)
    np.testing.assert_allclose(v.sum(0).numpy(), x.sum(0), rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(v.max().numpy(), [x.max()])


def test_the_same_sum_has_the_same_bytes(emulated: None) -> None:
    v = jt.array(floats(50, 1000))
    assert len({v.sum().numpy().tobytes() for _ in range(3)}) == 1


@pytest.mark.usefixtures("nothing_compiled")
def test_plans_are_found_again_for_other_sizes(emulated: None) -> None:
    before = jt.compile_stats()
    for size in (1, 4, 8):
        x = floats(size, 5)
        np.testing.assert_allclose((jt.array(x) * 3.0).numpy(), x * 3, rtol=1e-6)
    after = jt.compile_stats()
    assert after.compiled - before.compiled == 1 and after.hits - before.hits == 2


@pytest.mark.parametrize("case", [elementwise, reductions, perceptron])
def test_operations_on_a_device(
    driver: FakeDriver, case: Callable[[], tuple[jt.Var, Floats]]
) -> None:
    jt.flags.use_cuda = 1
    found, expected = case()
    found.sync()
    assert found.location() == "device" and found.device == "cuda" and driver.launches
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-4, atol=1e-4)


def test_values_stay_on_the_device_between_plans(driver: FakeDriver) -> None:
    jt.flags.use_cuda = 1
    x = floats(9)
    y = (jt.array(x) * 2.0).sync()
    before = dict(driver.copies)
    z = (y + 1.0).sync()
    assert driver.copies == before, "the value was there"
    assert z.location() == "device"
    np.testing.assert_allclose(z.numpy(), x * 2 + 1, rtol=1e-6)
    assert y.cpu().location() == "cpu"
    assert y.cuda().location() == "device"


def test_values_come_back_when_the_device_is_left(driver: FakeDriver) -> None:
    jt.flags.use_cuda = 1
    x = floats(9)
    y = (jt.array(x) * 2.0).sync()
    jt.flags.use_cuda = 0
    z = (y + 1.0).sync()
    assert z.location() == "cpu"
    np.testing.assert_allclose(z.numpy(), x * 2 + 1, rtol=1e-6)


def test_overflow_of_the_device_is_told_in_jittors_words() -> None:
    with pytest.raises(jt.TensorError, match="(?s)GPU memory is overflow.*Total: 1MB Used: 1.5MB"):
        raise failure(None, DeviceOutOfMemoryError(3 << 19, 1 << 20))
