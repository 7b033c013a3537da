"""forward-stores: what is kept in values, and what must stay in memory."""

from __future__ import annotations

import numpy as np

from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.printer import print_to_text
from tests.passes.passes_on_text import run_passes


def forwarded(text: str) -> str:
    return print_to_text(run_passes(text, "forward-stores,canonicalize"))


def test_a_sum_is_carried_through_nested_loops() -> None:
    text = """func.func @f(%x: memref<?x?xf32>, %n: index, %m: index) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %a = memref.alloc() : memref<f32>
  memref.store %zero, %a[] : memref<f32>
  scf.for %i = %c0 to %n step %c1 {
    scf.for %j = %c0 to %m step %c1 {
      %v = memref.load %x[%i, %j] : memref<?x?xf32>
      %s = memref.load %a[] : memref<f32>
      %t = arith.addf %s, %v : f32
      memref.store %t, %a[] : memref<f32>
    }
  }
  %r = memref.load %a[] : memref<f32>
  memref.dealloc %a : memref<f32>
  return %r : f32
}"""
    module = run_passes(text, "forward-stores,canonicalize")
    made = print_to_text(module)
    assert made.count("iter_args") == 2
    assert "alloc" not in made and "memref.store" not in made
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    for rows, columns in ((2, 3), (2, 0), (0, 3), (1, 2)):
        assert Interpreter(module).call("f", x, rows, columns) == x[:rows, :columns].sum()


def test_memory_that_others_may_see_is_not_carried() -> None:
    text = """func.func @f(%x: memref<?xf32>, %a: memref<f32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  memref.store %zero, %a[] : memref<f32>
  scf.for %i = %c0 to %n step %c1 {
    %v = memref.load %x[%i] : memref<?xf32>
    %s = memref.load %a[] : memref<f32>
    %t = arith.addf %s, %v : f32
    memref.store %t, %a[] : memref<f32>
  }
  return
}"""
    assert "iter_args" not in forwarded(text)


def test_a_place_that_may_not_be_there_is_not_touched_before_the_loop() -> None:
    """Without iterations nothing is accessed; the memory may be empty then."""
    text = """func.func @f(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = memref.alloc(%n) : memref<?xf32>
  scf.for %i = %c0 to %n step %c1 {
    %s = memref.load %a[%c0] : memref<?xf32>
    %t = arith.addf %s, %s : f32
    memref.store %t, %a[%c0] : memref<?xf32>
  }
  "use"(%a) : (memref<?xf32>) -> ()
  return
}"""
    assert "iter_args" not in forwarded(text)


def test_loads_and_stores_of_one_block() -> None:
    text = """func.func @f(%p: f32, %q: f32, %i: index, %j: index) -> (f32, f32, f32) {
  %a = memref.alloc() : memref<4xf32>
  memref.store %p, %a[%j] : memref<4xf32>
  memref.store %p, %a[%i] : memref<4xf32>
  %0 = memref.load %a[%i] : memref<4xf32>
  memref.store %q, %a[%j] : memref<4xf32>
  %1 = memref.load %a[%i] : memref<4xf32>
  %2 = memref.load %a[%i] : memref<4xf32>
  memref.dealloc %a : memref<4xf32>
  return %0, %1, %2 : f32, f32, f32
}"""
    module = run_passes(text, "forward-stores")
    made = print_to_text(module)
    # The last store may be to the same place: what it leaves is loaded, once.
    assert made.count("memref.load") == 1
    for i, j in ((1, 2), (1, 1)):
        wanted = (3.0, *[3.0 if i != j else 5.0] * 2)
        assert Interpreter(module).call("f", 3.0, 5.0, i, j) == wanted


def test_a_store_that_another_follows_unread_goes() -> None:
    text = """func.func @f(%a: memref<f32>, %p: f32, %q: f32) {
  memref.store %p, %a[] : memref<f32>
  memref.store %q, %a[] : memref<f32>
  "look"(%a) : (memref<f32>) -> ()
  memref.store %p, %a[] : memref<f32>
  return
}"""
    assert forwarded(text).count("memref.store") == 2


def test_memory_that_nothing_reads_goes() -> None:
    text = """func.func @f(%n: index, %p: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = memref.alloc(%n) : memref<?xf32>
  scf.parallel (%i) = (%c0) to (%n) step (%c1) {
    memref.store %p, %a[%i] : memref<?xf32>
    scf.reduce
  }
  memref.dealloc %a : memref<?xf32>
  return
}"""
    assert "memref" not in forwarded(text)


INTO_A_LOOP = """func.func @f(%x: memref<?xf32>, %a: memref<f32>, %n: index) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = memref.alloc() : memref<f32>
  %zero = arith.constant 0.0 : f32
  %v = memref.load %x[%c0] : memref<?xf32>
  memref.store %v, %m[] : memref<f32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%s = %zero) -> (f32) {
    %w = memref.load %m[] : memref<f32>
    %t = arith.addf %s, %w : f32
    CHANGE
    scf.yield %t : f32
  }
  memref.dealloc %m : memref<f32>
  return %r : f32
}"""


def test_loads_in_a_loop_use_what_was_stored_before_it() -> None:
    made = forwarded(INTO_A_LOOP.replace("CHANGE", "memref.store %t, %a[] : memref<f32>"))
    assert "alloc" not in made and made.count("memref.load") == 1


def test_what_the_loop_writes_is_loaded_anew() -> None:
    text = INTO_A_LOOP.replace("CHANGE", "memref.store %t, %m[] : memref<f32>")
    module = run_passes(text, "forward-stores,canonicalize")
    x = np.array([3.0], np.float32)
    for count, expected in ((0, 0.0), (1, 3.0), (2, 6.0), (3, 12.0)):
        assert Interpreter(module).call("f", x, np.zeros((), np.float32), count) == expected
