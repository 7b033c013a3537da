"""Parallel loops on threads give what sequential loops give, and only large ones go there."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import stepwell as sw
from stepwell.ir.operation import walk
from stepwell.runtime import threads
from stepwell.runtime.compiled import compile

ALWAYS = (
    "builtin.module(func.func(convert-linalg-to-parallel-loops),"
    "convert-scf-parallel-to-threads{min-work=1},lower-buffers-to-llvm)"
)


@pytest.fixture(params=[1, 3], autouse=True)
def thread_count(request: pytest.FixtureRequest) -> Iterator[None]:
    before = threads.thread_count()
    threads.set_thread_count(request.param)
    yield
    threads.set_thread_count(before)


def call(text: str, pipeline: str, *arguments: object) -> object:
    compiled = compile(sw.parse(text), pipeline=pipeline, use_cache=False)
    return compiled["main"](*arguments)


def names_after_pass(text: str, options: str = "") -> list[str]:
    module = sw.parse(text)
    sw.run_passes(module, f"builtin.module(convert-scf-parallel-to-threads{options})")
    return [op.name for op in walk(module)]


TENSORS = """
func.func @main(%a: tensor<?x?xf32>, %b: tensor<?x?xf32>, %c: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %0 = linalg.matmul ins(%a, %b : tensor<?x?xf32>, tensor<?x?xf32>)
                     outs(%c : tensor<?x?xf32>) -> tensor<?x?xf32>
  %1 = math.exp %0 : tensor<?x?xf32>
  %2 = arith.divf %c, %1 : tensor<?x?xf32>
  return %2 : tensor<?x?xf32>
}
"""


@pytest.mark.parametrize("size", [1, 3, 90])
def test_dynamic_sizes_give_the_same_bits_on_threads(size: int) -> None:
    random = np.random.default_rng(size)
    inputs = [random.standard_normal((size, size), dtype=np.float32) for _ in range(3)]
    expected = call(TENSORS, "lower-to-llvm", *inputs)
    np.testing.assert_array_equal(call(TENSORS, "lower-to-llvm{threads}", *inputs), expected)


OFFSETS = """
func.func @main(%m: memref<?x40xi64>, %low: index, %high: index, %flag: i1, %k: i64) {
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c39 = arith.constant 39 : index
  scf.parallel (%i, %j) = (%low, %c2) to (%high, %c39) step (%c3, %c2) {
    %0 = arith.index_cast %i : index to i64
    %1 = arith.index_cast %j : index to i64
    %2 = arith.muli %0, %k : i64
    %3 = arith.addi %1, %2 : i64
    %4 = arith.select %flag, %3, %k : i64
    memref.store %4, %m[%i, %j] : memref<?x40xi64>
  }
  return
}
"""


@pytest.mark.parametrize(("low", "high"), [(0, 50), (1, 50), (7, 8), (9, 9), (20, 3)])
def test_bounds_and_steps_that_are_not_zero_and_one(low: int, high: int) -> None:
    found = np.zeros((50, 40), np.int64)
    call(OFFSETS, ALWAYS, found, low, high, True, 100)
    expected = np.zeros_like(found)
    rows, columns = np.arange(low, high, 3), np.arange(2, 39, 2)
    expected[np.ix_(rows, columns)] = 100 * rows[:, None] + columns
    np.testing.assert_array_equal(found, expected)


REPEATED = """
func.func @main(%m: memref<8xi32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %one = arith.constant 1 : i32
  scf.for %k = %c0 to %n step %c1 {
    scf.parallel (%i) = (%c0) to (%c8) step (%c1) {
      %0 = memref.load %m[%i] : memref<8xi32>
      %1 = arith.addi %0, %one : i32
      memref.store %1, %m[%i] : memref<8xi32>
    }
  }
  return
}
"""


def test_parallel_loop_in_a_long_loop_does_not_use_up_the_stack() -> None:
    found = np.arange(8, dtype=np.int32)
    call(REPEATED, ALWAYS, found, 200_000)
    np.testing.assert_array_equal(found, np.arange(8) + 200_000)


def test_small_loop_stays_as_it_is() -> None:
    assert "func.call" not in names_after_pass(REPEATED)
    assert "func.call" in names_after_pass(REPEATED, "{min-work=32}")
    assert "func.call" not in names_after_pass(REPEATED, "{min-work=33}")


REDUCED = """
func.func @main(%m: memref<1000000xf32>, %zero: f32) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 1000000 : index
  %r = scf.parallel (%i) = (%c0) to (%n) step (%c1) init (%zero) -> f32 {
    %0 = memref.load %m[%i] : memref<1000000xf32>
    scf.reduce(%0 : f32) {
    ^bb0(%a: f32, %b: f32):
      %1 = arith.addf %a, %b : f32
      scf.reduce.return %1 : f32
    }
  }
  return %r : f32
}
"""


def test_reduction_keeps_the_order_of_its_additions() -> None:
    assert "func.call" not in names_after_pass(REDUCED)


def test_names_of_functions_do_not_clash() -> None:
    twice = REPEATED.replace("@main", "@other") + REPEATED.replace("@main", "@other_parallel")
    module = sw.parse(twice)
    sw.run_passes(module, "builtin.module(convert-scf-parallel-to-threads{min-work=1})")
    sw.verify(module)
    assert "@other_parallel_0(" in str(module)


BLOCKS = """
func.func @main(%m: memref<4000xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %c1000 = arith.constant 1000 : index
  %zero = arith.constant 0.0 : f32
  scf.parallel (%block) = (%c0) to (%c4) step (%c1) {
    %first = arith.muli %block, %c1000 : index
    %rest = arith.subi %n, %first : index
    %count = arith.minsi %rest, %c1000 : index
    scf.for %i = %c0 to %count step %c1 {
      %place = arith.addi %first, %i : index
      memref.store %zero, %m[%place] : memref<4000xf32>
    }
    scf.reduce
  }
  return
}
"""


def test_a_piece_of_a_range_is_as_long_as_it_may_be() -> None:
    """The work of a block is known before the loop, not guessed."""
    names = names_after_pass(BLOCKS, "{min-work=10000}")
    assert names.count("arith.minsi") == 2 and "arith.divsi" in names
    memory = np.ones(4000, np.float32)
    call(BLOCKS, "builtin.module(convert-scf-parallel-to-threads{min-work=1},"
         "lower-buffers-to-llvm)", memory, 3500)  # fmt: skip
    np.testing.assert_array_equal(memory, np.arange(4000) >= 3500)


ALIKE = """
func.func @main(%m: memref<?xf32>, %n: memref<?xf32>, %x: f32, %y: f32, %i: index, %j: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %two = arith.constant 2.0 : f32
  %three = arith.constant 3.0 : f32
  scf.parallel (%k) = (%c0) to (%i) step (%c1) {
    %0 = memref.load %m[%k] : memref<?xf32>
    %1 = arith.divf %0, %x : f32
    %2 = arith.mulf %1, %two : f32
    memref.store %2, %m[%k] : memref<?xf32>
    scf.reduce
  }
  scf.parallel (%k) = (%c0) to (%j) step (%c1) {
    %0 = memref.load %n[%k] : memref<?xf32>
    %1 = arith.divf %0, FACTOR : f32
    %2 = arith.mulf %1, CONSTANT : f32
    memref.store %2, GOAL[%k] : memref<?xf32>
    scf.reduce
  }
  return
}
"""


@pytest.mark.parametrize(
    ("factor", "constant", "goal", "functions"),
    [
        ("%y", "%two", "%n", 1),
        ("%y", "%three", "%n", 2),  # constants are made in the function
        ("%two", "%two", "%n", 2),
        ("%y", "%two", "%m", 2),  # memory that is read is not the memory that is written
    ],
)
def test_loops_that_do_the_same_share_a_function(
    factor: str, constant: str, goal: str, functions: int
) -> None:
    text = ALIKE.replace("FACTOR", factor).replace("CONSTANT", constant).replace("GOAL", goal)
    names = names_after_pass(text, "{min-work=1}")
    assert names.count("func.func") == 2 + functions  # main, and the pool's entry
    m, n = np.arange(5, dtype=np.float32), np.arange(7, dtype=np.float32)
    call(text, ALWAYS, m, n, 4.0, 8.0, 5, 3)
    first = np.arange(5, dtype=np.float32) / 4 * 2
    second = np.arange(3) / (8 if factor == "%y" else 2) * (2 if constant == "%two" else 3)
    into, other = (m, n) if goal == "%m" else (n, m)
    np.testing.assert_array_equal(into[:3], second)
    np.testing.assert_array_equal(m[3:], first[3:])
    np.testing.assert_array_equal(other, first if goal == "%n" else np.arange(7))


def test_a_piece_whose_size_is_computed_counts_in_full() -> None:
    """The size of a piece is known before the loop, though not when it is compiled."""
    text = BLOCKS.replace("%n: index)", "%n: index, %size: index)").replace(
        "arith.minsi %rest, %c1000", "arith.minsi %rest, %size"
    )
    assert names_after_pass(text, "{min-work=10000}").count("arith.minsi") == 2


def test_loops_that_only_fill_memory_stay() -> None:
    fill = """func.func @main(%m: memref<?xf32>, %x: f32, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.parallel (%i) = (%c0) to (%n) step (%c1) {
    memref.store %x, %m[%i] : memref<?xf32>
  }
  return
}"""
    assert "func.call" not in names_after_pass(fill, "{min-work=1}")
    counted = fill.replace("f32", "index").replace("store %x", "store %i")
    assert "func.call" in names_after_pass(counted, "{min-work=1}")


@pytest.mark.parametrize("size", [7, 100_000])
def test_a_call_that_is_not_worth_threads_is_a_plain_one(size: int) -> None:
    found = np.zeros((size, 40), np.int64)
    passes = "builtin.module(convert-scf-parallel-to-threads{min-work=1000},lower-buffers-to-llvm)"
    call(OFFSETS, passes, found, 0, size, True, 100)
    rows, columns = np.arange(0, size, 3), np.arange(2, 39, 2)
    expected = np.zeros_like(found)
    expected[np.ix_(rows, columns)] = 100 * rows[:, None] + columns
    np.testing.assert_array_equal(found, expected)
