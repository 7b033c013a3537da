"""Syntax and canonical form of dialects with a corpus of programs, compared with mlir-opt."""

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
CORPUS, CANONICAL = (
    [path for folder in sorted(HERE.glob(f"*/{name}")) for path in files(folder)]
    for name in ("corpus", "canonical")
)


def named(path: Path) -> str:
    """The dialect and the program."""
    return f"{path.parent.parent.name}-{path.stem}"


@pytest.mark.parametrize("path", CORPUS, ids=named)
def test_custom_syntax_is_upstreams(path: Path) -> None:
    check_custom_syntax(path.read_text())


@pytest.mark.parametrize("path", CORPUS, ids=named)
def test_generic_syntax_is_upstreams(path: Path) -> None:
    check_generic_syntax(path.read_text())


@pytest.mark.parametrize("path", CANONICAL, ids=named)
def test_canonical_form_is_upstreams(path: Path) -> None:
    check_pass(path.read_text(), "canonicalize")
