"""The examples for GPUs on the CPU: NumPy's values, sizes that fit no tile included."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import stepwell as sw
from stepwell.frontend.command_line.run import main as stepwell_run
from tests.backends.ptx.kernels import CASE_IDS, CASES, EXAMPLES, FOLDER, Example, random, zeros
from tests.examples.programs import PROGRAMS, Program, close
from tests.semantics.test_real_passes import check

LARGE = {
    "reduction": (12345, 7),
    "all_reduce": (4097,),
    "row_sums": (67, 130),
    "softmax": (31, 1001),
    "matmul_tiled": (65, 47, 33),
}


def emulated(example: Example, sizes: tuple[int, ...]) -> None:
    arguments = example.make(*sizes)
    compiled = sw.compile(example.module(), target="gpu-emulated", level=1)
    compiled[example.entry](*arguments)
    expected = example.result(*arguments[:-1])
    np.testing.assert_allclose(arguments[-1], expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("example", "sizes"), CASES, ids=CASE_IDS)
def test_numpys_values(example: Example, sizes: tuple[int, ...]) -> None:
    emulated(example, sizes)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_numpys_values_for_large_odd_sizes(example: Example) -> None:
    emulated(example, LARGE[example.name])


def test_every_example_is_run() -> None:
    names = {path.stem for path in FOLDER.glob("*.mlir")}
    assert names == {example.name for example in EXAMPLES} | {"add", "matmul"}


def test_examples_of_fixed_sizes() -> None:
    for name, shapes in (("add", [(1024, 512)] * 2), ("matmul", [(256, 128), (128, 64)])):
        module = sw.parse((FOLDER / f"{name}.mlir").read_text())
        a, b = (random(*shape) for shape in shapes)
        expected = a + b if name == "add" else a @ b
        result = zeros(*expected.shape)
        expected += result if name == "matmul" else 0  # linalg.matmul adds to what is there
        sw.compile(module, target="gpu-emulated", level=1)[name](a, b, result)
        np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("program", [PROGRAMS[0], PROGRAMS[1]], ids=lambda one: one.name)
def test_programs_on_tensors(program: Program) -> None:
    compiled = sw.compile(sw.parse(program.text()), target="gpu-emulated", level=1)
    close(compiled[program.entry](*program.inputs()), program.expected()[0], program.tolerance)


def test_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(FOLDER / "all_reduce.mlir")
    flags = ["--arg=[1, 2, 3, 4.5]", "--arg=[0]", "--target=gpu-emulated"]
    assert stepwell_run([path, *flags]) == 0
    assert "10.5" in capsys.readouterr().out


KERNEL = """
func.func @main(%x: memref<?xi32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = memref.dim %x, %c0 : memref<?xi32>
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%tx, %ty, %tz) in (%nx = %n, %ny = %c1, %nz = %c1) {
    %v = memref.load %x[%tx] : memref<?xi32>
    gpu.barrier
    %all = gpu.all_reduce add %v {} : (i32) -> i32
    %sum = arith.addi %v, %all : i32
    memref.store %sum, %x[%tx] : memref<?xi32>
    gpu.terminator
  }
  return
}
"""


def test_the_pass_is_not_to_be_blamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "kernel.mlir"
    path.write_text(KERNEL)
    passes = ("--gpu-kernel-outlining", "--gpu-to-loops", "--canonicalize")
    comparisons, changed = check(path, capsys, *passes, "--check-semantics-inputs=3")
    assert comparisons >= changed == 3
