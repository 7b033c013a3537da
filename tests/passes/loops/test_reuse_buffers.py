"""reuse-buffers: which buffers another can replace, and which not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.printer import print_to_text
from tests.passes.passes_on_text import run_passes
from tests.semantics.test_real_passes import check

FILL = """
    scf.for %j = %c0 to %n step %c1 {
      %a = memref.load %x[%i, %j] : memref<?x?xf32>
      %b = arith.mulf %a, %a : f32
      memref.store %b, %t[%i, %j] : memref<?x?xf32>
    }"""
READ = """
    scf.for %j = %c0 to %n step %c1 {
      %c = memref.load %t[%i, %j] : memref<?x?xf32>
      %d = arith.addf %c, %c : f32
      memref.store %d, %r[%i, %j] : memref<?x?xf32>
    }"""


def program(body: str, *, sizes: str = "%m, %n", after: str = "", before: str = "") -> str:
    return f"""func.func @f(%x: memref<?x?xf32>) -> memref<?x?xf32> {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %one = arith.constant 1.0 : f32
  %m = memref.dim %x, %c0 : memref<?x?xf32>
  %n = memref.dim %x, %c1 : memref<?x?xf32>
  %t = memref.alloc({sizes}) : memref<?x?xf32>
  %r = memref.alloc(%m, %n) : memref<?x?xf32>
  {before}
  scf.parallel (%i) = (%c0) to (%m) step (%c1) {{{body}
    scf.reduce
  }}
  {after}
  memref.dealloc %t : memref<?x?xf32>
  return %r : memref<?x?xf32>
}}"""


def allocations(text: str) -> int:
    return print_to_text(run_passes(text, "reuse-buffers")).count("memref.alloc(")


def result(text: str, x: np.ndarray) -> np.ndarray:
    return np.asarray(Interpreter(run_passes(text, "reuse-buffers")).call("f", x))


X = np.arange(12, dtype=np.float32).reshape(3, 4)


def test_what_is_on_the_way_lies_in_the_result() -> None:
    text = program(FILL + READ)
    assert allocations(text) == 1 and "dealloc" not in print_to_text(
        run_passes(text, "reuse-buffers")
    )
    np.testing.assert_array_equal(result(text, X), 2 * X * X)


# Each would read what the other buffer has written over already, or touch it from elsewhere.
BESIDE = READ.replace("%t[%i, %j]", "%t[%i, %k]").replace(
    "%c = ", "%k = arith.subi %last, %j : index\n      %c = "
)
REVERSED = "    %last = arith.subi %n, %c1 : index" + FILL + BESIDE
TWICE = FILL + READ + READ.replace("%c ", "%e ").replace("%c,", "%e,").replace(", %c ", ", %e ")
FIRST_COLUMN = FILL + READ.replace("%t[%i, %j]", "%t[%i, %c0]")
UPWARDS = """    %last = arith.subi %m, %c1 : index
    %k = arith.subi %last, %i : index"""
OTHER_ROW = UPWARDS + (FILL + READ).replace("%t[%i, %j]", "%t[%k, %j]")
CARRIED = FILL + READ.replace("%r[%i, %j]", "%r[%i, %c0]").replace("%t[%i, %j]", "%t[%i, %c0]")


@pytest.mark.parametrize("body", [REVERSED, TWICE, FIRST_COLUMN, OTHER_ROW, CARRIED])
def test_what_is_read_again_stays(body: str) -> None:
    text = program(body)
    assert allocations(text) == 2
    before = np.asarray(Interpreter(run_passes(text, "")).call("f", X))
    np.testing.assert_array_equal(result(text, X)[:, :1], before[:, :1])


def test_other_sizes_and_other_users_stay() -> None:
    assert allocations(program(FILL + READ, sizes="%n, %n")) == 2
    use = "memref.store %one, {}[%c0, %c0] : memref<?x?xf32>"
    assert allocations(program(FILL + READ, after=use.format("%t"))) == 2
    assert allocations(program(FILL + READ, before=use.format("%r"))) == 2
    view = "%v = memref.cast %t : memref<?x?xf32> to memref<*xf32>"
    assert allocations(program(FILL + READ, before=view)) == 2


def test_what_the_result_is_used_for_later_does_not_matter() -> None:
    use = "memref.store %one, %r[%c0, %c0] : memref<?x?xf32>"
    text = program(FILL + READ, after=use)
    assert allocations(text) == 1
    expected = 2 * X * X
    expected[0, 0] = 1
    np.testing.assert_array_equal(result(text, X), expected)


def test_meaning_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "program.mlir"
    path.write_text(program(FILL + READ))
    comparisons, changed = check(path, capsys, "--reuse-buffers", "--check-semantics-inputs=6")
    assert changed == 1 and comparisons >= 1
