"""Kernels run in the interpreter: threads of a block meet where they must."""

import numpy as np
import pytest

from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.parse import parse_module
from stepwell.ir.verifier import verify


def launch(body: str, block: int, grid: int = 1) -> str:
    """A function that runs `body` in every thread, with `%x` the argument and `%t` its number."""
    return f"""
func.func @main(%x: memref<?xi32>) {{
  %c1 = arith.constant 1 : index
  %b = arith.constant {block} : index
  %g = arith.constant {grid} : index
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %g, %gy = %c1, %gz = %c1)
             threads(%tx, %ty, %tz) in (%nx = %b, %ny = %c1, %nz = %c1)
             workgroup(%s: memref<64xi32, #gpu.address_space<workgroup>>) {{
    %t = gpu.global_id x
    {body}
    gpu.terminator
  }}
  return
}}
"""


def run(text: str, x: np.ndarray) -> np.ndarray:
    module = parse_module(text)
    verify(module)
    Interpreter(module).call("main", x)
    return x


REVERSE = """
    %v = memref.load %x[%t] : memref<?xi32>
    memref.store %v, %s[%tx] : memref<64xi32, #gpu.address_space<workgroup>>
    gpu.barrier
    %one = arith.constant 1 : index
    %last = arith.subi %nx, %one : index
    %o = arith.subi %last, %tx : index
    %w = memref.load %s[%o] : memref<64xi32, #gpu.address_space<workgroup>>
    memref.store %w, %x[%t] : memref<?xi32>
"""


def test_barrier_makes_the_stores_of_other_threads_visible() -> None:
    x = np.arange(96, dtype=np.int32)
    expected = x.reshape(3, 32)[:, ::-1].reshape(-1).copy()
    assert np.array_equal(run(launch(REVERSE, 32, 3), x), expected)


def test_without_the_barrier_threads_do_not_see_what_later_ones_store() -> None:
    x = np.arange(32, dtype=np.int32)
    run(launch(REVERSE.replace("gpu.barrier", ""), 32), x)
    assert not np.array_equal(x, np.arange(32)[::-1])


def test_barrier_that_some_threads_do_not_reach_is_an_error() -> None:
    body = """
    %c4 = arith.constant 4 : index
    %few = arith.cmpi ult, %tx, %c4 : index
    scf.if %few { gpu.barrier }
"""
    with pytest.raises(InterpreterError, match="not reached by all the threads"):
        run(launch(body, 8), np.zeros(8, np.int32))


@pytest.mark.parametrize("mode", ["xor", "up", "down", "idx"])
def test_shuffle_takes_the_value_of_another_lane(mode: str) -> None:
    body = f"""
    %v = memref.load %x[%t] : memref<?xi32>
    %two = arith.constant 2 : i32
    %w = arith.constant 8 : i32
    %r, %valid = gpu.shuffle {mode} %v, %two, %w : i32
    %other = arith.constant -1 : i32
    %k = arith.select %valid, %r, %other : i32
    memref.store %k, %x[%t] : memref<?xi32>
"""
    x = np.arange(100, 132, dtype=np.int32)
    lane = np.arange(32)
    source = {"xor": lane ^ 2, "up": lane - 2, "down": lane + 2, "idx": lane // 8 * 8 + 2}[mode]
    inside = source // 8 == lane // 8
    expected = np.where(inside, 100 + source, -1)
    assert np.array_equal(run(launch(body, 32), x), expected)


def test_reductions_over_a_block_and_over_its_subgroups() -> None:
    body = """
    %v = memref.load %x[%t] : memref<?xi32>
    %all = gpu.all_reduce add %v {} : (i32) -> i32
    %part = gpu.subgroup_reduce maxsi %v : (i32) -> i32
    %sum = arith.addi %all, %part : i32
    memref.store %sum, %x[%t] : memref<?xi32>
"""
    x = np.arange(48, dtype=np.int32)
    expected = x.sum() + np.where(np.arange(48) < 32, 31, 47)
    assert np.array_equal(run(launch(body, 48), x), expected)


def test_ids_outside_of_a_kernel_have_no_meaning() -> None:
    text = "func.func @main() -> index { %0 = gpu.thread_id x return %0 : index }"
    with pytest.raises(InterpreterError, match="outside of a kernel"):
        Interpreter(parse_module(text)).call("main")
