"""The examples, with their buffers freed: nothing leaks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.parse import parse_module
from stepwell.ir.types import RankedTensorType
from tests.passes.buffers.allocations import BUFFERS, DEALLOCATION, lowered, run_without_leak

FOLDER = Path(__file__).parents[3] / "examples"
NAMES = ["attention", "mlp"]


@pytest.mark.parametrize("name", NAMES)
def test_example_frees_its_buffers(name: str) -> None:
    text = (FOLDER / f"{name}.mlir").read_text(encoding="utf-8")
    module = parse_module(text)
    function = next(
        op
        for op in module.regions[0].entry
        if getattr(op.get_attribute("sym_name"), "value", "") == "main"
    )
    random = np.random.default_rng(0)
    arguments = [
        random.standard_normal(a.type.shape, np.float32)
        for a in function.regions[0].args
        if isinstance(a.type, RankedTensorType)
    ]
    expected = Interpreter(module).call("main", *[a.copy() for a in arguments])
    pipeline = f"convert-elementwise-to-linalg,{BUFFERS},{DEALLOCATION}"
    module = lowered(text, pipeline)
    wanted = expected if isinstance(expected, tuple) else (expected,)
    results = run_without_leak(module, "main", arguments)
    for result, value in zip(results, wanted, strict=True):
        np.testing.assert_allclose(np.asarray(result), np.asarray(value), rtol=1e-5, atol=1e-5)
