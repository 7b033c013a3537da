"""`stepwell-reduce`: what it keeps, prints and returns."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from stepwell.frontend.command_line.reduce import main

PROGRAM = """
func.func @unused() { return }
func.func @f(%a: i32, %b: i32) -> i32 {
  %0 = arith.addi %a, %b : i32
  %1 = arith.divsi %0, %b : i32
  %2 = arith.muli %1, %a : i32
  return %2 : i32
}
"""
# Ends with 3 and an error where there is a division, with 4 where there is none but a product.
FAILING = """
import sys
text = open(sys.argv[1]).read()
if "divsi" in text:
    print(f"x.mlir:{len(text)}: error: cannot divide %{len(text)}", file=sys.stderr)
    sys.exit(3)
sys.exit(4 if "muli" in text else 0)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("f.mlir").write_text(PROGRAM, encoding="utf-8")
    Path("failing.py").write_text(FAILING, encoding="utf-8")
    return tmp_path


COMMAND = ["--", sys.executable, "failing.py"]


@pytest.mark.usefixtures("folder")
def test_the_command_fails_in_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["f.mlir", "-o", "small.mlir", *COMMAND]) == 0
    text = Path("small.mlir").read_text(encoding="utf-8")
    assert "arith.divsi" in text and "muli" not in text and "unused" not in text
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.startswith("8 ops became 4 in ")


@pytest.mark.usefixtures("folder")
def test_only_a_text_counts_and_the_file_has_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--contains=arith.muli", "f.mlir", "--", sys.executable, "-c"]
    assert main([*flags, "import sys; print(open(sys.argv[1]).read())", "{}"]) == 0
    printed = capsys.readouterr().out
    assert "arith.muli" in printed and "divsi" not in printed


@pytest.mark.usefixtures("folder")
def test_a_reproducer_stays_one(capsys: pytest.CaptureFixture[str]) -> None:
    from stepwell.frontend.command_line.opt import main as opt

    assert opt(["f.mlir", "--cse", "--mlir-generate-reproducer=r.mlir", "-o", "out.mlir"]) == 0
    assert main(["r.mlir", "-o", "small.mlir", *COMMAND]) == 0
    assert opt(["small.mlir", "--run-reproducer"]) == 0
    assert "cse" in Path("small.mlir").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "flags, words",
    [
        (["f.mlir"], "which command fails? say it after '--'"),
        (["f.mlir", "--", sys.executable, "-c", ""], "the command does not fail on f.mlir"),
        (["f.mlir", "--", "no-such-command"], "cannot run 'no-such-command'"),
        (["--contains=nothing", "f.mlir", *COMMAND], "does not write 'nothing' for f.mlir"),
        (["no.mlir", *COMMAND], "cannot open input file 'no.mlir'"),
        (["--timeout=0", "f.mlir", "--", "sleep", "9"], "takes longer than 0 s; see --timeout"),
        (["--what", "f.mlir", *COMMAND], "--what"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_is_wrong_is_said(
    flags: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(flags) == 1
    assert words in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_an_interrupt_keeps_what_is_reduced(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from stepwell.frontend.reduction.reducer import Reducer

    def interrupted(self: Reducer, *_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Reducer, "run", interrupted)
    assert main(["f.mlir", *COMMAND]) == 130
    printed = capsys.readouterr()
    assert "arith.divsi" in printed.out and "interrupted: 8 ops became 8" in printed.err


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "stepwell-reduce [options] [file.mlir] -- command" in capsys.readouterr().out
