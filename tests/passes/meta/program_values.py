"""Runs functions of a program: as written, after passes, and as machine code."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

import stepwell as sw
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.parse import parse_module
from stepwell.ir.verifier import verify
from stepwell.runtime.executable import CompiledModule

TO_LINALG = "convert-elementwise-to-linalg,convert-meta-to-linalg"
RAISED = f"raise-meta-to-linalg,{TO_LINALG}"
FUSED = "canonicalize,cse,linalg-fuse-elementwise-ops,canonicalize,cse"
BUFFERS = (
    "one-shot-bufferize{bufferize-function-boundaries=true"
    " function-boundary-type-conversion=identity-layout-map},"
    "buffer-deallocation-pipeline,convert-bufferization-to-memref"
)
LLVM = (
    "convert-vector-to-llvm,lower-affine,convert-scf-to-cf,expand-strided-metadata,lower-affine,"
    "convert-arith-to-llvm,convert-math-to-llvm,convert-math-to-libm,convert-index-to-llvm,"
    "finalize-memref-to-llvm,convert-func-to-llvm,convert-cf-to-llvm,convert-ub-to-llvm,"
    "reconcile-unrealized-casts"
)

Array = NDArray[Any]


def interpreted(text: str, name: str, arguments: Sequence[object], passes: str = "") -> Any:
    """What a function gives in the interpreter, after passes."""
    module = parse_module(text)
    if passes:
        sw.run_passes(module, passes)
        verify(module)
    return Interpreter(module).call(name, *arguments)


@cache
def compiled(text: str, to_linalg: str = TO_LINALG) -> CompiledModule:
    """The program as machine code."""
    pipeline = f"{to_linalg},{FUSED},{BUFFERS},func.func(convert-linalg-to-loops),{LLVM}"
    made = sw.compile(parse_module(text), pipeline=pipeline)
    assert isinstance(made, CompiledModule)
    return made


def check_values(
    text: str,
    name: str,
    arguments: Sequence[object],
    to_linalg: str = TO_LINALG,
    tolerance: float = 0.0,
) -> Any:
    """The interpreter's value of the program as written, which the others must have too."""
    expected = interpreted(text, name, arguments)
    lowered = interpreted(text, name, arguments, to_linalg)
    assert_same(lowered, expected, tolerance)
    assert_same(compiled(text, to_linalg)[name](*arguments), expected, tolerance)
    return expected


def assert_same(found: Any, expected: Any, tolerance: float) -> None:
    """Fails unless shapes, dtypes and values agree."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    if tolerance:
        np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)
    else:
        np.testing.assert_array_equal(found, expected)
