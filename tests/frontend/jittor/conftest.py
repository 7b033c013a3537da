"""The same random numbers in every test, the same flags, and plans that no test before has made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor import plans
from stepwell.frontend.jittor.plans import forget_plans
from stepwell.runtime.cache import CompiledModuleCache, module_cache


@pytest.fixture(autouse=True)
def _reproducible() -> None:
    jt.set_global_seed(7)


@pytest.fixture(autouse=True)
def _flags_as_before() -> Iterator[None]:
    before = dict(jt.flags.values)
    yield
    for name, value in before.items():
        if jt.flags.values[name] != value:
            setattr(jt.flags, name, value)


@pytest.fixture
def nothing_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that count what is compiled or how long it takes: no plan and no module is there
    already, from another test, another run of the suite or another process; and no values are on a
    device, so that none is looked for."""
    monkeypatch.setitem(module_cache._default, "cache", CompiledModuleCache(None))
    forget_plans()
    monkeypatch.setattr(plans._STATE, "has_device_values", False)
