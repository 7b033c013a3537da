"""Canonical patterns of memref keep the meaning, and leave what they should."""

from __future__ import annotations

import numpy as np

from tests.dialects.programs import call, canonicalized, op_names

PROGRAM = """
func.func @f(%n: index, %A: memref<8x16xf32>, %x: f32)
    -> (f32, index, memref<?x?xf32, strided<[?, ?], offset: ?>>) {
  %c4 = arith.constant 4 : index
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = memref.alloc(%c4, %n) : memref<?x?xf32>
  %d = memref.dim %m, %c0 : memref<?x?xf32>
  %e = memref.dim %m, %c1 : memref<?x?xf32>
  memref.store %x, %m[%c0, %c0] : memref<?x?xf32>
  %k = arith.addi %d, %e : index
  %1 = memref.cast %A : memref<8x16xf32> to memref<?x?xf32>
  memref.store %x, %1[%c4, %c4] : memref<?x?xf32>
  %2 = memref.load %1[%c4, %c1] : memref<?x?xf32>
  %s = memref.subview %1[%c4, %c1] [%c4, %c4] [%c1, %c1]
    : memref<?x?xf32> to memref<?x?xf32, strided<[?, ?], offset: ?>>
  memref.copy %A, %A : memref<8x16xf32> to memref<8x16xf32>
  return %2, %k, %s : f32, index, memref<?x?xf32, strided<[?, ?], offset: ?>>
}
"""


def test_casts_sizes_and_dead_memory() -> None:
    after = canonicalized(PROGRAM)
    assert op_names(after) == [
        *("arith.addi", "memref.store", "memref.load", "memref.subview", "memref.cast"),
    ]
    assert "[4, 1] [4, 4] [1, 1]" in after
    first, second = (np.arange(128, dtype=np.float32).reshape(8, 16) for _ in range(2))
    expected, found = call(PROGRAM, 3, first, 2.0), call(after, 3, second, 2.0)
    assert isinstance(expected, tuple) and isinstance(found, tuple)
    assert expected[:2] == found[:2] == (65.0, 7)
    assert (expected[2] == found[2]).all() and (first == second).all()


def test_memory_that_is_read_or_escapes_stays() -> None:
    text = """
    func.func private @use(memref<4xf32>)
    func.func @f(%x: f32, %i: index, %p: memref<memref<4xf32>>) -> f32 {
      %a = memref.alloc() : memref<4xf32>
      memref.store %x, %a[%i] : memref<4xf32>
      %y = memref.load %a[%i] : memref<4xf32>
      %b = memref.alloc() : memref<4xf32>
      func.call @use(%b) : (memref<4xf32>) -> ()
      %c = memref.alloc() : memref<4xf32>
      memref.store %c, %p[] : memref<memref<4xf32>>
      return %y : f32
    }
    """
    assert op_names(canonicalized(text)).count("memref.alloc") == 3


def test_negative_constant_size_is_left_to_fail() -> None:
    text = """
    func.func private @use(memref<?xf32>)
    func.func @f() {
      %n = arith.constant -1 : index
      %a = memref.alloc(%n) : memref<?xf32>
      func.call @use(%a) : (memref<?xf32>) -> ()
      return
    }
    """
    assert "memref.alloc(%n) : memref<?xf32>" in canonicalized(text)


def test_metadata_of_known_layouts_is_constant() -> None:
    text = """
    func.func @f(%m: memref<8x?xf32, strided<[16, 1], offset: 4>>)
        -> (index, index, index, index, index) {
      %base, %offset, %sizes:2, %strides:2 = memref.extract_strided_metadata %m
        : memref<8x?xf32, strided<[16, 1], offset: 4>>
            -> memref<f32>, index, index, index, index, index
      return %offset, %sizes#0, %sizes#1, %strides#0, %strides#1 : index, index, index, index, index
    }
    """
    after = canonicalized(text)
    assert "return %c4, %c8, %sizes#1, %c16, %c1" in after or after.count("arith.constant") == 4


def test_whole_subview_and_round_trip_of_shapes_fold() -> None:
    text = """
    func.func @f(%m: memref<8x16xf32, strided<[16, 1]>>, %n: memref<8x16xf32>)
        -> (memref<8x16xf32, strided<[16, 1]>>, memref<8x16xf32>) {
      %a = memref.subview %m[0, 0] [8, 16] [1, 1]
        : memref<8x16xf32, strided<[16, 1]>> to memref<8x16xf32, strided<[16, 1]>>
      %e = memref.expand_shape %n [[0, 1], [2]] output_shape [2, 4, 16]
        : memref<8x16xf32> into memref<2x4x16xf32>
      %c = memref.collapse_shape %e [[0, 1], [2]] : memref<2x4x16xf32> into memref<8x16xf32>
      return %a, %c : memref<8x16xf32, strided<[16, 1]>>, memref<8x16xf32>
    }
    """
    assert op_names(canonicalized(text)) == []
