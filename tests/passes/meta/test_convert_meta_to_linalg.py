"""The values of ops of the meta dialect, before and after they become linalg and machine code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stepwell as sw
from stepwell.ir.operation import walk
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from tests.passes.meta.program_values import Array, check_values, compiled

TEXT = (Path(__file__).parent / "lowering.mlir").read_text()


def floats(*shape: int) -> Array:
    return (np.random.default_rng(0).integers(-8, 9, shape) / 4).astype(np.float32)


def integers(*shape: int) -> Array:
    return np.random.default_rng(1).integers(-50, 50, shape).astype(np.int32)


CASES: list[tuple[Any, ...]] = [
    ("rows", floats(4), 3),
    ("rows", floats(4), 0),
    ("rows", floats(0), 2),
    ("between", integers(5, 3), 2),
    ("splat", np.float32(1.5), 4),
    ("splat", np.float32(1.5), 0),
    ("scaled", floats(3, 5), np.float32(0.5)),
    ("sum_last", floats(3, 5)),
    ("sum_last", floats(3, 0)),
    ("sum_last", floats(0, 3)),
    ("sum_first", floats(3, 5)),
    ("sum_all", floats(3, 5)),
    ("sum_all", floats(0, 5)),
    ("max_middle", integers(3, 4, 2)),
    ("max_middle", integers(3, 0, 2)),
    ("any", np.array([False, True, False])),
    ("any", np.array([False, False])),
    ("sums_so_far", integers(3, 5)),
    ("sums_so_far", integers(3, 0)),
    ("sums_so_far", integers(0, 5)),
    ("products_from_the_end", integers(4, 3)),
    ("products_from_the_end", integers(0, 3)),
    ("greatest_so_far", floats(3, 5, 2)),
    ("any_so_far", np.array([False, True, False])),
    ("transpose", floats(3, 5), 3, 5),
    ("head", floats(7), 3),
    ("head", floats(7), 0),
    ("windows", floats(7), 3),
    ("static_windows", floats(7)),
    ("padded", floats(3, 4), 5, 9, 2, np.float32(9)),
    ("padded", floats(3, 4), 2, 3, -2, np.float32(9)),
    ("padded", floats(0, 4), 2, 3, 0, np.float32(9)),
    ("padded", floats(3, 4), 0, 3, 0, np.float32(9)),
    ("repeated", floats(5), 9, np.float32(-1)),
    ("overlap_add", floats(4, 3), 9),
    ("overlap_add", floats(4, 3), 4),
    ("overlap_add", floats(4, 0), 4),
    ("overlap_add", floats(4, 3), 0),
    ("overlap_max", floats(7, 3), 8, 2),
    ("chained", floats(5, 3, 2), 8, 6),
    ("diagonal", floats(4), 5),
    ("back_transposed", integers(3, 4, 5)),
    ("halves", floats(3, 5), 4),
    ("halves", floats(3, 5), 0),
    ("halves", floats(0, 5), 2),
    ("gather", floats(5, 3), np.array([[4, 0, 1], [2, 2, 0]], np.int32)),
    ("gather", floats(5, 0), np.array([[4, 0, 1], [2, 2, 0]], np.int32)),
    ("gather", floats(5, 3), np.zeros((0, 2), np.int32)),
    ("gather_one", floats(5, 3), np.array(3)),
    ("scatter", floats(6, 3), np.array([0, 4, 2, 2, 0, 0]), 5),
    ("scatter", floats(0, 3), np.zeros(0, np.int64), 2),
    ("scatter", floats(0, 3), np.zeros(0, np.int64), 0),
    ("scatter_one", np.array(2.5, np.float32), np.array(3)),
    ("uniform32", 42, 3),
    ("uniform32", -1, 0),
    ("uniform64", 2**62, 3),
    ("uniform16", 7),
    ("kept", floats(4), 3),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_values_are_kept(case: tuple[Any, ...]) -> None:
    name, *arguments = case
    check_values(TEXT, name, arguments)


@pytest.mark.parametrize(
    "case", [("normal32", 5, 11), ("normal_scalar", 3), ("softmax", floats(3, 7))]
)
def test_values_are_kept_but_for_rounding(case: tuple[Any, ...]) -> None:
    name, *arguments = case
    check_values(TEXT, name, arguments, tolerance=2e-6)


def test_nothing_of_the_dialect_is_left_but_gradients() -> None:
    text = TEXT + (
        "func.func @g(%x: tensor<f32>) -> tensor<f32> {\n"
        "  %g = meta.gradient %x by %x : tensor<f32> by tensor<f32>\n"
        "  return %g : tensor<f32>\n}\n"
    )
    module = parse_module(text)
    sw.run_passes(module, "convert-elementwise-to-linalg,convert-meta-to-linalg")
    left = {op.name for op in walk(module) if op.name.partition(".")[0] in ("meta", "math")}
    assert {name for name in left if name.startswith("meta.")} == {"meta.gradient"}
    assert "tensor.splat" not in print_to_text(module)


def test_an_index_outside_reads_nothing() -> None:
    x, indices = floats(2, 3), np.array([[0, 2, -1]], np.int32)
    found = compiled(TEXT)["gather"](x, indices)
    np.testing.assert_array_equal(found, [[x[0], x[0] * 0, x[0] * 0]])
