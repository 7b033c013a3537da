"""The same random numbers in every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stepwell.frontend import jittor as jt


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
