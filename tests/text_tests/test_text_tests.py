"""The machinery of text tests, with tools made up for the purpose."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.text_tests.collection import collect_text
from tests.text_tests.directives import (
    DirectiveError,
    Line,
    Stage,
    oracle_lines,
    parse_command,
    run_lines,
)
from tests.text_tests.execution import TextTestFailure, in_process, run_line

HERE = Path("/folder/test.mlir")
SCRATCH = Path("/scratch/test")


def shout(arguments: list[str]) -> int:
    """Prints its input in capitals; complains and fails with `--bad`, exits with `--exit`."""
    if "--bad" in arguments:
        print("shout: error: bad", file=sys.stderr)
        return 1
    if "--exit" in arguments:
        sys.exit("shout: error: left early")
    if "--crash" in arguments:
        raise ZeroDivisionError("crashed")
    if "--words" in arguments:
        print("\n".join(arguments))
        return 0
    if "--bytes" in arguments:
        sys.stdout.buffer.write(sys.stdin.buffer.read().upper())
        return 0
    files = [one for one in arguments if not one.startswith("-")]
    text = Path(files[0]).read_text() if files else sys.stdin.read()
    print("note: shouting", file=sys.stderr)
    print(text.upper(), end="")
    return 0


TOOLS = {"shout": in_process(shout)}


def run_text(folder: Path, text: str) -> None:
    """Runs a text test as the collector would, with `shout` among the tools."""
    path = folder / "case.mlir"
    path.write_text(text)
    for line in run_lines(text, path, folder / "scratch"):
        run_line(line, TOOLS)


def words(command: str) -> list[tuple[str, ...]]:
    return [stage.words for stage in parse_command(command, HERE, SCRATCH)]


def test_a_command_is_split_as_a_shell_does() -> None:
    command = "stepwell-opt %s --pass-pipeline='builtin.module(cse{a=1 b=2})' | filecheck %s"
    assert words(command) == [
        ("stepwell-opt", str(HERE), "--pass-pipeline=builtin.module(cse{a=1 b=2})"),
        ("filecheck", str(HERE)),
    ]
    assert words('shout --a="x | y" %S/in %t.out 100%%') == [
        ("shout", "--a=x | y", "/folder/in", "/scratch/test.out", "100%")
    ]


def test_not_merging_and_reading() -> None:
    (first, second) = parse_command("not shout --bad < %s 2>&1 | filecheck %s", HERE, SCRATCH)
    assert first == Stage(("shout", "--bad"), fails=True, merged=True, reads=str(HERE))
    assert second == Stage(("filecheck", str(HERE)))


@pytest.mark.parametrize(
    "command", ["a > %t", "a && b", "a ; b", "a || b", "a |", "", "not", "a 'open", "a 2> %t"]
)
def test_what_is_not_supported_is_refused(command: str) -> None:
    with pytest.raises(DirectiveError):
        parse_command(command, HERE, SCRATCH)


def test_a_backslash_goes_on_in_the_next_line_of_its_kind() -> None:
    text = "// RUN: a x \\\n// CHECK: between\n//  RUN:   y | b\n//RUN: c\n"
    assert run_lines(text, HERE, SCRATCH) == [
        Line(1, (Stage(("a", "x", "y")), Stage(("b",)))),
        Line(4, (Stage(("c",)),)),
    ]
    with pytest.raises(DirectiveError, match="backslash"):
        run_lines("// RUN: a \\\n", HERE, SCRATCH)


def test_a_bare_oracle_line_repeats_the_run_lines_upstream() -> None:
    text = (
        "// RUN: stepwell-opt %s --cse | filecheck %s --check-prefix=X\n"
        "// RUN: not stepwell-opt %s --verify-diagnostics\n"
        "// ORACLE: mlir-opt-22\n"
    )
    assert oracle_lines(text, HERE, SCRATCH) == [
        Line(
            1,
            (
                Stage(("mlir-opt-22", str(HERE), "--cse")),
                Stage(("filecheck", str(HERE), "--check-prefix=X")),
            ),
        ),
        Line(2, (Stage(("mlir-opt-22", str(HERE), "--verify-diagnostics"), fails=True),)),
    ]


def test_an_oracle_line_with_flags_gets_the_file_and_the_check() -> None:
    (line,) = oracle_lines("// ORACLE: mlir-opt-22 --cse --symbol-dce\n", HERE, SCRATCH)
    assert line.stages == (
        Stage(("mlir-opt-22", str(HERE), "--cse", "--symbol-dce")),
        Stage(("filecheck", str(HERE))),
    )
    (line,) = oracle_lines("// ORACLE: mlir-opt-22 %s | filecheck %s -check-prefix=A", HERE, HERE)
    assert line.stages[1].words[-1] == "-check-prefix=A"


def checked(folder: Path, body: str, checks: str, command: str = "shout %S/body") -> None:
    """Shouts `body` at `checks`."""
    (folder / "body").write_text(body)
    run_text(folder, f"// RUN: {command} | filecheck %s\n{checks}")


BODY = "func one\nthree\ntwo\nfunc next\nlast x1 x1\nsame\nsame\n"
CHECKS = """
// CHECK-LABEL: FUNC ONE
// CHECK-DAG: TWO
// CHECK-DAG: THREE
// CHECK-NOT: GHOST
// CHECK-LABEL: FUNC
// CHECK-SAME: NEXT
// CHECK-NEXT: LAST [[N:X[0-9]]] [[N]]
// CHECK-COUNT-2: SAME
"""


def test_checks_that_hold(tmp_path: Path) -> None:
    checked(tmp_path, BODY, CHECKS)
    checked(tmp_path, BODY, CHECKS, "shout < %S/body")
    checked(tmp_path, BODY, CHECKS, "shout --bytes < %S/body")


@pytest.mark.parametrize(
    ("given", "changed"),
    [
        ("two\n", ""),  # DAG
        ("two\n", "two\nghost\n"),  # NOT
        ("func next", "func\nnext"),  # SAME
        ("last", "between\nlast"),  # NEXT
        ("x1 x1", "x1 x2"),  # a variable
        ("same\nsame\n", "same\n"),  # COUNT
        ("func one", "func two"),  # LABEL
        (BODY, ""),  # nothing at all
    ],
)
def test_checks_that_do_not_hold(tmp_path: Path, given: str, changed: str) -> None:
    with pytest.raises(TextTestFailure, match="filecheck failed"):
        checked(tmp_path, BODY.replace(given, changed), CHECKS)


def test_errors_reach_the_checks_only_when_merged(tmp_path: Path) -> None:
    check = "// CHECK: shout: error: bad\n"
    checked(tmp_path, "", check, "not shout --bad 2>&1")
    with pytest.raises(TextTestFailure, match="is empty"):
        checked(tmp_path, "", check, "not shout --bad")
    checked(tmp_path, "", "// CHECK: left early\n", "not shout --exit 2>&1")


def test_a_failing_stage_fails_the_pipe(tmp_path: Path) -> None:
    with pytest.raises(TextTestFailure, match="line 1: shout failed"):
        run_text(tmp_path, "// RUN: shout --bad 2>&1 | shout\n")
    with pytest.raises(TextTestFailure, match="shout must fail, but did not"):
        run_text(tmp_path, "// RUN: not shout %s\n")
    with pytest.raises(TextTestFailure, match="no tool is called whisper"):
        run_text(tmp_path, "// RUN: whisper %s\n")


def test_a_crash_is_a_failure_even_after_not(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        run_text(tmp_path, "// RUN: not shout --crash\n")


def test_standard_streams_are_put_back(tmp_path: Path) -> None:
    before = sys.stdin, sys.stdout, sys.stderr
    with pytest.raises(ZeroDivisionError):
        run_text(tmp_path, "// RUN: not shout --crash\n")
    assert (sys.stdin, sys.stdout, sys.stderr) == before


def test_files_without_run_lines_are_not_collected(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    plain = tmp_path / "plain.mlir"
    plain.write_text("module {}\n")
    assert collect_text(plain, request.session) is None
