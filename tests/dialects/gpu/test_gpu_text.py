"""The gpu and nvvm dialects read, print and verify as upstream's do."""

import re
from pathlib import Path

import pytest

from stepwell.ir.diagnostics import ParseError, VerifyError
from stepwell.ir.text.parse import parse_module
from stepwell.ir.verifier import verify
from tests.dialects.against_upstream import check_custom_syntax, check_generic_syntax

HERE = Path(__file__).parent
CORPORA = [HERE / "ops.mlir", HERE.parent / "nvvm" / "ops.mlir"]


@pytest.mark.parametrize("path", CORPORA, ids=lambda path: path.parent.name)
def test_custom_syntax_is_upstreams(path: Path) -> None:
    check_custom_syntax(path.read_text())


@pytest.mark.parametrize("path", CORPORA, ids=lambda path: path.parent.name)
def test_generic_syntax_is_upstreams(path: Path) -> None:
    check_generic_syntax(path.read_text())


LAUNCH = "gpu.launch_func @m::@k blocks in (%i, %i, %i) threads in (%i, %i, %i)"
CONTAINER = "module attributes {gpu.container_module}"
HOST = f"func.func @f(%i: index) {{ {LAUNCH} return }}"
WRONG = [
    (HOST, "the closest surrounding module to have the 'gpu.container_module'"),
    (f"{CONTAINER} {{ {HOST} }}", "kernel container 'm' is undefined"),
    (f"{CONTAINER} {{ gpu.module @m {{}} {HOST} }}", "kernel function '@m::@k' is undefined"),
    (
        f"{CONTAINER} {{ gpu.module @m {{ gpu.func @k() {{ gpu.return }} }} {HOST} }}",
        "kernel function is missing the 'gpu.kernel' attribute",
    ),
    (
        f"{CONTAINER} {{ gpu.module @m {{ gpu.func @k(%a: i32) kernel {{ gpu.return }} }} "
        f"{HOST} }}",
        "got 0 kernel operands but expected 1",
    ),
    (
        "gpu.module @m { gpu.func @k(%a: i32) -> i32 kernel { gpu.return %a : i32 } }",
        "expected void return type for kernel function",
    ),
    ("gpu.module @m { gpu.func @k() -> i32 { gpu.return } }", "expected 1 result operands"),
    (
        "module attributes {a = #gpu.loop_dim_map<processor = block_x, map = (d0) -> (d0),"
        " bound = (d0) -> d0>} {}",
        "expected '(' in affine map range",
    ),
    (
        "gpu.module @m { gpu.func @k() workgroup(%a: i32) { gpu.return } }",
        "expected memref type in attribution",
    ),
    (
        "func.func @k(%a: memref<4xf32>, %b: memref<5xf32>) {"
        " gpu.memcpy %a, %b : memref<4xf32>, memref<5xf32> return }",
        "arguments have incompatible shape",
    ),
    (
        "func.func @k(%a: index) { %0 = gpu.alloc (%a) : memref<4xf32> return }",
        "incorrect number of dynamic sizes, has 1, expected 0",
    ),
    (
        "func.func @k(%a: f32) { %0 = gpu.all_reduce %a {} : (f32) -> f32 return }",
        "expected either an op attribute or a non-empty body",
    ),
    (
        "func.func @k(%a: f32) { %0 = gpu.subgroup_reduce xor %a : (f32) -> f32 return }",
        "`xor` reduction operation is not compatible with type 'f32'",
    ),
    (
        "llvm.func @k(%v: i32, %f: f32) {"
        " %r = nvvm.redux.sync add %f, %v : f32 -> f32 llvm.return }",
        "'add' redux kind unsupported with 'f32' type. Only supported type is 'i32'.",
    ),
    ("gpu.module @m [#nvvm.target<O = 5>] {}", "optimization level must be a number between 0"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_wrong_programs_are_refused(text: str, message: str) -> None:
    with pytest.raises((VerifyError, ParseError), match=re.escape(message)):
        verify(parse_module(text))
