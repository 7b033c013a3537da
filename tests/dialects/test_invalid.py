"""What the verifiers of dialects refuse, and how they say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dialects.invalid_programs import check_refused, check_upstream_refuses, programs

OURS = ("meta",)
"""Dialects that upstream does not have."""

CASES = [
    pytest.param(path.parent.name, message, program, id=f"{path.parent.name}-{number}")
    for path in sorted(Path(__file__).parent.glob("*/invalid.mlir"))
    for number, (message, program) in enumerate(programs(path))
]


@pytest.mark.parametrize(("dialect", "message", "program"), CASES)
def test_invalid_program_is_refused(dialect: str, message: str, program: str) -> None:
    check_refused(message, program)


@pytest.mark.parametrize(("dialect", "message", "program"), CASES)
def test_upstream_refuses_it_with_the_same_words(dialect: str, message: str, program: str) -> None:
    if dialect not in OURS:
        check_upstream_refuses(message, program)
