"""One-shot bufferization never changes a value, and what it allocates can be freed."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.parse import parse_module
from stepwell.ir.verifier import verify
from tests.passes.bufferize.random_programs import program
from tests.passes.buffers.allocations import BUFFERS, DEALLOCATION, lowered, run_without_leak


def arguments() -> list[np.ndarray]:
    return [np.array([3, 1, 4, 1], np.int32), np.array([2, 7, 1, 8], np.int32)]


def check(text: str, pipeline: str) -> None:
    module = parse_module(text)
    verify(module)
    expected = Interpreter(module, max_steps=200_000).call("main", *arguments())
    results = run_without_leak_or_not(text, pipeline)
    for number, (result, wanted) in enumerate(zip(results, expected, strict=True)):
        np.testing.assert_array_equal(result, wanted, f"result {number} of\n{text}")


def run_without_leak_or_not(text: str, pipeline: str) -> list[np.ndarray]:
    """Runs the lowered program; only if buffers are freed is a leak an error."""
    module = lowered(text, pipeline)
    if DEALLOCATION in pipeline:
        return run_without_leak(module, "main", arguments())
    return list(Interpreter(module, max_steps=200_000).call("main", *arguments()))


many = settings(max_examples=25, suppress_health_check=list(HealthCheck))


@many
@given(st.integers(0, 10**9))
def test_values_stay(seed: int) -> None:
    check(program(Random(seed)), BUFFERS)


@settings(many, max_examples=15)
@given(st.integers(0, 10**9))
def test_values_stay_when_buffers_are_freed(seed: int) -> None:
    check(program(Random(seed)), f"{BUFFERS},{DEALLOCATION}")


def test_a_slice_read_after_another_slice_was_put_in_its_place_keeps_its_value() -> None:
    check(
        """
        func.func @main(%a: tensor<4xi32>, %b: tensor<4xi32>) -> (tensor<4xi32>, i32) {
          %c0 = arith.constant 0 : index
          %c1 = arith.constant 1 : index
          %s = tensor.extract %b[%c0] : tensor<4xi32>
          %part = tensor.extract_slice %a[2] [2] [1] : tensor<4xi32> to tensor<2xi32>
          %changed = tensor.insert %s into %part[%c1] : tensor<2xi32>
          %back = tensor.insert_slice %changed into %a[2] [2] [1] : tensor<2xi32> into tensor<4xi32>
          %old = tensor.extract %part[%c1] : tensor<2xi32>
          return %back, %old : tensor<4xi32>, i32
        }""",
        BUFFERS,
    )
