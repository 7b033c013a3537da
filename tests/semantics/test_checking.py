"""Inputs, comparison, and what the checker says when it cannot compare."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stepwell.frontend.command_line.opt import main
from stepwell.frontend.semantics.inputs import NoInput, inputs_of
from stepwell.frontend.semantics.outcome import Observed, Outcome, first_difference
from stepwell.frontend.semantics.reference import Choice, references
from stepwell.ir.text.parse import parse_module
from stepwell.ir.types import DYNAMIC, IntegerType, RankedTensorType, UnrankedTensorType, f32, i8

LOOPS_TO_BRANCHES = ("--convert-linalg-to-loops", "--convert-scf-to-cf")


def outcome(value: object) -> Outcome:
    return Outcome((Observed.of("result 0", np.asarray(value)),))


def test_inputs_hold_the_values_that_break_rewrites() -> None:
    integers = {int(values[0]) for values in inputs_of("f", [i8], 0, 200)}
    assert {0, 1, -1, -128, 127} <= integers and all(-128 <= x <= 127 for x in integers)
    floats = np.array([values[0] for values in inputs_of("f", [f32], 0, 300)])
    assert np.isnan(floats).any() and np.isinf(floats).any()
    assert (np.signbit(floats) & (floats == 0)).any()
    assert ((floats != 0) & (np.abs(floats) < np.finfo(np.float32).tiny)).any()


def test_the_same_seed_makes_the_same_inputs() -> None:
    types = [RankedTensorType((DYNAMIC, 3), f32), IntegerType(32)]
    one, two = inputs_of("f", types, 3, 5), inputs_of("f", types, 3, 5)
    assert all(np.array_equal(a[0], b[0], equal_nan=True) for a, b in zip(one, two, strict=True))
    assert [a[1] for a in one] == [b[1] for b in two]
    assert [np.shape(a[0])[0] for a in one[:3]] == [4, 1, 3]


def test_what_has_no_values_is_refused() -> None:
    with pytest.raises(NoInput, match="rank is not known"):
        inputs_of("f", [UnrankedTensorType(f32)], 0, 1)


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (np.float32("nan"), -np.float32("nan"), True),
        (np.float32(0.0), np.float32(-0.0), False),
        (np.float64(1.0), np.nextafter(1.0, 2.0), False),
        (np.int32(1), np.int32(1), True),
        ([1, 2, 3], [1, 2, 4], False),
        ([1, 2, 3], [1, 2], False),
        ([1 + 2j], [1 + 3j], False),
    ],
)
def test_values_are_compared_bit_by_bit(before: object, after: object, same: bool) -> None:
    assert (first_difference(outcome(before), outcome(after)) is None) == same


def test_a_tolerance_lets_floats_differ() -> None:
    assert first_difference(outcome(1.0), outcome(1.0 + 1e-9), 1e-6) is None
    assert first_difference(outcome(1.0), outcome(1.1), 1e-6) is not None


def test_the_difference_names_the_element() -> None:
    found = first_difference(outcome([[1, 2], [3, 4]]), outcome([[1, 2], [9, 4]]))
    assert str(found) == "result 0 at [1, 0] was 3, is 9"


def test_what_reads_fresh_memory_is_not_compared() -> None:
    module = parse_module("""
func.func @f(%x: f32) -> (f32, f32) {
  %m = memref.alloc() : memref<f32>
  %0 = memref.load %m[] : memref<f32>
  return %0, %x : f32, f32
}""")
    [checked] = references(module, Choice(inputs=1))
    [(_, seen)] = checked.cases
    assert [bool(value.defined.all()) for value in seen.values] == [False, True]


def test_undefined_and_endless_runs_are_counted() -> None:
    module = parse_module("""
func.func @divides(%x: i32) -> i32 {
  %zero = arith.constant 0 : i32
  %0 = arith.divsi %x, %zero : i32
  return %0 : i32
}
func.func @hangs() {
  cf.br ^again
^again:
  cf.br ^again
}""")
    divides, hangs = references(module, Choice(inputs=5, max_steps=1000))
    assert (divides.skipped, divides.cases) == ({"undefined": 5}, [])
    assert (hangs.skipped, hangs.cases) == ({"too long": 1}, [])


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, program: str, *flags: str) -> int:
    monkeypatch.chdir(folder)
    Path("f.mlir").write_text(program, encoding="utf-8")
    return main(["f.mlir", *flags, "--check-semantics", "-o", "out.mlir"])


def test_buffers_are_followed_down_to_pointers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = """
func.func @f(%m: memref<?x3xi16, strided<[?, ?], offset: ?>>, %x: i16, %c: complex<f32>)
    -> (memref<?x3xi16, strided<[?, ?], offset: ?>>, complex<f32>) {
  linalg.fill ins(%x : i16) outs(%m : memref<?x3xi16, strided<[?, ?], offset: ?>>)
  return %m, %c : memref<?x3xi16, strided<[?, ?], offset: ?>>, complex<f32>
}"""
    assert run(tmp_path, monkeypatch, program, "--lower-buffers-to-llvm") == 0
    errors = capsys.readouterr().err
    assert "no difference; skipped: nothing" in errors
    assert "could be compared" not in errors


def test_an_unknown_entry_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = "func.func @f() { return }"
    assert run(tmp_path, monkeypatch, program, "--cse", "--check-semantics-entry=g") == 1
    assert "there is no public function 'g'; the program defines: f" in capsys.readouterr().err


def test_a_malformed_tolerance_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = "func.func @f() { return }"
    assert run(tmp_path, monkeypatch, program, "--cse", "--check-semantics-tolerance=x") != 0
    assert "needs a number such as 1e-6, not 'x'" in capsys.readouterr().err
