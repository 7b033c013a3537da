"""No real pass may be blamed: on the examples, and on random programs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stepwell.frontend.command_line.opt import main
from tests.semantics.campaign import Tally, check_program

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.mlir"))
STEPS = "--check-semantics-max-steps=20000"
SMALL = ("collatz", "dynamic_matmul")
SCALAR = (
    "canonicalize", "cse", "sccp", "inline", "symbol-dce", "loop-invariant-code-motion",
    "remove-dead-values", "linalg-generalize-named-ops", "convert-elementwise-to-linalg",
    "linalg-fuse-elementwise-ops", "canonicalize",
)  # fmt: skip


def check(path: Path, capsys: pytest.CaptureFixture[str], *flags: str) -> tuple[int, int]:
    """(comparisons, changing passes)."""
    status = main([str(path), *flags, "--check-semantics", "-o", "checked.mlir"])
    errors = capsys.readouterr().err
    assert status == 0, errors
    found = re.search(r"(\d+) comparisons? of (\d+) changing pass", errors)
    assert found is not None, errors
    assert "could be compared" not in errors
    return int(found[1]), int(found[2])


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_structured_passes_keep_the_examples(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    passes = [f"--{name}" for name in SCALAR]
    comparisons, _ = check(path, capsys, *passes, "--check-semantics-inputs=1", STEPS)
    assert comparisons >= 2


@pytest.mark.parametrize("name", SMALL)
def test_the_way_to_llvm_keeps_the_examples(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    path = next(path for path in EXAMPLES if path.stem == name)
    comparisons, passes = check(
        path, capsys, "--lower-to-llvm", "--check-semantics-inputs=3", STEPS
    )
    assert comparisons >= passes >= 3


@pytest.mark.parametrize("seed", [0, 1])
def test_random_programs(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tally = Tally()
    check_program(seed, 2, tally, size=6)
    assert tally.findings == []
    assert tally.comparisons > 30 and tally.compiled == 2
