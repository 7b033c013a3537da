"""What arith's ops compute, against independent references; and what they refuse."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from stepwell.dialects.arith import float_meaning, integer_meaning
from stepwell.dialects.arith.float_meaning import round_exact
from stepwell.ir.diagnostics import InterpreterError, VerifyError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.interpreter.machine import POISON
from stepwell.ir.numbers.float_format import float_format
from stepwell.ir.text.parse import parse_module
from stepwell.ir.verifier import verify

BYTES = range(-128, 128)


def run(text: str, *arguments: object) -> object:
    """The result of `@f` in `text`."""
    module = parse_module(text)
    verify(module)
    return Interpreter(module).call("f", *arguments)


def binary(op: str, type: str) -> str:
    return (
        f"func.func @f(%a: {type}, %b: {type}) -> {type} {{\n"
        f"  %r = {op} %a, %b : {type}\n  return %r : {type}\n}}"
    )


@pytest.mark.parametrize(
    ("function", "reference"),
    [
        ("divide_signed", lambda a, b: math.trunc(Fraction(a, b))),
        ("ceil_divide_signed", lambda a, b: math.ceil(Fraction(a, b))),
        ("floor_divide_signed", lambda a, b: math.floor(Fraction(a, b))),
        ("remainder_signed", lambda a, b: a - b * math.trunc(Fraction(a, b))),
    ],
)
def test_signed_division_of_all_bytes(function: str, reference) -> None:  # type: ignore[no-untyped-def]
    divide = getattr(integer_meaning, function)
    for a, b in itertools.product(BYTES, BYTES):
        if b == 0 or (a, b) == (-128, -1):
            with pytest.raises(InterpreterError):
                divide(a, b, 8)
        else:
            assert divide(a, b, 8) == reference(a, b)


@pytest.mark.parametrize(
    ("function", "reference"),
    [
        ("divide_unsigned", lambda a, b: math.floor(Fraction(a, b))),
        ("ceil_divide_unsigned", lambda a, b: math.ceil(Fraction(a, b))),
        ("remainder_unsigned", lambda a, b: a - b * math.floor(Fraction(a, b))),
    ],
)
def test_unsigned_division_of_all_bytes(function: str, reference) -> None:  # type: ignore[no-untyped-def]
    divide = getattr(integer_meaning, function)
    for a, b in itertools.product(BYTES, BYTES):
        if b:
            assert divide(a, b, 8) == reference(a % 256, b % 256)


@pytest.mark.parametrize(
    ("op", "a", "b", "expected"),
    [
        ("arith.addi", 127, 1, -128),
        ("arith.muli", 100, 100, 16),
        ("arith.shli", 1, 7, -128),
        ("arith.shrsi", -128, 7, -1),
        ("arith.shrui", -128, 7, 1),
        ("arith.maxui", -1, 1, -1),
        ("arith.minui", -1, 1, 1),
        ("arith.maxsi", -1, 1, 1),
        ("arith.remsi", -7, 2, -1),
    ],
)
def test_bytes_wrap(op: str, a: int, b: int, expected: int) -> None:
    assert run(binary(op, "i8"), a, b) == expected


@pytest.mark.parametrize(
    ("body", "type", "a", "b"),
    [
        ("arith.addi %a, %b overflow<nsw>", "i8", 127, 1),
        ("arith.addi %a, %b overflow<nuw>", "i8", -1, 1),
        ("arith.subi %a, %b overflow<nuw>", "i8", 0, 1),
        ("arith.shli %a, %b", "i8", 1, 8),
        ("arith.shrui %a, %b", "i8", 1, -1),
        ("arith.shli %a, %b overflow<nsw>", "i8", 64, 1),
        ("arith.divsi %a, %b exact", "i8", 7, 2),
        ("arith.shrui %a, %b exact", "i8", 7, 1),
        ("arith.addf %a, %b fastmath<nnan>", "f32", math.nan, 1.0),
        ("arith.addf %a, %b fastmath<ninf>", "f32", 3e38, 3e38),
    ],
)
def test_broken_promises_are_poison(body: str, type: str, a: float, b: float) -> None:
    text = f"func.func @f(%a: {type}, %b: {type}) {{ %r = {body} : {type} return }}"
    (function,) = parse_module(text).regions[0].entry.ops
    op: Any = function.regions[0].entry.first
    assert op.evaluate(a, b) is POISON


def test_extremes_of_floats() -> None:
    nan = math.nan
    assert math.isnan(float_meaning.maximum(nan, 1.0)) and math.isnan(
        float_meaning.minimum(1.0, nan)
    )
    assert float_meaning.maximum_number(nan, 1.0) == 1.0 == float_meaning.minimum_number(1.0, nan)
    for left, right in ((0.0, -0.0), (-0.0, 0.0)):
        assert math.copysign(1, float_meaning.maximum(left, right)) == 1
        assert math.copysign(1, float_meaning.minimum(left, right)) == -1


@pytest.mark.parametrize(
    "value", [1.1, -1.1, 1e-9, -1e-9, 70000.0, -70000.0, 0.25, 2049.0, 65519.9]
)
def test_rounding_with_a_direction_brackets_the_value(value: float) -> None:
    form = float_format("f16")
    down, up = (round_exact(value, form, mode) for mode in ("downward", "upward"))
    cut = round_exact(value, form, "toward_zero")
    assert down <= value <= up
    assert cut == (down if value > 0 else up)
    assert round_exact(value, form) in (down, up)
    if math.isfinite(down) and math.isfinite(up) and down != up:
        assert np.nextafter(np.float16(down), np.float16(np.inf)) == np.float16(up)


def test_ties_go_away_from_zero_if_asked() -> None:
    form = float_format("f16")
    assert round_exact(2049.0, form) == 2048.0
    assert round_exact(2049.0, form, "to_nearest_away") == 2050.0
    assert round_exact(-2049.0, form, "to_nearest_away") == -2050.0


def test_integers_become_floats_with_one_rounding() -> None:
    text = "func.func @f(%a: i64) -> f32 { %r = arith.sitofp %a : i64 to f32 return %r : f32 }"
    value = (1 << 60) + (1 << 36) + 1  # just above a tie: f64 on the way would lose the last bit
    assert int(run(text, value)) == (1 << 60) + (1 << 37)  # type: ignore[call-overload]


def test_floats_out_of_range_become_poison() -> None:
    assert float_meaning.to_integer(128.0, 8, signed=True) is None
    assert float_meaning.to_integer(-128.9, 8, signed=True) == -128
    assert float_meaning.to_integer(255.9, 8, signed=False) == 255
    assert float_meaning.to_integer(-0.9, 8, signed=False) == 0
    assert float_meaning.to_integer(math.nan, 8, signed=True) is None


def test_extended_products_hold_all_bits() -> None:
    text = (
        "func.func @f(%a: i8, %b: i8) -> (i8, i8, i8, i8) {\n"
        "  %l, %h = arith.mulsi_extended %a, %b : i8\n"
        "  %m, %i = arith.mului_extended %a, %b : i8\n"
        "  return %l, %h, %m, %i : i8, i8, i8, i8\n}"
    )
    interpreter = Interpreter(parse_module(text))
    for a, b in itertools.product((-128, -7, -1, 0, 1, 99, 127), repeat=2):
        low, high, unsigned_low, unsigned_high = interpreter.call("f", a, b)
        assert high * 256 + low % 256 == a * b
        assert unsigned_high % 256 * 256 + unsigned_low % 256 == (a % 256) * (b % 256)


def test_vectors_agree_with_scalars() -> None:
    values = np.array([-128, -1, 0, 1, 5, 127], np.int8)
    for op in ("addi", "subi", "muli", "andi", "xori", "maxui", "minsi"):
        whole = run(binary(f"arith.{op}", "vector<6xi8>"), values, values[::-1].copy())
        each = [
            run(binary(f"arith.{op}", "i8"), int(a), int(b))
            for a, b in zip(values, values[::-1], strict=True)
        ]
        assert np.asarray(whole).tolist() == each


CAST = "operand type 'i32' and result type '{}' are cast incompatible"
SAME = "failed to verify that all of {{{}}} have same type"
VERIFIER = {
    '"arith.addi"(%a, %h) : (i32, i8) -> i32': (
        "requires the same type for all operands and results"
    ),
    '"arith.addf"(%a, %a) : (i32, i32) -> i32': (
        "operand #0 must be floating-point-like, but got 'i32'"
    ),
    "arith.extsi %a : i32 to i8": CAST.format("i8"),
    "arith.index_cast %a : i32 to i64": CAST.format("i64"),
    '"arith.select"(%c, %a, %h) : (i1, i32, i8) -> i32': (
        SAME.format("true_value, false_value, result")
    ),
    '"arith.cmpi"(%a, %a) {predicate = 12 : i64} : (i32, i32) -> i1': (
        "attribute 'predicate' failed to satisfy constraint: "
        "allowed 64-bit signless integer cases: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
    ),
    '"arith.constant"() {value = 1.0 : f64} : () -> f32': SAME.format("value, result"),
    "arith.constant 1 : si32": "integer return type must be signless",
    "arith.constant dense<[1, 2, 3, 4]> : vector<[4]xi32>": (
        "intializing scalable vectors with elements attribute is not supported unless "
        "it's a vector splat"
    ),
}


@pytest.mark.parametrize(("body", "message"), VERIFIER.items())
def test_the_verifier_speaks_as_upstream(body: str, message: str) -> None:
    text = f"func.func @f(%a: i32, %h: i8, %c: i1, %x: f32) {{\n  %r = {body}\n  return\n}}"
    module = parse_module(text)
    with pytest.raises(VerifyError) as caught:
        verify(module)
    assert caught.value.diagnostics[0].message.endswith(" op " + message)
