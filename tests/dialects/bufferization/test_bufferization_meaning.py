"""What bufferization ops do when they run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.parse import parse_module

TEXT = (Path(__file__).parent / "meaning.mlir").read_text()
T = np.arange(4, dtype=np.float32)


def call(name: str, *arguments: object) -> Any:
    return Interpreter(parse_module(TEXT)).call(name, *arguments)


def test_a_clone_keeps_what_the_buffer_held() -> None:
    clone, buffer = call("there_and_back", T)
    np.testing.assert_array_equal(clone, T)
    np.testing.assert_array_equal(buffer, np.full(4, 5))


def test_materialize_writes_to_the_memref() -> None:
    memory = np.zeros(4, np.float32)
    np.testing.assert_array_equal(call("materialize", T, memory), T)
    np.testing.assert_array_equal(memory, T)


def test_dealloc_keeps_what_is_retained() -> None:
    assert call("dealloc") == (1, 1)


def test_dealloc_frees_what_is_owned() -> None:
    with pytest.raises(InterpreterError, match="use after free"):
        call("freed")
