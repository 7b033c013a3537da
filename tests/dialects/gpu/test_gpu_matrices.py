"""Matrices that a subgroup holds: NumPy's products, and what the verifier refuses."""

import numpy as np
import pytest

from stepwell.ir.diagnostics import ParseError, VerifyError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.parse import parse_module
from stepwell.ir.verifier import verify
from stepwell.passes.pipelines import run_passes

A, B, C = (f'!gpu.mma_matrix<16x16xf16, "{operand}Op">' for operand in "ABC")
PRODUCT = f"""
func.func @main(%a: memref<32x40xf16>, %b: memref<16x16xf16>, %c: memref<16x16xf16>) {{
  %c1 = arith.constant 1 : index
  %c0 = arith.constant 0 : index
  %c32 = arith.constant 32 : index
  gpu.launch blocks(%x, %y, %z) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%t, %u, %v) in (%bx = %c32, %by = %c1, %bz = %c1) {{
    %half = arith.constant 0.5 : f16
    %ma = gpu.subgroup_mma_load_matrix %a[%c1, %c1] {{leadDimension = 40 : index}}
        : memref<32x40xf16> -> {A}
    %mb = gpu.subgroup_mma_load_matrix %b[%c0, %c0] {{leadDimension = 16 : index, transpose}}
        : memref<16x16xf16> -> {B}
    %mc = gpu.subgroup_mma_constant_matrix %half : {C}
    %md = gpu.subgroup_mma_compute %ma, %mb, %mc : {A}, {B} -> {C}
    %me = gpu.subgroup_mma_elementwise addf %md, %mc : ({C}, {C}) -> {C}
    gpu.subgroup_mma_store_matrix %me, %c[%c0, %c0] {{leadDimension = 16 : index}}
        : {C}, memref<16x16xf16>
    gpu.terminator
  }}
  return
}}
"""


@pytest.mark.parametrize("pipeline", ["builtin.module()", "canonicalize,cse"])
def test_a_product_of_tiles(pipeline: str) -> None:
    module = parse_module(PRODUCT)
    run_passes(module, pipeline)
    random = np.random.default_rng(0)
    a, b = (random.standard_normal(shape).astype(np.float16) for shape in ((32, 40), (16, 16)))
    c = np.zeros((16, 16), np.float16)
    Interpreter(module).call("main", a, b, c)
    tile = a[1:17, 1:17].astype(np.float64)
    np.testing.assert_allclose(c, tile @ b.T.astype(np.float64) + 1, rtol=4e-3, atol=4e-3)


SHORT = '!gpu.mma_matrix<8x16xf16, "BOp">'
WRONG = [
    (f"%d = gpu.subgroup_mma_compute %a, %b, %c : {A}, {A} -> {C}", A, "in the order AOp, BOp"),
    (f"%d = gpu.subgroup_mma_compute %a, %b, %c : {A}, {SHORT} -> {C}", SHORT,
     "operand shapes do not satisfy matmul constraints"),
    (f"gpu.subgroup_mma_store_matrix %a, %m[%i] {{leadDimension = 4 : index}} : {A}, memref<4xf16>",
     B, "to have 'COp' operand type"),
    ("%d = gpu.subgroup_broadcast %x, specific_lane : f32", B, "lane must be specified"),
    ("%d = gpu.subgroup_broadcast %x, first_active_lane %l : f32", B, "lane can only be specified"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "second", "message"), WRONG)
def test_what_the_verifier_refuses(line: str, second: str, message: str) -> None:
    arguments = f"%a: {A}, %b: {second}, %c: {C}, %m: memref<4xf16>, %i: index, %x: f32, %l: i32"
    with pytest.raises(VerifyError, match=message):
        verify(parse_module(f"func.func @f({arguments}) {{ {line} return }}"))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('16xf16, "AOp"', "must have exactly two dimensions"),
        ('16x16xi64, "AOp"', "elements must be SI8, UI8, I32, F16, F32, or F64"),
        ('16x16xf16, "DOp"', "expected to be one of AOp, BOp or COp"),
    ],
)
def test_types_that_are_none(body: str, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        parse_module(f"func.func private @f(!gpu.mma_matrix<{body}>)")


BROADCAST = """
func.func @main(%m: memref<40xi32>) {
  %c1 = arith.constant 1 : index
  %c40 = arith.constant 40 : index
  gpu.launch blocks(%x, %y, %z) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%t, %u, %v) in (%bx = %c40, %by = %c1, %bz = %c1) {
    %lane = arith.constant 5 : i32
    %w = memref.load %m[%t] : memref<40xi32>
    %a = gpu.subgroup_broadcast %w, specific_lane %lane : i32
    %b = gpu.subgroup_broadcast %w, first_active_lane : i32
    %s = arith.subi %a, %b : i32
    memref.store %s, %m[%t] : memref<40xi32>
    gpu.terminator
  }
  return
}
"""


def test_broadcasts_within_each_subgroup() -> None:
    m = np.arange(40, dtype=np.int32) ** 2
    Interpreter(parse_module(BROADCAST)).call("main", m)
    assert np.array_equal(m, [25] * 32 + [37**2 - 32**2] * 8)
