"""Compiled calls for which there is no memory: a clean error, nothing left, and on it goes."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import stepwell as sw
from stepwell.backends.cpu.support import allocator
from stepwell.ir.diagnostics import DeviceError
from stepwell.runtime.calls import OutOfMemoryError
from stepwell.runtime.compiled import compile
from stepwell.runtime.executable import CompiledModule
from stepwell.runtime.pooled import empty_array, pooled_copy
from stepwell.runtime.pools import HOST, pools

BLOCK = 1 << 16

PROGRAM = """
func.func @blocks(%count: index, %size: index) -> memref<?xi8> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %list = memref.alloc(%count) : memref<?xmemref<?xi8>>
  scf.for %i = %zero to %count step %one {
    %made = memref.alloc(%size) : memref<?xi8>
    memref.store %made, %list[%i] : memref<?xmemref<?xi8>>
  }
  scf.for %i = %one to %count step %one {
    %made = memref.load %list[%i] : memref<?xmemref<?xi8>>
    memref.dealloc %made : memref<?xi8>
  }
  %first = memref.load %list[%zero] : memref<?xmemref<?xi8>>
  memref.dealloc %list : memref<?xmemref<?xi8>>
  return %first : memref<?xi8>
}
func.func @write(%size: index, %to: memref<1xi64>) {
  %zero = arith.constant 0 : index
  %value = arith.constant 7 : i64
  %made = memref.alloc(%size) : memref<?xi8>
  memref.dealloc %made : memref<?xi8>
  memref.store %value, %to[%zero] : memref<1xi64>
  return
}
"""


@pytest.fixture(params=[False, True], ids=["wrapper", "portable"])
def module(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> CompiledModule:
    monkeypatch.setenv("STEPWELL_PORTABLE_CALLS", "1" if request.param else "0")
    made = compile(sw.parse(PROGRAM))
    assert isinstance(made, CompiledModule)
    return made


@pytest.fixture(autouse=True)
def _no_limit_after(only_our_garbage: None) -> Iterator[None]:
    yield
    allocator.set_limits()


def in_use() -> tuple[int, int]:
    now = allocator.statistics()
    return now.used, now.live_blocks


def test_a_call_over_the_limit_frees_all_it_has_allocated(module: CompiledModule) -> None:
    before = in_use()
    allocator.set_limits(before[0] + 10 * BLOCK)
    for count in (50, 11, 50):
        with pytest.raises(OutOfMemoryError) as caught:
            module["blocks"](count, BLOCK - 64)
        assert in_use() == before
        assert caught.value.limit == before[0] + 10 * BLOCK < caught.value.used
    kept = module["blocks"](3, BLOCK - 64)
    assert in_use()[1] == before[1] + 1
    del kept
    assert in_use() == before
    now = allocator.statistics()
    assert now.used + now.cached == now.reserved


def test_the_error_is_ours_and_pythons(module: CompiledModule) -> None:
    used = in_use()[0]
    allocator.set_limits(used + BLOCK)
    with pytest.raises(MemoryError, match=r"out of memory: \d+ bytes would be in use, the limit"):
        module["blocks"](1, 4 * BLOCK)
    with pytest.raises(DeviceError):
        module["blocks"](1, 4 * BLOCK)


def test_more_than_the_system_has(module: CompiledModule) -> None:
    before = in_use()
    with pytest.raises(OutOfMemoryError, match="the system has no more") as caught:
        module["blocks"](1, 1 << 50)
    assert caught.value.limit is None
    assert in_use() == before


def test_what_succeeds_is_not_touched_by_what_fails_later(module: CompiledModule) -> None:
    kept = module["blocks"](1, BLOCK - 64)
    assert isinstance(kept, np.ndarray)
    kept[:] = 5
    allocator.set_limits(in_use()[0] + 2 * BLOCK)
    for _ in range(3):
        with pytest.raises(OutOfMemoryError):
            module["blocks"](9, BLOCK - 64)
    assert kept.min() == kept.max() == 5


def test_a_call_that_writes_goes_on_as_before(module: CompiledModule) -> None:
    target = np.zeros(1, np.int64)
    module["write"](100, target)
    assert target[0] == 7


def test_threads_fail_alone(module: CompiledModule) -> None:
    """Some calls have no room while others do; each answers for itself."""
    before = in_use()
    allocator.set_limits(before[0] + 24 * BLOCK)

    def work(number: int) -> str:
        try:
            module["blocks"](1 if number % 2 else 40, BLOCK - 64)
        except OutOfMemoryError:
            return "refused"
        return "done"

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(work, range(60)))
    assert answers[0::2] == ["refused"] * 30
    assert "done" in answers[1::2]
    gc.collect()
    assert in_use() == before


def test_what_is_cached_is_given_back_before_a_call_fails(module: CompiledModule) -> None:
    del module
    allocator.trim()
    used = in_use()[0]
    allocator.set_limits(used + 3 * BLOCK + 64)
    small = empty_array((2 * BLOCK - 64,), np.dtype(np.int8))
    del small
    assert allocator.statistics().cached >= 2 * BLOCK - 64
    large = empty_array((3 * BLOCK - 128,), np.dtype(np.int8))
    assert large.nbytes == 3 * BLOCK - 128


def test_pooled_arrays() -> None:
    before = in_use()
    source = np.arange(12, dtype=np.float64).reshape(3, 4).T
    made = pooled_copy(source, np.dtype(np.int16))
    assert made.flags.c_contiguous and made.flags.writeable and made.dtype == np.int16
    np.testing.assert_array_equal(made, source)
    assert made.ctypes.data % 64 == 0
    assert in_use()[1] == before[1] + 1
    row = made[1]
    del made
    assert in_use()[1] == before[1] + 1
    del row
    assert in_use() == before
    for shape in ((), (0, 3), (1,)):
        assert empty_array(shape, np.dtype(np.float32)).shape == shape
    allocator.set_limits(before[0] + 1000)
    with pytest.raises(OutOfMemoryError):
        empty_array((1000,), np.dtype(np.float32))


def test_the_hosts_pool_adds_up() -> None:
    kept = empty_array((1000,), np.dtype(np.float32))
    gone = empty_array((3000,), np.dtype(np.float32))
    del gone
    (host,) = [pool for pool in pools() if pool.name == HOST]
    assert not host.is_device and host.ram > host.total
    assert host.used >= kept.nbytes and host.unused >= 12_000
    assert host.used + host.unused == host.total <= host.peak + host.unused
