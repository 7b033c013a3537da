"""Programs print the same before and after lowering: in the interpreter, and as machine code."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import Operation, walk
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from stepwell.passes.pipelines import run_passes

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.mlir"))
BY_DIALECT = (
    "convert-vector-to-scf,lower-affine,convert-scf-to-cf,convert-vector-to-llvm,"
    "convert-math-to-llvm,finalize-memref-to-llvm,"
    "convert-arith-to-llvm,convert-index-to-llvm,convert-cf-to-llvm,convert-func-to-llvm,"
    "convert-ub-to-llvm,reconcile-unrealized-casts"
)
AT_ONCE = "convert-to-llvm,reconcile-unrealized-casts"
LIBRARIES = [
    f"/usr/lib/llvm-22/lib/lib{name}.so.22.1"
    for name in ("mlir_c_runner_utils", "mlir_runner_utils")
]

PRINTERS = {
    "printI64": "%d",
    "printU64": "%u",
    "printF32": "%g",
    "printF64": "%g",
    "printOpen": "( ",
    "printClose": " )",
    "printComma": ", ",
    "printNewline": "\n",
}


def _printed(text: str, values: tuple[int, ...]) -> str:
    return text % tuple(value % 2**64 if text == "%u" else value for value in values)


def interpreted(module: Operation) -> str:
    output = io.StringIO()
    externals = {
        name: lambda *values, text=text: output.write(_printed(text, values)) and None
        for name, text in PRINTERS.items()
    }
    Interpreter(module, externals, output).call("main")
    return output.getvalue()


@pytest.fixture(params=PROGRAMS, ids=lambda path: path.stem)
def program(request: pytest.FixtureRequest) -> str:
    path: Path = request.param
    return path.read_text()


@pytest.mark.parametrize("pipeline", [BY_DIALECT, AT_ONCE], ids=["by dialect", "at once"])
def test_nothing_is_left_but_llvm(program: str, pipeline: str) -> None:
    module = parse_module(program)
    run_passes(module, pipeline)
    names = {op.name for op in walk(module)} - {"builtin.module"}
    assert [name for name in sorted(names) if not name.startswith("llvm.")] == []


@pytest.mark.parametrize("pipeline", [BY_DIALECT, AT_ONCE], ids=["by dialect", "at once"])
def test_the_lowered_program_prints_the_same_when_interpreted(program: str, pipeline: str) -> None:
    module = parse_module(program)
    expected = interpreted(module)
    run_passes(module, pipeline)
    assert interpreted(module) == expected


@pytest.mark.skipif(shutil.which("mlir-runner-22") is None, reason="needs mlir-runner-22")
@pytest.mark.parametrize("pipeline", [BY_DIALECT, AT_ONCE], ids=["by dialect", "at once"])
def test_the_lowered_program_prints_the_same_as_machine_code(program: str, pipeline: str) -> None:
    module = parse_module(program)
    expected = interpreted(module)
    run_passes(module, pipeline)
    command = ["mlir-runner-22", "-e", "main", "-entry-point-result=void"]
    command += [f"-shared-libs={','.join(LIBRARIES)}"]
    found = subprocess.run(
        command, input=print_to_text(module), capture_output=True, text=True, timeout=60
    )
    assert found.stderr == ""
    assert found.stdout == expected


def test_the_program_prints_the_same_when_compiled_in_process(program: str, tmp_path: Path) -> None:
    path = tmp_path / "program.mlir"
    path.write_text(program)
    command = [sys.executable, "-m", "stepwell.frontend.command_line.run", str(path)]
    found = subprocess.run(
        [*command, "--entry=main", "--target=cpu"], capture_output=True, text=True, timeout=120
    )
    assert found.stderr == ""
    assert found.stdout == interpreted(parse_module(program))
