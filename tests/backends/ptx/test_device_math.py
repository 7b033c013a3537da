"""Our own functions under libdevice's names: NumPy's values, compiled for the CPU."""

import math
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stepwell.backends.ptx as package
from stepwell.backends.ptx.compile import kernels_to_ptx
from stepwell.backends.ptx.libdevice import find_libdevice
from stepwell.ir.diagnostics import BackendError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.parse import parse_module
from stepwell.ir.verifier import verify
from stepwell.passes.pipelines import run_passes
from stepwell.runtime.compiled import compile

SOURCE = Path(package.__file__).with_name("device_math.mlir").read_text(encoding="utf-8")
FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1, "log": np.log, "log2": np.log2,
    "log10": np.log10, "log1p": np.log1p, "tanh": np.tanh, "sin": np.sin, "cos": np.cos,
    "tan": np.tan, "sinh": np.sinh, "cosh": np.cosh, "rsqrt": lambda x: 1 / np.sqrt(x),
    "erf": np.vectorize(math.erf, otypes=[np.float64]),
}  # fmt: skip
F32_ONLY = ("tanh", "erf", "sin", "cos", "tan")
CASES = [(name, "f32") for name in FUNCTIONS] + [
    (name, "f64") for name in FUNCTIONS if name not in F32_ONLY
]
MOST_ULPS = 5
SPECIAL = [0, -0.0, np.inf, -np.inf, np.nan, 1, -1, 2, 8, 0.5, 88.7, 89, -103.9, -104.5, 1 + 1e-7]


def caller(name: str, type: str) -> str:
    """A function that applies one of ours to a whole memref."""
    ours = f"__nv_{name}{'f' if type == 'f32' else ''}"
    return f"""
func.func @{name}_{type}(%x: memref<?x{type}>, %y: memref<?x{type}>) {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = memref.dim %x, %c0 : memref<?x{type}>
  scf.for %i = %c0 to %n step %c1 {{
    %v = memref.load %x[%i] : memref<?x{type}>
    %r = func.call @{ours}(%v) : ({type}) -> {type}
    memref.store %r, %y[%i] : memref<?x{type}>
  }}
  return
}}
"""


POWER = """
func.func @pow(%x: f32, %y: f32) -> f32 {
  %r = func.call @__nv_powf(%x, %y) : (f32, f32) -> f32
  return %r : f32
}
"""


@cache
def compiled() -> Mapping[str, Callable[..., Any]]:
    module = parse_module(SOURCE + "".join(caller(*case) for case in CASES) + POWER)
    verify(module)
    made = compile(module)
    names = [*(f"{name}_{type}" for name, type in CASES), "pow"]
    return {name: made[name] for name in names}


def inputs(name: str, dtype: type[np.floating]) -> np.ndarray:
    random = np.random.default_rng(0)
    parts = [random.uniform(-1, 1, 3000), random.uniform(-100, 100, 3000)]
    if name not in ("sin", "cos", "tan"):  # ours are for angles of some size
        parts.append(np.exp(random.uniform(-80, 80, 3000)))
    x = np.concatenate([*parts, SPECIAL]).astype(dtype)
    return x[~(np.abs(x) >= 2.0**40)] if name in ("sin", "cos", "tan") else x


@pytest.mark.parametrize(("name", "type"), CASES)
def test_numpys_values_within_a_few_units_in_the_last_place(name: str, type: str) -> None:
    dtype, wide = (np.float32, np.float64) if type == "f32" else (np.float64, np.longdouble)
    x = inputs(name, dtype)
    y = np.zeros_like(x)
    compiled()[f"{name}_{type}"](x, y)
    with np.errstate(all="ignore"):
        exact = FUNCTIONS[name](x.astype(wide))
        wanted = exact.astype(dtype)
    assert np.array_equal(np.isnan(y), np.isnan(wanted))
    infinite = np.isinf(y) | np.isinf(wanted)
    assert np.array_equal(y[infinite], wanted[infinite])
    finite = np.isfinite(y) & np.isfinite(wanted)
    error = np.abs(y[finite].astype(wide) - exact[finite])
    assert (error <= MOST_ULPS * np.spacing(np.abs(wanted[finite]))).all()


@pytest.mark.parametrize("x", [2.0, 0.3, -2.0, -0.5, 0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0])
def test_powers(x: float) -> None:
    for y in (0.0, 1.0, 2.0, 3.0, -1.0, -2.0, 0.5, 2.5, 31.0, np.inf, -np.inf, np.nan):
        found = compiled()["pow"](np.float32(x), np.float32(y))
        with np.errstate(all="ignore"):
            wanted = np.power(np.float32(x), np.float32(y))
        if (x, y) == (-np.inf, 0.5):
            wanted = np.float32(np.inf)  # as in C; NumPy takes the square root
        np.testing.assert_allclose(found, wanted, rtol=3e-7, err_msg=f"{x} ** {y}")


def test_the_interpreter_gives_the_same_bits_as_the_cpu() -> None:
    module = parse_module(SOURCE + caller("tanh", "f32"))
    x = np.linspace(-4, 4, 33, dtype=np.float32)
    here, there = np.zeros_like(x), np.zeros_like(x)
    Interpreter(module).call("tanh_f32", x, here)
    compiled()["tanh_f32"](x, there)
    assert np.array_equal(here, there)


def kernel(op: str, type: str = "f32") -> str:
    return f"""
gpu.module @m {{
  gpu.func @k(%x: memref<8x{type}>) kernel {{
    %t = gpu.thread_id x
    %v = memref.load %x[%t] : memref<8x{type}>
    %r = {op} %v : {type}
    memref.store %r, %x[%t] : memref<8x{type}>
    gpu.return
  }}
}}
"""


def ptx_of(text: str) -> str:
    module = parse_module(text)
    run_passes(module, "kernels-to-nvvm")
    return kernels_to_ptx(module)


@pytest.mark.parametrize("name", [*FUNCTIONS, "sqrt", "absf", "floor"])
def test_mathematics_in_kernels_needs_no_library(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEPWELL_LIBDEVICE", "none")
    ptx = ptx_of(kernel(f"math.{name}"))
    assert "__nv_" not in ptx.replace("// -- Begin function", "") and ".extern .func" not in ptx
    assert ptx.count(".visible") == 1


def test_half_precision_goes_through_single(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPWELL_LIBDEVICE", "none")
    assert "cvt.f32.f16" in ptx_of(kernel("math.exp", "f16"))


def test_vectors_are_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPWELL_LIBDEVICE", "none")
    text = kernel("math.exp", "vector<4xf32>")
    module = parse_module(text)
    run_passes(module, "kernels-to-nvvm")
    assert str(module).count("llvm.call @__nv_expf") == 4
    assert "ld.v4" in kernels_to_ptx(module) or "ld.global.v4" in kernels_to_ptx(module)


def test_a_function_that_we_do_not_have_asks_for_libdevice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STEPWELL_LIBDEVICE", "none")
    with pytest.raises(BackendError, match=r"@__nv_acosf; NVIDIA's libdevice may have it: install"):
        ptx_of(kernel("math.acos"))


@pytest.mark.skipif(find_libdevice() is None, reason="needs libdevice (nvidia-cuda-nvcc)")
@pytest.mark.parametrize("name", ["acos", "exp", "erf"])
def test_libdevice_is_linked_where_it_is_installed(name: str) -> None:
    ptx = ptx_of(kernel(f"math.{name}"))
    assert ".extern .func" not in ptx and "__nvvm_reflect" not in ptx
    assert ptx.count(".visible") == 1


def test_a_wrong_path_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPWELL_LIBDEVICE", "/no/such/file.bc")
    with pytest.raises(BackendError, match="STEPWELL_LIBDEVICE names a file that does not exist"):
        ptx_of(kernel("math.exp"))
