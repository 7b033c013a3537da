"""What scf's ops do, on runs of the interpreter."""

from __future__ import annotations

import numpy as np
import pytest

from stepwell.ir.diagnostics import InterpreterError
from tests.dialects.programs import call

SUM = """
func.func @f(%lb: index, %ub: index, %step: index) -> index {
  %zero = arith.constant 0 : index
  %r = scf.for %i = %lb to %ub step %step iter_args(%s = %zero) -> (index) {
    %n = arith.addi %s, %i : index
    scf.yield %n : index
  }
  return %r : index
}
"""


@pytest.mark.parametrize("bounds", [(0, 10, 1), (3, 20, 4), (5, 5, 1), (7, 2, 3), (-5, 6, 2)])
def test_for_sums_its_range(bounds: tuple[int, int, int]) -> None:
    assert call(SUM, *bounds) == sum(range(*bounds))


@pytest.mark.parametrize("step", [0, -1])
def test_for_refuses_a_step_that_is_not_positive(step: int) -> None:
    with pytest.raises(InterpreterError, match="not positive"):
        call(SUM, 0, 4, step)


def test_unsigned_for_compares_bounds_as_unsigned() -> None:
    text = """
    func.func @f(%lb: i8, %ub: i8, %step: i8) -> i8 {
      %zero = arith.constant 0 : i8
      %one = arith.constant 1 : i8
      %r = scf.for KIND %i = %lb to %ub step %step iter_args(%s = %zero) -> (i8) : i8 {
        %n = arith.addi %s, %one : i8
        scf.yield %n : i8
      }
      return %r : i8
    }
    """
    # 120 to -126 (130 unsigned): ten numbers, or none if they are signed.
    assert call(text.replace("KIND", "unsigned"), 120, -126, 1) == 10
    assert call(text.replace("KIND", ""), 120, -126, 1) == 0


def test_induction_variable_of_unsigned_for_is_a_signed_value() -> None:
    text = """
    func.func @f(%lb: i8, %ub: i8) -> i8 {
      %one = arith.constant 1 : i8
      %r = scf.for unsigned %i = %lb to %ub step %one iter_args(%s = %lb) -> (i8) : i8 {
        scf.yield %i : i8
      }
      return %r : i8
    }
    """
    assert call(text, 120, -126) == -127


@pytest.mark.parametrize(("condition", "expected"), [(True, 1), (False, 2)])
def test_if_runs_one_region(condition: bool, expected: int) -> None:
    text = """
    func.func @f(%c: i1) -> i32 {
      %a = arith.constant 1 : i32
      %b = arith.constant 2 : i32
      %r = scf.if %c -> (i32) {
        scf.yield %a : i32
      } else {
        scf.yield %b : i32
      }
      return %r : i32
    }
    """
    assert call(text, condition) == expected


@pytest.mark.parametrize("condition", [True, False])
def test_if_without_else_may_do_nothing(condition: bool) -> None:
    text = """
    func.func @f(%c: i1, %m: memref<1xi32>) {
      %zero = arith.constant 0 : index
      %x = arith.constant 7 : i32
      scf.if %c {
        memref.store %x, %m[%zero] : memref<1xi32>
      }
      return
    }
    """
    memory = np.zeros(1, np.int32)
    call(text, condition, memory)
    assert memory[0] == (7 if condition else 0)


def test_while_hands_values_from_region_to_region() -> None:
    text = """
    func.func @f(%n: i32) -> (i32, i32) {
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %r:2 = scf.while (%x = %n, %c = %zero) : (i32, i32) -> (i32, i32) {
        %go = arith.cmpi sgt, %x, %one : i32
        scf.condition(%go) %c, %x : i32, i32
      } do {
      ^bb0(%c: i32, %x: i32):
        %y = arith.shrsi %x, %one : i32
        %d = arith.addi %c, %one : i32
        scf.yield %y, %d : i32, i32
      }
      return %r#0, %r#1 : i32, i32
    }
    """
    assert call(text, 1000) == (9, 1)
    assert call(text, 0) == (0, 0)


@pytest.mark.parametrize(("number", "expected"), [(2, 20), (-5, 50), (0, 99), (3, 99)])
def test_index_switch(number: int, expected: int) -> None:
    text = """
    func.func @f(%i: index) -> i32 {
      %r = scf.index_switch %i -> i32
      case 2 {
        %a = arith.constant 20 : i32
        scf.yield %a : i32
      }
      case -5 {
        %a = arith.constant 50 : i32
        scf.yield %a : i32
      }
      default {
        %a = arith.constant 99 : i32
        scf.yield %a : i32
      }
      return %r : i32
    }
    """
    assert call(text, number) == expected


@pytest.mark.parametrize("condition", [True, False])
def test_execute_region_runs_its_blocks(condition: bool) -> None:
    text = """
    func.func @f(%c: i1, %a: i32, %b: i32) -> i32 {
      %r = scf.execute_region -> i32 {
        cf.cond_br %c, ^yes, ^no
      ^yes:
        scf.yield %a : i32
      ^no:
        %s = arith.addi %a, %b : i32
        scf.yield %s : i32
      }
      return %r : i32
    }
    """
    assert call(text, condition, 3, 4) == (3 if condition else 7)


def test_parallel_reduces_each_of_its_values() -> None:
    text = """
    func.func @f(%m: memref<4x5xf32>, %a: f32, %b: f32) -> (f32, f32) {
      %l = arith.constant 0 : index
      %n = arith.constant 4 : index
      %k = arith.constant 5 : index
      %s = arith.constant 1 : index
      %t = arith.constant 2 : index
      %r:2 = scf.parallel (%i, %j) = (%l, %s) to (%n, %k) step (%s, %t) init (%a, %b)
          -> (f32, f32) {
        %e = memref.load %m[%i, %j] : memref<4x5xf32>
        scf.reduce(%e, %e : f32, f32) {
        ^bb0(%x: f32, %y: f32):
          %z = arith.addf %x, %y : f32
          scf.reduce.return %z : f32
        }, {
        ^bb0(%x: f32, %y: f32):
          %z = arith.maximumf %x, %y : f32
          scf.reduce.return %z : f32
        }
      }
      return %r#0, %r#1 : f32, f32
    }
    """
    memory = np.arange(20, dtype=np.float32).reshape(4, 5)
    found = call(text, memory, 100.0, -1.0)
    taken = memory[:, 1:5:2]
    assert found == (100 + taken.sum(), taken.max())
    assert call(text, memory, 0.0, 1000.0)[1] == 1000  # type: ignore[index]


def test_forall_runs_over_all_points() -> None:
    text = """
    func.func @f(%m: memref<6x6xi32>, %n: index) {
      %x = arith.constant 1 : i32
      scf.forall (%i, %j) = (1, 0) to (%n, 6) step (2, 3) {
        memref.store %x, %m[%i, %j] : memref<6x6xi32>
      }
      return
    }
    """
    memory = np.zeros((6, 6), np.int32)
    call(text, memory, 5)
    expected = np.zeros((6, 6), np.int32)
    expected[1:5:2, 0:6:3] = 1
    assert (memory == expected).all()


def test_forall_without_insertions_yields_its_outputs() -> None:
    text = """
    func.func @f(%t: tensor<3xf32>) -> tensor<3xf32> {
      %r = scf.forall (%i) in (3) shared_outs(%o = %t) -> (tensor<3xf32>) {
        scf.forall.in_parallel {
        }
      }
      return %r : tensor<3xf32>
    }
    """
    tensor = np.array([1, 2, 3], np.float32)
    found = call(text, tensor)
    assert isinstance(found, np.ndarray) and (found == tensor).all()


def test_loops_nest_deeper_than_python_recurses() -> None:
    depth = 2000
    head = "scf.if %c {\n" * depth
    text = (
        "func.func @f(%c: i1, %m: memref<i32>) {\n%x = arith.constant 5 : i32\n"
        + head
        + "memref.store %x, %m[] : memref<i32>\n"
        + "}\n" * depth
        + "return\n}"
    )
    memory = np.zeros((), np.int32)
    call(text, True, memory)
    assert memory == 5


def test_forall_threads_see_the_outputs_as_they_were() -> None:
    text = """
    func.func @f(%t: tensor<4xf32>) -> tensor<4xf32> {
      %c3 = arith.constant 3 : index
      %r = scf.forall (%i) in (4) shared_outs(%o = %t) -> (tensor<4xf32>) {
        %from = arith.subi %c3, %i : index
        %s = tensor.extract_slice %o[%from] [1] [1] : tensor<4xf32> to tensor<1xf32>
        scf.forall.in_parallel {
          tensor.parallel_insert_slice %s into %o[%i] [1] [1] : tensor<1xf32> into tensor<4xf32>
        }
      }
      return %r : tensor<4xf32>
    }
    """
    tensor = np.array([1, 2, 3, 4], np.float32)
    found = call(text, tensor)
    assert isinstance(found, np.ndarray) and found.tolist() == [4, 3, 2, 1]
    assert tensor.tolist() == [1, 2, 3, 4]


def test_forall_hands_each_output_to_its_result() -> None:
    text = """
    func.func @f(%t: tensor<2x3xi32>, %u: tensor<6xi32>, %x: tensor<1x3xi32>, %y: tensor<3xi32>)
        -> (tensor<2x3xi32>, tensor<6xi32>) {
      %r:2 = scf.forall (%i) in (2) shared_outs(%o = %t, %p = %u)
          -> (tensor<2x3xi32>, tensor<6xi32>) {
        scf.forall.in_parallel {
          tensor.parallel_insert_slice %x into %o[%i, 0] [1, 3] [1, 1]
            : tensor<1x3xi32> into tensor<2x3xi32>
          tensor.parallel_insert_slice %y into %p[%i] [3] [2]
            : tensor<3xi32> into tensor<6xi32>
        }
      }
      return %r#0, %r#1 : tensor<2x3xi32>, tensor<6xi32>
    }
    """
    row, other = np.array([[7, 8, 9]], np.int32), np.array([1, 2, 3], np.int32)
    found = call(text, np.zeros((2, 3), np.int32), np.zeros(6, np.int32), row, other)
    assert isinstance(found, tuple)
    assert found[0].tolist() == [[7, 8, 9], [7, 8, 9]]
    assert found[1].tolist() == [1, 1, 2, 2, 3, 3]
