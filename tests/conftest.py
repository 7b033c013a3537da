"""What every test shares: the collection of text tests, and a heap to count in."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from hypothesis import settings

from tests.text_tests.collection import collect_text

# The same examples each time, at any speed; `--hypothesis-profile=default` tries new ones.
settings.register_profile("same-each-time", derandomize=True, deadline=None)
settings.load_profile("same-each-time")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Makes each `.mlir` file with RUN lines a test."""
    return collect_text(file_path, parent)


@pytest.fixture
def only_our_garbage() -> None:
    """For tests that count what is alive: what tests before this one have left in cycles, as errors
    with their frames, is gone, so that no collection in the middle changes the counts."""
    gc.collect()
