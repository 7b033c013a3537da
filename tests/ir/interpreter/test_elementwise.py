"""Element-wise ops on tensors whose sizes are known only when the program runs."""

from __future__ import annotations

import numpy as np
import pytest

from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.parse import parse_module


@pytest.mark.parametrize("op", ["arith.addf", "arith.remf", "math.powf"])
@pytest.mark.parametrize("size", [1, 3])
def test_operands_of_different_sizes_are_an_error(op: str, size: int) -> None:
    module = parse_module(f"""
        func.func @f(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {{
          %0 = {op} %a, %b : tensor<?xf32>
          return %0 : tensor<?xf32>
        }}""")
    arrays = np.ones(2, np.float32), np.ones(size, np.float32)
    with pytest.raises(InterpreterError, match=rf"<input>:3:.*'{op}' op has operands of different"):
        Interpreter(module).call("f", *arrays)
