"""A GPU that is none, for programs to run on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stepwell.runtime.cuda.default import use_device
from stepwell.runtime.cuda.device import CudaDevice
from tests.runtime.cuda.fake_driver import FakeDriver

ARENA = 1 << 16


@pytest.fixture
def driver() -> FakeDriver:
    return FakeDriver(memory=1 << 24)


@pytest.fixture
def gpu(driver: FakeDriver) -> Iterator[CudaDevice]:
    device = CudaDevice(driver, arena=ARENA)
    use_device(device)
    yield device
    use_device(None)
