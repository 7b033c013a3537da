"""The same random numbers in every test."""

from __future__ import annotations

import pytest

from stepwell.frontend import jittor as jt


@pytest.fixture(autouse=True)
def _reproducible() -> None:
    jt.set_global_seed(7)
