"""From loops to kernels: the same text as upstream's passes, and the same values."""

from pathlib import Path

import numpy as np
import pytest

from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import Operation
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from stepwell.ir.verifier import verify
from stepwell.passes.pipelines import run_passes
from tests.dialects.against_upstream import UPSTREAM_NAMES, upstream

EXAMPLES = Path(__file__).parents[3] / "examples" / "gpu"
TILE = "scf-parallel-loop-tiling{parallel-loop-tile-sizes=16,16}"
STAGES = [
    f"builtin.module(func.func({TILE}))",
    f"builtin.module(func.func({TILE},gpu-map-parallel-loops))",
    f"builtin.module(func.func({TILE},gpu-map-parallel-loops{{mapping-policy=innermost-first}}))",
    f"builtin.module(func.func({TILE},gpu-map-parallel-loops,convert-parallel-loops-to-gpu))",
    f"builtin.module(func.func({TILE},gpu-map-parallel-loops,convert-parallel-loops-to-gpu),"
    "lower-affine,gpu-kernel-outlining,nvvm-attach-target{chip=sm_90 features=+ptx80 O=3})",
]
WHOLE = (
    f"builtin.module(func.func(convert-linalg-to-parallel-loops,{TILE},gpu-map-parallel-loops,"
    "convert-parallel-loops-to-gpu),lower-affine,gpu-kernel-outlining,"
    "nvvm-attach-target{chip=sm_90 features=+ptx80 O=3},convert-scf-to-cf,"
    "gpu.module(convert-gpu-to-nvvm,reconcile-unrealized-casts))"
)


def passed(text: str, pipeline: str) -> Operation:
    module = parse_module(text)
    run_passes(module, pipeline)
    verify(module)
    return module


@pytest.mark.parametrize("pipeline", STAGES)
@pytest.mark.parametrize("name", ["add", "matmul"])
def test_each_stage_is_upstreams(name: str, pipeline: str) -> None:
    loops = upstream(
        (EXAMPLES / f"{name}.mlir").read_text(),
        "--pass-pipeline=builtin.module(func.func(convert-linalg-to-parallel-loops))",
    )
    ours = upstream(print_to_text(passed(loops, pipeline), UPSTREAM_NAMES))
    assert ours == upstream(loops, f"--pass-pipeline={pipeline}")


@pytest.mark.parametrize("name", ["add", "matmul"])
@pytest.mark.parametrize("option", ["", "{use-bare-ptr-memref-call-conv}"])
def test_upstream_accepts_the_kernels(name: str, option: str) -> None:
    text = (EXAMPLES / f"{name}.mlir").read_text()
    pipeline = WHOLE.replace("convert-gpu-to-nvvm", f"convert-gpu-to-nvvm{option}")
    printed = upstream(print_to_text(passed(text, pipeline)))
    assert "nvvm.kernel" in printed and "nvvm.read.ptx.sreg.ctaid.y" in printed


def test_the_whole_pipeline_ends_with_ptx_that_upstream_reads() -> None:
    text = (EXAMPLES / "matmul.mlir").read_text()
    host = "gpu-to-llvm,reconcile-unrealized-casts,gpu-module-to-binary{format=isa})"
    printed = upstream(print_to_text(passed(text, f"{WHOLE[:-1]},{host}")))
    assert "gpu.binary @matmul_kernel" in printed and ".target sm_90" in printed
    assert "memref" not in printed and "index" not in printed.replace(" : index) : i64", "")


def test_known_sizes_of_a_launch_are_kept() -> None:
    module = passed(
        """
func.func @main(%x: memref<8xf32>, %f: f32) {
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  gpu.launch blocks(%a, %b, %c) in (%d = %c1, %e = %c1, %g = %c1)
             threads(%t, %u, %v) in (%h = %c8, %i = %c1, %j = %c1) {
    memref.store %f, %x[%t] : memref<8xf32>
    gpu.terminator
  }
  return
}
""",
        "gpu-kernel-outlining,gpu.module(convert-gpu-to-nvvm)",
    )
    printed = print_to_text(module)
    assert "nvvm.maxntid = array<i32: 8, 1, 1>" in printed
    assert "tid.x range <i32, 0, 8>" in printed


def linalg(op: str, *shapes: str) -> str:
    arguments = ", ".join(f"%a{n}: memref<{shape}xf32>" for n, shape in enumerate(shapes))
    ins = ", ".join(f"%a{n}" for n in range(len(shapes) - 1))
    types = ", ".join(f"memref<{shape}xf32>" for shape in shapes[:-1])
    return (
        f"func.func @main({arguments}) {{ {op} ins({ins} : {types}) "
        f"outs(%a{len(shapes) - 1} : memref<{shapes[-1]}xf32>) return }}"
    )


KERNELS = (
    "builtin.module(func.func(convert-linalg-to-parallel-loops,"
    "scf-parallel-loop-tiling{parallel-loop-tile-sizes=4,4},gpu-map-parallel-loops,"
    "convert-parallel-loops-to-gpu),lower-affine,gpu-kernel-outlining)"
)


@pytest.mark.parametrize("options", ["", " no-min-max-bounds"])
@pytest.mark.parametrize("sizes", [("8x8", "8x8"), ("7x10", "7x10"), ("?x?", "?x?")])
def test_kernels_of_any_size_compute_what_the_loops_did(
    sizes: tuple[str, str], options: str
) -> None:
    pipeline = KERNELS.replace("=4,4", f"=4,4{options}")
    module = passed(linalg("linalg.add", sizes[0], sizes[0], sizes[1]), pipeline)
    assert "gpu.launch_func" in print_to_text(module)
    shape = (7, 10) if "8" not in sizes[0] else (8, 8)
    random = np.random.default_rng(0)
    a, b = (random.standard_normal(shape).astype(np.float32) for _ in range(2))
    out = np.zeros(shape, np.float32)
    Interpreter(module).call("main", a, b, out)
    assert np.array_equal(out, a + b)


def test_matmul_kernel_computes_the_product() -> None:
    module = passed(linalg("linalg.matmul", "6x5", "5x9", "6x9"), KERNELS)
    random = np.random.default_rng(1)
    a, b = random.standard_normal((6, 5)), random.standard_normal((5, 9))
    a, b, out = a.astype(np.float32), b.astype(np.float32), np.zeros((6, 9), np.float32)
    Interpreter(module).call("main", a, b, out)
    np.testing.assert_allclose(out, a @ b, rtol=1e-5, atol=1e-6)
