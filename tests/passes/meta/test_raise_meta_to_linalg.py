"""Contractions raised to linalg: which ops they become, and that their values are kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import stepwell as sw
from stepwell.ir.operation import walk
from stepwell.ir.text.parse import parse_module
from stepwell.ir.types import dims_of, is_ranked
from tests.passes.meta import convolution_text as text_of
from tests.passes.meta.convolution_text import Window
from tests.passes.meta.program_values import RAISED, Array, check_values

TEXT = (Path(__file__).parent / "contractions.mlir").read_text()
LOOPS = ("linalg.generic", "linalg.fill", "linalg.transpose")


def floats(*shape: int) -> Array:
    return np.random.default_rng(len(shape)).integers(-4, 5, shape).astype(np.float32)


def integers(*shape: int) -> Array:
    return np.random.default_rng(1).integers(-50, 50, shape).astype(np.int32)


def ops_made(text: str, name: str, passes: str = "raise-meta-to-linalg") -> list[str]:
    """The ops of linalg and meta that a function consists of after passes, but for fills."""
    module = parse_module(text)
    sw.run_passes(module, passes)
    functions = [op for op in walk(module) if op.name == "func.func"]
    function = next(op for op in functions if f'"{name}"' in str(op.get_attribute("sym_name")))
    found = [op.name for op in walk(function) if op.name.partition(".")[0] in ("linalg", "meta")]
    return [one for one in found if one not in ("linalg.fill", "linalg.yield")]


def largest_rank(text: str) -> int:
    """The greatest number of dimensions of a tensor, once everything is linalg."""
    module = parse_module(text)
    sw.run_passes(module, f"{RAISED},canonicalize,cse")
    types = [value.type for op in walk(module) for value in op.results]
    return max(len(dims_of(type)) for type in types if is_ranked(type))


MATRICES = [
    ("matmul", ["linalg.matmul"], floats(3, 5), floats(5, 4)),
    ("matmul", ["linalg.matmul"], floats(1, 1), floats(1, 1)),
    ("matmul", ["linalg.matmul"], floats(3, 0), floats(0, 4)),
    ("matmul", ["linalg.matmul"], floats(0, 2), floats(2, 4)),
    ("linear", ["linalg.matmul"], floats(3, 5), floats(4, 5)),
    ("matmul_by_left", ["linalg.matmul"], floats(3, 4), floats(5, 4)),
    ("matmul_by_right", ["linalg.matmul"], floats(3, 4), floats(3, 5)),
    ("batch_matmul", ["linalg.batch_matmul"], floats(2, 3, 5), floats(2, 5, 4)),
    ("heads", ["linalg.generic"], integers(2, 3, 4, 5), integers(2, 3, 7, 5)),
    ("row", ["linalg.generic"], floats(3, 5), floats(5)),
    ("moving_average", ["meta.reindex", "linalg.generic"], floats(7), 7, 3),
    ("moving_average", ["meta.reindex", "linalg.generic"], floats(7), 5, 2),
    ("moving_average", ["meta.reindex", "linalg.generic"], floats(7), 5, 0),
    ("transposed_max", ["linalg.generic"], floats(3, 5)),
]


@pytest.mark.parametrize("case", MATRICES, ids=lambda case: case[0])
def test_sums_of_products_are_contractions(case: tuple[str, list[str], object]) -> None:
    name, made, *arguments = case
    assert ops_made(TEXT, name) == made
    check_values(TEXT, name, arguments, RAISED)


NAMED = (Path(__file__).parent / "raise_meta_to_linalg.mlir").read_text()


@pytest.mark.parametrize(
    ("name", "shapes"),
    [
        ("convolution", [(1, 3, 8, 8), (4, 3, 3, 3)]),
        ("depthwise", [(1, 3, 8, 8), (3, 3, 3)]),
        ("grouped", [(1, 2, 3, 8, 8), (2, 4, 3, 3, 3)]),
        ("by_input", [(1, 4, 6, 6), (4, 3, 3, 3)]),
    ],
)
def test_static_sizes_keep_their_values(name: str, shapes: list[tuple[int, ...]]) -> None:
    check_values(NAMED, name, [floats(*shape) for shape in shapes], RAISED)


def sizes_of(
    window: Window, x: Sequence[int], weight: Sequence[int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The sizes that the programs take, and the shape of the result."""
    (n, c, y, width), (f, _, *kernel) = x, weight
    h, w = window.out_size(y, kernel[0]), window.out_size(width, kernel[1])
    return (n, f, h, c, *kernel, w, y, width), (n, f, h, w)


WINDOWS = [
    Window(),
    Window(padding=1),
    Window(stride=2, padding=2, dilation=2),
    Window(stride=3),
]
SHAPES = [((2, 3, 6, 5), (2, 3, 3, 2)), ((1, 2, 5, 5), (2, 2, 1, 1)), ((0, 3, 7, 6), (4, 3, 3, 2))]
every_window = pytest.mark.parametrize("window", WINDOWS, ids=str)


@every_window
def test_a_convolution_gets_its_name_and_keeps_its_values(window: Window) -> None:
    text = text_of.convolution(window)
    assert ops_made(text, "forward")[-1] == "linalg.conv_2d_nchw_fchw"
    assert largest_rank(text) == 4
    for x, weight in SHAPES:
        sizes, _ = sizes_of(window, x, weight)
        check_values(text, "forward", [floats(*x), floats(*weight), *sizes], RAISED)


@every_window
def test_the_derivative_by_the_weight_needs_no_products(window: Window) -> None:
    text = text_of.by_weight(window)
    assert ops_made(text, "by_weight")[-1] == "linalg.generic"
    assert largest_rank(text) == 4
    for x, weight in SHAPES:
        sizes, result = sizes_of(window, x, weight)
        check_values(text, "by_weight", [floats(*x), floats(*result), *sizes], RAISED)


@pytest.mark.parametrize("reduced_first", [False, True])
@every_window
def test_the_derivative_by_the_input_is_a_convolution(window: Window, reduced_first: bool) -> None:
    text = text_of.by_input(window, reduced_first)
    assert ops_made(text, "by_input")[-1] == "linalg.conv_2d_nchw_fchw"
    assert largest_rank(text) == 4
    for x, weight in SHAPES:
        sizes, result = sizes_of(window, x, weight)
        check_values(text, "by_input", [floats(*weight), floats(*result), *sizes], RAISED)


@pytest.mark.parametrize(
    ("kind", "made"),
    [("add", "pooling_nchw_sum"), ("max", "pooling_nchw_max"), ("min", "generic")],
)
@every_window
def test_pooling_gets_its_name_if_there_is_one(window: Window, kind: str, made: str) -> None:
    text = text_of.pooling(window, kind)
    assert ops_made(text, "pool")[-1] == f"linalg.{made}"
    for x, weight in SHAPES:
        sizes, _ = sizes_of(window, x, weight)
        check_values(text, "pool", [floats(*x), *sizes], RAISED)


@every_window
def test_the_derivative_of_mean_pooling_is_pooling(window: Window) -> None:
    text = text_of.sum_pooling_by_input(window)
    assert ops_made(text, "pool_by_input")[-1] == "linalg.pooling_nchw_sum"
    for x, weight in SHAPES:
        sizes, (n, _, h, w) = sizes_of(window, x, weight)
        check_values(text, "pool_by_input", [floats(n, x[1], h, w), *sizes], RAISED)
