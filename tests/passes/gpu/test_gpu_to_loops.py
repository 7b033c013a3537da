"""Kernels on the CPU: the same values as in the interpreter, whose threads really meet."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stepwell as sw
from stepwell.ir.diagnostics import PassError, StepwellError, VerifyError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import Operation, walk
from tests.passes.gpu.kernels import random_kernel

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int32]]


def kernel(body: str, block: int, grid: int = 1, memory: str = "") -> str:
    """A function that runs `body` in every thread, with `%x` the argument and `%t` its number."""
    return f"""
func.func @main(%x: memref<?xi32>) {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %nb = arith.constant {block} : index
  %ng = arith.constant {grid} : index
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %ng, %gy = %c1, %gz = %c1)
             threads(%tx, %ty, %tz) in (%nx = %nb, %ny = %c1, %nz = %c1)
             {memory} {{
    %t = gpu.global_id x
    %v = memref.load %x[%t] : memref<?xi32>
    {body}
    gpu.terminator
  }}
  return
}}
"""


def to_loops(text: str) -> Operation:
    module = sw.parse(text)
    sw.run_passes(module, "gpu-to-loops")
    assert not any(op.name.startswith("gpu.") for op in walk(module))
    return module


def same_values(text: str, x: Ints, *sizes: int) -> Ints:
    """What the interpreter makes of `x`; the loops must do the same, interpreted and compiled."""
    outcomes = []
    module = to_loops(text)
    for function in (
        Interpreter(sw.parse(text)).call,
        Interpreter(module).call,
        lambda name, *values: sw.compile(module, level=1)[name](*values),
    ):
        changed = x.copy()
        function("main", changed, *sizes)
        outcomes.append(changed)
    np.testing.assert_array_equal(outcomes[1], outcomes[0])
    np.testing.assert_array_equal(outcomes[2], outcomes[0])
    return outcomes[0]


@settings(max_examples=25)
@given(st.integers(0, 10**9), st.sampled_from([1, 5, 32, 37, 64]), st.integers(1, 2))
def test_random_kernels_have_the_values_of_the_interpreter(
    seed: int, block: int, grid: int
) -> None:
    text = random_kernel(Random(seed))
    x = np.random.default_rng(seed).integers(-50, 50, grid * block).astype(np.int32)
    expected, found = x.copy(), x.copy()
    Interpreter(sw.parse(text)).call("main", expected, grid, block)
    Interpreter(to_loops(text)).call("main", found, grid, block)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("seed", range(4))
def test_random_kernels_compiled(seed: int) -> None:
    x = np.arange(2 * 37, dtype=np.int32) - 9
    same_values(random_kernel(Random(seed)), x, 2, 37)


SHARED = "memref<64xi32, #gpu.address_space<workgroup>>"
REVERSE = f"""
    memref.store %v, %s[%tx] : {SHARED}
    gpu.barrier
    %last = arith.subi %nx, %c1 : index
    %o = arith.subi %last, %tx : index
    %w = memref.load %s[%o] : {SHARED}
    memref.store %w, %x[%t] : memref<?xi32>
"""


@pytest.mark.parametrize("block", [1, 31, 64])
def test_a_barrier_makes_stores_of_all_threads_visible(block: int) -> None:
    x = np.arange(3 * block, dtype=np.int32)
    found = same_values(kernel(REVERSE, block, 3, f"workgroup(%s: {SHARED})"), x)
    np.testing.assert_array_equal(found, x.reshape(3, block)[:, ::-1].reshape(-1))


def test_a_barrier_cuts_the_loop_over_threads() -> None:
    def loops(text: str) -> int:
        return sum(op.name == "scf.for" for op in walk(to_loops(text)))

    memory = f"workgroup(%s: {SHARED})"
    assert loops(kernel(REVERSE.replace("gpu.barrier", ""), 8, 1, memory)) == 6
    assert loops(kernel(REVERSE, 8, 1, memory)) == 9


def test_halving_reduction_in_a_while_loop() -> None:
    body = f"""
    %c2 = arith.constant 2 : index
    memref.store %v, %s[%tx] : {SHARED}
    gpu.barrier
    %h = arith.divui %nx, %c2 : index
    scf.while (%d = %h) : (index) -> index {{
      %more = arith.cmpi ugt, %d, %c0 : index
      scf.condition(%more) %d : index
    }} do {{
    ^bb0(%d: index):
      %in = arith.cmpi ult, %tx, %d : index
      scf.if %in {{
        %o = arith.addi %tx, %d : index
        %a = memref.load %s[%tx] : {SHARED}
        %b = memref.load %s[%o] : {SHARED}
        %ab = arith.addi %a, %b : i32
        memref.store %ab, %s[%tx] : {SHARED}
      }}
      gpu.barrier
      %next = arith.divui %d, %c2 : index
      scf.yield %next : index
    }}
    %all = memref.load %s[%c0] : {SHARED}
    memref.store %all, %x[%t] : memref<?xi32>
"""
    x = np.arange(128, dtype=np.int32)
    found = same_values(kernel(body, 64, 2, f"workgroup(%s: {SHARED})"), x)
    np.testing.assert_array_equal(found, np.repeat(x.reshape(2, 64).sum(axis=1), 64))


WARP_SUM = """
    %one = arith.constant 1 : i32
    %width = arith.constant 32 : i32
    %zero = arith.constant 0 : i32
    %five = arith.constant 5 : index
    %group = gpu.subgroup_id : index
    %first = arith.cmpi eq, %group, %c0 : index
    %r = scf.if %first -> (i32) {
      %s:2 = scf.for %i = %c0 to %five step %c1 iter_args(%a = %v, %o = %one) -> (i32, i32) {
        %other, %ok = gpu.shuffle xor %a, %o, %width : i32
        %n = arith.addi %a, %other : i32
        %o2 = arith.addi %o, %o : i32
        scf.yield %n, %o2 : i32, i32
      }
      scf.yield %s#0 : i32
    } else {
      scf.yield %zero : i32
    }
    memref.store %r, %x[%t] : memref<?xi32>
"""


def test_shuffles_in_a_branch_that_one_subgroup_takes() -> None:
    x = np.arange(64, dtype=np.int32)
    found = same_values(kernel(WARP_SUM, 64), x)
    np.testing.assert_array_equal(found, np.repeat([x[:32].sum(), 0], 32))


def test_threads_in_three_dimensions_and_all_coordinates() -> None:
    names = [
        f"gpu.{what} {dimension}"
        for what in ("thread_id", "block_id", "block_dim", "grid_dim", "global_id")
        for dimension in "xyz"
    ] + ["gpu.lane_id", "gpu.subgroup_id : index", "gpu.num_subgroups : index",
         "gpu.subgroup_size : index", "gpu.cluster_id x", "gpu.cluster_dim_blocks y",
         "gpu.cluster_block_id z", "gpu.cluster_dim x"]  # fmt: skip
    reads = "\n".join(
        f"""%v{i} = {name}
        %w{i} = arith.index_cast %v{i} : index to i32
        %m{i} = arith.muli %a{i}, %seven : i32
        %a{i + 1} = arith.addi %m{i}, %w{i} : i32"""
        for i, name in enumerate(names)
    )
    text = f"""
func.func @main(%x: memref<?xi32>) {{
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c5 = arith.constant 5 : index
  %seven = arith.constant 7 : i32
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c2, %gy = %c1, %gz = %c3)
             threads(%tx, %ty, %tz) in (%nx = %c5, %ny = %c3, %nz = %c3) {{
    %a0 = arith.constant 0 : i32
    {reads}
    %all = gpu.all_reduce add %a{len(names)} {{}} : (i32) -> i32
    %y = arith.addi %all, %a{len(names)} : i32
    %z0 = arith.muli %bz, %c2 : index
    %z1 = arith.addi %z0, %bx : index
    %z2 = arith.muli %z1, %c3 : index
    %z3 = arith.addi %z2, %tz : index
    %z4 = arith.muli %z3, %c3 : index
    %z5 = arith.addi %z4, %ty : index
    %z6 = arith.muli %z5, %c5 : index
    %at = arith.addi %z6, %tx : index
    memref.store %y, %x[%at] : memref<?xi32>
    gpu.terminator
  }}
  return
}}
"""
    found = same_values(text, np.zeros(270, np.int32))
    assert len(set(found.tolist())) > 200


def test_stack_memory_lives_across_barriers() -> None:
    body = """
    %m = memref.alloca() : memref<2xi32>
    memref.store %v, %m[%c1] : memref<2xi32>
    %view = memref.subview %m[1] [1] [1] : memref<2xi32> to memref<1xi32, strided<[1], offset: 1>>
    gpu.barrier
    %w = memref.load %view[%c0] : memref<1xi32, strided<[1], offset: 1>>
    %twice = arith.addi %w, %v : i32
    memref.store %twice, %x[%t] : memref<?xi32>
"""
    x = np.arange(33, dtype=np.int32)
    np.testing.assert_array_equal(same_values(kernel(body, 33), x), 2 * x)


def test_atomic_additions_of_all_threads_and_blocks() -> None:
    body = """
    gpu.barrier
    %old = memref.atomic_rmw addi %v, %x[%c0] : (i32, memref<?xi32>) -> i32
"""
    x = np.arange(20, dtype=np.int32)
    assert same_values(kernel(body, 5, 4), x)[0] == x.sum()


def test_a_reduction_with_a_body_of_its_own() -> None:
    body = """
    %all = gpu.all_reduce %v {
    ^bb0(%a: i32, %b: i32):
      %s = arith.addi %a, %b : i32
      %d = arith.addi %s, %s : i32
      gpu.yield %d : i32
    } : (i32) -> i32
    memref.store %all, %x[%t] : memref<?xi32>
"""
    x = np.arange(1, 8, dtype=np.int32)
    total = 1
    for value in range(2, 8):
        total = 2 * (total + value)
    assert set(same_values(kernel(body, 7), x)) == {total}


def test_host_work_with_tokens() -> None:
    text = """
module attributes {gpu.container_module} {
  gpu.module @m {
    gpu.func @k(%x: memref<?xi32>, %by: i32) kernel {
      %t = gpu.global_id x
      %v = memref.load %x[%t] : memref<?xi32>
      %w = func.call @twice(%v) : (i32) -> i32
      %y = arith.addi %w, %by : i32
      memref.store %y, %x[%t] : memref<?xi32>
      gpu.return
    }
    func.func @twice(%v: i32) -> i32 {
      %w = arith.addi %v, %v : i32
      return %w : i32
    }
  }
  func.func private @twice(%v: i32) -> i32 { return %v : i32 }
  func.func @main(%x: memref<?xi32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %by = arith.constant 100 : i32
    %n = memref.dim %x, %c0 : memref<?xi32>
    %t0 = gpu.wait async
    %d, %t1 = gpu.alloc async [%t0] (%n) : memref<?xi32>
    %t2 = gpu.memset async [%t1] %d, %by : memref<?xi32>, i32
    %t3 = gpu.memcpy async [%t2] %d, %x : memref<?xi32>, memref<?xi32>
    %t4 = gpu.launch_func async [%t3] @m::@k blocks in (%n, %c1, %c1) threads in (%c1, %c1, %c1)
      args(%d : memref<?xi32>, %by : i32)
    %t5 = gpu.memcpy async [%t4] %x, %d : memref<?xi32>, memref<?xi32>
    %t6 = gpu.dealloc async [%t5] %d : memref<?xi32>
    gpu.wait [%t6]
    return
  }
}
"""
    x = np.arange(6, dtype=np.int32)
    module = to_loops(text)
    for call in (Interpreter(module).call, lambda name, y: sw.compile(module)[name](y)):
        y = x.copy()
        call("main", y)
        np.testing.assert_array_equal(y, 2 * x + 100)


def refused(text: str, error: type[StepwellError], message: str) -> None:
    with pytest.raises(error, match=message):
        to_loops(text)


def test_barriers_that_threads_may_miss_are_refused() -> None:
    few = "%few = arith.cmpi slt, %tx, %c1 : index "
    refused(
        kernel(few + "scf.if %few { gpu.barrier }", 8),
        VerifyError,
        "'gpu.barrier' op may not be reached by all threads of the block",
    )
    refused(
        kernel("scf.for %i = %c0 to %tx step %c1 { gpu.barrier }", 8),
        VerifyError,
        "'scf.for' op has a barrier in it, but the threads of a block may not run it equally",
    )


def test_what_cannot_run_on_the_cpu_is_refused() -> None:
    refused(kernel('gpu.printf "%d", %v : i32', 8), VerifyError, "cannot run on the CPU")
    branches = """
    cf.br ^next
  ^next:
    gpu.barrier
"""
    refused(kernel(branches, 8), PassError, "before convert-scf-to-cf")
    memory = """
    %m = memref.alloca(%tx) : memref<?xi32>
    gpu.barrier
    memref.store %v, %m[%c0] : memref<?xi32>
"""
    refused(kernel(memory, 8), VerifyError, "makes memory that is used behind a barrier")
