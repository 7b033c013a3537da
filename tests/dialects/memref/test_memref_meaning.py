"""What memref's ops do, on runs of the interpreter."""

from __future__ import annotations

import numpy as np
import pytest

from stepwell.dialects.memref.atomics import KINDS
from stepwell.ir.diagnostics import InterpreterError
from tests.dialects.programs import call


def test_memory_holds_what_was_stored() -> None:
    text = """
    func.func @f(%n: index, %x: f32) -> f32 {
      %m = memref.alloc(%n) : memref<?x2xf32>
      %one = arith.constant 1 : index
      memref.store %x, %m[%n, %one] : memref<?x2xf32>
      memref.dealloc %m : memref<?x2xf32>
      return %x : f32
    }
    """
    with pytest.raises(InterpreterError, match="out-of-bounds index 3 for dimension 0 of size 3"):
        call(text, 3, 1.5)
    text = text.replace("[%n, %one]", "[%one, %one]").replace("return %x", "return %y")
    text = text.replace(
        "memref.dealloc", "%y = memref.load %m[%one, %one] : memref<?x2xf32>\nmemref.dealloc"
    )
    assert call(text, 3, 1.5) == 1.5


def test_use_after_free_and_double_free_are_found() -> None:
    text = """
    func.func @f() {
      %m = memref.alloc() : memref<f32>
      memref.dealloc %m : memref<f32>
      USE
      return
    }
    """
    with pytest.raises(InterpreterError, match="use after free of 'm'"):
        call(text.replace("USE", "%x = memref.load %m[] : memref<f32>"))
    with pytest.raises(InterpreterError, match="double free"):
        call(text.replace("USE", "memref.dealloc %m : memref<f32>"))
    with pytest.raises(InterpreterError, match="use after free"):
        call(text.replace("USE", "%v = memref.subview %m[] [] [] : memref<f32> to memref<f32>\n"
                          "%x = memref.load %v[] : memref<f32>"))  # fmt: skip


def test_realloc_keeps_what_fits() -> None:
    text = """
    func.func @f(%n: index) -> memref<?xi32> {
      %m = memref.alloc() : memref<4xi32>
      %x = arith.constant 5 : i32
      %zero = arith.constant 0 : index
      memref.store %x, %m[%zero] : memref<4xi32>
      %r = memref.realloc %m(%n) : memref<4xi32> to memref<?xi32>
      return %r : memref<?xi32>
    }
    """
    for size in (2, 9):
        found = call(text, size)
        assert isinstance(found, np.ndarray) and found.shape == (size,) and found[0] == 5


def test_subview_shares_memory_and_drops_unit_dimensions() -> None:
    text = """
    func.func @f(%m: memref<8x16xf32>, %i: index, %n: index, %x: f32)
        -> memref<?xf32, strided<[2], offset: ?>> {
      %s = memref.subview %m[%i, 2] [1, %n] [1, 2]
        : memref<8x16xf32> to memref<?xf32, strided<[2], offset: ?>>
      %one = arith.constant 1 : index
      memref.store %x, %s[%one] : memref<?xf32, strided<[2], offset: ?>>
      return %s : memref<?xf32, strided<[2], offset: ?>>
    }
    """
    memory = np.arange(128, dtype=np.float32).reshape(8, 16)
    found = call(text, memory, 3, 4, -1.0)
    assert memory[3, 4] == -1
    assert isinstance(found, np.ndarray) and (found == memory[3, 2:10:2]).all()
    with pytest.raises(InterpreterError, match="out-of-bounds slice of dimension 1"):
        call(text, memory, 3, 8, -1.0)


def test_views_of_views_reach_the_same_elements() -> None:
    text = """
    func.func @f(%m: memref<8x16xf32>) -> memref<3x2xf32, strided<[2, 32], offset: 35>> {
      %a = memref.subview %m[2, 1] [4, 12] [2, 1] : memref<8x16xf32>
        to memref<4x12xf32, strided<[32, 1], offset: 33>>
      %b = memref.subview %a[0, 2] [2, 3] [1, 2] : memref<4x12xf32, strided<[32, 1], offset: 33>>
        to memref<2x3xf32, strided<[32, 2], offset: 35>>
      %t = memref.transpose %b (i, j) -> (j, i) : memref<2x3xf32, strided<[32, 2], offset: 35>>
        to memref<3x2xf32, strided<[2, 32], offset: 35>>
      return %t : memref<3x2xf32, strided<[2, 32], offset: 35>>
    }
    """
    memory = np.arange(128, dtype=np.float32).reshape(8, 16)
    text = text.replace("[4, 12] [2, 1]", "[3, 12] [2, 1]").replace("memref<4x12", "memref<3x12")
    found = call(text, memory)
    assert isinstance(found, np.ndarray)
    assert (found == memory[2::2, 1:13][:2, 2:8:2].T).all()


def test_reinterpret_cast_and_metadata() -> None:
    text = """
    func.func @f(%m: memref<8x16xf32, strided<[?, ?], offset: ?>>)
        -> (memref<4x2xf32, strided<[?, 3], offset: ?>>, index, index, index, index, index) {
      %base, %offset, %sizes:2, %strides:2 = memref.extract_strided_metadata %m
        : memref<8x16xf32, strided<[?, ?], offset: ?>>
            -> memref<f32>, index, index, index, index, index
      %r = memref.reinterpret_cast %base to offset: [%offset], sizes: [4, 2],
          strides: [%strides#0, 3]
        : memref<f32> to memref<4x2xf32, strided<[?, 3], offset: ?>>
      return %r, %offset, %sizes#0, %sizes#1, %strides#0, %strides#1
        : memref<4x2xf32, strided<[?, 3], offset: ?>>, index, index, index, index, index
    }
    """
    memory = np.arange(16 * 32, dtype=np.float32).reshape(16, 32)[::2, ::2]
    found = call(text, memory)
    assert isinstance(found, tuple)
    assert found[1:] == (0, 8, 16, 64, 2)
    flat = np.arange(16 * 32)
    assert (found[0] == [[flat[i * 64 + j * 3] for j in range(2)] for i in range(4)]).all()


def test_reinterpret_cast_past_the_end_is_found_on_access() -> None:
    text = """
    func.func @f(%m: memref<8xf32>, %i: index) -> f32 {
      %r = memref.reinterpret_cast %m to offset: [0], sizes: [16], strides: [1]
        : memref<8xf32> to memref<16xf32>
      %x = memref.load %r[%i] : memref<16xf32>
      return %x : f32
    }
    """
    memory = np.arange(8, dtype=np.float32)
    assert call(text, memory, 7) == 7
    with pytest.raises(InterpreterError, match="out-of-bounds access"):
        call(text, memory, 8)


def test_view_reads_bytes_as_other_elements() -> None:
    text = """
    func.func @f(%m: memref<64xi8>, %shift: index, %n: index) -> memref<?x2xi32> {
      %r = memref.view %m[%shift][%n] : memref<64xi8> to memref<?x2xi32>
      return %r : memref<?x2xi32>
    }
    """
    memory = np.arange(64, dtype=np.int8)
    found = call(text, memory, 5, 3)
    expected = memory[5 : 5 + 24].copy().view("<i4").reshape(3, 2)
    assert isinstance(found, np.ndarray) and (found == expected).all()
    with pytest.raises(InterpreterError, match="out-of-bounds"):
        call(text, memory, 5, 8)


def test_expand_and_collapse() -> None:
    text = """
    func.func @f(%m: memref<?x6xf32>, %n: index)
        -> (memref<?x4x6xf32>, memref<?x6xf32>, memref<?xf32>) {
      %e = memref.expand_shape %m [[0, 1], [2]] output_shape [%n, 4, 6]
        : memref<?x6xf32> into memref<?x4x6xf32>
      %c = memref.collapse_shape %e [[0, 1], [2]] : memref<?x4x6xf32> into memref<?x6xf32>
      %d = memref.collapse_shape %e [[0, 1, 2]] : memref<?x4x6xf32> into memref<?xf32>
      return %e, %c, %d : memref<?x4x6xf32>, memref<?x6xf32>, memref<?xf32>
    }
    """
    memory = np.arange(48, dtype=np.float32).reshape(8, 6)
    found = call(text, memory, 2)
    assert isinstance(found, tuple)
    for array, shape in zip(found, ((2, 4, 6), (8, 6), (48,)), strict=True):
        assert (array == memory.reshape(shape)).all()
    with pytest.raises(InterpreterError, match="splits size 8"):
        call(text, memory, 3)


def test_reshape_takes_sizes_from_memory() -> None:
    text = """
    func.func @f(%m: memref<?x?xf32>, %s: memref<3xindex>) -> memref<?x?x?xf32> {
      %r = memref.reshape %m(%s) : (memref<?x?xf32>, memref<3xindex>) -> memref<?x?x?xf32>
      return %r : memref<?x?x?xf32>
    }
    """
    memory = np.arange(24, dtype=np.float32).reshape(4, 6)
    found = call(text, memory, np.array([2, 3, 4]))
    assert isinstance(found, np.ndarray) and (found == memory.reshape(2, 3, 4)).all()
    with pytest.raises(InterpreterError, match="reshapes"):
        call(text, memory, np.array([2, 3, 5]))


def test_cast_must_be_true() -> None:
    text = """
    func.func @f(%m: memref<?xf32>) -> index {
      %u = memref.cast %m : memref<?xf32> to memref<*xf32>
      %rank = memref.rank %u : memref<*xf32>
      %four = memref.cast %u : memref<*xf32> to memref<4xf32>
      %size = memref.dim %four, %rank : memref<4xf32>
      return %rank : index
    }
    """
    with pytest.raises(InterpreterError, match="asks for dimension 1 of 1"):
        call(text, np.zeros(4, np.float32))
    with pytest.raises(InterpreterError, match="claims that sizes"):
        call(text, np.zeros(5, np.float32))


def test_globals_live_through_the_run_and_constants_cannot_change() -> None:
    text = """
    memref.global "private" @count : memref<i32> = dense<40>
    memref.global "private" constant @fixed : memref<2xf32> = dense<[1.0, 2.0]>
    func.func private @bump() {
      %m = memref.get_global @count : memref<i32>
      %x = memref.load %m[] : memref<i32>
      %one = arith.constant 1 : i32
      %y = arith.addi %x, %one : i32
      memref.store %y, %m[] : memref<i32>
      return
    }
    func.func @f() -> i32 {
      func.call @bump() : () -> ()
      func.call @bump() : () -> ()
      %m = memref.get_global @count : memref<i32>
      %x = memref.load %m[] : memref<i32>
      return %x : i32
    }
    func.func @g(%i: index, %x: f32) {
      %m = memref.get_global @fixed : memref<2xf32>
      memref.store %x, %m[%i] : memref<2xf32>
      return
    }
    """
    assert call(text) == 42
    with pytest.raises(InterpreterError, match="constant memory"):
        call(text, 0, 1.0, name="g")


def test_copy_handles_overlap_and_refuses_other_sizes() -> None:
    text = """
    func.func @f(%m: memref<6xi32>, %n: index) {
      %a = memref.subview %m[0] [%n] [1] : memref<6xi32> to memref<?xi32, strided<[1]>>
      %b = memref.subview %m[2] [4] [1] : memref<6xi32> to memref<4xi32, strided<[1], offset: 2>>
      memref.copy %a, %b : memref<?xi32, strided<[1]>> to memref<4xi32, strided<[1], offset: 2>>
      return
    }
    """
    memory = np.arange(6, dtype=np.int32)
    call(text, memory, 4)
    assert memory.tolist() == [0, 1, 0, 1, 2, 3]
    with pytest.raises(InterpreterError, match=r"copies sizes \[3\] to \[4\]"):
        call(text, memory, 3)


INTEGER_RESULTS = {
    "addi": 5 + -3, "andi": 5 & -3, "assign": -3, "maxs": 5, "maxu": -3, "mins": -3, "minu": 5,
    "muli": -15, "ori": 5 | -3, "xori": 5 ^ -3,
}  # fmt: skip
FLOAT_RESULTS = {
    "addf": 2.0, "assign": -3.0, "maximumf": 5.0, "maxnumf": 5.0, "minimumf": -3.0,
    "minnumf": -3.0, "mulf": -15.0,
}  # fmt: skip


def rmw(kind: str, type: str) -> str:
    return f"""
    func.func @f(%m: memref<2x{type}>, %x: {type}) -> {type} {{
      %i = arith.constant 1 : index
      %r = memref.atomic_rmw {kind} %x, %m[%i] : ({type}, memref<2x{type}>) -> {type}
      return %r : {type}
    }}
    """


def test_every_kind_of_atomic_rmw() -> None:
    assert {*INTEGER_RESULTS, *FLOAT_RESULTS} == set(KINDS)
    for kind, expected in INTEGER_RESULTS.items():
        memory = np.array([1, 5], np.int8)
        assert call(rmw(kind, "i8"), memory, -3) == 5
        assert memory.tolist() == [1, expected]
    for kind, value in FLOAT_RESULTS.items():
        floats = np.array([1, 5], np.float32)
        assert call(rmw(kind, "f32"), floats, -3.0) == 5
        assert floats.tolist() == [1, value]


@pytest.mark.parametrize("order", [0, 1])
def test_atomic_float_extremes_and_nan(order: int) -> None:
    for kind, keeps in (
        ("maximumf", True),
        ("minimumf", True),
        ("maxnumf", False),
        ("minnumf", False),
    ):
        pair = [np.nan, 2.0] if order else [2.0, np.nan]
        memory = np.array([0, pair[0]], np.float32)
        call(rmw(kind, "f32"), memory, pair[1])
        assert np.isnan(memory[1]) == keeps
    for kind, negative in (("maximumf", False), ("minimumf", True)):
        pair = [-0.0, 0.0] if order else [0.0, -0.0]
        memory = np.array([0, pair[0]], np.float32)
        call(rmw(kind, "f32"), memory, pair[1])
        assert np.signbit(memory[1]) == negative


def test_generic_atomic_rmw_yields_the_old_value_as_upstream_does() -> None:
    text = """
    func.func @f(%m: memref<2xi32>, %i: index) -> i32 {
      %r = memref.generic_atomic_rmw %m[%i] : memref<2xi32> {
      ^bb0(%old: i32):
        %new = arith.muli %old, %old : i32
        memref.atomic_yield %new : i32
      }
      return %r : i32
    }
    """
    memory = np.array([3, 7], np.int32)
    assert call(text, memory, 1) == 7
    assert memory.tolist() == [3, 49]


def test_scopes_hand_values_out() -> None:
    text = """
    func.func @f(%x: f32) -> f32 {
      %r = memref.alloca_scope -> (f32) {
        %m = memref.alloca() : memref<1xf32>
        %zero = arith.constant 0 : index
        memref.store %x, %m[%zero] : memref<1xf32>
        %y = memref.load %m[%zero] : memref<1xf32>
        memref.alloca_scope.return %y : f32
      }
      return %r : f32
    }
    """
    assert call(text, 2.5) == 2.5


def test_hints_change_nothing() -> None:
    text = """
    func.func @f(%m: memref<4xf32>, %n: memref<4xf32>, %i: index) -> f32 {
      %a = memref.assume_alignment %m, 4 : memref<4xf32>
      %b:2 = memref.distinct_objects %a, %n : memref<4xf32>, memref<4xf32>
      memref.prefetch %b#0[%i], read, locality<3>, data : memref<4xf32>
      %c = memref.memory_space_cast %b#0 : memref<4xf32> to memref<4xf32, 1>
      %x = memref.load %c[%i] : memref<4xf32, 1>
      return %x : f32
    }
    """
    memory = np.arange(4, dtype=np.float32)
    assert call(text, memory, memory.copy(), 2) == 2


def test_dma_copies() -> None:
    text = """
    func.func @f(%a: memref<8xf32>, %b: memref<8xf32>, %tag: memref<1xi32>, %i: index, %n: index) {
      %zero = arith.constant 0 : index
      memref.dma_start %a[%zero], %b[%i], %n, %tag[%zero]
          : memref<8xf32>, memref<8xf32>, memref<1xi32>
      memref.dma_wait %tag[%zero], %n : memref<1xi32>
      return
    }
    """
    source, target = np.arange(8, dtype=np.float32), np.zeros(8, np.float32)
    call(text, source, target, np.zeros(1, np.int32), 3, 2)
    assert target.tolist() == [0, 0, 0, 0, 1, 0, 0, 0]


def test_layout_maps_place_elements() -> None:
    text = """
    func.func @f(%n: index, %x: f32) -> index {
      %m = memref.alloc()[%n] : memref<3x4xf32, affine_map<(d0, d1)[s0] -> (d0 + d1 * s0 + 2)>>
      %base, %offset, %sizes:2, %strides:2 = memref.extract_strided_metadata %m
        : memref<3x4xf32, affine_map<(d0, d1)[s0] -> (d0 + d1 * s0 + 2)>>
        -> memref<f32>, index, index, index, index, index
      %a = arith.addi %offset, %strides#0 : index
      %b = arith.addi %a, %strides#1 : index
      return %b : index
    }
    """
    assert call(text, 5, 1.0) == 2 + 1 + 5


def test_fresh_memory_looks_like_nothing_sensible() -> None:
    text = """
    func.func @f() -> (memref<3xi32>, memref<2xi4>) {
      %m = memref.alloc() : memref<3xi32>
      %n = memref.alloca() : memref<2xi4>
      return %m, %n : memref<3xi32>, memref<2xi4>
    }
    """
    found = call(text)
    assert isinstance(found, tuple) and found[0].tolist() == [77] * 3
    assert all(-8 <= number < 8 for number in found[1].tolist())


def test_vectors_as_elements() -> None:
    text = """
    func.func @f(%v: vector<4xf32>, %i: index) -> vector<4xf32> {
      %m = memref.alloc() : memref<3xvector<4xf32>>
      memref.store %v, %m[%i] : memref<3xvector<4xf32>>
      %r = memref.load %m[%i] : memref<3xvector<4xf32>>
      return %r : vector<4xf32>
    }
    """
    vector = np.arange(4, dtype=np.float32)
    assert (call(text, vector, 2) == vector).all()
