"""The parts of structs are where C puts them, at all levels of optimisation."""

from __future__ import annotations

from typing import Any

import pytest

import stepwell as sw

# A long after a float: 4 bytes are left out between them.
PADDED = """
func.func @f(%x: f32, %n: i64) -> i64 {
  %one = llvm.mlir.constant(1 : i64) : i64
  %s = llvm.alloca %one x !llvm.struct<(f32, i64)> : (i64) -> !llvm.ptr
  %a = llvm.getelementptr %s[0, 0] : (!llvm.ptr) -> !llvm.ptr, !llvm.struct<(f32, i64)>
  llvm.store %x, %a : f32, !llvm.ptr
  %b = llvm.getelementptr %s[0, 1] : (!llvm.ptr) -> !llvm.ptr, !llvm.struct<(f32, i64)>
  llvm.store %n, %b : i64, !llvm.ptr
  %c = llvm.getelementptr %s[8] : (!llvm.ptr) -> !llvm.ptr, i8
  %r = llvm.load %c : !llvm.ptr -> i64
  return %r : i64
}
"""


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_a_long_after_a_float_is_at_8_bytes(level: int) -> None:
    compiled = sw.compile(sw.parse(PADDED), level=level, use_cache=False)
    f: Any = compiled["f"]
    assert f(1.5, 1 << 40) == 1 << 40


# The driver @main fills what the loop @fill reads.
SHARED = """
llvm.func @fill(%s: !llvm.ptr) -> i64 {
  %zero = llvm.mlir.constant(0 : i64) : i64
  %one = llvm.mlir.constant(1 : i64) : i64
  %b = llvm.getelementptr %s[0, 1] : (!llvm.ptr) -> !llvm.ptr, !llvm.struct<(f32, i64)>
  llvm.br ^head(%zero, %zero : i64, i64)
^head(%i: i64, %sum: i64):
  %n = llvm.load %b : !llvm.ptr -> i64
  %more = llvm.icmp "slt" %i, %n : i64
  llvm.cond_br %more, ^body, ^end
^body:
  %next = llvm.add %sum, %i : i64
  %j = llvm.add %i, %one : i64
  llvm.br ^head(%j, %next : i64, i64)
^end:
  llvm.return %sum : i64
}
func.func @main(%x: f32, %n: i64) -> i64 {
  %one = llvm.mlir.constant(1 : i64) : i64
  %s = llvm.alloca %one x !llvm.struct<(f32, i64)> : (i64) -> !llvm.ptr
  llvm.store %x, %s : f32, !llvm.ptr
  %b = llvm.getelementptr %s[0, 1] : (!llvm.ptr) -> !llvm.ptr, !llvm.struct<(f32, i64)>
  llvm.store %n, %b : i64, !llvm.ptr
  %r = llvm.call @fill(%s) : (!llvm.ptr) -> i64
  return %r : i64
}
"""


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_a_driver_and_its_loops_agree(level: int) -> None:
    compiled = sw.compile(sw.parse(SHARED), level=level, use_cache=False)
    main: Any = compiled["main"]
    assert main(1.5, 100) == 4950
