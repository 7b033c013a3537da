"""What tensor ops compute, compared with NumPy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.parse import parse_module

TEXT = (Path(__file__).parent / "meaning.mlir").read_text()
T = np.arange(12, dtype=np.float32).reshape(3, 4)


def call(name: str, *arguments: object) -> Any:
    return Interpreter(parse_module(TEXT)).call(name, *arguments)


def test_pad() -> None:
    found = call("pad", np.array([[1, 2], [3, 4]], np.float32))
    np.testing.assert_array_equal(found, [[9, 9, 9], [1, 2, 9], [3, 4, 9], [9, 9, 9]])


def test_pad_knows_the_place() -> None:
    found = call("pad_by_place", np.array([[99]]))
    np.testing.assert_array_equal(found, [[0, 1, 2], [99, 11, 12]])


def test_generate_takes_its_size_at_run_time() -> None:
    np.testing.assert_array_equal(call("gen", 3), [[0, 1], [1, 2], [2, 3]])


def test_slices_and_reshapes() -> None:
    part, whole, flat, expanded = call("slices", T)
    np.testing.assert_array_equal(part, [4, 6])
    np.testing.assert_array_equal(whole, [[0, 4, 6, 3], [4, 5, 6, 7], [8, 9, 10, 11]])
    np.testing.assert_array_equal(flat, np.arange(12))
    np.testing.assert_array_equal(expanded, T.reshape(3, 2, 2))


def test_gather_and_scatter() -> None:
    gathered, scattered = call("gather", T, np.array([[2], [0]]))
    np.testing.assert_array_equal(gathered, T[[2, 0]].reshape(2, 1, 4))
    np.testing.assert_array_equal(scattered, T)


def test_elements() -> None:
    x, inserted, size, rank, pair, splat, bits = call("elements", T, 1, 2, np.float32(0.5))
    assert (x, size, rank) == (6, 4, 2)
    assert inserted[1, 2] == 0.5 and T[1, 2] == 6
    np.testing.assert_array_equal(pair, [0.5, 6])
    np.testing.assert_array_equal(splat, np.full((2, 2), 0.5))
    np.testing.assert_array_equal(bits, T.view(np.int32))


def test_an_element_out_of_bounds_is_undefined() -> None:
    with pytest.raises(InterpreterError, match="out-of-bounds index 3"):
        call("elements", T, 3, 0, np.float32(0))


def test_concat_and_reshape() -> None:
    a, b = T.reshape(6, 2), -T.reshape(6, 2)
    joined, flat = call("joined", a, b, np.array([24]))
    np.testing.assert_array_equal(joined, np.concatenate([a, b]))
    np.testing.assert_array_equal(flat, joined.reshape(-1))


def test_a_slice_ends_within_the_tensor() -> None:
    a = np.arange(6, dtype=np.float32)
    np.testing.assert_array_equal(call("part", a, 1, 3), [1, 3, 5])
    with pytest.raises(InterpreterError, match="out-of-bounds"):
        call("part", a, 2, 3)


def test_a_cast_checks_the_size() -> None:
    np.testing.assert_array_equal(call("narrow", np.ones(3, np.float32)), np.ones(3))
    with pytest.raises(InterpreterError, match="shape"):
        call("narrow", np.ones(4, np.float32))


def test_threads_build_one_tensor() -> None:
    np.testing.assert_array_equal(call("forall"), [[0, 0], [1, 1], [2, 2], [3, 3]])
