"""What every test shares: the collection of text tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.text_tests.collection import collect_text


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Makes each `.mlir` file with RUN lines a test."""
    return collect_text(file_path, parent)
