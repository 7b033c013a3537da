"""`stepwell-opt`, as a user meets it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stepwell.frontend.command_line import opt_session
from stepwell.frontend.command_line.opt import main
from stepwell.frontend.command_line.opt_flags import FLAGS

if TYPE_CHECKING:
    from tests.frontend.command_line.conftest import Done, Folder

SIMPLE = """func.func @f(%x: i32) -> i32 {
  return %x : i32
}
"""
PRINTED = """module {
  func.func @f(%x: i32) -> i32 {
    return %x : i32
  }
}

"""
LOAD = "--load-pass=passes.py"


def opt(folder: Folder, *argv: str, stdin: str = SIMPLE) -> Done:
    return folder.run(main, *argv, stdin=stdin)


# Reading and printing.


def test_it_prints_what_it_read(folder: Folder) -> None:
    folder.write("f.mlir", SIMPLE)
    for argv in (["f.mlir"], [], ["-"]):
        done = opt(folder, *argv)
        assert (done.status, done.out, done.err) == (0, PRINTED, "")


def test_output_goes_to_a_file(folder: Folder) -> None:
    for argv in (["-o", "out.mlir"], ["-o=out.mlir"]):
        assert opt(folder, *argv).out == ""
        assert folder.read("out.mlir") == PRINTED


@pytest.mark.parametrize(
    ("flag", "wanted"),
    [
        ("--mlir-print-op-generic", '"func.return"(%x) : (i32) -> ()'),
        ("-mlir-print-op-generic", '"func.return"(%x) : (i32) -> ()'),
        ("--mlir-print-debuginfo", 'loc("<stdin>":2:3)'),
        ("--mlir-print-skip-regions", "module {...}"),
        ("--number-ssa-values", "@f(%arg0: i32)"),
        ("--syntax-highlight", "\033[36m%x\033[0m"),
    ],
)
def test_how_to_print(folder: Folder, flag: str, wanted: str) -> None:
    done = opt(folder, flag)
    assert done.status == 0
    if flag == "--mlir-print-debuginfo":
        assert wanted.replace("<stdin>", "-") in done.out or wanted in done.out
    else:
        assert wanted in done.out


def test_no_implicit_module(folder: Folder) -> None:
    assert opt(folder, "--no-implicit-module").out == SIMPLE + "\n"
    two = SIMPLE + SIMPLE.replace("@f", "@g")
    done = opt(folder, "--no-implicit-module", stdin=two)
    assert done.status == 1
    assert "single top-level operation" in done.err


def test_unregistered_ops(folder: Folder) -> None:
    text = '"what.ever"() : () -> ()\n'
    assert opt(folder, stdin=text).status == 1
    done = opt(folder, "--allow-unregistered-dialect", stdin=text)
    assert (done.status, '"what.ever"() : () -> ()' in done.out) == (0, True)


def test_roundtrip(folder: Folder) -> None:
    assert opt(folder, "--verify-roundtrip").out == PRINTED


def test_resources_survive(folder: Folder) -> None:
    text = """module {
  func.func private @f() attributes {a = dense_resource<blob> : tensor<1xi32>}
}

{-#
  dialect_resources: {
    builtin: {
      blob: "0x0400000001000000"
    }
  }
#-}

"""
    assert opt(folder, stdin=text).out == text


# Errors.


def test_a_syntax_error_has_place_and_caret(folder: Folder) -> None:
    folder.write("bad.mlir", "func.func @f() {\n  foo\n}\n")
    done = opt(folder, "bad.mlir")
    assert (done.status, done.out) == (1, "")
    first, line, caret = done.err.splitlines()
    assert first.startswith("bad.mlir:2:3: error: ")
    assert (line, caret) == ("  foo", "  ^")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["missing.mlir"], "cannot open input file 'missing.mlir': No such file"),
        (["."], "cannot open input file '.'"),
        (["a.mlir", "b.mlir"], "one input file at a time"),
        (["--renam", LOAD], "unknown command line argument '--renam'; did you mean '--rename'?"),
        (["--verify-eahc"], "did you mean '--verify-each'?"),
        (["--split-input-fle"], "did you mean '--split-input-file'?"),
        (["--rename=too=3", LOAD], "pass 'rename' has no option 'too'; did you mean 'to'?"),
        (["--pass-pipeline=rest", LOAD], "wrapped with the anchor operation type"),
        (["--pass-pipeline=builtin.module(rest)", "--rest", LOAD], "can't be used with individual"),
        (["--pass-pipeline"], "--pass-pipeline needs a value"),
        (["--verify-each=maybe"], "--verify-each must be true or false, not 'maybe'"),
        (["--mlir-timing-display=pie"], "must be one of list, tree"),
        (["--mlir-elide-elementsattrs-if-larger=x"], "needs a number, not 'x'"),
        (["-o", "no/such/folder/x"], "cannot write output file 'no/such/folder/x'"),
        (["--load-pass=nowhere.py"], "cannot load 'nowhere.py'"),
        (["--help-pass=nothing"], "there is no pass 'nothing'"),
        (["--help-dialect=fnc"], "there is no dialect 'fnc'; did you mean 'func'?"),
        (["--run-reproducer"], "holds no pipeline"),
    ],
)
def test_mistakes_get_one_clear_message(folder: Folder, argv: list[str], message: str) -> None:
    done = opt(folder, *argv)
    assert (done.status, done.out) == (1, "")
    assert message in done.err
    assert "Traceback" not in done.err


def test_input_that_is_no_text(folder: Folder) -> None:
    (folder.path / "x.mlir").write_bytes(b"module {\xff}")
    assert "not UTF-8 text (byte 8)" in opt(folder, "x.mlir").err


def test_a_pass_file_that_is_broken(folder: Folder) -> None:
    folder.write("broken.py", "1 / 0\n")
    done = opt(folder, "--load-pass=broken.py")
    assert "cannot load 'broken.py': ZeroDivisionError" in done.err


def test_our_own_fault_is_no_traceback(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("deep inside")

    monkeypatch.setattr(opt_session, "verify", fail)
    done = opt(folder)
    assert done.status == 70
    assert "internal error: RuntimeError: deep inside" in done.err
    assert "Please report it" in done.err
    assert "Traceback" not in done.err
    monkeypatch.setenv("STEPWELL_LOG", "debug")
    assert "Traceback" in opt(folder).err


# Passes.


def test_passes_are_flags_in_order(folder: Folder) -> None:
    done = opt(folder, LOAD, "--rename=to=a", "-rest", "--rename=to=b")
    assert "@b(" in done.out
    done = opt(folder, LOAD, "--rename=to=b", "--rename=to=a")
    assert "@a(" in done.out


@pytest.mark.parametrize(
    "flags",
    [
        ["--pass-pipeline=builtin.module(func.func(rename{to=h}),rest)"],
        ["--pass-pipeline", "builtin.module(func.func(rename{to=h}))"],
        ["-p", "rename{to=h},rest"],
        ["--rename={to=h}"],
    ],
)
def test_ways_to_say_it(folder: Folder, flags: list[str]) -> None:
    assert "@h(" in opt(folder, LOAD, *flags).out


def test_dump_pass_pipeline(folder: Folder) -> None:
    done = opt(folder, LOAD, "--rename", "--rest", "--dump-pass-pipeline")
    assert done.err == (
        "Pass Manager with 2 passes:\nbuiltin.module(\n  func.func(\n    rename{to=g}\n  ),\n"
        "  rest\n)\n\n"
    )


def test_a_program_that_is_no_module(folder: Folder) -> None:
    done = opt(folder, LOAD, "--no-implicit-module", "--rename=to=h", "--rest")
    assert "@h(" in done.out


def test_a_failing_pass(folder: Folder) -> None:
    done = opt(folder, LOAD, "--refuse")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("<stdin>:1:1: error: 'func.func' op is refused\n")


def test_a_broken_pass_leaves_a_reproducer(folder: Folder) -> None:
    folder.monkeypatch.setenv("STEPWELL_DUMP_DIR", "dumps")
    done = opt(folder, LOAD, "--rename", "--crash")
    assert done.status == 1
    assert "internal error in pass 'crash': IndexError" in done.err
    assert "Traceback" not in done.err
    (path,) = (folder.path / "dumps").iterdir()
    assert str(path) in done.err or f"dumps/{path.name}" in done.err
    again = opt(folder, LOAD, "--run-reproducer", str(path))
    assert "internal error in pass 'crash'" in again.err


def test_reproducers_on_failure(folder: Folder) -> None:
    flag = "--mlir-pass-pipeline-crash-reproducer=r.mlir"
    done = opt(folder, LOAD, "--rename=to=z", "--refuse", flag)
    assert "Failures have been detected while processing an MLIR pass pipeline" in done.err
    assert "`RefusePass` on 'func.func' operation]: reproducer generated at `r.mlir`" in done.err
    assert "@f(" in folder.read("r.mlir")
    assert "is refused" in opt(folder, LOAD, "--run-reproducer", "r.mlir").err
    opt(folder, LOAD, "--rename=to=z", "--refuse", flag, "--mlir-pass-pipeline-local-reproducer")
    assert "@z(" in folder.read("r.mlir")
    assert 'pipeline: "builtin.module(func.func(refuse))"' in folder.read("r.mlir")


def test_a_reproducer_on_demand(folder: Folder) -> None:
    done = opt(folder, LOAD, "--rename=to=z", "--mlir-generate-reproducer=r.mlir")
    assert "@z(" in done.out
    assert opt(folder, LOAD, "--run-reproducer", "r.mlir").out == done.out


@pytest.mark.skipif(shutil.which("mlir-opt-22") is None, reason="the oracle is not installed")
def test_upstream_reads_our_reproducer(folder: Folder) -> None:
    opt(folder, "--mlir-generate-reproducer=r.mlir")
    command = ["mlir-opt-22", "--run-reproducer", "r.mlir"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder.path)
    assert (done.returncode, done.stderr) == (0, "")


def test_watching(folder: Folder) -> None:
    done = opt(folder, LOAD, "--rename", "--rest", "--mlir-print-ir-after-all")
    assert done.err.count("// -----// IR Dump After ") == 2
    done = opt(folder, LOAD, "--rename", "--rest", "--mlir-print-ir-before=rest,other")
    assert "// -----// IR Dump Before RestPass (rest) //----- //\nmodule {" in done.err
    done = opt(folder, LOAD, "--rename", "--mlir-pass-statistics")
    assert "    (S) 1 num-renamed - Number of functions renamed\n" in done.err
    done = opt(folder, LOAD, "--rename", "--diff")
    assert "-  func.func @f(%x: i32) -> i32 {\n+  func.func @g(%x: i32) -> i32 {\n" in done.err


def test_why_not(folder: Folder) -> None:
    folder.write("tried.py", TRIED)
    done = opt(folder, "--load-pass=tried.py", "--tried", "--why-not=twist", "--why-not=twisst")
    assert done.err.splitlines() == [
        "<stdin>:1:1: remark: pattern 'twist' does not apply to 'builtin.module': it is straight",
        "func.func @f(%x: i32) -> i32 {",
        "^",
        "remark: pattern 'twist' applied 1 time",
        "remark: pattern 'twisst' was not tried: no op it matches, or no such pattern; "
        "did you mean 'twist'?",
    ]
    assert done.status == 0


TRIED = """
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.trace import current_trace

@pass_("tried")
def tried(op, context) -> None:
    trace = current_trace()
    trace.note_refused("twist", op, "it is straight")
    trace.note_refused("twist", op, "it is straight")
    trace.note_refused("turn", op, "it is round")
    trace.note_applied("twist", op.name, op.place)
"""


def test_timing(folder: Folder) -> None:
    done = opt(folder, LOAD, "--rename", "--mlir-timing")
    names = [line.partition(")  ")[2] for line in done.err.splitlines()[6:]]
    assert names == [
        "Parser", "'func.func' Pipeline", "  Renamer", "Output", "Rest", "Total",
    ]  # fmt: skip
    done = opt(folder, LOAD, "--rename", "--mlir-timing", "--mlir-output-format=json")
    assert json.loads(done.err)[0]["name"] == "Parser"


def test_a_dialect_from_a_file(folder: Folder) -> None:
    folder.write("toy.py", TOY)
    text = "func.func @f() {\n  toy.hello\n  return\n}\n"
    assert opt(folder, stdin=text).status == 1
    done = opt(folder, "--load-dialect=toy.py", "--verify-roundtrip", stdin=text)
    assert (done.status, "    toy.hello\n" in done.out) == (0, True)
    assert "toy" in opt(folder, "--load-dialect=toy.py", "--show-dialects").out
    assert "has no dialect" in opt(folder, "--load-dialect=passes.py").err.replace("holds", "has")


TOY = """
import sys
from stepwell.ir.definition import Op
from stepwell.ir.dialect import Dialect

class HelloOp(Op, name="toy.hello"):
    "`toy.hello`"
    syntax = "attr-dict"

DIALECT = Dialect("toy", sys.modules[__name__], summary="greetings")
"""


# Chunks and expected diagnostics.

CHUNKS = """func.func @a() { return }
// -----
func.func @b() { foo }
// -----
func.func @c() { return }
"""


def test_one_bad_chunk_does_not_stop_the_others(folder: Folder) -> None:
    done = opt(folder, "--split-input-file", stdin=CHUNKS)
    assert done.status == 1
    assert done.err.startswith("<stdin>:3:18: error: ")
    first, second, third = done.out.split("// -----\n")
    assert ("@a" in first, second, "@c" in third) == (True, "", True)


def test_markers(folder: Folder) -> None:
    text = CHUNKS.replace("// -----", "//==").replace("foo", "return")
    done = opt(folder, "--split-input-file=//==", "--output-split-marker=// next", stdin=text)
    assert (done.status, done.out.count("\n// next\n")) == (0, 2)


def test_a_marker_in_a_string_or_banner_does_not_split(folder: Folder) -> None:
    text = (
        'module attributes {a = "// -----"} {} // not here: // -----\n'
        "// -----// IR Dump After X //----- //\n// -----\nmodule {}\n"
    )
    done = opt(folder, "--split-input-file", stdin=text)
    assert (done.status, done.out.count("\n// -----\n")) == (0, 1)


EXPECTED = """
// expected-error@+1 {{custom op 'foo' is unknown}}
func.func @b() { foo }
// -----
// expected-error-re@below {{custom op '{{[a-z]+}}' is}}
func.func @b() { foo }
// -----
func.func @b() {
  foo // expected-error {{is unknown}}
}
// expected-error@-2 {{nothing of the kind}}
// -----
func.func @b() { foo }
"""


def test_expected_diagnostics(folder: Folder) -> None:
    good = EXPECTED[: EXPECTED.index("// expected-error@-2")]
    done = opt(folder, "--split-input-file", "--verify-diagnostics", stdin=good)
    assert (done.status, done.err) == (0, "")


def test_unexpected_and_missing_diagnostics(folder: Folder) -> None:
    done = opt(folder, "--split-input-file", "--verify-diagnostics", stdin=EXPECTED)
    assert done.status == 1
    errors = [line for line in done.err.splitlines() if ": error: " in line]
    assert errors[0] == (
        '<stdin>:11:4: error: expected error "nothing of the kind" was not produced'
    )
    assert errors[1].startswith("<stdin>:13:18: error: unexpected error: custom op 'foo'")
    assert len(errors) == 2
    done = opt(folder, "--split-input-file", "--verify-diagnostics=only-expected", stdin=EXPECTED)
    assert (done.status, done.err.count(": error: ")) == (1, 1)


@pytest.mark.skipif(shutil.which("mlir-opt-22") is None, reason="the oracle is not installed")
def test_upstream_expects_the_same(folder: Folder) -> None:
    folder.write("e.mlir", EXPECTED)
    command = ["mlir-opt-22", "e.mlir", "--split-input-file", "--verify-diagnostics"]
    upstream = subprocess.run(command, capture_output=True, text=True, cwd=folder.path)
    ours = opt(folder, "e.mlir", "--split-input-file", "--verify-diagnostics")

    def places(text: str) -> set[str]:
        return {
            line.split(" ", 1)[0] + line.split(": error: ")[1][:20]
            for line in text.splitlines()
            if ": error: " in line
        }

    assert places(ours.err) == places(upstream.stderr)
    assert ours.status == upstream.returncode


# Information.


def test_lists(folder: Folder) -> None:
    done = opt(folder, "--list-passes", LOAD)
    assert done.out.startswith("Passes:\n")
    assert any(line.split() == ["--rest", "-", "Does", "nothing."] for line in done.out.split("\n"))
    assert "func" in opt(folder, "--show-dialects").out.removeprefix("Available Dialects: ")
    assert "to=<str>  (default: g)" in opt(folder, LOAD, "--help-pass", "rename").out
    assert "func.call " in opt(folder, "--help-dialect=func").out
    assert opt(folder, "--version").out.startswith("stepwell-opt 0.")


def test_listing_imports_no_pass() -> None:
    code = (
        "import sys\n"
        "from stepwell.frontend.command_line.opt import main\n"
        "main(['--list-passes'])\n"
        "loaded = [m for m in sys.modules if m.startswith('stepwell.passes.')]\n"
        "assert set(loaded) <= {'stepwell.passes.pipelines'}, loaded\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_help_is_short(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    text = opt(folder, "--help").out
    assert len(text.splitlines()) < 80
    assert all(len(line) <= 100 for line in text.splitlines())
    for flag in FLAGS:
        assert f"-{flag.name}" in text or not flag.group


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from stepwell.frontend.command_line.opt import main\n"
        "main(['--help'])\n"
        "assert not {'numpy', 'lark', 'llvmlite', 'rich'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True,
                   cwd=Path(__file__).parents[3])  # fmt: skip
