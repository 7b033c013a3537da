# ruff: noqa: E501
"""The memory of interpreted llvm programs: what is stored is loaded, and misuse is an error."""

import numpy as np
import pytest

from stepwell.dialects.llvm.layout import alignment_of, size_of, struct_layout
from stepwell.dialects.llvm.memory import NULL, Memory
from stepwell.dialects.llvm.types import ArrayType, StructType, pointer
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.parse import parse_module

HEAP = """
llvm.func @malloc(i64) -> !llvm.ptr
llvm.func @free(!llvm.ptr)
llvm.func @f(%i: i64) -> i32 {
  %n = llvm.mlir.constant(16 : i64) : i64
  %v = llvm.mlir.constant(42 : i32) : i32
  %p = llvm.call @malloc(%n) : (i64) -> !llvm.ptr
  %q = llvm.getelementptr %p[%i] : (!llvm.ptr, i64) -> !llvm.ptr, i32
  llvm.store %v, %q : i32, !llvm.ptr
  FREE
  %r = llvm.load %q : !llvm.ptr -> i32
  llvm.return %r : i32
}"""


def heap(index: int, extra: str = "") -> object:
    return Interpreter(parse_module(HEAP.replace("FREE", extra))).call("f", index)


def test_heap_memory_is_kept() -> None:
    assert heap(3) == 42


def test_access_outside_an_allocation_is_an_error() -> None:
    for index in (4, -1):
        with pytest.raises(InterpreterError, match="of an allocation of 16 bytes"):
            heap(index)


def test_use_after_free_and_double_free_are_errors() -> None:
    free = "llvm.call @free(%p) : (!llvm.ptr) -> ()"
    with pytest.raises(InterpreterError, match="memory that was freed"):
        heap(0, free)
    with pytest.raises(InterpreterError, match="or twice"):
        heap(0, f"{free}\n{free}")


def test_null_is_not_accessed() -> None:
    with pytest.raises(InterpreterError, match="null pointer"):
        Memory().load(NULL, types.i32)


STRUCT = StructType((types.i8, types.i32, ArrayType(3, types.IntegerType(16)), types.f64))


def test_layout_is_that_of_the_abi() -> None:
    assert struct_layout(STRUCT) == ((0, 4, 8, 16), 24)
    assert struct_layout(StructType(STRUCT.elements, True)) == ((0, 1, 5, 11), 19)
    assert size_of(types.VectorType((3,), types.f32)) == 16
    assert alignment_of(types.IntegerType(24)) == 4
    assert size_of(pointer) == 8


VALUES = [
    (types.i1, 1), (types.i8, -5), (types.IntegerType(24), -(2**23)), (types.IntegerType(128), 2**100),
    (types.f32, np.float32(1.5)), (STRUCT, (1, -2, (3, -4, 5), np.float64(0.25))),
    (ArrayType(2, ArrayType(2, types.i8)), ((1, 2), (3, 4))),
    (types.VectorType((3,), types.i1), np.array([True, False, True])),
    (types.VectorType((3,), types.f64), np.array([1.0, 2.0, -0.0])),
]  # fmt: skip


@pytest.mark.parametrize(("type", "value"), VALUES)
def test_what_is_stored_is_loaded(type: Type, value: object) -> None:
    memory = Memory()
    place = memory.allocate(64).moved(3)
    memory.store(place, value, type)
    np.testing.assert_equal(memory.load(place, type), value)


def test_pointers_survive_memory() -> None:
    memory = Memory()
    first, second = memory.allocate(8), memory.allocate(8)
    memory.store(first, second.moved(4), pointer)
    assert memory.load(first, pointer) == second.moved(4)
