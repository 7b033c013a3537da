"""Signatures: how they are spelled, what they refuse, and the types they are lowered to."""

from __future__ import annotations

import pytest

from stepwell.backends.cpu.compile import call_module
from stepwell.backends.cpu.elements import integer_bounds
from stepwell.backends.cpu.lowered import argument_types, return_type
from stepwell.backends.cpu.signature import FunctionSignature, MemRefArg, ScalarArg
from stepwell.backends.cpu.wrapper import has_wrapper
from stepwell.ir.diagnostics import BackendError


@pytest.mark.parametrize(
    ("arg", "text"),
    [
        (ScalarArg("bf16"), "bf16"),
        (MemRefArg("f32", ()), "memref<f32>"),
        (MemRefArg("i8", (2, None)), "memref<2x?xi8>"),
        (MemRefArg("f64", None), "memref<*xf64>"),
        (MemRefArg("f64", (4, 4), (None, 1)), "memref<4x4xf64, strided<[?, 1]>>"),
        (MemRefArg("f64", (4,), (2,), None), "memref<4xf64, strided<[2], offset: ?>>"),
    ],
)
def test_arguments_are_spelled_as_in_mlir(arg: ScalarArg | MemRefArg, text: str) -> None:
    assert str(arg) == text


def test_what_signatures_refuse() -> None:
    with pytest.raises(BackendError, match="scalar of type i128"):
        ScalarArg("i128")
    with pytest.raises(BackendError, match="elements of type vector<4xf32>"):
        MemRefArg("vector<4xf32>", (None,))
    with pytest.raises(BackendError, match="as many strides as sizes"):
        MemRefArg("f32", (None, None), (1,))


def test_lowered_types() -> None:
    assert argument_types(MemRefArg("f32", (None, 2))) == ["ptr", "ptr", *["i64"] * 5]
    assert argument_types(MemRefArg("f32", None)) == ["i64", "ptr"]
    pair = (MemRefArg("f32", ()), ScalarArg("i1"))
    assert return_type(FunctionSignature("f", (), pair)) == "{ { ptr, ptr, i64 }, i1 }"
    one = FunctionSignature("f", (), (MemRefArg("f32", (None,)),))
    assert return_type(one) == "{ ptr, ptr, i64, [1 x i64], [1 x i64] }"
    assert return_type(FunctionSignature("f", ())) == "void"


def test_integer_bounds() -> None:
    assert integer_bounds("i1") == (-1, 1)
    assert integer_bounds("i8") == (-128, 255)
    assert integer_bounds("si8") == (-128, 127)
    assert integer_bounds("ui8") == (0, 255)
    assert integer_bounds("index") == (-(2**63), 2**63 - 1)


def test_functions_without_a_wrapper_still_have_an_entry() -> None:
    signature = FunctionSignature("f", (ScalarArg("f16"), MemRefArg("f32", None)))
    assert not has_wrapper(signature)
    text = call_module([signature])
    assert "stepwell.entry.0" in text and "stepwell.call.0" not in text
