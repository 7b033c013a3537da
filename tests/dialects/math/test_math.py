"""What math's ops compute where rounding, signs or the limits matter."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.parse import parse_module


def run(body: str, types: list[str], result: str, *arguments: object) -> Any:
    """The result of one op, whose operands are `%a0`, `%a1`, ..."""
    names = ", ".join(f"%a{number}: {type}" for number, type in enumerate(types))
    text = f"func.func @f({names}) -> {result} {{\n  %r = {body}\n  return %r : {result}\n}}"
    return Interpreter(parse_module(text)).call("f", *arguments)


def test_fma_rounds_once() -> None:
    a, c = 1 + 2.0**-30, -1 - 2.0**-29
    assert a * a + c == 0.0
    assert run("math.fma %a0, %a0, %a1 : f64", ["f64", "f64"], "f64", a, c) == 2.0**-60


@pytest.mark.parametrize(
    ("base", "exponent", "expected"),
    [(3, 5, 243 - 256), (2, 7, -128), (2, -1, 0), (1, -5, 1), (-1, -5, -1), (-1, -4, 1), (0, 0, 1)],
)
def test_integer_powers(base: int, exponent: int, expected: int) -> None:
    assert run("math.ipowi %a0, %a1 : i8", ["i8", "i8"], "i8", base, exponent) == expected


def test_zero_has_no_negative_power() -> None:
    with pytest.raises(InterpreterError, match="negative power"):
        run("math.ipowi %a0, %a1 : i8", ["i8", "i8"], "i8", 0, -1)


@pytest.mark.parametrize(
    ("op", "value", "expected"),
    [
        ("round", 2.5, 3.0),
        ("round", -2.5, -3.0),
        ("round", 0.49999999999999994, 0.0),
        ("roundeven", 2.5, 2.0),
        ("roundeven", -3.5, -4.0),
        ("ceil", -0.5, -0.0),
        ("trunc", -0.5, -0.0),
        ("floor", -0.5, -1.0),
        ("log", 0.0, -math.inf),
        ("exp", 1e4, math.inf),
        ("rsqrt", 0.0, math.inf),
        ("cbrt", -8.0, -2.0),
        ("atanh", 1.0, math.inf),
    ],
)
def test_values(op: str, value: float, expected: float) -> None:
    found = run(f"math.{op} %a0 : f64", ["f64"], "f64", value)
    assert found == expected
    assert math.copysign(1, found) == math.copysign(1, expected)


def test_clamp_keeps_to_the_bounds() -> None:
    text, types = "math.clampf %a0 to [%a1, %a2] : f32", ["f32"] * 3
    assert [run(text, types, "f32", x, 0.0, 1.0) for x in (-5.0, 0.5, 5.0)] == [0.0, 0.5, 1.0]
    assert math.isnan(run(text, types, "f32", math.nan, 0.0, 1.0))


def test_normal_numbers_depend_on_the_type() -> None:
    tiny = np.float32(1e-39)
    assert run("math.isnormal %a0 : f32", ["f32"], "i1", tiny) == 0
    assert run("math.isnormal %a0 : f64", ["f64"], "i1", 1e-39) == 1


def test_bits_are_counted() -> None:
    for value in range(-128, 128):
        bits = f"{value % 256:08b}"
        expected = (
            len(bits) - len(bits.lstrip("0")),
            len(bits) - len(bits.rstrip("0")),
            bits.count("1"),
        )
        found = tuple(
            run(f"math.{op} %a0 : i8", ["i8"], "i8", value) for op in ("ctlz", "cttz", "ctpop")
        )
        assert found == expected
