"""Loops and reductions shared out among blocks and threads: NumPy's values, for sizes that fit no
block, from the interpreter and from emulated kernels; the same bytes each time."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import stepwell as sw
from stepwell.ir.diagnostics import PassError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import Operation, walk
from stepwell.ir.text.parse import parse_module
from stepwell.passes.pipelines import TO_KERNELS, run_passes

Floats = NDArray[np.float64]

SIZES = [(1, 1), (31, 3), (3, 31), (33, 1000), (1000, 33), (1, 4097), (4097, 1), (0, 5), (5, 0)]
WHOLE = "affine_map<(i, j) -> (i, j)>"
RESULTS = {"rows": ("(i)", "parallel", "reduction"), "columns": ("(j)", "reduction", "parallel"),
           "all": ("()", "reduction", "reduction")}  # fmt: skip


def reduction(kind: str, which: str) -> str:
    """A program that combines the elements of a matrix with what its result holds."""
    result, first, second = RESULTS[which]
    type = "memref<f64>" if which == "all" else "memref<?xf64>"
    return f"""
func.func @main(%x: memref<?x?xf64>, %y: {type}) {{
  linalg.generic {{indexing_maps = [{WHOLE}, affine_map<(i, j) -> {result}>],
    iterator_types = ["{first}", "{second}"]}} ins(%x : memref<?x?xf64>) outs(%y : {type}) {{
  ^bb0(%a: f64, %so_far: f64):
    %s = arith.{kind} %a, %so_far : f64
    linalg.yield %s : f64
  }}
  return
}}"""


UFUNCS = {"addf": np.add, "mulf": np.multiply, "maximumf": np.maximum, "minimumf": np.minimum,
          "maxnumf": np.fmax, "minnumf": np.fmin}  # fmt: skip
AXES = {"rows": 1, "columns": 0, "all": None}


def matrix(rows: int, columns: int) -> Floats:
    return np.random.default_rng(rows + columns).uniform(0.9, 1.1, (rows, columns))


def start(which: str, rows: int, columns: int) -> Floats:
    shape = {"rows": (rows,), "columns": (columns,), "all": ()}[which]
    return np.full(shape, 1.05)


def expected(kind: str, which: str, x: Floats, before: Floats) -> Floats:
    ufunc = UFUNCS[kind]
    neutral = {"addf": 0.0, "mulf": 1.0}.get(kind, float(before.flat[0]) if before.size else 0.0)
    found = ufunc.reduce(x, axis=AXES[which], initial=neutral)
    return np.asarray(ufunc(found, before))


@pytest.mark.parametrize("which", RESULTS)
def test_sums_in_emulated_kernels(which: str) -> None:
    compiled = sw.compile(sw.parse(reduction("addf", which)), target="gpu-emulated", level=1)
    for rows, columns in SIZES:
        x, y = matrix(rows, columns), start(which, rows, columns)
        wanted = expected("addf", which, x, y)
        again = y.copy()
        compiled["main"](x, y)
        np.testing.assert_allclose(y, wanted, rtol=1e-12)
        compiled["main"](x, again)
        assert again.tobytes() == y.tobytes()


@pytest.mark.parametrize(
    ("which", "kind"), [*(("rows", kind) for kind in UFUNCS), ("columns", "addf"), ("all", "addf")]
)
def test_all_kinds_in_the_interpreter(which: str, kind: str) -> None:
    module = kernels(reduction(kind, which))
    assert any(op.name == "gpu.launch_func" for op in walk(module))
    for rows, columns in [(1, 1), (3, 35)]:
        x, y = matrix(rows, columns), start(which, rows, columns)
        wanted = expected(kind, which, x, y)
        Interpreter(module).call("main", x, y)
        np.testing.assert_allclose(y, wanted, rtol=1e-12)


@pytest.mark.parametrize("kind", ["maxnumf", "maximumf"])
def test_only_nan_counts_as_no_number(kind: str) -> None:
    x = np.array([[np.nan, np.nan], [np.nan, 2.0]])
    y = np.full(2, np.nan)
    wanted = expected(kind, "rows", x, y)
    Interpreter(kernels(reduction(kind, "rows"))).call("main", x, y)
    np.testing.assert_array_equal(y, wanted)


def test_more_blocks_than_one_leave_partial_results() -> None:
    compiled = sw.compile(sw.parse(reduction("addf", "all")), target="gpu-emulated", level=1)
    x, y = matrix(300, 1001), np.zeros(())
    compiled["main"](x, y)
    np.testing.assert_allclose(y, x.sum(), rtol=1e-12)


def kernels(text: str) -> Operation:
    module = parse_module(text)
    run_passes(module, f"builtin.module({TO_KERNELS})")
    return module


LOOPS = """
func.func @main(%x: memref<?x?x?xindex>, %n: index, %m: index, %l: index) {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c100 = arith.constant 100 : index
  scf.parallel (%i, %j, %k) = (%c1, %c2, %c3) to (%n, %m, %l) step (%c2, %c3, %c1) {
    %a = arith.muli %i, %c100 : index
    %b = arith.addi %a, %j : index
    %c = arith.muli %b, %c100 : index
    %d = arith.addi %c, %k : index
    memref.store %d, %x[%i, %j, %k] : memref<?x?x?xindex>
    scf.reduce
  }
  return
}
"""


@pytest.mark.parametrize("threads", [32, 256])
def test_every_iteration_runs_once_with_its_coordinates(threads: int) -> None:
    plain, tiled = parse_module(LOOPS), parse_module(LOOPS)
    run_passes(tiled, f"func.func(gpu-tile-parallel-loops{{threads={threads}}})")
    for bounds in [(8, 9, 10), (1, 9, 10), (0, 0, 10), (2, 3, 4)]:
        found, wanted = np.zeros((8, 9, 10), np.int64), np.zeros((8, 9, 10), np.int64)
        Interpreter(plain).call("main", wanted, *bounds)
        Interpreter(tiled).call("main", found, *bounds)
        assert np.array_equal(found, wanted)


def test_neighbouring_threads_touch_neighbouring_elements() -> None:
    module = parse_module(
        "func.func @main(%x: memref<?x?xf32>, %b: memref<?xf32>, %y: memref<?x?xf32>) {"
        f"linalg.generic {{indexing_maps = [{WHOLE}, affine_map<(i, j) -> (j)>, {WHOLE}],"
        'iterator_types = ["parallel", "parallel"]} ins(%x, %b : memref<?x?xf32>, memref<?xf32>)'
        "outs(%y : memref<?x?xf32>) { ^bb0(%a: f32, %c: f32, %o: f32):"
        "%s = arith.addf %a, %c : f32 linalg.yield %s : f32 } return }"
    )
    run_passes(module, f"builtin.module({TO_KERNELS})")
    (store,) = [op for op in walk(module) if op.name == "memref.store"]
    column, row = store.operands[-1].defining_op, store.operands[-2].defining_op
    assert column is not None and row is not None
    assert (row.name, column.name) == ("arith.divui", "arith.remui")
    seen, names = [column], set()
    while seen:
        op = seen.pop()
        names.add(f"{op.name} {op.get_attribute('dimension')}")
        seen += [value.defining_op for value in op.operands if value.defining_op is not None]
    assert any("thread_id" in name and " x" in name for name in names)
    assert not any("thread_id" in name and (" y" in name or " z" in name) for name in names)


def test_blocks_have_whole_subgroups() -> None:
    module = parse_module(LOOPS)
    with pytest.raises(PassError, match="threads must be a multiple of 32 up to 1024, found 48"):
        run_passes(module, "func.func(gpu-tile-parallel-loops{threads=48})")
