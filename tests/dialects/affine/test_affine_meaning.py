"""What affine's ops do, on runs of the interpreter."""

from __future__ import annotations

import numpy as np
import pytest

from stepwell.ir.diagnostics import InterpreterError
from tests.dialects.programs import call


@pytest.mark.parametrize("n", [0, 3, 7, 20])
def test_for_takes_the_greatest_lower_and_the_least_upper_bound(n: int) -> None:
    text = """
    func.func @f(%n: index, %a: index) -> (index, index) {
      %zero = arith.constant 0 : index
      %one = arith.constant 1 : index
      %r:2 = affine.for %i = max affine_map<()[s0] -> (2, s0 - 5)>()[%a]
          to min affine_map<()[s0] -> (s0, 12)>()[%n] step 3
          iter_args(%count = %zero, %sum = %zero) -> (index, index) {
        %c = arith.addi %count, %one : index
        %s = arith.addi %sum, %i : index
        affine.yield %c, %s : index, index
      }
      return %r#0, %r#1 : index, index
    }
    """
    for a in (0, 9):
        numbers = range(max(2, a - 5), min(n, 12), 3)
        assert call(text, n, a) == (len(numbers), sum(numbers))


def test_apply_min_max() -> None:
    text = """
    func.func @f(%a: index, %b: index) -> (index, index, index) {
      %0 = affine.apply affine_map<(d0)[s0] -> (d0 floordiv 3 + s0 mod 5 - d0 ceildiv 2)>(%a)[%b]
      %1 = affine.min affine_map<(d0, d1) -> (d0, d1, 4)>(%a, %b)
      %2 = affine.max affine_map<(d0, d1) -> (d0, d1, 4)>(%a, %b)
      return %0, %1, %2 : index, index, index
    }
    """
    for a, b in ((7, 3), (-7, -3), (0, 9), (5, -1)):
        expected = a // 3 + b % 5 - -(-a // 2)
        assert call(text, a, b) == (expected, min(a, b, 4), max(a, b, 4))


def test_division_by_zero_is_undefined() -> None:
    text = """
    func.func @f(%a: index, %b: index) -> index {
      %0 = affine.apply affine_map<(d0)[s0] -> (d0 floordiv s0)>(%a)[%b]
      return %0 : index
    }
    """
    assert call(text, 7, 2) == 3
    with pytest.raises(InterpreterError, match="divides by zero"):
        call(text, 7, 0)


@pytest.mark.parametrize(("a", "expected"), [(-1, 2), (0, 1), (5, 1), (6, 2)])
def test_if_asks_whether_the_point_lies_in_the_set(a: int, expected: int) -> None:
    text = """
    func.func @f(%a: index, %n: index) -> i32 {
      %x = arith.constant 1 : i32
      %y = arith.constant 2 : i32
      %r = affine.if affine_set<(d0)[s0] : (d0 >= 0, s0 - d0 >= 0)>(%a)[%n] -> i32 {
        affine.yield %x : i32
      } else {
        affine.yield %y : i32
      }
      return %r : i32
    }
    """
    assert call(text, a, 5) == expected


def test_accesses_with_subscripts() -> None:
    text = """
    func.func @f(%m: memref<10x10xf32>, %n: index) {
      affine.for %i = 0 to 4 {
        %x = affine.load %m[%i * 2 + symbol(%n), 9 - %i] : memref<10x10xf32>
        affine.store %x, %m[%i, %i mod 2] : memref<10x10xf32>
        affine.prefetch %m[%i, %i], read, locality<3>, data : memref<10x10xf32>
      }
      return
    }
    """
    memory = np.arange(100, dtype=np.float32).reshape(10, 10)
    expected = memory.copy()
    for i in range(4):
        expected[i, i % 2] = expected[i * 2 + 3, 9 - i]
    call(text, memory, 3)
    assert (memory == expected).all()


def test_vector_accesses_run_along_the_last_dimensions() -> None:
    text = """
    func.func @f(%m: memref<4x8xf32>) -> vector<4xf32> {
      %zero = arith.constant 0 : index
      %v = affine.vector_load %m[%zero + 1, %zero + 2] : memref<4x8xf32>, vector<4xf32>
      affine.vector_store %v, %m[%zero + 3, %zero + 4] : memref<4x8xf32>, vector<4xf32>
      return %v : vector<4xf32>
    }
    """
    memory = np.arange(32, dtype=np.float32).reshape(4, 8)
    found = call(text, memory)
    assert isinstance(found, np.ndarray) and found.tolist() == [10, 11, 12, 13]
    assert memory[3].tolist() == [24, 25, 26, 27, 10, 11, 12, 13]


@pytest.mark.parametrize("n", [0, 2, 9])
def test_parallel_reduces_what_it_yields(n: int) -> None:
    text = """
    func.func @f(%m: memref<10x10xi32>, %n: index) -> (i32, i32) {
      %r:2 = affine.parallel (%i, %j) = (1, max(0, symbol(%n) - 4)) to (min(8, symbol(%n)), 10)
          step (2, 1) reduce ("addi", "maxs") -> (i32, i32) {
        %x = affine.load %m[%i, %j] : memref<10x10xi32>
        affine.yield %x, %x : i32, i32
      }
      return %r#0, %r#1 : i32, i32
    }
    """
    memory = np.arange(100, dtype=np.int32).reshape(10, 10)
    taken = memory[1 : min(8, n) : 2, max(0, n - 4) :] if n > 1 else memory[:0]
    expected = (int(taken.sum()), int(taken.max()) if taken.size else -(2**31))
    assert call(text, memory, n) == expected


@pytest.mark.parametrize("number", [0, 17, 59, 60, 125, -1])
def test_linearize_undoes_delinearize(number: int) -> None:
    text = """
    func.func @f(%i: index, %b: index) -> (index, index, index, index) {
      %d:3 = affine.delinearize_index %i into (3, %b, 5) : index, index, index
      %r = affine.linearize_index [%d#0, %d#1, %d#2] by (3, %b, 5) : index
      return %d#0, %d#1, %d#2, %r : index, index, index, index
    }
    """
    rest, low = divmod(number, 5)
    high, middle = divmod(rest, 4)
    assert call(text, number, 4) == (high, middle, low, number)


def test_disjoint_linearize_is_poison_for_digits_out_of_range() -> None:
    text = """
    func.func @f(%i: index, %j: index) -> index {
      %r = affine.linearize_index disjoint [%i, %j] by (3, 5) : index
      return %r : index
    }
    """
    assert call(text, 2, 4) == 14
    assert repr(call(text, 2, 5)) == "poison"
