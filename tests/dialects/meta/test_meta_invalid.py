"""What the verifier of the meta dialect refuses, and how it says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dialects.invalid_programs import check_refused, programs

PROGRAMS = programs(Path(__file__).parent / "invalid.mlir")


@pytest.mark.parametrize(("message", "program"), PROGRAMS, ids=range(len(PROGRAMS)))
def test_invalid_program_is_refused(message: str, program: str) -> None:
    check_refused(message, program)
