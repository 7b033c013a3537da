"""Passes against the results of upstream's, stored beside their inputs in `cases/`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.passes.passes_on_text import Case, cases, check_ours, check_upstream, plain, run_passes

CASES = cases(Path(__file__).parent / "cases")
by_name = pytest.mark.parametrize("case", CASES, ids=[case.path.stem for case in CASES])


@by_name
def test_result_is_upstreams(case: Case) -> None:
    check_ours(case)


@by_name
def test_stored_result_is_what_upstream_gives(case: Case) -> None:
    check_upstream(case)


@by_name
def test_result_prints_and_parses_to_itself(case: Case) -> None:
    once = plain(run_passes(case.text, case.pipeline))
    assert plain(run_passes(once, "")) == once
