"""Canonical patterns of affine keep the meaning, and leave what they should."""

from __future__ import annotations

import numpy as np
import pytest

from tests.dialects.programs import call, canonicalized, op_names

PROGRAM = """
func.func @f(%n: index, %m: index, %A: memref<64x64xf32>, %x: f32) -> index {
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0 : index
  %r = affine.for %i = 0 to 10 iter_args(%sum = %zero) -> (index) {
    %0 = affine.apply affine_map<(d0)[s0] -> (d0 + s0)>(%i)[%n]
    %1 = affine.apply affine_map<(d0, d1) -> (d0 * 2 + d1)>(%0, %c4)
    %2 = affine.min affine_map<(d0, d1, d2) -> (d0 + 1, d0 + 3, d1, d1, 100)>(%1, %n, %m)
    %3 = affine.max affine_map<(d0, d1) -> (4, d0 - d0 + 7)>(%1, %n)
    affine.store %x, %A[%1 + 1, %c4] : memref<64x64xf32>
    affine.for %j = affine_map<(d0) -> (d0)>(%0) to min affine_map<(d0, d1)
        -> (d0 * 4, d1, d1 + 2)>(%c4, %1) {
      affine.store %x, %A[%j, %j] : memref<64x64xf32>
    }
    affine.if affine_set<(d0) : (d0 >= 0)>(%c4) {
      affine.store %x, %A[%i, %i + 1] : memref<64x64xf32>
    } else {
    }
    affine.if affine_set<(d0, d1)[s0] : (d0 - s0 + d1 - d0 - 12 >= 0)>(%i, %1)[%n] {
      affine.store %x, %A[%i, %i + 2] : memref<64x64xf32>
    } else {
    }
    %s = arith.addi %sum, %2 : index
    %t = arith.addi %s, %3 : index
    affine.yield %t : index
  }
  return %r : index
}
"""


@pytest.mark.parametrize("n", [0, 3, 9])
def test_composed_maps_mean_the_same(n: int) -> None:
    after = canonicalized(PROGRAM)
    assert "affine.apply" not in after
    first, second = np.zeros((64, 64), np.float32), np.zeros((64, 64), np.float32)
    assert call(PROGRAM, n, 5, first, 1.0) == call(after, n, 5, second, 1.0)
    assert (first == second).all() and first.any()


def test_what_is_left() -> None:
    names = op_names(canonicalized(PROGRAM))
    assert names.count("affine.if") == 1 and "affine.max" not in names


def test_loops_that_do_nothing_go() -> None:
    text = """
    func.func private @side(index)
    func.func @f(%n: index, %x: f32) -> f32 {
      affine.for %i = 5 to 5 {
        func.call @side(%i) : (index) -> ()
      }
      affine.for %i = 5 to %n {
      }
      %r = affine.for %i = 0 to %n iter_args(%y = %x) -> (f32) {
        affine.yield %y : f32
      }
      return %r : f32
    }
    """
    assert op_names(canonicalized(text)) == []


def test_apply_of_constants_is_a_constant() -> None:
    text = """
    func.func @f() -> index {
      %c7 = arith.constant 7 : index
      %r = affine.apply affine_map<(d0)[s0] -> (d0 floordiv 2 + s0 mod 4)>(%c7)[%c7]
      return %r : index
    }
    """
    assert op_names(canonicalized(text)) == []
    assert call(canonicalized(text)) == 6
