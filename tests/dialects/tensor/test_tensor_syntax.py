"""Syntax and canonical form of the tensor dialect, compared with mlir-opt."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dialects.against_upstream import (
    check_custom_syntax,
    check_generic_syntax,
    check_pass,
    files,
)

HERE = Path(__file__).parent


@pytest.mark.parametrize("path", files(HERE / "corpus"), ids=lambda path: path.stem)
def test_custom_syntax_is_upstreams(path: Path) -> None:
    check_custom_syntax(path.read_text())


@pytest.mark.parametrize("path", files(HERE / "corpus"), ids=lambda path: path.stem)
def test_generic_syntax_is_upstreams(path: Path) -> None:
    check_generic_syntax(path.read_text())


@pytest.mark.parametrize("path", files(HERE / "canonical"), ids=lambda path: path.stem)
def test_canonical_form_is_upstreams(path: Path) -> None:
    check_pass(path.read_text(), "canonicalize")
