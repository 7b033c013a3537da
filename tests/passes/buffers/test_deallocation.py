"""The deallocation pipeline: nothing leaks, nothing is freed twice or used after, values stay."""

from __future__ import annotations

import numpy as np
import pytest

from stepwell.ir.diagnostics import StepwellError
from stepwell.ir.text.parse import parse_module
from stepwell.passes.pipelines import run_passes
from tests.passes.buffers.allocations import DEALLOCATION, lowered, run_without_leak

LOOP_YIELDS_FRESH = """
func.func @main(%a: memref<4xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %one = arith.constant 1.0 : f32
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%b = %a) -> memref<4xf32> {
    %2 = memref.alloc() : memref<4xf32>
    memref.copy %b, %2 : memref<4xf32> to memref<4xf32>
    %x = memref.load %2[%c1] : memref<4xf32>
    %y = arith.addf %x, %one : f32
    memref.store %y, %2[%c1] : memref<4xf32>
    scf.yield %2 : memref<4xf32>
  }
  memref.copy %r, %a : memref<4xf32> to memref<4xf32>
  return
}
"""

ONE_OF_TWO = """
func.func @main(%a: memref<4xf32>, %c: i1, %d: i1) -> memref<4xf32> {
  %0 = memref.alloc() : memref<4xf32>
  memref.copy %a, %0 : memref<4xf32> to memref<4xf32>
  %1 = scf.if %c -> memref<4xf32> {
    %2 = memref.alloc() : memref<4xf32>
    memref.copy %0, %2 : memref<4xf32> to memref<4xf32>
    scf.yield %2 : memref<4xf32>
  } else { scf.yield %a : memref<4xf32> }
  %3 = arith.select %d, %1, %0 : memref<4xf32>
  return %3 : memref<4xf32>
}
"""

CALLS = """
func.func private @same(%a: memref<4xf32>) -> memref<4xf32> {
  return %a : memref<4xf32>
}
func.func private @two(%a: memref<4xf32>) -> (memref<4xf32>, memref<4xf32>) {
  %0 = memref.alloc() : memref<4xf32>
  memref.copy %a, %0 : memref<4xf32> to memref<4xf32>
  return %0, %a : memref<4xf32>, memref<4xf32>
}
func.func @main(%a: memref<4xf32>) -> memref<4xf32> {
  %0 = call @same(%a) : (memref<4xf32>) -> memref<4xf32>
  %1:2 = call @two(%0) : (memref<4xf32>) -> (memref<4xf32>, memref<4xf32>)
  %2:2 = call @two(%1#1) : (memref<4xf32>) -> (memref<4xf32>, memref<4xf32>)
  return %2#0 : memref<4xf32>
}
"""

BLOCKS = """
func.func @main(%a: memref<4xf32>, %c: i1, %d: i1) -> memref<4xf32> {
  %k = memref.alloc() : memref<4xf32>
  memref.copy %a, %k : memref<4xf32> to memref<4xf32>
  cf.cond_br %c, ^bb1, ^bb2(%a : memref<4xf32>)
^bb1:
  %0 = memref.alloc() : memref<4xf32>
  memref.copy %k, %0 : memref<4xf32> to memref<4xf32>
  cf.cond_br %d, ^bb2(%0 : memref<4xf32>), ^bb3(%k : memref<4xf32>)
^bb2(%1: memref<4xf32>):
  %2 = memref.alloc() : memref<4xf32>
  memref.copy %1, %2 : memref<4xf32> to memref<4xf32>
  cf.br ^bb3(%2 : memref<4xf32>)
^bb3(%3: memref<4xf32>):
  return %3 : memref<4xf32>
}
"""

WHILE = """
func.func @main(%a: memref<4xf32>, %limit: f32) -> memref<4xf32> {
  %c0 = arith.constant 0 : index
  %one = arith.constant 1.0 : f32
  %r = scf.while (%b = %a) : (memref<4xf32>) -> memref<4xf32> {
    %x = memref.load %b[%c0] : memref<4xf32>
    %c = arith.cmpf olt, %x, %limit : f32
    scf.condition(%c) %b : memref<4xf32>
  } do {
  ^bb0(%b : memref<4xf32>):
    %2 = memref.alloc() : memref<4xf32>
    memref.copy %b, %2 : memref<4xf32> to memref<4xf32>
    %x = memref.load %2[%c0] : memref<4xf32>
    %y = arith.addf %x, %one : f32
    memref.store %y, %2[%c0] : memref<4xf32>
    scf.yield %2 : memref<4xf32>
  }
  return %r : memref<4xf32>
}
"""

ROTATION = """
func.func @main(%n: index, %x: f32) -> (memref<4xf32>, memref<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %p = memref.alloc() : memref<4xf32>
  %q = memref.alloc() : memref<4xf32>
  linalg.fill ins(%x : f32) outs(%p : memref<4xf32>)
  %y = arith.addf %x, %x : f32
  linalg.fill ins(%y : f32) outs(%q : memref<4xf32>)
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%b = %p, %c = %q)
      -> (memref<4xf32>, memref<4xf32>) {
    scf.yield %c, %b : memref<4xf32>, memref<4xf32>
  }
  return %r#0, %r#1 : memref<4xf32>, memref<4xf32>
}
"""

VIEW = """
func.func @main(%x: f32) -> memref<2xf32, strided<[1], offset: 2>> {
  %0 = memref.alloc() : memref<4xf32>
  linalg.fill ins(%x : f32) outs(%0 : memref<4xf32>)
  %1 = memref.subview %0[2][2][1] : memref<4xf32> to memref<2xf32, strided<[1], offset: 2>>
  return %1 : memref<2xf32, strided<[1], offset: 2>>
}
"""

REALLOC = """
func.func @main(%x: f32, %n: index) -> memref<?xf32> {
  %c0 = arith.constant 0 : index
  %0 = memref.alloc() : memref<4xf32>
  linalg.fill ins(%x : f32) outs(%0 : memref<4xf32>)
  %1 = memref.realloc %0(%n) : memref<4xf32> to memref<?xf32>
  memref.store %x, %1[%c0] : memref<?xf32>
  return %1 : memref<?xf32>
}
"""


def vector() -> np.ndarray:
    return np.array([1, 2, 3, 4], np.float32)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_loop_that_yields_fresh_buffers(count: int) -> None:
    data = vector()
    run_without_leak(lowered(LOOP_YIELDS_FRESH, DEALLOCATION), "main", [data, count])
    np.testing.assert_array_equal(data, [1, 2 + count, 3, 4])


@pytest.mark.parametrize("c", [0, 1])
@pytest.mark.parametrize("d", [0, 1])
@pytest.mark.parametrize("text", [ONE_OF_TWO, BLOCKS], ids=["regions", "blocks"])
def test_one_of_several_buffers_is_returned(text: str, c: int, d: int) -> None:
    data = vector()
    (result,) = run_without_leak(lowered(text, DEALLOCATION), "main", [data, c, d])
    np.testing.assert_array_equal(result, vector())


@pytest.mark.parametrize("dynamic", ["false", "true"])
def test_results_of_calls_are_owned(dynamic: str) -> None:
    pipeline = DEALLOCATION.replace(
        "-pipeline", f"-pipeline{{private-function-dynamic-ownership={dynamic}}}"
    )
    (result,) = run_without_leak(lowered(CALLS, pipeline), "main", [vector()])
    np.testing.assert_array_equal(result, vector())


@pytest.mark.parametrize("limit", [0.0, 4.0])
def test_while(limit: float) -> None:
    data = vector()
    (result,) = run_without_leak(lowered(WHILE, DEALLOCATION), "main", [data, limit])
    np.testing.assert_array_equal(result, [max(1.0, limit), 2, 3, 4])


@pytest.mark.parametrize("count", [0, 1, 2])
def test_buffers_that_change_places(count: int) -> None:
    first, second = run_without_leak(lowered(ROTATION, DEALLOCATION), "main", [count, 1.0])
    expected = (1, 2) if count % 2 == 0 else (2, 1)
    assert (first[0], second[0]) == expected


def test_a_view_keeps_its_buffer() -> None:
    (result,) = run_without_leak(lowered(VIEW, DEALLOCATION), "main", [3.0])
    np.testing.assert_array_equal(result, [3, 3])


@pytest.mark.parametrize("size", [2, 4, 7])
def test_realloc(size: int) -> None:
    (result,) = run_without_leak(lowered(REALLOC, DEALLOCATION), "main", [3.0, size])
    assert len(result) == size
    np.testing.assert_array_equal(result[:4], [3] * min(size, 4))


def test_a_program_that_frees_by_itself_is_refused() -> None:
    text = "func.func @f(%a: memref<4xf32>) { memref.dealloc %a : memref<4xf32> return }"
    with pytest.raises(StepwellError, match="memory free side-effect on MemRef value not support"):
        run_passes(parse_module(text), "ownership-based-buffer-deallocation")


def test_loops_of_branches_are_refused() -> None:
    text = """
    func.func @f(%a: memref<4xf32>, %c: i1) {
      cf.br ^a
    ^a: cf.cond_br %c, ^a, ^b
    ^b: return
    }"""
    with pytest.raises(StepwellError, match="Only structured control-flow loops are supported"):
        run_passes(parse_module(text), "ownership-based-buffer-deallocation")
