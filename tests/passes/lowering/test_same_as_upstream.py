"""What the passes make of small programs is upstream's text."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from stepwell.passes.pipelines import run_passes

UPSTREAM = "mlir-opt-22"
PROGRAMS = sorted((Path(__file__).parent / "same_as_upstream").glob("*.mlir"))


def upstream(text: str, *flags: str) -> str:
    found = subprocess.run(
        [UPSTREAM, *flags], input=text, capture_output=True, text=True, timeout=60
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


@pytest.mark.skipif(shutil.which(UPSTREAM) is None, reason=f"needs {UPSTREAM}")
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_same_text(path: Path) -> None:
    text = path.read_text()
    pipeline = text.splitlines()[0].removeprefix("// PASSES: ")
    module = parse_module(text)
    run_passes(module, pipeline)
    expected = upstream(text, f"--pass-pipeline=builtin.module({pipeline})")
    assert upstream(print_to_text(module)) == expected
