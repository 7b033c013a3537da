# ruff: noqa: E501
"""What vector ops mean: the interpreter against NumPy, and against upstream's runner."""

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.parse import parse_module

MLIR_OPT, RUNNER = shutil.which("mlir-opt-22"), shutil.which("mlir-runner-22")
LIBRARIES = Path("/usr/lib/llvm-22/lib")


def run(text: str, *arguments: object) -> Any:
    return Interpreter(parse_module(text)).call("f", *arguments)


def test_transfer_read_pads_outside() -> None:
    text = """func.func @f(%m: memref<3x4xf32>, %i: index, %j: index, %pad: f32) -> vector<2x3xf32> {
      %0 = vector.transfer_read %m[%i, %j], %pad : memref<3x4xf32>, vector<2x3xf32>
      return %0 : vector<2x3xf32> }"""
    source = np.arange(12, dtype=np.float32).reshape(3, 4)
    expected = np.full((2, 3), -1, np.float32)
    expected[0, :2] = source[2, 2:]
    np.testing.assert_array_equal(run(text, source, 2, 2, np.float32(-1)), expected)


def test_transfer_read_transposes_broadcasts_and_masks() -> None:
    text = """func.func @f(%m: tensor<3x4xf32>, %k: vector<4x3xi1>) -> (vector<4x2xf32>, vector<3x4xf32>) {
      %c0 = arith.constant 0 : index
      %pad = arith.constant 7.0 : f32
      %0 = vector.transfer_read %m[%c0, %c0], %pad {permutation_map = affine_map<(d0, d1) -> (d1, 0)>}
        : tensor<3x4xf32>, vector<4x2xf32>
      %t = vector.transpose %k, [1, 0] : vector<4x3xi1> to vector<3x4xi1>
      %1 = vector.transfer_read %m[%c0, %c0], %pad, %t : tensor<3x4xf32>, vector<3x4xf32>
      return %0, %1 : vector<4x2xf32>, vector<3x4xf32> }"""
    source = np.arange(12, dtype=np.float32).reshape(3, 4)
    mask = np.arange(12).reshape(4, 3) % 3 == 0
    first, second = run(text, source, mask)
    np.testing.assert_array_equal(first, np.repeat(source[0][:, None], 2, 1))
    np.testing.assert_array_equal(second, np.where(mask.T, source, 7))


def test_transfer_write_leaves_what_is_outside() -> None:
    text = """func.func @f(%m: memref<3x4xf32>, %t: tensor<3x4xf32>, %v: vector<2x3xf32>, %i: index)
        -> tensor<3x4xf32> {
      vector.transfer_write %v, %m[%i, %i] : vector<2x3xf32>, memref<3x4xf32>
      %0 = vector.transfer_write %v, %t[%i, %i] {permutation_map = affine_map<(a, b) -> (b, a)>}
        : vector<2x3xf32>, tensor<3x4xf32>
      return %0 : tensor<3x4xf32> }"""
    memory, tensor = np.zeros((3, 4), np.float32), np.zeros((3, 4), np.float32)
    value = np.arange(1, 7, dtype=np.float32).reshape(2, 3)
    written = run(text, memory, tensor, value, 2)
    expected = np.zeros((3, 4), np.float32)
    expected[2, 2:] = value[0, :2]
    np.testing.assert_array_equal(memory, expected)
    expected[2, 2:] = value[:, 0]
    np.testing.assert_array_equal(written, expected)
    assert not tensor.any()


def test_broken_promise_of_in_bounds_is_an_error() -> None:
    text = """func.func @f(%m: memref<4xf32>, %i: index) -> vector<4xf32> {
      %pad = arith.constant 0.0 : f32
      %0 = vector.transfer_read %m[%i], %pad {in_bounds = [true]} : memref<4xf32>, vector<4xf32>
      return %0 : vector<4xf32> }"""
    run(text, np.zeros(4, np.float32), 0)
    with pytest.raises(InterpreterError, match="out of bounds"):
        run(text, np.zeros(4, np.float32), 1)


def test_load_outside_is_an_error() -> None:
    text = """func.func @f(%m: memref<4xf32>, %i: index) -> vector<4xf32> {
      %0 = vector.load %m[%i] : memref<4xf32>, vector<4xf32>
      return %0 : vector<4xf32> }"""
    with pytest.raises(InterpreterError, match="accesses elements 1 to 5"):
        run(text, np.zeros(4, np.float32), 1)


def test_contract_is_a_matrix_product() -> None:
    text = """func.func @f(%a: vector<3x4xf64>, %b: vector<4x5xf64>, %c: vector<5x3xf64>) -> vector<5x3xf64> {
      %0 = vector.contract {indexing_maps = [affine_map<(i, j, k) -> (i, k)>,
        affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (j, i)>],
        iterator_types = ["parallel", "parallel", "reduction"]} %a, %b, %c
        : vector<3x4xf64>, vector<4x5xf64> into vector<5x3xf64>
      return %0 : vector<5x3xf64> }"""
    rng = np.random.default_rng(1)
    a, b, c = rng.normal(size=(3, 4)), rng.normal(size=(4, 5)), rng.normal(size=(5, 3))
    np.testing.assert_allclose(run(text, a, b, c), (a @ b).T + c)


def test_mask_limits_reductions_and_contractions() -> None:
    text = """func.func @f(%v: vector<2x4xf32>, %a: vector<4xf32>, %m: vector<2x4xi1>, %k: vector<4xi1>)
        -> (vector<4xf32>, f32, f32) {
      %0 = vector.mask %m { vector.multi_reduction <add>, %v, %a [0] : vector<2x4xf32> to vector<4xf32> }
        : vector<2x4xi1> -> vector<4xf32>
      %1 = vector.mask %k { vector.reduction <maximumf>, %a : vector<4xf32> into f32 } : vector<4xi1> -> f32
      %z = arith.constant 1.0 : f32
      %2 = vector.mask %k { vector.contract {indexing_maps = [affine_map<(i) -> (i)>,
        affine_map<(i) -> (i)>, affine_map<(i) -> ()>], iterator_types = ["reduction"]} %a, %a, %z
        : vector<4xf32>, vector<4xf32> into f32 } : vector<4xi1> -> f32
      return %0, %1, %2 : vector<4xf32>, f32, f32 }"""
    v, a = np.arange(8, dtype=np.float32).reshape(2, 4), np.array([1, 9, 3, 4], np.float32)
    m, k = np.arange(8).reshape(2, 4) % 3 == 0, np.array([True, False, True, True])
    first, second, third = run(text, v, a, m, k)
    np.testing.assert_array_equal(first, a + np.where(m, v, 0).sum(0))
    assert second == 4 and third == 1 + 1 + 9 + 16


def test_scan_collects_partial_results() -> None:
    text = """func.func @f(%v: vector<3x2xi32>, %i: vector<2xi32>)
        -> (vector<3x2xi32>, vector<2xi32>, vector<3x2xi32>) {
      %0:2 = vector.scan <add>, %v, %i {inclusive = true, reduction_dim = 0 : i64}
        : vector<3x2xi32>, vector<2xi32>
      %1:2 = vector.scan <mul>, %v, %i {inclusive = false, reduction_dim = 0 : i64}
        : vector<3x2xi32>, vector<2xi32>
      return %0#0, %0#1, %1#0 : vector<3x2xi32>, vector<2xi32>, vector<3x2xi32> }"""
    v, i = np.arange(1, 7, dtype=np.int32).reshape(3, 2), np.array([10, 20], np.int32)
    partial, last, before = run(text, v, i)
    np.testing.assert_array_equal(partial, np.cumsum(v, 0))
    np.testing.assert_array_equal(last, v.sum(0))
    np.testing.assert_array_equal(before, [i, i * v[0], i * v[0] * v[1]])


PROGRAM = """func.func @main() {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %f = arith.constant 2.5 : f32
  %v = arith.constant dense<[1.0, -2.0, 3.5, 4.0]> : vector<4xf32>
  %w = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, -8.0]]> : vector<2x4xf32>
  %i = arith.constant dense<[7, -3, 100000, 2]> : vector<4xi32>
  %k = arith.constant dense<[true, false, true, true]> : vector<4xi1>
  %p = arith.constant dense<[3, 0, 1, 0]> : vector<4xindex>
  %m = memref.alloc() : memref<8xf32>
  FILL
  BODY
  memref.dealloc %m : memref<8xf32>
  return
}""".replace(
    "FILL",
    "\n".join(
        f"  %x{n} = arith.constant {n} : index\n  %y{n} = arith.constant {n}.0 : f32\n"
        f"  memref.store %y{n}, %m[%x{n}] : memref<8xf32>"
        for n in range(8)
    ),
)
LINES = [
    "%0 = vector.broadcast %f : f32 to vector<2x3xf32>|vector<2x3xf32>",
    "%0 = vector.broadcast %v : vector<4xf32> to vector<2x4xf32>|vector<2x4xf32>",
    "%0 = vector.shape_cast %w : vector<2x4xf32> to vector<4x2xf32>|vector<4x2xf32>",
    "%0 = vector.extract %w[1, %c3] : f32 from vector<2x4xf32>|f32",
    "%0 = vector.extract %w[1] : vector<4xf32> from vector<2x4xf32>|vector<4xf32>",
    "%0 = vector.insert %f, %w [0, %c1] : f32 into vector<2x4xf32>|vector<2x4xf32>",
    "%0 = vector.extract_strided_slice %w {offsets = [0, 1], sizes = [2, 2], strides = [1, 1]}"
    " : vector<2x4xf32> to vector<2x2xf32>|vector<2x2xf32>",
    "%0 = vector.insert_strided_slice %v, %w {offsets = [1, 0], strides = [1]}"
    " : vector<4xf32> into vector<2x4xf32>|vector<2x4xf32>",
    "%0 = vector.transpose %w, [1, 0] : vector<2x4xf32> to vector<4x2xf32>|vector<4x2xf32>",
    "%0 = vector.shuffle %v, %v [0, 5, 2] : vector<4xf32>, vector<4xf32>|vector<3xf32>",
    "%0 = vector.bitcast %i : vector<4xi32> to vector<8xi16>|vector<8xi16>",
    "%0 = vector.bitcast %v : vector<4xf32> to vector<4xi32>|vector<4xi32>",
    "%0 = vector.interleave %v, %v : vector<4xf32> -> vector<8xf32>|vector<8xf32>",
    "%0 = vector.from_elements %f, %f : vector<2xf32>|vector<2xf32>",
    "%0 = vector.fma %v, %v, %v : vector<4xf32>|vector<4xf32>",
    "%0 = vector.outerproduct %v, %v : vector<4xf32>, vector<4xf32>|vector<4x4xf32>",
    "%0 = vector.outerproduct %v, %f : vector<4xf32>, f32|vector<4xf32>",
    "%0 = vector.reduction <add>, %v : vector<4xf32> into f32|f32",
    "%0 = vector.reduction <mul>, %v, %f : vector<4xf32> into f32|f32",
    "%0 = vector.reduction <minimumf>, %v : vector<4xf32> into f32|f32",
    "%0 = vector.reduction <maxui>, %i : vector<4xi32> into i32|i32",
    "%0 = vector.reduction <minsi>, %i : vector<4xi32> into i32|i32",
    "%0 = vector.reduction <xor>, %i : vector<4xi32> into i32|i32",
    "%0 = vector.multi_reduction <add>, %w, %v [0] : vector<2x4xf32> to vector<4xf32>|vector<4xf32>",
    "%0 = vector.multi_reduction <maxnumf>, %w, %f [0, 1] : vector<2x4xf32> to f32|f32",
    "%0 = vector.create_mask %c3 : vector<4xi1>|vector<4xi1>",
    "%0 = vector.constant_mask [1, 2] : vector<2x4xi1>|vector<2x4xi1>",
    "%0 = vector.step : vector<4xindex>|vector<4xindex>",
    "%0 = vector.load %m[%c3] : memref<8xf32>, vector<4xf32>|vector<4xf32>",
    "%0 = vector.maskedload %m[%c1], %k, %v"
    " : memref<8xf32>, vector<4xi1>, vector<4xf32> into vector<4xf32>|vector<4xf32>",
    "%0 = vector.gather %m[%c1] [%p], %k, %v"
    " : memref<8xf32>, vector<4xindex>, vector<4xi1>, vector<4xf32> into vector<4xf32>|vector<4xf32>",
    "%0 = vector.expandload %m[%c1], %k, %v"
    " : memref<8xf32>, vector<4xi1>, vector<4xf32> into vector<4xf32>|vector<4xf32>",
    "%0 = vector.transfer_read %m[%c3], %f : memref<8xf32>, vector<8xf32>|vector<8xf32>",
    "%0 = vector.transfer_read %m[%c1], %f, %k : memref<8xf32>, vector<4xf32>|vector<4xf32>",
    "%0 = vector.mask %k { vector.reduction <add>, %v : vector<4xf32> into f32 }"
    " : vector<4xi1> -> f32|f32",
]
STORES = [
    "vector.store %v, %m[%c3] : memref<8xf32>, vector<4xf32>",
    "vector.maskedstore %m[%c1], %k, %v : memref<8xf32>, vector<4xi1>, vector<4xf32>",
    "vector.scatter %m[%c1] [%p], %k, %v : memref<8xf32>, vector<4xindex>, vector<4xi1>, vector<4xf32>",
    "vector.compressstore %m[%c1], %k, %v : memref<8xf32>, vector<4xi1>, vector<4xf32>",
    "vector.transfer_write %v, %m[%c3] : vector<4xf32>, memref<8xf32>",
    "vector.transfer_write %v, %m[%c1], %k : vector<4xf32>, memref<8xf32>",
]
PIPELINE = (
    "--pass-pipeline=builtin.module(func.func(lower-vector-mask),convert-vector-to-scf,"
    "func.func(lower-vector-multi-reduction),convert-scf-to-cf,convert-vector-to-llvm,"
    "finalize-memref-to-llvm,convert-arith-to-llvm,convert-func-to-llvm,"
    "convert-cf-to-llvm,convert-ub-to-llvm,reconcile-unrealized-casts)"
)


def body() -> str:
    parts = []
    for number, entry in enumerate(LINES):
        line, type = entry.split("|")
        result = f"%r{number}"
        line = line.replace("%0", result, 1)
        parts.append(
            f"{line}\nvector.print {result.partition(':')[0]}{'#0' if ':2' in line else ''} : {type}"
        )
    for number, line in enumerate(STORES):
        parts.append(f"{line}\n%s{number} = vector.load %m[%c0] : memref<8xf32>, vector<8xf32>")
        parts.append(f"vector.print %s{number} : vector<8xf32>")
    parts.append('vector.print str "end"\nvector.print punctuation <open>\nvector.print')
    return "\n".join(parts)


@pytest.mark.skipif(not (MLIR_OPT and RUNNER), reason="needs upstream's tools")
def test_prints_what_upstream_prints() -> None:
    text = PROGRAM.replace("BODY", body())
    lowered = subprocess.run([str(MLIR_OPT), PIPELINE], input=text, capture_output=True, text=True)
    assert lowered.returncode == 0, lowered.stderr
    libraries = sorted(LIBRARIES.glob("libmlir_*runner_utils.so*"))
    ran = subprocess.run(
        [str(RUNNER), "-e", "main", "-entry-point-result=void"]
        + [f"-shared-libs={library}" for library in libraries],
        input=lowered.stdout, capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    output = io.StringIO()
    Interpreter(parse_module(text), output=output).call("main")
    ours, theirs = output.getvalue().splitlines(), ran.stdout.splitlines()
    assert len(ours) == len(theirs)
    entries = [*LINES, *STORES, "end"]
    for mine, expected, line in zip(ours, theirs, entries, strict=False):
        assert mine == expected, line
