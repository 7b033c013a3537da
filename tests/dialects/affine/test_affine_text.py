"""All ops of affine, in the variants of their syntax, read and print as upstream's."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepwell.ir.text.parse import parse_module
from stepwell.ir.verifier import verify
from tests.dialects.programs import check_round_trips, needs_oracle

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.mlir"))


@needs_oracle
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_programs_round_trip(path: Path) -> None:
    check_round_trips(path.read_text())


def test_apply_takes_any_index_computed_in_a_loop() -> None:
    """Only what counts iterations of affine loops may not be a symbol; upstream checks no more."""
    module = parse_module("""
      func.func @f(%n: index) {
        scf.for %i = %n to %n step %n {
          %k = arith.muli %i, %i : index
          %0 = affine.apply affine_map<(d0) -> (d0 * 8)>(%k)
          %1 = affine.apply affine_map<()[s0] -> (s0 * 8)>()[%k]
          %2 = affine.min affine_map<()[s0] -> (s0 * 8, 3)>()[%i]
        }
        return
      }""")
    verify(module)
