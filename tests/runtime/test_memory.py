"""The memory pool, buffers and the CPU device."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from random import Random

import numpy as np
import pytest

from stepwell.backends.cpu.support import allocator
from stepwell.ir.diagnostics import DeviceError
from stepwell.runtime.buffers import Buffer
from stepwell.runtime.device import CpuDevice
from stepwell.runtime.memory import Pool, host_pool


class Source:
    """Numbered memory, to see what a pool takes and gives back."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.next = 1 << 20
        self.held: dict[int, int] = {}

    def take(self, size: int) -> int | None:
        if sum(self.held.values()) + size > self.capacity:
            return None
        address, self.next = self.next, self.next + size
        self.held[address] = size
        return address

    def give(self, address: int) -> None:
        del self.held[address]


def make(capacity: int, arena: int = 1024) -> tuple[Pool, Source]:
    source = Source(capacity)
    return Pool(source.take, source.give, arena=arena, name="toy"), source


def test_best_fit_takes_the_smallest_block_that_is_large_enough() -> None:
    pool, _ = make(1024)
    blocks = [pool.allocate(size) for size in (256, 64, 128, 64, 512)]
    pool.free(blocks[0])
    pool.free(blocks[2])
    assert pool.allocate(100) == blocks[2]
    assert pool.allocate(100) == blocks[0]
    assert pool.allocate(100) == blocks[0] + 128


def test_neighbours_merge_in_any_order() -> None:
    for order in ([0, 1, 2], [2, 1, 0], [0, 2, 1], [1, 0, 2]):
        pool, source = make(1024)
        blocks = [pool.allocate(size) for size in (256, 256, 512)]
        for i in order:
            pool.free(blocks[i])
        assert pool.statistics().largest_free == 1024
        pool.trim()
        assert not source.held and pool.statistics().reserved == 0


def test_neighbouring_arenas_do_not_merge() -> None:
    pool, source = make(4096)
    blocks = [pool.allocate(1024) for _ in range(3)]
    for block in blocks:
        pool.free(block)
    assert pool.statistics().largest_free == 1024
    pool.trim()
    assert not source.held


def test_out_of_memory_says_how_much_there_is() -> None:
    pool, _ = make(1024)
    blocks = [pool.allocate(256) for _ in range(4)]
    pool.free(blocks[0])
    pool.free(blocks[2])
    with pytest.raises(DeviceError) as caught:
        pool.allocate(300)
    assert str(caught.value) == (
        "error: out of toy memory: wanted 300 bytes, free 512, largest free block 256"
    )


def test_limit() -> None:
    pool = host_pool(limit=4096, arena=1 << 20)
    held = pool.allocate(1000)
    message = "wanted 5000 bytes, free 3072, largest free block 0, limit 4096"
    with pytest.raises(DeviceError, match=message):
        pool.allocate(5000)
    pool.free(held)
    with pytest.raises(DeviceError, match="not a live block"):
        pool.free(held)
    with pytest.raises(DeviceError, match="cannot allocate -1 bytes"):
        pool.allocate(-1)


def test_random_allocations_never_overlap() -> None:
    random = Random(5)
    pool, source = make(1 << 20, arena=4096)
    live: dict[int, int] = {}
    for _ in range(5000):
        if live and random.random() < 0.5:
            address = random.choice(list(live))
            del live[address]
            pool.free(address)
        else:
            size = random.choice([0, 1, 64, 65, 500, 3000, 9000])
            address = pool.allocate(size)
            assert address % 64 == 0
            live[address] = size
    ranges = sorted(live.items())
    for (start, size), (following, _) in zip(ranges, ranges[1:], strict=False):
        assert start + max(size, 1) <= following
    assert pool.statistics().live_blocks == len(live)
    for address in live:
        pool.free(address)
    statistics = pool.statistics()
    assert statistics.used == statistics.live_blocks == 0 and statistics.peak > 0
    pool.trim()
    assert not source.held


def test_pool_with_threads() -> None:
    pool = host_pool(arena=1 << 16)

    def work(seed: int) -> None:
        random = Random(seed)
        held = []
        for _ in range(300):
            held.append(pool.allocate(random.randrange(2000)))
            if random.random() < 0.6:
                pool.free(held.pop(random.randrange(len(held))))
        for address in held:
            pool.free(address)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(8)))
    assert pool.statistics().live_blocks == 0
    pool.trim()
    assert pool.statistics().reserved == 0


def test_buffers_go_back_with_their_last_array() -> None:
    device = CpuDevice()
    array = device.allocate(400).array(np.float32, (10, 10))
    array[...] = 3
    assert array.ctypes.data % 64 == 0
    row = array[4]
    del array
    gc.collect()
    assert device.statistics().live_blocks == 1
    assert row.sum() == 30
    del row
    gc.collect()
    assert device.statistics().live_blocks == 0


def test_buffers_over_arrays_share_memory() -> None:
    array = np.arange(12, dtype=np.int16).reshape(3, 4)
    buffer = Buffer.from_array(array)
    buffer.array(np.int16, (2,), offset=4)[0] = 99
    assert array[0, 2] == 99
    with pytest.raises(DeviceError, match="24 bytes cannot hold"):
        buffer.array(np.int64, (4,))
    with pytest.raises(DeviceError, match="not contiguous"):
        Buffer.from_array(array[:, ::2])
    with pytest.raises(DeviceError, match="cannot use the memory of list"):
        Buffer.from_array([1, 2])


def test_device_copies_and_times() -> None:
    device = CpuDevice(limit=1 << 16)
    stream = device.new_stream()
    start = stream.record()
    source = np.random.default_rng(0).standard_normal((5, 7))
    buffer = device.allocate(source.nbytes)
    device.copy_to_device(source, buffer, stream)
    target = np.zeros_like(source)
    device.copy_to_host(buffer, target, stream)
    device.synchronize()
    np.testing.assert_array_equal(source, target)
    assert stream.record().milliseconds_since(start) > 0
    with pytest.raises(DeviceError, match="out of host memory: wanted 100000 bytes"):
        device.allocate(100000)


@pytest.mark.usefixtures("only_our_garbage")
def test_native_allocator_reuses_and_counts() -> None:
    allocator.trim()
    before = allocator.statistics()
    addresses = [allocator.allocate(size) for size in (0, 1, 64, 65, 1000, 1 << 20)]
    assert None not in addresses and len(set(addresses)) == 6
    assert all(address is not None and address % 64 == 0 for address in addresses)
    assert allocator.statistics().live_blocks == before.live_blocks + 6
    for address in addresses:
        assert address is not None
        allocator.free(address)
    assert allocator.allocate(1 << 20) == addresses[-1]
    assert addresses[-1] is not None
    allocator.free(addresses[-1])
    assert allocator.statistics().used == before.used
    allocator.trim()
    assert allocator.statistics().cached == 0
    assert allocator.statistics().reserved == before.reserved


@pytest.mark.usefixtures("only_our_garbage")
def test_native_allocator_limit() -> None:
    assert allocator.allocate(1 << 62) is None
    allocator.trim()
    allocator.set_limits(limit=allocator.statistics().reserved + (1 << 20))
    try:
        assert allocator.allocate(1 << 21) is None
    finally:
        allocator.set_limits()
