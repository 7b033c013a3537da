"""Contractions as tiles of sums: their values, with whole and partial tiles and blocks."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

import stepwell as sw
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import walk
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from stepwell.runtime.executable import CompiledModule
from tests.passes.meta import convolution_text as text_of
from tests.passes.meta.convolution_text import Window
from tests.passes.meta.program_values import BUFFERS, FUSED, LLVM, RAISED, Array, assert_same

TEXT = (Path(__file__).parent / "contractions.mlir").read_text()
KERNELS = "linalg-contractions-to-vectors{vector-bits=128 rows=2},linalg-order-loops"
TO_BUFFERS = f"{RAISED},{FUSED},{BUFFERS}"


def floats(*shape: int) -> Array:
    return np.random.default_rng(len(shape)).integers(-4, 5, shape).astype(np.float32)


@cache
def lowered(text: str) -> str:
    """The program with its kernels."""
    module = parse_module(text)
    sw.run_passes(module, f"{TO_BUFFERS},{KERNELS}")
    return print_to_text(module)


@cache
def machine_code(text: str) -> CompiledModule:
    passes = f"func.func(convert-linalg-to-loops),hoist-static-allocas,{LLVM}"
    made = sw.compile(parse_module(lowered(text)), pipeline=passes)
    assert isinstance(made, CompiledModule)
    return made


def check(text: str, name: str, *arguments: object, interpreted: bool = True) -> None:
    """The kernel's values, in the interpreter and compiled, are those of the program."""
    expected = Interpreter(parse_module(text)).call(name, *arguments)
    found = machine_code(text)[name](*arguments)
    assert_same(found, expected, 0.0)
    if interpreted:
        passes = f"{KERNELS},func.func(convert-linalg-to-loops)"
        module = parse_module(text)
        sw.run_passes(module, f"{TO_BUFFERS},{passes}")
        buffers = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
        assert_same(Interpreter(module).call(name, *buffers), expected, 0.0)


SIZES = [(4, 3, 8), (5, 3, 9), (3, 1, 3), (1, 7, 1), (8, 0, 4), (0, 3, 4), (3, 5, 17)]


@pytest.mark.parametrize(("m", "k", "n"), SIZES)
def test_matrix_products(m: int, k: int, n: int) -> None:
    check(TEXT, "matmul", floats(m, k), floats(k, n))
    check(TEXT, "linear", floats(m, k), floats(n, k), interpreted=False)
    check(TEXT, "matmul_by_left", floats(m, n), floats(k, n), interpreted=False)
    check(TEXT, "matmul_by_right", floats(m, n), floats(m, k), interpreted=False)
    check(TEXT, "batch_matmul", floats(2, m, k), floats(2, k, n), interpreted=False)
    check(TEXT, "row", floats(m, k), floats(k), interpreted=False)


@pytest.mark.parametrize("window", [Window(padding=1), Window(stride=2, padding=1, dilation=2)])
def test_convolutions(window: Window) -> None:
    n, c, y, x, f, k, l = 2, 3, 9, 11, 6, 3, 2  # noqa: E741
    h, w = window.out_size(y, k), window.out_size(x, l)
    sizes = (n, f, h, c, k, l, w, y, x)
    image, weight, result = floats(n, c, y, x), floats(f, c, k, l), floats(n, f, h, w)
    check(text_of.convolution(window), "forward", image, weight, *sizes, interpreted=False)
    check(text_of.by_weight(window), "by_weight", image, result, *sizes, interpreted=False)
    check(text_of.by_input(window), "by_input", weight, result, *sizes, interpreted=False)


def test_sizes_beyond_a_block() -> None:
    for m, k, n in ((257, 3, 5), (3, 257, 5), (2, 3, 65), (258, 300, 66)):
        x, w = floats(m, k), floats(k, n)
        expected = x.astype(np.float64) @ w
        np.testing.assert_array_equal(machine_code(TEXT)["matmul"](x, w), expected)


def test_products_are_summed_in_registers() -> None:
    module = parse_module(lowered(text_of.convolution(Window(padding=1))))
    names = [op.name for op in walk(module)]
    assert "vector.fma" in names and "vector.gather" in names
    assert not any(name.startswith("linalg.conv") for name in names)


def test_integers_and_other_sums_stay() -> None:
    module = parse_module(lowered(TEXT))
    heads = next(op for op in walk(module) if '"heads"' in str(op.get_attribute("sym_name")))
    assert "linalg.generic" in [op.name for op in walk(heads)]
