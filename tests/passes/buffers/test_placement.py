"""The passes that move allocations and change who makes them, compared with upstream's."""

from __future__ import annotations

import pytest

from tests.oracle.tools import call, find_tool
from tests.passes.buffers.allocations import lowered
from tests.passes.passes_on_text import plain

MOVES = """
func.func @regions(%c: i1, %a: memref<4xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    scf.for %j = %c0 to %n step %c1 {
      %m = memref.alloc() : memref<4xf32>
      %k = memref.alloc(%i) : memref<?xf32>
      memref.copy %a, %m : memref<4xf32> to memref<4xf32>
    }
  }
  scf.if %c {
    %m = memref.alloc() : memref<4xf32>
    memref.copy %a, %m : memref<4xf32> to memref<4xf32>
  }
  %big = memref.alloc() : memref<4096xf32>
  return
}
func.func @blocks(%c: i1, %a: memref<4xf32>, %n: index) -> memref<?xf32> {
  cf.cond_br %c, ^bb1, ^bb2
^bb1:
  cf.br ^bb3(%a : memref<4xf32>)
^bb2:
  %0 = memref.alloc() : memref<4xf32>
  memref.copy %a, %0 : memref<4xf32> to memref<4xf32>
  cf.br ^bb3(%0 : memref<4xf32>)
^bb3(%1: memref<4xf32>):
  memref.copy %1, %a : memref<4xf32> to memref<4xf32>
  %2 = memref.alloc(%n) : memref<?xf32>
  return %2 : memref<?xf32>
}
"""

RESULTS = """
func.func private @fresh(%a: memref<4xf32>, %n: index) -> (memref<4xf32>, index, memref<?xf32>) {
  %0 = memref.alloc() : memref<4xf32>
  memref.copy %a, %0 : memref<4xf32> to memref<4xf32>
  %1 = memref.alloc(%n) : memref<?xf32>
  return %0, %n, %1 : memref<4xf32>, index, memref<?xf32>
}
func.func private @external(%a: memref<4xf32>) -> memref<4xf32>
func.func @public(%a: memref<4xf32>) -> memref<4xf32> { return %a : memref<4xf32> }
func.func @caller(%a: memref<4xf32>, %n: index) -> memref<4xf32> {
  %0, %1, %2 = call @fresh(%a, %n) : (memref<4xf32>, index) -> (memref<4xf32>, index, memref<?xf32>)
  %3 = call @public(%0) : (memref<4xf32>) -> memref<4xf32>
  %4 = call @external(%0) : (memref<4xf32>) -> memref<4xf32>
  memref.copy %3, %a : memref<4xf32> to memref<4xf32>
  return %4 : memref<4xf32>
}
"""

SAME = """
func.func private @f(%a: memref<4xf32>, %x: i32) -> (memref<4xf32>, i32, memref<?xf32>) {
  %c = memref.cast %a : memref<4xf32> to memref<?xf32>
  return %a, %x, %c : memref<4xf32>, i32, memref<?xf32>
}
func.func private @either(%a: memref<4xf32>, %b: memref<4xf32>, %c: i1) -> memref<4xf32> {
  cf.cond_br %c, ^bb1, ^bb2
^bb1:
  return %a : memref<4xf32>
^bb2:
  return %b : memref<4xf32>
}
func.func @caller(%a: memref<4xf32>, %x: i32) -> (memref<4xf32>, i32, memref<?xf32>) {
  %0:3 = call @f(%a, %x) : (memref<4xf32>, i32) -> (memref<4xf32>, i32, memref<?xf32>)
  return %0#0, %0#1, %0#2 : memref<4xf32>, i32, memref<?xf32>
}
"""

CLONES = """
func.func @c(%m: memref<?x4xf32>, %s: memref<4xf32, strided<[?], offset: ?>>, %u: memref<*xf32>)
    -> memref<?x4xf32> {
  %0 = bufferization.clone %m : memref<?x4xf32> to memref<?x4xf32>
  %1 = bufferization.clone %s : memref<4xf32, strided<[?], offset: ?>> to memref<4xf32>
  %3 = bufferization.clone %u : memref<*xf32> to memref<*xf32>
  return %0 : memref<?x4xf32>
}
"""

REALLOC = """
func.func @realloc(%m: memref<?xf32>, %n: index) -> memref<4xf32> {
  %0 = memref.realloc %m(%n) : memref<?xf32> to memref<?xf32>
  %1 = memref.realloc %0 : memref<?xf32> to memref<4xf32>
  return %1 : memref<4xf32>
}
"""

EMPTY = """
func.func @empty(%n: index) -> tensor<?x4xf32> {
  %0 = tensor.empty(%n) : tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}
"""

DEALLOCS = """
func.func @one(%m: memref<4xf32>, %c: i1, %r: memref<4xf32>, %s: memref<2xf32>) -> (i1, i1) {
  %0:2 = bufferization.dealloc (%m : memref<4xf32>) if (%c)
      retain (%r, %s : memref<4xf32>, memref<2xf32>)
  bufferization.dealloc (%m : memref<4xf32>) if (%c)
  return %0#0, %0#1 : i1, i1
}
func.func @none(%m: memref<4xf32>) -> i1 {
  %0 = bufferization.dealloc retain (%m : memref<4xf32>)
  return %0 : i1
}
"""

OWNERSHIP = """
func.func @call(%a: memref<4xf32>, %c: i1) -> memref<4xf32> {
  %0 = memref.alloc() : memref<4xf32>
  memref.copy %a, %0 : memref<4xf32> to memref<4xf32>
  %1 = arith.select %c, %0, %a : memref<4xf32>
  %2 = call @call(%1, %c) : (memref<4xf32>, i1) -> memref<4xf32>
  return %1 : memref<4xf32>
}
func.func @loop(%a: memref<4xf32>, %n: index) {
  %0 = arith.constant 0 : index
  %1 = arith.constant 1 : index
  %r = scf.for %i = %0 to %n step %1 iter_args(%b = %a) -> memref<4xf32> {
    %2 = memref.alloc() : memref<4xf32>
    memref.copy %b, %2 : memref<4xf32> to memref<4xf32>
    scf.yield %2 : memref<4xf32>
  }
  memref.copy %r, %a : memref<4xf32> to memref<4xf32>
  return
}
func.func @blocks(%a: memref<4xf32>, %c: i1) {
  cf.cond_br %c, ^bb1, ^bb2(%a : memref<4xf32>)
^bb1:
  %0 = memref.alloc() : memref<4xf32>
  cf.br ^bb2(%0 : memref<4xf32>)
^bb2(%1: memref<4xf32>):
  memref.copy %1, %a : memref<4xf32> to memref<4xf32>
  return
}
"""

CASES = [
    ("func.func(buffer-hoisting)", MOVES),
    ("func.func(buffer-loop-hoisting)", MOVES),
    ("func.func(promote-buffers-to-stack)", MOVES),
    ("func.func(promote-buffers-to-stack{max-alloc-size-in-bytes=15})", MOVES),
    ("func.func(promote-buffers-to-stack{max-alloc-size-in-bytes=16384})", MOVES),
    ("buffer-results-to-out-params{hoist-dynamic-allocs}", RESULTS),
    ("buffer-results-to-out-params{hoist-dynamic-allocs hoist-static-allocs}", RESULTS),
    (
        "buffer-results-to-out-params{add-result-attr hoist-dynamic-allocs "
        "modify-public-functions}",
        RESULTS,
    ),
    ("drop-equivalent-buffer-results", SAME),
    ("convert-bufferization-to-memref", CLONES),
    ("expand-realloc", REALLOC),
    ("expand-realloc{emit-deallocs=false}", REALLOC),
    ("empty-tensor-to-alloc-tensor", EMPTY),
    ("bufferization-lower-deallocations", DEALLOCS),
    ("ownership-based-buffer-deallocation,canonicalize", OWNERSHIP),
    (
        "ownership-based-buffer-deallocation,canonicalize,buffer-deallocation-simplification",
        OWNERSHIP,
    ),
]


@pytest.mark.parametrize(("pipeline", "text"), CASES, ids=[case[0] for case in CASES])
def test_like_upstream(pipeline: str, text: str) -> None:
    tool = find_tool("mlir-opt")
    if tool is None:
        pytest.skip("mlir-opt is not installed")
    ours = plain(lowered(text, pipeline))
    expected = call([tool, f"--pass-pipeline=builtin.module({pipeline})"], text)
    assert call([tool], ours) == expected
