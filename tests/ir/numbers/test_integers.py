"""Integer formats: wrapping and the range of literals."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepwell.ir.numbers.float_text import NumberLiteralError
from stepwell.ir.numbers.integers import (
    integer_format,
    parse_integer,
    print_integer,
    to_signed,
    to_unsigned,
    wrap,
)

ACCEPTED = [
    ("255 : i8", -1),
    ("-128 : i8", -128),
    ("0xFF : i8", -1),
    ("-0x80 : i8", -128),
    ("00012 : i8", 12),
    ("255 : ui8", 255),
    ("-128 : si8", -128),
    ("1 : i1", 1),
    ("-1 : i1", 1),
    ("-1 : si1", -1),
    ("1 : ui1", 1),
    ("18446744073709551615 : i64", -1),
    ("-9223372036854775808 : index", -(2**63)),
    ("340282366920938463463374607431768211455 : i128", -1),
    ("15 : i4", -1),
]
RANGE = "integer constant out of range for attribute"
NEGATIVE = "negative integer literal not valid for unsigned integer type"
REFUSED = [
    ("256 : i8", RANGE),
    ("-129 : i8", RANGE),
    ("0xFFF : i8", RANGE),
    ("128 : si8", RANGE),
    ("256 : ui8", RANGE),
    ("-1 : ui8", NEGATIVE),
    ("-0 : ui8", NEGATIVE),
    ("-0 : i8", RANGE),
    ("2 : i1", RANGE),
    ("1 : si1", RANGE),
    ("9223372036854775808 : index", RANGE),
    ("16 : i4", RANGE),
]


@pytest.mark.parametrize(("text", "value"), ACCEPTED)
def test_accepted_literal(text: str, value: int) -> None:
    literal, name = text.split(" : ")
    assert parse_integer(literal, integer_format(name)) == value


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_refused_literal(text: str, message: str) -> None:
    literal, name = text.split(" : ")
    with pytest.raises(NumberLiteralError) as caught:
        parse_integer(literal, integer_format(name))
    assert caught.value.message == message


def test_printing_agrees_with_mlir_opt(mlir_opt: Callable[[Sequence[str]], list[str]]) -> None:
    for (text, value), printed in zip(ACCEPTED, mlir_opt([t for t, _ in ACCEPTED]), strict=True):
        name = text.split(" : ")[1]
        expected = print_integer(value, integer_format(name))
        assert printed == (expected if name == "i1" else f"{expected} : {name}")


def test_refusals_agree_with_mlir_opt(mlir_opt_error: Callable[[str], tuple[str, int]]) -> None:
    for text, message in REFUSED:
        assert mlir_opt_error(text)[0] == message


@given(st.integers(), st.integers(1, 130))
def test_wrapping_keeps_the_value_modulo_the_width(value: int, width: int) -> None:
    signed, unsigned = to_signed(value, width), to_unsigned(value, width)
    assert -(1 << (width - 1)) <= signed < 1 << (width - 1)
    assert 0 <= unsigned < 1 << width
    assert (signed - value) % (1 << width) == 0 == (unsigned - value) % (1 << width)
    assert wrap(value, width) == signed
    assert wrap(value, width, signed=False) == unsigned


@pytest.mark.parametrize("name", ["i", "i08", "f32", "xi8", "i8x", ""])
def test_names_that_are_no_integer_types(name: str) -> None:
    with pytest.raises(KeyError):
        integer_format(name)
