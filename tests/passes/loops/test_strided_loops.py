"""Reductions down columns and transposes: which are lowered to blocks, and what they compute."""

from __future__ import annotations

import itertools
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import stepwell as sw
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import walk
from stepwell.runtime.compiled import compile
from stepwell.runtime.executable import CompiledModule
from tests.passes.passes_on_text import run_passes
from tests.semantics.test_real_passes import check

Array = NDArray[Any]
BOTH = "linalg-reductions-to-blocks,linalg-transposes-to-tiles"
SIZES = (0, 1, 7, 8, 9, 64, 65, 131)


def reduction(maps: str, kinds: str, rank: int) -> str:
    source = f"memref<{'?x' * rank}f32>"
    return f"""
func.func @main(%x: {source}, %y: memref<?xf32>) {{
  linalg.generic {{indexing_maps = [{maps}], iterator_types = [{kinds}]}}
      ins(%x : {source}) outs(%y : memref<?xf32>) {{
  ^bb0(%in: f32, %out: f32):
    %0 = arith.addf %out, %in : f32
    linalg.yield %0 : f32
  }}
  return
}}"""


COLUMNS = reduction(
    "affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i)>", '"parallel", "reduction"', 2
)
ROWS = reduction(
    "affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>", '"parallel", "reduction"', 2
)
LAST = reduction(
    "affine_map<(k, i, j) -> (i, j, k)>, affine_map<(k, i, j) -> (k)>",
    '"parallel", "reduction", "reduction"',
    3,
)


def transpose(order: tuple[int, ...], element: str = "f32", layout: str = "") -> str:
    rank = len(order)
    dims = ", ".join(f"d{n}" for n in range(rank))
    read = ", ".join(f"d{order.index(n)}" for n in range(rank))
    shape = "?x" * rank
    kinds = ", ".join(['"parallel"'] * rank)
    return f"""
func.func @main(%x: memref<{shape}{element}{layout}>, %y: memref<{shape}{element}>) {{
  linalg.generic {{indexing_maps = [affine_map<({dims}) -> ({read})>,
                                    affine_map<({dims}) -> ({dims})>],
                   iterator_types = [{kinds}]}}
      ins(%x : memref<{shape}{element}{layout}>) outs(%y : memref<{shape}{element}>) {{
  ^bb0(%in: {element}, %out: {element}):
    linalg.yield %in : {element}
  }}
  return
}}"""


ACROSS = """
func.func @main(%x: memref<?x?xf32>, %y: memref<?x?xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>],
                  iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<?x?xf32>) outs(%y : memref<?x?xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.subf %out, %in : f32
    linalg.yield %0 : f32
  }
  return
}"""


def names(text: str) -> list[str]:
    return [op.name for op in walk(run_passes(text, BOTH))]


@cache
def compiled(text: str) -> CompiledModule:
    passes = f"builtin.module({BOTH},func.func(convert-linalg-to-loops),lower-to-llvm)"
    made = compile(sw.parse(text), pipeline=passes, use_cache=False)
    assert isinstance(made, CompiledModule)
    return made


def run(text: str, *arguments: Array) -> None:
    compiled(text)["main"](*arguments)


@pytest.mark.parametrize("text", [COLUMNS, LAST], ids=["columns", "last"])
def test_a_sum_down_columns_runs_along_rows(text: str) -> None:
    found = names(text)
    assert "linalg.generic" not in found and found.count("scf.parallel") == 1
    # The same additions in the same order: the bits are those of the plain loops.
    rank = 2 if text is COLUMNS else 3
    for width in (1, 5, 1023, 1024, 1500):
        x = np.random.default_rng(width).standard_normal((7, 3, width)[3 - rank :])
        x = x.astype(np.float32)
        y = np.arange(width, dtype=np.float32)
        expected = y.copy()
        for row in x.reshape(-1, width):
            expected += row
        run(text, x, y)
        np.testing.assert_array_equal(y, expected)


def test_a_sum_of_rows_stays() -> None:
    assert "linalg.generic" in names(ROWS)


def test_a_transpose_moves_vectors() -> None:
    found = names(transpose((1, 0)))
    assert found.count("vector.load") == found.count("vector.store") == 8
    assert found.count("vector.shuffle") == 24 and "linalg.generic" not in found


def test_a_permutation_that_keeps_rows_stays() -> None:
    assert "linalg.generic" in names(transpose((1, 0, 2)))


@pytest.mark.parametrize("element", ["i1", "f32"])
def test_what_vectors_cannot_move_goes_element_by_element(element: str) -> None:
    layout = ", strided<[?, ?], offset: ?>" if element == "f32" else ""
    found = names(transpose((1, 0), element, layout))
    assert "vector.load" not in found and found.count("scf.for") == 2


@pytest.mark.parametrize(("rows", "columns"), list(itertools.product(SIZES, SIZES)))
def test_transposed_matrices_of_all_sizes(rows: int, columns: int) -> None:
    x = np.random.default_rng(0).standard_normal((rows, columns)).astype(np.float32)
    y = np.zeros((columns, rows), np.float32)
    run(transpose((1, 0)), x, y)
    np.testing.assert_array_equal(y, x.T)


@pytest.mark.parametrize("order", [(2, 0, 1), (0, 2, 1), (2, 1, 0), (1, 2, 0)])
@pytest.mark.parametrize("element", ["i8", "i64", "f64", "f16"])
def test_permutations_and_element_types(order: tuple[int, ...], element: str) -> None:
    type = {"i8": "int8", "i64": "int64", "f64": "float64", "f16": "float16"}[element]
    x = np.arange(11 * 20 * 17).reshape(11, 20, 17).astype(type)
    expected = np.ascontiguousarray(x.transpose(order))
    y = np.zeros_like(expected)
    run(transpose(order, element), x, y)
    np.testing.assert_array_equal(y, expected)


@pytest.mark.parametrize("size", [1, 63, 100])
def test_other_ops_that_read_across(size: int) -> None:
    assert "linalg.generic" not in names(ACROSS)
    x = np.random.default_rng(0).standard_normal((size, size + 1)).astype(np.float32)
    y = np.ones((size + 1, size), np.float32)
    run(ACROSS, x, y)
    np.testing.assert_array_equal(y, 1 - x.T)


@pytest.mark.parametrize("text", [COLUMNS, transpose((1, 0)), ACROSS])
def test_meaning_is_kept(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "program.mlir"
    path.write_text(text)
    flags = [f"--{name}" for name in BOTH.split(",")]
    comparisons, changed = check(path, capsys, *flags, "--check-semantics-inputs=6")
    assert changed == 1 and comparisons >= 1


def test_the_interpreter_runs_blocks_of_vectors() -> None:
    module = run_passes(transpose((1, 0), "i32"), BOTH)
    x = np.arange(9 * 17, dtype=np.int32).reshape(9, 17)
    y = np.zeros((17, 9), np.int32)
    Interpreter(module).call("main", x, y)
    np.testing.assert_array_equal(y, x.T)


ADDED = """
  linalg.add ins(%a, %b : memref<?x?xf32>, memref<?x?xf32>) outs(%c : memref<?x?xf32>)"""


@pytest.mark.parametrize(("count", "collapsed"), [(1, 3), (2, 0)])
def test_only_what_stands_alone_is_collapsed_if_asked_for(count: int, collapsed: int) -> None:
    text = (
        "func.func @main(%a: memref<?x?xf32>, %b: memref<?x?xf32>, %c: memref<?x?xf32>) {"
        + ADDED * count
        + "\n  return\n}"
    )
    made = [op.name for op in walk(run_passes(text, "linalg-collapse-dimensions{alone=true}"))]
    assert made.count("memref.collapse_shape") == collapsed
