"""Reading and writing: what is accepted, what is said about the rest, SSA operands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepwell.ir.affine.syntax_error import AffineSyntaxError
from stepwell.ir.affine.text import (
    parse_expressions,
    parse_map,
    parse_set,
    print_with_operands,
)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("()->()", "() -> ()"),
        ("(d0) -> ()", "(d0) -> ()"),
        ("(d0)[] -> (d0)", "(d0) -> (d0)"),
        (
            "(i, j)[n] -> (2 * j mod 4, -i + n, - -i)",
            "(d0, d1)[s0] -> ((d1 * 2) mod 4, -d0 + s0, d0)",
        ),
        ("(i) -> (-i floordiv 2 * 3, i - 3 - 4)", "(d0) -> (((-d0) floordiv 2) * 3, d0 - 7)"),
        ("(mod, step, i64) -> (mod + step)", "(d0, d1, d2) -> (d0 + d1)"),
        ("(d1, d0) -> (d1)", "(d0, d1) -> (d0)"),
        ("(d0) -> (0x10, d0 // no more\n)", "(d0) -> (16, d0)"),
    ],
)
def test_maps(text: str, printed: str) -> None:
    assert str(parse_map(text)) == printed


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("(d0) : ()", "(d0) : (0 == 0)"),
        (
            "(i)[n] : (i >= n, i <= 5, i == n)",
            "(d0)[s0] : (d0 - s0 >= 0, -d0 + 5 >= 0, d0 - s0 == 0)",
        ),
        ("(i) : (i < = 0)", "(d0) : (-d0 >= 0)"),
    ],
)
def test_sets(text: str, printed: str) -> None:
    assert str(parse_set(text)) == printed


# Messages and places were read off mlir-opt.
@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("(d0, d1) -> (d0 * d1)", 16, "at least one of the multiply operands has to be either"),
        ("(d0, d1) -> (d0 floordiv d1)", 16, "right operand of floordiv has to be either a const"),
        ("(d0) -> (d2)", 9, "use of undeclared identifier"),
        ("(d0)[d0] -> (d0)", 5, "redefinition of identifier 'd0'"),
        ("(d0) -> (d0 +)", 13, "missing right operand of binary operator"),
        ("(d0) -> (-)", 10, "expected affine expression"),
        ("(d0) -> (+ d0)", 9, "missing left operand of binary operator"),
        ("(d0) -> ((d0)", 13, "expected ')' in affine map range"),
        ("(d0) -> (())", 10, "no expression inside parentheses"),
        ("(d0) -> (9223372036854775808)", 9, "constant too large for index"),
        ("(d0) (d0)", 4, "expected '->' or ':'"),
        ("(d0, ) -> (d0)", 4, "expected bare identifier"),
        ("d0 -> (d0)", 0, "expected '(' in dimensional identifier list"),
        ("(d0) -> d0", 7, "expected '(' in affine map range"),
        ("(d0) -> (d0 d0)", 11, "expected ')' in affine map range"),
        ("(d0) -> (%a)", 9, "unexpected ssa identifier"),
        ("(d0) -> (d0 & 2)", 12, "unexpected character"),
    ],
)
def test_mistakes_in_maps(text: str, offset: int, message: str) -> None:
    with pytest.raises(AffineSyntaxError, match=".*") as caught:
        parse_map(text)
    assert message in caught.value.message
    assert caught.value.offset == offset


@pytest.mark.parametrize("text", ["(d0) : (d0)", "(d0) : (d0 > 0)"])
def test_mistakes_in_sets(text: str) -> None:
    with pytest.raises(AffineSyntaxError, match="expected '== affine-expr' or '>= affine-expr'"):
        parse_set(text)


def test_ssa_operands_are_numbered_in_order_of_first_use() -> None:
    map, dims, symbols = parse_expressions("%j#1 + symbol(%n), %i * symbol(%m), %j#1 - symbol(%n)")
    assert str(map) == "(d0, d1)[s0, s1] -> (d0 + s0, d1 * s1, d0 - s0)"
    assert (dims, symbols) == (["%j#1", "%i"], ["%n", "%m"])
    printed = ["%j#1 + symbol(%n)", "%i * symbol(%m)", "%j#1 - symbol(%n)"]
    assert print_with_operands(map, dims, symbols) == printed
    assert str(parse_expressions("")[0]) == "() -> ()"


def test_names_for_the_same_operand_are_one() -> None:
    operands = {"%0": 70, "%0#0": 70, "%1": 71}
    map, dims, symbols = parse_expressions("%0 + %0#0, %1", lambda name, offset: operands[name])
    assert (str(map), dims, symbols) == ("(d0, d1) -> (d0 * 2, d1)", [70, 71], [])


def test_the_place_of_an_ssa_name_is_given_to_the_resolver() -> None:
    places: list[tuple[str, int]] = []

    def resolve(name: str, offset: int) -> str:
        parse_map("(d0) -> (d0)")
        places.append((name, offset))
        return name

    parse_expressions("symbol(%n) + 2, %ii + symbol(%i) + %n", resolve)
    assert places == [("%n", 7), ("%ii", 16), ("%i", 29)]


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("%i +", 4, "missing right operand of binary operator"),
        ("%i, i", 4, "use of undeclared identifier"),
        ("%i %j", 2, "unexpected text after the affine expressions"),
        ("(%i", 3, "expected ')'"),
        ("%long + %name * %j", 14, "at least one of the multiply operands"),
    ],
)
def test_mistakes_in_expressions(text: str, offset: int, message: str) -> None:
    with pytest.raises(AffineSyntaxError) as caught:
        parse_expressions(text)
    assert message in caught.value.message
    assert caught.value.offset == offset


def test_deep_text_is_read() -> None:
    depth = 5_000
    assert str(parse_map("(d0) -> (" + "(" * depth + "d0" + ")" * depth + ")")) == "(d0) -> (d0)"
    assert str(parse_map("(d0) -> (" + "-" * depth + "d0)")) == "(d0) -> (d0)"


def test_a_very_long_number_is_too_large() -> None:
    with pytest.raises(AffineSyntaxError, match="too large"):
        parse_map(f"() -> ({'9' * 10_000})")


@settings(max_examples=200)
@given(st.lists(st.sampled_from("d0 s0 ( ) [ ] -> : , + - * mod 0 7 >= == %x symbol @ é".split())))
def test_no_text_causes_anything_but_a_syntax_error(pieces: list[str]) -> None:
    text = " ".join(pieces)
    for prefix in ("", "(d0)[s0] -> (", "(d0)[s0] : ("):
        for parse in (parse_map, parse_set, parse_expressions):
            try:
                parse(prefix + text)
            except AffineSyntaxError as error:
                assert 0 <= error.offset <= len(prefix + text)
