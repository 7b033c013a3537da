"""PTX of kernels, without a GPU; checked by NVIDIA's assembler where that is installed."""

import re
from pathlib import Path

import pytest

from stepwell.backends.ptx.compile import kernels_to_ptx
from stepwell.dialects.gpu.attributes import ObjectAttr
from stepwell.dialects.gpu.function import BinaryOp
from stepwell.ir.diagnostics import BackendError
from stepwell.ir.operation import Operation, walk
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from stepwell.passes.pipelines import run_passes

EXAMPLES = Path(__file__).parents[3] / "examples" / "gpu"


TOGETHER = """
gpu.module @m [#nvvm.target<chip = "sm_90", features = "+ptx80", O = 3>] {
  gpu.func @k(%x: memref<64xf32>)
      workgroup(%s: memref<32xf32, #gpu.address_space<workgroup>>) kernel
      attributes {known_block_size = array<i32: 32, 1, 1>} {
    %t = gpu.thread_id x
    %v = memref.load %x[%t] : memref<64xf32>
    memref.store %v, %s[%t] : memref<32xf32, #gpu.address_space<workgroup>>
    gpu.barrier
    %one = arith.constant 1 : i32
    %w = arith.constant 32 : i32
    %c31 = arith.constant 31 : index
    %o = arith.subi %c31, %t : index
    %r = memref.load %s[%o] : memref<32xf32, #gpu.address_space<workgroup>>
    %y, %valid = gpu.shuffle xor %r, %one, %w : f32
    %q = math.sqrt %y : f32
    memref.store %q, %x[%t] : memref<64xf32>
    gpu.return
  }
}
"""


def example(name: str) -> Operation:
    module = parse_module((EXAMPLES / f"{name}.mlir").read_text())
    run_passes(module, "linalg-to-kernels")
    run_passes(module, "kernels-to-nvvm")
    return module


def lowered(text: str) -> Operation:
    module = parse_module(text)
    run_passes(module, "kernels-to-nvvm")
    return module


@pytest.mark.parametrize("name", ["add", "matmul"])
def test_ptx_of_the_examples(name: str) -> None:
    ptx = kernels_to_ptx(example(name))
    assert ".target sm_90" in ptx and ".version 8.0" in ptx
    assert re.search(rf"\.visible \.entry {name}_kernel\(", ptx)
    assert "ld.global" in ptx or "ld.b32" in ptx


def test_barriers_shuffles_and_shared_memory() -> None:
    ptx = kernels_to_ptx(lowered(TOGETHER))
    for wanted in (".maxntid 32", ".shared", "bar.sync", "shfl.sync.bfly.b32", "sqrt.rn.f32"):
        assert wanted in ptx


def test_the_binary_holds_the_ptx() -> None:
    module = lowered(TOGETHER)
    run_passes(module, "gpu-module-to-binary{format=isa}")
    (binary,) = (op for op in walk(module) if isinstance(op, BinaryOp))
    (found,) = binary.objects.values
    assert isinstance(found, ObjectAttr) and found.format == "assembly"
    assert ".entry k(" in found.object.value
    text = print_to_text(module)
    assert print_to_text(parse_module(text)) == text


def test_what_is_not_lowered_is_refused() -> None:
    with pytest.raises(BackendError, match="convert-gpu-to-nvvm"):
        kernels_to_ptx(parse_module(TOGETHER))
    with pytest.raises(BackendError, match="no gpu.module"):
        kernels_to_ptx(parse_module("func.func @f() { return }"))


def test_intrinsics_that_would_end_the_process_are_refused() -> None:
    text = """
gpu.module @m {
  llvm.func @k(%x: f32) -> f32 { %y = llvm.intr.exp(%x) : (f32) -> f32  llvm.return %y : f32 }
}
"""
    with pytest.raises(BackendError, match=r"llvm\.exp"):
        kernels_to_ptx(parse_module(text))
