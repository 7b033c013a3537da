"""Reductions and shuffles of a block's threads: upstream's text, and the interpreter's values."""

import numpy as np
import pytest

from stepwell.backends.ptx.compile import kernels_to_ptx
from stepwell.dialects.gpu.collectives import BarrierOp
from stepwell.ir.diagnostics import InterpreterError, PassError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import Operation, walk
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from stepwell.ir.verifier import verify
from stepwell.passes.pipelines import run_passes
from tests.dialects.against_upstream import UPSTREAM_NAMES, upstream

INTEGERS = ("add", "mul", "minui", "minsi", "maxui", "maxsi", "and", "or", "xor")
FLOATS = ("add", "mul", "minnumf", "maxnumf", "minimumf", "maximumf")
KINDS = [("i32", k) for k in INTEGERS] + [("f32", k) for k in FLOATS] + [("f64", "add")]
CLEAN = ("--cse", "--canonicalize")
DTYPES = {"i32": np.int32, "f32": np.float32, "f64": np.float64, "i64": np.int64, "f16": np.float16}


def program(body: str, type: str, block: str, grid: int = 1) -> str:
    """A kernel that replaces each element of its argument by `%r`, made of `%v` by `body`."""
    x, y, z = block.split("x")
    return f"""
module attributes {{gpu.container_module}} {{
  gpu.module @m {{
    gpu.func @k(%x: memref<?x{type}>) kernel {{
      %t0 = gpu.thread_id x
      %t1 = gpu.thread_id y
      %n0 = gpu.block_dim x
      %n1 = gpu.block_dim y
      %b = gpu.block_id x
      %rows = arith.muli %t1, %n0 : index
      %inside = arith.addi %t0, %rows : index
      %size = arith.muli %n0, %n1 : index
      %start = arith.muli %b, %size : index
      %t = arith.addi %start, %inside : index
      %v = memref.load %x[%t] : memref<?x{type}>
      {body}
      memref.store %r, %x[%t] : memref<?x{type}>
      gpu.return
    }}
  }}
  func.func @main(%x: memref<?x{type}>) {{
    %c1 = arith.constant 1 : index
    %g = arith.constant {grid} : index
    %bx = arith.constant {x} : index
    %by = arith.constant {y} : index
    %bz = arith.constant {z} : index
    gpu.launch_func @m::@k blocks in (%g, %c1, %c1) threads in (%bx, %by, %bz)
        args(%x : memref<?x{type}>)
    return
  }}
}}
"""


def passed(text: str, pipeline: str) -> Operation:
    module = parse_module(text)
    run_passes(module, pipeline)
    verify(module)
    return module


def values(module: Operation, x: np.ndarray) -> np.ndarray:
    copy = x.copy()
    Interpreter(module).call("main", copy)
    return copy


def some(type: str, count: int) -> np.ndarray:
    random = np.random.default_rng(count)
    if type[0] == "f":
        return random.uniform(0.5, 1.5, count).astype(DTYPES[type])
    return random.integers(-1000, 1000, count).astype(DTYPES[type])


def reduce_all(kind: str, type: str) -> str:
    return f"%r = gpu.all_reduce {kind} %v uniform {{}} : ({type}) -> {type}"


@pytest.mark.parametrize(("type", "kind"), KINDS)
def test_all_reduce_is_expanded_as_upstream_does(type: str, kind: str) -> None:
    text = program(reduce_all(kind, type), type, "32x1x1")
    ours = upstream(print_to_text(passed(text, "test-gpu-rewrite"), UPSTREAM_NAMES), *CLEAN)
    assert ours == upstream(text, "--test-gpu-rewrite", *CLEAN)


@pytest.mark.parametrize("block", ["1x1x1", "5x1x1", "31x1x1", "33x1x1", "96x1x1", "7x11x1"])
@pytest.mark.parametrize(("type", "kind"), [("i32", "add"), ("i32", "maxui"), ("f32", "maximumf")])
def test_expanded_all_reduce_gives_what_the_op_means(type: str, kind: str, block: str) -> None:
    text = program(reduce_all(kind, type), type, block, grid=2)
    count = 2 * int(np.prod([int(size) for size in block.split("x")]))
    x = some(type, count)
    expanded = passed(text, "test-gpu-rewrite")
    assert not any(op.name == "gpu.all_reduce" for op in walk(expanded))
    assert np.array_equal(values(expanded, x), values(parse_module(text), x))


def test_all_reduce_by_a_region() -> None:
    body = """
      %r = gpu.all_reduce %v uniform {
        ^bb0(%a: i32, %b2: i32):
          %p = arith.muli %a, %b2 : i32
          %q = arith.addi %p, %a : i32
          %s = arith.addi %q, %b2 : i32
          gpu.yield %s : i32
      } : (i32) -> i32
"""
    text = program(body, "i32", "40x1x1")
    x = some("i32", 40) % 5
    expected = np.full(40, np.prod(x.astype(np.int64) + 1) - 1).astype(np.int32)  # (a+1)(b+1)-1
    assert np.array_equal(values(parse_module(text), x), expected)
    assert np.array_equal(values(passed(text, "test-gpu-rewrite"), x), expected)


LOOP = """
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c3 = arith.constant 3 : index
      cf.br ^head(%c0, %v : index, i32)
    ^head(%i: index, %r: i32):
      %more = arith.cmpi ult, %i, %c3 : index
      cf.cond_br %more, ^body, ^end
    ^body:
      %next = gpu.all_reduce add %r uniform {} : (i32) -> i32
      %j = arith.addi %i, %c1 : index
      cf.br ^head(%j, %next : index, i32)
    ^end:
"""


def test_a_reduction_in_a_loop_has_one_more_barrier() -> None:
    """Without it, a fast thread's next partial sum would overwrite a total not yet read by all."""
    looping = passed(program(LOOP, "i32", "40x1x1"), "test-gpu-rewrite")
    once = passed(program(reduce_all("add", "i32"), "i32", "40x1x1"), "test-gpu-rewrite")
    barriers = [sum(isinstance(op, BarrierOp) for op in walk(m)) for m in (looping, once)]
    assert barriers == [3, 2]
    x = some("i32", 40)
    assert np.array_equal(
        values(looping, x), values(parse_module(program(LOOP, "i32", "40x1x1")), x)
    )


def test_what_is_not_uniform_is_left_and_refused() -> None:
    text = program("%r = gpu.all_reduce add %v {} : (i32) -> i32", "i32", "32x1x1")
    assert any(op.name == "gpu.all_reduce" for op in walk(passed(text, "test-gpu-rewrite")))
    with pytest.raises(PassError, match="failed to legalize operation 'gpu.all_reduce'"):
        passed(text, "builtin.module(gpu.module(convert-gpu-to-nvvm))")


SUBGROUPS = [
    ("f32", "add %v"),
    ("i32", "xor %v"),
    ("f32", "maximumf %v cluster(size = 4)"),
    ("i32", "minsi %v cluster(size = 4, stride = 2)"),
    ("f16", "add %v"),
    ("i64", "add %v"),
]


@pytest.mark.parametrize(("type", "words"), SUBGROUPS)
def test_subgroup_reduce_is_expanded_as_upstream_does(type: str, words: str) -> None:
    text = program(f"%r = gpu.subgroup_reduce {words} : ({type}) -> {type}", type, "64x1x1")
    flag = "--test-gpu-subgroup-reduce-lowering=expand-to-shuffles"
    pass_ = "test-gpu-subgroup-reduce-lowering{expand-to-shuffles=true}"
    module = passed(text, pass_)
    if type != "i64":  # which upstream leaves
        ours = upstream(print_to_text(module, UPSTREAM_NAMES), *CLEAN)
        assert ours == upstream(text, flag, *CLEAN)
    x = some(type, 64)
    np.testing.assert_allclose(values(module, x), values(parse_module(text), x), rtol=1e-2)


def test_subgroup_reduce_of_vectors_goes_element_by_element() -> None:
    body = """
      %w = vector.from_elements %v, %v, %v : vector<3xf32>
      %s = gpu.subgroup_reduce add %w : (vector<3xf32>) -> vector<3xf32>
      %r = vector.extract %s[2] : f32 from vector<3xf32>
"""
    module = passed(
        program(body, "f32", "32x1x1"), "test-gpu-subgroup-reduce-lowering{expand-to-shuffles}"
    )
    assert not any(op.name == "gpu.subgroup_reduce" for op in walk(module))
    x = some("f32", 32)
    np.testing.assert_allclose(values(module, x), np.full(32, x.sum()), rtol=1e-5)


@pytest.mark.parametrize("type", ["f64", "i64", "f16"])
@pytest.mark.parametrize("mode", ["xor", "up", "down", "idx"])
def test_shuffles_of_other_widths_move_the_same_bits(type: str, mode: str) -> None:
    body = f"""
      %o = arith.constant 3 : i32
      %w = arith.constant 32 : i32
      %r, %valid = gpu.shuffle {mode} %v, %o, %w : {type}
"""
    text = program(body, type, "32x1x1")
    module = passed(text, "test-gpu-rewrite")
    shuffles = [op for op in walk(module) if op.name == "gpu.shuffle"]
    assert len(shuffles) == (1 if type == "f16" else 2)
    assert all(str(op.result_types[0]) == "i32" for op in shuffles)
    x = some(type, 32)
    assert np.array_equal(values(module, x), values(parse_module(text), x))
    if type != "f16":
        ours = upstream(print_to_text(module, UPSTREAM_NAMES), *CLEAN)
        theirs = upstream(text, "--test-gpu-rewrite", *CLEAN)
        assert sorted(ours.split("\n")) == sorted(theirs.split("\n"))


def test_a_broadcast_from_a_lane_is_a_shuffle() -> None:
    body = """
      %l = arith.constant 7 : i32
      %r = gpu.subgroup_broadcast %v, specific_lane %l : f64
"""
    text = program(body, "f64", "32x1x1")
    lowered = print_to_text(passed(text, "builtin.module(gpu.module(convert-gpu-to-nvvm))"))
    assert lowered.count("nvvm.shfl.sync") == lowered.count(" idx ") == 2
    x = some("f64", 32)
    assert np.array_equal(values(parse_module(text), x), np.full(32, x[7]))


def test_redux_is_for_uniform_integers_on_chips_that_have_it() -> None:
    text = program("%r = gpu.subgroup_reduce add %v uniform : (i32) -> i32", "i32", "32x1x1")
    lower = "builtin.module(gpu.module(convert-gpu-to-nvvm{}))"
    with_it = print_to_text(passed(text, lower.format("{has-redux=true}")))
    assert "nvvm.redux.sync" in with_it and "shfl" not in with_it
    without = print_to_text(passed(text, lower.format("")))
    assert "nvvm.redux.sync" not in without and without.count("nvvm.shfl.sync") == 5


def test_lanes_of_a_part_of_a_subgroup_may_shuffle_by_themselves() -> None:
    body = """
      %o = arith.constant 1 : i32
      %w = arith.constant 6 : i32
      %c6 = arith.constant 6 : index
      %few = arith.cmpi ult, %t, %c6 : index
      %r = scf.if %few -> i32 {
        %s, %valid = gpu.shuffle xor %v, %o, %w : i32
        scf.yield %s : i32
      } else {
        scf.yield %v : i32
      }
"""
    x = some("i32", 32)
    expected = x.copy()
    expected[:6] = x[[1, 0, 3, 2, 5, 4]]
    assert np.array_equal(values(parse_module(program(body, "i32", "32x1x1")), x), expected)


def test_a_lane_that_its_mask_does_not_name_is_an_error() -> None:
    body = """
      %mask = arith.constant 15 : i32
      %o = arith.constant 1 : i32
      %clamp = arith.constant 31 : i32
      %r = nvvm.shfl.sync bfly %mask, %v, %o, %clamp : i32 -> i32
"""
    with pytest.raises(InterpreterError, match="lane 4, which its mask does not name"):
        values(parse_module(program(body, "i32", "32x1x1")), some("i32", 32))


DYNAMIC = """
#shared = #gpu.address_space<workgroup>
module attributes {gpu.container_module} {
  gpu.module @m [#nvvm.target<chip = "sm_90", features = "+ptx80", O = 3>] {
    gpu.func @k(%x: memref<64xf32>) kernel {
      %s = gpu.dynamic_shared_memory : memref<?xi8, #shared>
      %c0 = arith.constant 0 : index
      %c128 = arith.constant 128 : index
      %a = memref.view %s[%c0][]
        : memref<?xi8, #shared> to memref<32xf32, #shared>
      %b = memref.view %s[%c128][]
        : memref<?xi8, #shared> to memref<32xf32, #shared>
      %t = gpu.thread_id x
      %c31 = arith.constant 31 : index
      %c32 = arith.constant 32 : index
      %u = arith.addi %t, %c32 : index
      %v = memref.load %x[%t] : memref<64xf32>
      %w = memref.load %x[%u] : memref<64xf32>
      memref.store %v, %a[%t] : memref<32xf32, #shared>
      memref.store %w, %b[%t] : memref<32xf32, #shared>
      gpu.barrier
      %o = arith.subi %c31, %t : index
      %p = memref.load %a[%o] : memref<32xf32, #shared>
      %q = memref.load %b[%o] : memref<32xf32, #shared>
      memref.store %q, %x[%t] : memref<64xf32>
      memref.store %p, %x[%u] : memref<64xf32>
      gpu.return
    }
  }
  func.func @main(%x: memref<64xf32>) {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %bytes = arith.constant 256 : i32
    gpu.launch_func @m::@k blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        dynamic_shared_memory_size %bytes args(%x : memref<64xf32>)
    return
  }
}
"""


def test_shared_memory_whose_size_the_launch_says() -> None:
    x = some("f32", 64)
    assert np.array_equal(values(parse_module(DYNAMIC), x), x[::-1])
    lowered = "builtin.module(gpu.module(convert-gpu-to-nvvm,reconcile-unrealized-casts))"
    module = passed(DYNAMIC, lowered)
    assert "@__dynamic_shmem__0" in print_to_text(module)
    theirs = parse_module(upstream(DYNAMIC, f"--pass-pipeline={lowered}"))
    ptx = kernels_to_ptx(module)
    assert (
        ptx == kernels_to_ptx(theirs)
        and ".extern .shared .align 16 .b8 __dynamic_shmem__0[]" in ptx
    )


def test_dynamic_memory_needs_a_size() -> None:
    text = DYNAMIC.replace("dynamic_shared_memory_size %bytes", "")
    with pytest.raises(InterpreterError, match="the launch gave no size"):
        values(parse_module(text), some("f32", 64))
