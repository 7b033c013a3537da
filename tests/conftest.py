"""What every test shares: an empty cache, the collection of text tests, and a heap to count in."""

from __future__ import annotations

import gc
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from tests.text_tests.collection import collect_text

# The same examples each time, at any speed; `--hypothesis-profile=default` tries new ones.
settings.register_profile("same-each-time", derandomize=True, deadline=None)
settings.load_profile("same-each-time")

_CACHE = pytest.StashKey[tempfile.TemporaryDirectory[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Each process of the run starts with an empty cache: what earlier runs compiled, and settings
    of the machine's user, change no test."""
    for name in [name for name in os.environ if name.startswith("STEPWELL_")]:
        del os.environ[name]
    config.stash[_CACHE] = folder = tempfile.TemporaryDirectory(
        prefix="stepwell-tests-", ignore_cleanup_errors=True
    )
    os.environ["STEPWELL_CACHE_DIR"] = folder.name


def pytest_unconfigure(config: pytest.Config) -> None:
    """The cache goes."""
    config.stash[_CACHE].cleanup()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Makes each `.mlir` file with RUN lines a test."""
    return collect_text(file_path, parent)


@pytest.fixture
def only_our_garbage() -> None:
    """For tests that count what is alive: what tests before this one have left in cycles, as errors
    with their frames, is gone, so that no collection in the middle changes the counts."""
    gc.collect()
