"""`stepwell-run` and `stepwell-translate`, as a user meets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from stepwell.frontend.command_line import run_session
from stepwell.frontend.command_line.run import main
from stepwell.frontend.command_line.run_arguments import random_arguments, read_argument
from stepwell.frontend.command_line.translate import main as translate
from stepwell.ir.diagnostics import StepwellError
from stepwell.ir.text.parse import parse_type

if TYPE_CHECKING:
    from tests.frontend.command_line.conftest import Done, Folder

SWAP = """func.func @main(%a: i32, %b: tensor<2x?xf32>) -> (tensor<2x?xf32>, i32) {
  return %b, %a : tensor<2x?xf32>, i32
}
func.func @other(%x: f64) -> f64 { return %x : f64 }
func.func @quiet() { return }
"""
INTERPRETED = "--target=interpreter"


def run(folder: Folder, *argv: str, stdin: str = SWAP) -> Done:
    return folder.run(main, INTERPRETED, *argv, stdin=stdin)


def test_results_are_readable(folder: Folder) -> None:
    np.save(folder.path / "x.npy", np.array([[1, 2.5, 3], [4, 5, 6]], np.float32))
    done = run(folder, "--arg=7", "--arg=x.npy")
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        "result 0 : tensor<2x?xf32> =\n[[1.  2.5 3. ]\n [4.  5.  6. ]]\nresult 1 : i32 = 7\n"
    )


def test_one_result_and_none(folder: Folder) -> None:
    assert run(folder, "--entry=other", "--arg", "-0.5").out == "result : f64 = -0.5\n"
    assert run(folder, "--entry", "quiet").out == ""


def test_a_list_is_an_array(folder: Folder) -> None:
    done = run(folder, "--arg=1", "--arg=[[1, 2], [3, 4]]", "-o", "y.npy")
    assert done.status == 0
    assert np.array_equal(np.load(folder.path / "y.npy"), np.array([[1, 2], [3, 4]], np.float32))


def test_random_is_the_same_for_the_same_seed(folder: Folder) -> None:
    first = run(folder, "--random=3", "--dim=4")
    assert first.status == 0
    assert run(folder, "--random=3", "--dim=4").out == first.out
    assert run(folder, "--random=4", "--dim=4").out != first.out
    mixed = run(folder, "--arg=99", "--random=3")
    assert "result 1 : i32 = 99" in mixed.out


@pytest.mark.parametrize(
    ("type", "shape", "dtype"),
    [
        ("tensor<2x?xf32>", (2, 5), "float32"),
        ("memref<?xi1>", (5,), "bool"),
        ("vector<3xi64>", (3,), "int64"),
        ("tensor<index>", (), "int64"),
        ("tensor<2xbf16>", (2,), "bfloat16"),
        ("tensor<2xcomplex<f32>>", (2,), "complex64"),
    ],
)
def test_random_arrays_have_the_right_type(type: str, shape: tuple[int, ...], dtype: str) -> None:
    (value,) = random_arguments([parse_type(type)], 0, 5)
    assert isinstance(value, np.ndarray)
    assert (value.shape, value.dtype.name) == (shape, dtype)


def test_random_scalars() -> None:
    kinds = [parse_type(text) for text in ("index", "i1", "f32", "i64")]
    size, bit, number, integer = random_arguments(kinds, 1, 6)
    assert size == 6
    assert bit in (0, 1)
    assert isinstance(number, float) and isinstance(integer, int)


@pytest.mark.parametrize(
    ("text", "type", "value"),
    [
        ("3", "i32", 3),
        ("-3", "index", -3),
        ("true", "i1", True),
        ("3", "f32", 3.0),
        ("-inf", "f64", float("-inf")),
        ("1e-3", "f32", 1e-3),
    ],
)
def test_scalars(text: str, type: str, value: object) -> None:
    assert read_argument(text, parse_type(type)) == value


@pytest.mark.parametrize(
    ("text", "type"),
    [("x", "i32"), ("1.5", "i32"), ("[1]", "f32"), ("[a]", "tensor<1xf32>"), ("{}", "i32"),
     ("[[1], [1, 2]]", "tensor<2x1xf32>"), ("missing.npy", "tensor<1xf32>"),
     ("__import__('os')", "i32")],
)  # fmt: skip
def test_what_is_no_argument(text: str, type: str) -> None:
    with pytest.raises(StepwellError):
        read_argument(text, parse_type(type))


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--arg=1"], "'main' takes (i32, tensor<2x?xf32>); give --arg for each, or --random"),
        (["--arg=1", "--arg=2", "--arg=3"], "takes 2 arguments, but --arg gives 3"),
        (["--entry=mian"], "no function 'mian'; did you mean 'main'? (there are: main, other"),
        (["--target=moon"], "one of cpu, interpreter, gpu-emulated, cuda, not 'moon'"),
        (["--random=x"], "needs a number, not 'x'"),
        (["--speed"], "unknown command line argument '--speed'"),
        (["--arg=1", "--arg=[1, 2]"], "expected rank 2 for 'tensor<2x?xf32>', found rank 1"),
        (["--arg=1", "--arg=[[1], [2], [3]]"], "shape (3, 1) does not fit 'tensor<2x?xf32>'"),
        (["--random=1", "--dim=-3"], "--dim needs a number that is not negative, not '-3'"),
        (["--emit=ptx"], "no gpu.module"),
    ],
)
def test_mistakes_get_one_clear_message(folder: Folder, argv: list[str], message: str) -> None:
    done = run(folder, *argv)
    assert (done.status, done.out) == (1, "")
    assert message in done.err


def test_time(folder: Folder) -> None:
    folder.monkeypatch.setattr(run_session, "_MEASURE_SECONDS", 0.01)
    done = run(folder, "--random=1", "--time")
    steps = [line.split("  ")[0] for line in done.out.splitlines()[-3:]]
    assert steps == ["read and verify", "compile", "run"]


def test_a_pipeline_runs_first(folder: Folder) -> None:
    text = SWAP.replace("@main", "@old").replace("@other", "@old2").replace("@quiet", "@old3")
    folder.write("p.py", RENAME)
    done = run(folder, "--load-pass=p.py", "-p", "prefix", "--entry=new_old", "--random=0",
               stdin=text)  # fmt: skip
    assert "result 1 : i32" in done.out


RENAME = '''
from stepwell.ir.attributes import StringAttr
from stepwell.ir.pass_manager.registry import pass_

@pass_("prefix", on="func.func")
def prefix(op, context) -> None:
    """Renames."""
    op.set_attribute("sym_name", StringAttr("new_" + op.get_attribute("sym_name").value))
'''


def test_emit_mlir(folder: Folder) -> None:
    done = run(folder, "--emit=mlir")
    assert done.out.startswith("module {\n  func.func @main(%a: i32,")


def test_memrefs_are_shown_afterwards(folder: Folder) -> None:
    text = "func.func @main(%m: memref<2xi8>) { return }"
    assert run(folder, "--arg=[1, 2]", stdin=text).out == (
        "argument 0 afterwards : memref<2xi8> =\n[1 2]\n"
    )


def test_translate_says_what_is_missing(folder: Folder) -> None:
    done = folder.run(translate, stdin=SWAP)
    assert (done.status, "say --mlir-to-llvmir" in done.err) == (1, True)
    done = folder.run(translate, "--mlir-to-llvmir", stdin="func.func @f( {")
    assert (done.status, done.err.startswith("<stdin>:1:")) == (1, True)
    assert "usage: stepwell-translate" in folder.run(translate, "--help").out
    assert "usage: stepwell-run" in folder.run(main, "--help").out


LLVM = """llvm.func @main(%a: i32, %b: i32) -> i32 {
  %0 = llvm.add %a, %b : i32
  llvm.return %0 : i32
}
"""


def test_the_llvm_dialect_runs_too(folder: Folder) -> None:
    assert run(folder, "--arg=3", "--arg=-5", stdin=LLVM).out == "result : i32 = -2\n"


def test_translation(folder: Folder) -> None:
    done = folder.run(translate, "--mlir-to-llvmir", stdin=LLVM)
    assert (done.status, done.err) == (0, "")
    assert "define i32 @main(i32" in done.out
    chunks = f"{LLVM}// -----\nfunc.func @f() {{ foo }}\n// -----\n{LLVM}"
    done = folder.run(translate, "--mlir-to-llvmir", "--split-input-file", stdin=chunks)
    assert (done.status, done.out.count("define i32 @main")) == (1, 2)
    assert done.err.startswith("<stdin>:6:18: error: ")


@pytest.mark.parametrize("level", ["-O0", "-O3"])
def test_emit_machine_code(folder: Folder, level: str) -> None:
    assert "define i32 @main(i32" in run(folder, "--emit=llvm", level, stdin=LLVM).out
    assert "main:" in run(folder, "--emit=asm", level, stdin=LLVM).out
    assert run(folder, "--emit=obj", "-o", "m.o", level, stdin=LLVM).status == 0
    assert (folder.path / "m.o").read_bytes()[:4] == b"\x7fELF"
