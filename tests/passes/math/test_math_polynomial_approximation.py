"""test-math-polynomial-approximation: how far off values are, and what becomes of special ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import stepwell as sw
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import walk
from stepwell.runtime.compiled import compile
from tests.passes.passes_on_text import run_passes
from tests.semantics.test_real_passes import check

Array = NDArray[Any]
PASS = "test-math-polynomial-approximation"
REFERENCES: dict[str, Callable[[Array], Array]] = {
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "erf": np.vectorize(math.erf),
}
SPECIAL = np.array(
    [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 1.1e-38, 88.72283, 88.7229, 89.5, 3e38,
     -87.5, -103.9, -103.98, -200.0, -3e38, 1.0, -1.0, 0.5999, 0.6001, 0.8999, 0.9001, 9.5, 3.95,
     0.70710677, 1.4142135],
    np.float32,
)  # fmt: skip


def over(name: str, type: str = "f32") -> str:
    return f"""
func.func @main(%x: memref<?x{type}>, %y: memref<?x{type}>) {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = memref.dim %x, %c0 : memref<?x{type}>
  scf.for %i = %c0 to %n step %c1 {{
    %a = memref.load %x[%i] : memref<?x{type}>
    %b = math.{name} %a : {type}
    memref.store %b, %y[%i] : memref<?x{type}>
  }}
  return
}}"""


def inputs() -> Array:
    """Special numbers, all exponents, and many in the middle."""
    bits = np.linspace(0, 2**32 - 1, 40_001).astype(np.uint64).astype(np.uint32)
    random = np.random.default_rng(0)
    middle = [random.uniform(-limit, limit, 20_000).astype(np.float32) for limit in (1, 10, 100)]
    return np.concatenate([SPECIAL, bits.view(np.float32), *middle])


def check_values(name: str, x: Array, found: Array) -> None:
    with np.errstate(all="ignore"):
        exact = np.asarray(REFERENCES[name](x.astype(np.float64)))
        expected = exact.astype(np.float32)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    finite = np.isfinite(expected)
    np.testing.assert_array_equal(found[~finite], expected[~finite])
    numbers = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(found[numbers]), np.signbit(expected[numbers]))
    units = np.spacing(np.abs(expected[finite])).astype(np.float64)
    assert np.max(np.abs(found[finite] - exact[finite]) / units) <= 4


@pytest.mark.parametrize("fused", ["true", "false"])
@pytest.mark.parametrize("name", REFERENCES)
def test_compiled_values_are_off_by_four_units_at_most(name: str, fused: str) -> None:
    passes = f"builtin.module({PASS}{{fused={fused}}},lower-to-llvm)"
    compiled = compile(sw.parse(over(name)), pipeline=passes, use_cache=False)
    x = inputs()
    found = np.empty_like(x)
    compiled["main"](x, found)
    check_values(name, x, found)


@pytest.mark.parametrize("name", REFERENCES)
def test_the_interpreter_agrees(name: str) -> None:
    module = run_passes(over(name), PASS)
    x = np.concatenate([SPECIAL, np.linspace(-5, 5, 41, dtype=np.float32)])
    found = np.empty_like(x)
    Interpreter(module).call("main", x, found)
    check_values(name, x, found)


@pytest.mark.parametrize("name", REFERENCES)
def test_an_element_does_not_depend_on_its_place(name: str) -> None:
    """The last elements of a loop, which fill no vector, are as the first ones."""
    passes = f"builtin.module({PASS},lower-to-llvm)"
    compiled = compile(sw.parse(over(name)), pipeline=passes, use_cache=False)
    x = np.random.default_rng(1).uniform(0.01, 20, 1003).astype(np.float32)
    found, piece = np.empty_like(x), np.empty(13, np.float32)
    compiled["main"](x, found)
    compiled["main"](x[-13:].copy(), piece)
    np.testing.assert_array_equal(found[-13:], piece)


@pytest.mark.parametrize(("type", "units"), [("f16", 1e-3), ("bf16", 8e-3)])
def test_short_floats_go_through_f32(type: str, units: float) -> None:
    text = f"func.func @f(%x: {type}) -> {type} {{\n  %0 = math.tanh %x : {type}\n" \
           f"  return %0 : {type}\n}}"  # fmt: skip
    module = run_passes(text, PASS)
    names = [op.name for op in walk(module)]
    assert "math.tanh" not in names and names.count("arith.truncf") == 1
    for x in (-2.0, 0.5, 9.0):
        found = Interpreter(module).call("f", x)
        assert float(found) == pytest.approx(math.tanh(x), rel=units)


def test_vectors_keep_their_shape_and_the_rest_stays() -> None:
    text = """func.func @f(%v: vector<2x4xf32>, %w: f64, %t: tensor<3xf32>)
        -> (vector<2x4xf32>, f64, tensor<3xf32>) {
  %0 = math.log %v : vector<2x4xf32>
  %1 = math.exp %w : f64
  %2 = math.exp %t : tensor<3xf32>
  return %0, %1, %2 : vector<2x4xf32>, f64, tensor<3xf32>
}"""
    module = run_passes(text, PASS)
    assert [op.name for op in walk(module)].count("math.exp") == 2
    v = np.linspace(0.1, 4, 8, dtype=np.float32).reshape(2, 4)
    found = Interpreter(module).call("f", v, 1.0, np.ones(3, np.float32))
    np.testing.assert_allclose(np.asarray(found[0]), np.log(v), rtol=3e-7)


def test_meaning_is_kept_within_the_tolerance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = "".join(f"  %{name} = math.{name} %x : f32\n" for name in REFERENCES)
    path = tmp_path / "functions.mlir"
    path.write_text(
        f"func.func @f(%x: f32) -> (f32, f32, f32, f32) {{\n{lines}"
        f"  return %{', %'.join(REFERENCES)} : f32, f32, f32, f32\n}}"
    )
    found = check(path, capsys, f"--{PASS}", "--check-semantics-tolerance=5e-7",
                  "--check-semantics-inputs=24")  # fmt: skip
    assert found[0] >= 20
