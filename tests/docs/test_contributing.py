"""The worked example of CONTRIBUTING.md is complete, short and true."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.docs.fenced import ROOT, page

PAGE = page("CONTRIBUTING.md")
FILES = PAGE.files()
TOOLS = "stepwell.frontend.command_line"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def python(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs Python in the folder as a user would who has installed the package."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, *words], cwd=folder, env=environment, text=True,
                          capture_output=True)  # fmt: skip


def tool(folder: Path, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    module = words[0].replace("stepwell-", f"{TOOLS}.")
    return python(folder, "-m", module, *words[1:])


def test_it_is_short() -> None:
    assert sorted(FILES) == ["dsp.py", "mean.mlir", "test_dsp.py"]
    assert sum(len(text.splitlines()) for text in FILES.values()) <= 60


def test_its_test_passes(folder: Path) -> None:
    done = python(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_dsp.py")
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout


def test_its_test_would_catch_a_wrong_lowering(folder: Path) -> None:
    path = folder / "dsp.py"
    wrong = FILES["dsp.py"].replace("arith.andi(x, y)", "arith.ori(x, y)")
    path.write_text(wrong, encoding="utf-8")
    assert wrong != FILES["dsp.py"]
    assert python(folder, "-m", "pytest", "-q", "test_dsp.py").returncode == 1


def test_the_commands_print_what_it_says(folder: Path) -> None:
    commands = PAGE.commands()
    assert len(commands) == 3
    for command in commands:
        done = tool(folder, shlex.split(command))
        assert (done.stderr, done.returncode) == ("", 0)
        assert done.stdout == PAGE.printed_by(command)


@pytest.mark.parametrize("a, b, mean", [(127, 127, 127), (-128, -128, -128), (-1, 0, -1)])
def test_both_targets_agree_where_a_sum_overflows(folder: Path, a: int, b: int, mean: int) -> None:
    common = ["stepwell-run", "mean.mlir", "--load-dialect=dsp.py", f"--arg={a}", f"--arg={b}"]
    for last in ("--target=interpreter", "--pass-pipeline=builtin.module(convert-dsp-to-arith)"):
        assert tool(folder, [*common, last]).stdout.startswith(f"result 0 : i8 = {mean}\n")


def test_the_verifier_and_the_fold_work(folder: Path) -> None:
    (folder / "bit.mlir").write_text(
        "func.func @f(%a: i1) -> i1 {\n  %m = dsp.avg %a, %a : i1\n  return %m : i1\n}\n"
    )
    done = tool(folder, ["stepwell-opt", "bit.mlir", "--load-dialect=dsp.py"])
    assert done.stderr.startswith(
        "bit.mlir:2:8: error: 'dsp.avg' op needs numbers of two bits or more\n"
    )
    (folder / "same.mlir").write_text(
        "func.func @f(%a: vector<4xi8>) -> vector<4xi8> {\n"
        "  %m = dsp.avg %a, %a : vector<4xi8>\n  return %m : vector<4xi8>\n}\n"
    )
    done = tool(folder, ["stepwell-opt", "same.mlir", "--load-dialect=dsp.py", "--canonicalize"])
    assert "dsp.avg" not in done.stdout and "return %a : vector<4xi8>" in done.stdout
