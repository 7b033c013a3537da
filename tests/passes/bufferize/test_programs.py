"""One-shot bufferization of programs with a known answer: how many copies, and which values."""

from __future__ import annotations

import numpy as np
import pytest

from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.parse import parse_module
from tests.oracle.tools import call, find_tool
from tests.passes.buffers.allocations import BUFFERS, lowered
from tests.passes.passes_on_text import plain

READ_AFTER_WRITE = """
func.func @main(%t: tensor<4xf32>, %x: f32) -> (tensor<4xf32>, f32) {
  %c0 = arith.constant 0 : index
  %0 = tensor.insert %x into %t[%c0] : tensor<4xf32>
  %1 = tensor.extract %t[%c0] : tensor<4xf32>
  return %0, %1 : tensor<4xf32>, f32
}
"""

IN_PLACE = """
func.func @main(%t: tensor<4xf32>, %x: f32) -> (tensor<4xf32>, f32) {
  %c0 = arith.constant 0 : index
  %1 = tensor.extract %t[%c0] : tensor<4xf32>
  %0 = tensor.insert %x into %t[%c0] : tensor<4xf32>
  return %0, %1 : tensor<4xf32>, f32
}
"""

SLICES = """
func.func @main(%t: tensor<8xf32>, %x: f32) -> tensor<8xf32> {
  %s = tensor.extract_slice %t[2][4][1] : tensor<8xf32> to tensor<4xf32>
  %f = linalg.fill ins(%x : f32) outs(%s : tensor<4xf32>) -> tensor<4xf32>
  %r = tensor.insert_slice %f into %t[2][4][1] : tensor<4xf32> into tensor<8xf32>
  return %r : tensor<8xf32>
}
"""

LOOP = """
func.func @main(%t: tensor<4xf32>, %n: index) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %t) -> tensor<4xf32> {
    %x = tensor.extract %a[%i] : tensor<4xf32>
    %y = arith.addf %x, %x : f32
    %b = tensor.insert %y into %a[%i] : tensor<4xf32>
    scf.yield %b : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}
"""

CALLS = """
func.func private @set(%t: tensor<4xf32>, %x: f32) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %0 = tensor.insert %x into %t[%c0] : tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @main(%t: tensor<4xf32>, %x: f32) -> (tensor<4xf32>, f32) {
  %c0 = arith.constant 0 : index
  %0 = call @set(%t, %x) : (tensor<4xf32>, f32) -> tensor<4xf32>
  %1 = tensor.extract %t[%c0] : tensor<4xf32>
  return %0, %1 : tensor<4xf32>, f32
}
"""

SHARED_OUTPUT = """
func.func @main(%t: tensor<4xf32>, %x: f32) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %r = scf.forall (%i) in (4) shared_outs(%o = %t) -> (tensor<4xf32>) {
    %s = tensor.extract_slice %o[%i][1][1] : tensor<4xf32> to tensor<1xf32>
    %y = tensor.insert %x into %s[%c0] : tensor<1xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %y into %o[%i][1][1] : tensor<1xf32> into tensor<4xf32>
    }
  }
  return %r : tensor<4xf32>
}
"""

LOOP_THAT_READS_ITS_INIT = """
func.func @main(%t: tensor<4xf32>, %n: index) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %t) -> tensor<4xf32> {
    %x = tensor.extract %t[%c0] : tensor<4xf32>
    %b = tensor.insert %x into %a[%i] : tensor<4xf32>
    scf.yield %b : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}
"""

FILLED_BY_THE_LOOP = """
func.func @main(%x: f32, %t: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %r = scf.for %i = %c0 to %c3 step %c1 iter_args(%a = %t) -> tensor<4xf32> {
    %b = linalg.fill ins(%x : f32) outs(%a : tensor<4xf32>) -> tensor<4xf32>
    scf.yield %b : tensor<4xf32>
  }
  return %r, %t : tensor<4xf32>, tensor<4xf32>
}
"""

SLICE_OF_THE_INIT_CHANGED = """
func.func @main(%t: tensor<4xf32>, %n: index) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %x = arith.constant 5.0 : f32
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %t) -> tensor<4xf32> {
    %s = tensor.extract_slice %t[1][2][1] : tensor<4xf32> to tensor<2xf32>
    %y = tensor.insert %x into %s[%c0] : tensor<2xf32>
    %e = tensor.extract %y[%c1] : tensor<2xf32>
    %z = arith.addf %e, %x : f32
    %c2 = arith.constant 2 : index
    %b = tensor.insert %z into %a[%c2] : tensor<4xf32>
    scf.yield %b : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}
"""

TURNED = """
func.func @main(%t: tensor<4xf32>) -> tensor<4xf32> {
  %r = linalg.generic {indexing_maps = [affine_map<(d) -> (3 - d)>, affine_map<(d) -> (d)>],
      iterator_types = ["parallel"]} ins(%t : tensor<4xf32>) outs(%t : tensor<4xf32>) {
  ^bb0(%x: f32, %y: f32):
    linalg.yield %x : f32
  } -> tensor<4xf32>
  return %r : tensor<4xf32>
}
"""

ADDED_IN_A_LOOP = """
func.func @main(%t: tensor<4xf32>, %n: index) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %t) -> tensor<4xf32> {
    %b = linalg.generic {indexing_maps = [affine_map<(d) -> (d)>, affine_map<(d) -> (d)>],
        iterator_types = ["parallel"]} ins(%a : tensor<4xf32>) outs(%t : tensor<4xf32>) {
    ^bb0(%x: f32, %y: f32):
      %s = arith.addf %x, %y : f32
      linalg.yield %s : f32
    } -> tensor<4xf32>
    %e = tensor.extract %b[%c0] : tensor<4xf32>
    %c = tensor.insert %e into %a[%c0] : tensor<4xf32>
    scf.yield %c : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}
"""

CASES = {
    "read after write": (READ_AFTER_WRITE, 1),
    "in place": (IN_PLACE, 0),
    "slices": (SLICES, None),
    "loop": (LOOP, 0),
    "calls": (CALLS, 1),
    "shared output": (SHARED_OUTPUT, None),
    "loop that reads its init": (LOOP_THAT_READS_ITS_INIT, 1),
    "filled by the loop": (FILLED_BY_THE_LOOP, 0),
    "slice of the init changed": (SLICE_OF_THE_INIT_CHANGED, None),
    "turned": (TURNED, 0),
    "added in a loop": (ADDED_IN_A_LOOP, None),
}


@pytest.mark.parametrize("name", CASES)
def test_copies_are_made_where_upstream_makes_them(name: str) -> None:
    text, copies = CASES[name]
    ours = plain(lowered(text, f"{BUFFERS},canonicalize"))
    if copies is not None:
        assert ours.count("memref.copy") == copies
    tool = find_tool("mlir-opt")
    if tool is not None:
        pipeline = f"builtin.module({BUFFERS},canonicalize)"
        expected = call([tool, f"--pass-pipeline={pipeline}"], text)
        assert ours.count("memref.copy") == expected.count("memref.copy")
        assert ours.count("memref.alloc(") == expected.count("memref.alloc(")


def test_a_tensor_turned_round_is_not_turned_in_place() -> None:
    data = np.arange(4, dtype=np.float32)
    result = Interpreter(lowered(TURNED, BUFFERS)).call("main", data.copy())
    np.testing.assert_array_equal(result, data[::-1])


def test_a_loop_does_not_write_its_init_where_the_body_changes_a_copied_slice_of_it() -> None:
    data = np.arange(1, 5, dtype=np.float32)
    expected = Interpreter(parse_module(SLICE_OF_THE_INIT_CHANGED)).call("main", data.copy(), 3)
    result = Interpreter(lowered(SLICE_OF_THE_INIT_CHANGED, BUFFERS)).call("main", data.copy(), 3)
    np.testing.assert_array_equal(result, expected)


def test_what_a_loop_adds_to_a_captured_tensor_does_not_pile_up() -> None:
    data = np.arange(1, 5, dtype=np.float32)
    expected = Interpreter(parse_module(ADDED_IN_A_LOOP)).call("main", data.copy(), 3)
    result = Interpreter(lowered(ADDED_IN_A_LOOP, BUFFERS)).call("main", data.copy(), 3)
    np.testing.assert_array_equal(result, expected)


def test_a_constant_that_a_function_returns_is_not_written_by_its_caller() -> None:
    text = """
    func.func private @constant() -> tensor<4xf32> {
      %c = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
      return %c : tensor<4xf32>
    }
    func.func @main(%x: f32) -> (tensor<4xf32>, tensor<4xf32>) {
      %c0 = arith.constant 0 : index
      %t = call @constant() : () -> tensor<4xf32>
      %a = tensor.insert %x into %t[%c0] : tensor<4xf32>
      %u = call @constant() : () -> tensor<4xf32>
      return %a, %u : tensor<4xf32>, tensor<4xf32>
    }"""
    changed, unchanged = Interpreter(lowered(text, BUFFERS)).call("main", 7.0)
    np.testing.assert_array_equal(changed, [7, 2, 3, 4])
    np.testing.assert_array_equal(unchanged, [1, 2, 3, 4])


FILLING = """
func.func @main(%t: tensor<?x4xf32>, %l: index, %x: f32)
    -> (tensor<?x7xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x2xf32>) {
  %c0 = arith.constant 0 : index
  %0 = tensor.pad %t low[%l, 1] high[2, 2] {
  ^bb0(%i: index, %j: index):
    tensor.yield %x : f32
  } : tensor<?x4xf32> to tensor<?x7xf32>
  %n = tensor.dim %t, %c0 : tensor<?x4xf32>
  %1 = tensor.generate %n {
  ^bb0(%i: index, %j: index):
    %v = tensor.extract %t[%i, %j] : tensor<?x4xf32>
    %w = arith.addf %v, %x : f32
    tensor.yield %w : f32
  } : tensor<?x4xf32>
  %2 = tensor.concat dim(0) %t, %1, %t
      : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
  %3 = tensor.splat %x[%n] : tensor<?x2xf32>
  return %0, %1, %2, %3 : tensor<?x7xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x2xf32>
}
"""


def test_tensors_made_by_a_rule() -> None:
    data = np.arange(8, dtype=np.float32).reshape(2, 4)
    padded, made, joined, filled = Interpreter(lowered(FILLING, BUFFERS)).call("main", data, 3, 5.0)
    expected = np.full((7, 7), 5, np.float32)
    expected[3:5, 1:5] = data
    np.testing.assert_array_equal(padded, expected)
    np.testing.assert_array_equal(made, data + 5)
    np.testing.assert_array_equal(joined, np.concatenate([data, data + 5, data]))
    np.testing.assert_array_equal(filled, np.full((2, 2), 5))


def test_the_body_of_a_linalg_op_may_read_tensors() -> None:
    text = """
    func.func @main(%t: tensor<4xi32>) -> tensor<4xi32> {
      %c3 = arith.constant 3 : index
      %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
          outs(%t : tensor<4xi32>) {
      ^bb0(%o: i32):
        %j = linalg.index 0 : index
        %k = arith.subi %c3, %j : index
        %x = tensor.extract %t[%k] : tensor<4xi32>
        linalg.yield %x : i32
      } -> tensor<4xi32>
      return %r : tensor<4xi32>
    }"""
    data = np.array([1, 2, 3, 4], np.int32)
    wanted = Interpreter(parse_module(text)).call("main", data.copy())
    np.testing.assert_array_equal(wanted, [4, 3, 2, 1])
    result = Interpreter(lowered(text, BUFFERS)).call("main", data.copy())
    np.testing.assert_array_equal(result, wanted)
