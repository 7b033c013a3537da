"""Scalar arguments and results of compiled functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from stepwell.backends.cpu.elements import ELEMENTS
from stepwell.backends.cpu.signature import FunctionSignature, ScalarArg
from stepwell.runtime.arguments import ArgumentTypeError, ArgumentValueError
from stepwell.runtime.executable import CompiledModule

Compile = Callable[..., CompiledModule]


def identity(kind: str) -> tuple[str, FunctionSignature]:
    llvm = ELEMENTS[kind].llvm
    text = f"define {llvm} @same({llvm} %x) {{\n  ret {llvm} %x\n}}\n"
    return text, FunctionSignature("same", (ScalarArg(kind),), (ScalarArg(kind),))


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("i1", [True, False]),
        ("i8", [0, 1, -1, -128, 127]),
        ("i16", [-(2**15), 2**15 - 1]),
        ("i32", [-(2**31), 2**31 - 1]),
        ("i64", [-(2**63), 2**63 - 1]),
        ("index", [-(2**63), 2**63 - 1]),
        ("si8", [-128, 127]),
        ("ui8", [0, 255]),
        ("ui64", [0, 2**64 - 1]),
    ],
)
def test_integers_come_back(compile_ir: Compile, kind: str, values: list[int]) -> None:
    same = compile_ir(*identity(kind))["same"]
    for value in values:
        result = same(value)
        assert result == value
        assert type(result) is (bool if kind == "i1" else int)
        if kind != "i1":
            assert same(np.dtype("u8" if value > 2**63 - 1 else "i8").type(value)) == value


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [("i8", 255, -1), ("i32", 2**32 - 1, -1), ("i64", 2**64 - 1, -1), ("i1", 1, True)],
)
def test_signless_integers_take_the_unsigned_reading(
    compile_ir: Compile, kind: str, value: int, read: int
) -> None:
    assert compile_ir(*identity(kind))["same"](value) == read


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("i1", 2),
        ("i8", 256),
        ("i8", -129),
        ("si8", 128),
        ("ui8", -1),
        ("ui64", -1),
        ("i32", 2**32),
        ("i64", 2**64),
        ("index", 2**63),
        ("i64", 10**400),
    ],
)
def test_integers_that_do_not_fit(compile_ir: Compile, kind: str, value: int) -> None:
    same = compile_ir(*identity(kind))["same"]
    with pytest.raises(
        ArgumentValueError, match=rf"same: argument 1: -?\d+ does not fit in {kind}"
    ):
        same(value)
    assert same(1) == 1


@pytest.mark.parametrize("kind", ["f16", "bf16", "f32", "f64"])
def test_floats_are_rounded_once(compile_ir: Compile, kind: str) -> None:
    same: Callable[..., Any] = compile_ir(*identity(kind))["same"]
    dtype = ELEMENTS[kind].dtype
    tie = 1 + 2**-11 + 2**-40
    values: list[Any] = [0.0, -0.0, 1.5, -1.0, 0.1, tie, 1e-7, 3, True, -1, math.inf]
    for value in [*values, np.float32(0.1), np.float64(0.1), np.float16(0.1)]:
        expected = float(np.array(float(value)).astype(dtype))
        result = same(value)
        assert isinstance(result, float)
        assert result == expected
        assert math.copysign(1, result) == math.copysign(1, expected)
    assert str(same(math.nan)) == "nan"
    assert same(ml_dtypes.bfloat16(2.5)) == 2.5


def test_floats_beyond_the_range_become_infinite(compile_ir: Compile) -> None:
    for kind, value in (("f32", 1e300), ("f32", -3.5e38), ("f16", 65520.0), ("bf16", 3.4e38)):
        assert compile_ir(*identity(kind))["same"](value) == math.copysign(math.inf, value)


def test_float_too_large_an_int(compile_ir: Compile) -> None:
    with pytest.raises(ArgumentValueError, match="the int is too large for f64"):
        compile_ir(*identity("f64"))["same"](10**400)


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("i32", 1.5, "expected an int for i32, found float 1.5"),
        ("i32", "1", "expected an int for i32, found str '1'"),
        ("f32", "1", "expected a float for f32, found str '1'"),
        ("f64", 1j, "expected a float for f64, found complex 1j"),
        ("index", None, "expected an int for index, found NoneType"),
        ("f64", np.ones(1), "expected a float for f64, found ndarray"),
    ],
)
def test_wrong_types(compile_ir: Compile, kind: str, value: object, message: str) -> None:
    with pytest.raises(ArgumentTypeError) as caught:
        compile_ir(*identity(kind))["same"](value)
    assert str(caught.value) == f"error: same: argument 1: {message}"


def test_wrong_number_of_arguments(compile_ir: Compile) -> None:
    same = compile_ir(*identity("i32"))["same"]
    with pytest.raises(ArgumentTypeError, match="same: expected 1 argument, found 2"):
        same(1, 2)
    with pytest.raises(TypeError, match="same: expected 1 argument, found 0"):
        same()


def test_several_scalars_come_back_as_a_tuple(compile_ir: Compile) -> None:
    text = """
    define { i1, i32, double, bfloat, half } @many(i32 %a, double %b) {
      %positive = icmp sgt i32 %a, 0
      %bf = fptrunc double %b to bfloat
      %h = fptrunc double %b to half
      %r0 = insertvalue { i1, i32, double, bfloat, half } undef, i1 %positive, 0
      %r1 = insertvalue { i1, i32, double, bfloat, half } %r0, i32 %a, 1
      %r2 = insertvalue { i1, i32, double, bfloat, half } %r1, double %b, 2
      %r3 = insertvalue { i1, i32, double, bfloat, half } %r2, bfloat %bf, 3
      %r4 = insertvalue { i1, i32, double, bfloat, half } %r3, half %h, 4
      ret { i1, i32, double, bfloat, half } %r4
    }
    """
    kinds = ("i1", "i32", "f64", "bf16", "f16")
    signature = FunctionSignature(
        "many", (ScalarArg("i32"), ScalarArg("f64")), tuple(ScalarArg(k) for k in kinds)
    )
    many = compile_ir(text, signature)["many"]
    for value in (0.1, -1e-6, 1 + 2**-9 + 2**-50, 65519.99, 65520.0, 1e300, 5.9e-8, 2**-25):
        with np.errstate(over="ignore"):
            bf16, f16 = float(ml_dtypes.bfloat16(value)), float(np.float16(value))
            assert many(-3, value) == (False, -3, value, bf16, f16)


def test_no_result_is_none(compile_ir: Compile) -> None:
    module = compile_ir("define void @nothing() {\n ret void\n}", FunctionSignature("nothing", ()))
    assert module["nothing"]() is None


def test_names_that_need_quotes(compile_ir: Compile) -> None:
    text = 'define i32 @"a b\\22\\C3\\A9"() {\n  ret i32 7\n}\n'
    module = compile_ir(text, FunctionSignature('a b"é', (), (ScalarArg("i32"),)))
    assert module['a b"é']() == 7
