"""A device's pool as the tensor library shows it, gives it back and limits it."""

from __future__ import annotations

import pytest

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor.memory_info import mem_info, memory_text
from stepwell.runtime.calls import OutOfMemoryError
from stepwell.runtime.cuda.device import CudaDevice


def test_the_device_is_in_the_display_and_gc_empties_its_pool(gpu: CudaDevice) -> None:
    kept = gpu.allocate(5000)
    lines = memory_text(1, 2, 3).splitlines()
    assert len(lines) == 7 and "is_device: 1 used: 4.938KB" in lines[4]
    found = mem_info()
    assert found.total_cuda_ram == gpu.total_memory
    assert found.total_cuda_used == gpu.statistics().reserved >= 5000
    info = jt.flags.get_memory_info()
    assert info.used == gpu.statistics().used and info.total == gpu.statistics().reserved
    del kept
    jt.gc()
    assert mem_info().total_cuda_used == 0
    assert jt.flags.get_memory_info().unused == 0


def test_device_mem_limit_holds_for_the_device(gpu: CudaDevice) -> None:
    with jt.flag_scope(device_mem_limit=1 << 18):
        kept = gpu.allocate(1 << 17)
        with pytest.raises(OutOfMemoryError, match="GPU memory is overflow, please reduce your"):
            gpu.allocate(1 << 18)
        assert kept.size == 1 << 17
    assert gpu.allocate(1 << 18).size == 1 << 18
