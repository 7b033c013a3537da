"""What linalg ops compute, compared with NumPy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stepwell.dialects.linalg import execution
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.parse import parse_module

TEXT = (Path(__file__).parent / "meaning.mlir").read_text()
RANDOM = np.random.default_rng(7)


def call(name: str, *arguments: object) -> Any:
    return Interpreter(parse_module(TEXT)).call(name, *arguments)


def floats(*shape: int) -> np.ndarray:
    return RANDOM.standard_normal(shape).astype(np.float32)


def convolved(x: np.ndarray, k: np.ndarray) -> np.ndarray:
    found = np.zeros((1, 3, 3, 4), np.float32)
    for h in range(3):
        for w in range(3):
            window = x[0, 2 * h : 2 * h + 2, 2 * w : 2 * w + 3]
            found[0, h, w] = np.einsum("klc,klcf->f", window, k)
    return found


def test_matmul_adds_to_its_init() -> None:
    a, b, c = floats(3, 4), floats(4, 5), floats(3, 5)
    np.testing.assert_allclose(call("mm", a, b, c), a @ b + c, rtol=1e-5)


def test_matmul_on_memrefs_writes_in_place() -> None:
    a, b, c = floats(3, 4), floats(4, 5), floats(3, 5)
    call("mmm", a, b, c)
    np.testing.assert_allclose(c, a @ b, rtol=1e-4, atol=1e-6)


def test_matmul_of_bytes_extends_as_told() -> None:
    a = RANDOM.integers(-128, 127, (3, 4), dtype=np.int8)
    b = RANDOM.integers(-128, 127, (4, 5), dtype=np.int8)
    np.testing.assert_array_equal(call("mm8", a, b), a.astype(np.int32) @ b.astype(np.int32))
    unsigned = a.view(np.uint8).astype(np.int32) @ b.view(np.uint8).astype(np.int32)
    np.testing.assert_array_equal(call("mm8u", a, b), unsigned)


def test_convolution_with_strides() -> None:
    x, k = floats(1, 6, 7, 3), floats(2, 3, 3, 4)
    np.testing.assert_allclose(call("conv", x, k), convolved(x, k), rtol=1e-4, atol=1e-5)


def test_both_ways_to_run_a_body_agree_to_the_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    x, k = floats(1, 6, 7, 3), floats(2, 3, 3, 4)
    arrays = call("conv", x, k)
    monkeypatch.setattr(execution, "_is_simple", lambda op: False)
    np.testing.assert_array_equal(call("conv", x, k), arrays)


def test_reduce_softmax_transpose() -> None:
    a = floats(3, 4)
    np.testing.assert_array_equal(call("red", a), a.max(1))
    np.testing.assert_array_equal(call("tr", a), a.T)
    e = np.exp(a - a.max(1, keepdims=True))
    np.testing.assert_allclose(call("soft", a), e / e.sum(1, keepdims=True), rtol=1e-6)


def test_index_gives_the_position() -> None:
    np.testing.assert_array_equal(call("idx"), [[0, 1, 2], [10, 11, 12]])


def test_body_with_control_flow_runs_point_by_point() -> None:
    found = call("scan", np.arange(4, dtype=np.int32))
    np.testing.assert_array_equal(found, [0, 100, 2, 3])


def test_pack_pads_and_unpack_undoes_it() -> None:
    a = np.arange(15, dtype=np.float32).reshape(3, 5)
    packed = call("pk", a)
    assert isinstance(packed, np.ndarray)
    np.testing.assert_array_equal(packed[1, 1], [[12, -1], [13, -1]])
    np.testing.assert_array_equal(call("upk", packed), a)


def test_shapes_that_disagree_at_run_time_are_undefined() -> None:
    with pytest.raises(InterpreterError, match="shapes disagree"):
        call("mmd", floats(3, 4), floats(5, 6), floats(3, 6))


def test_matmul_of_nothing_gives_the_init() -> None:
    c = floats(3, 6)
    np.testing.assert_array_equal(call("mmd", floats(3, 0), floats(0, 6), c), c)


def test_elementwise_with_a_constant_from_outside() -> None:
    a = floats(3, 4)
    np.testing.assert_array_equal(call("relu", a), np.maximum(a, 0))
