"""All ops of scf, in the variants of their syntax, read and print as upstream's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dialects.programs import check_round_trips, needs_oracle

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.mlir"))


@needs_oracle
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_programs_round_trip(path: Path) -> None:
    check_round_trips(path.read_text())
