"""Damaged programs: read or refused with places, never an exception of ours; see `parser`."""

from __future__ import annotations

import pytest

from stepwell.ir.diagnostics import ParseError
from stepwell.ir.text.parse import parse_module
from tests.fuzz.parser import corpus, judge, run

MANY = "9" * 5000


def test_damaged_programs_are_read_or_refused() -> None:
    outcome = run(seed=7, count=2000)
    assert not outcome.faults, "\n\n".join(f"{f.text}\n{f.what}" for f in outcome.faults[:3])
    assert outcome.counts["refused"] > 500
    assert outcome.counts["same"] > 50


def test_there_is_a_corpus() -> None:
    assert len(corpus()) > 200


@pytest.mark.parametrize(
    "text",
    [
        f"func.func @f() {{ %0 = arith.constant {MANY} : i32 return }}",
        f"func.func private @f(i{MANY})",
        f"func.func private @f(tensor<{MANY}xf32>)",
        f"func.func private @f(vector<{MANY}xf32>)",
        f"func.func private @f(memref<2xf32, {MANY}>)",
        f'%0:{MANY} = "t.x"() : () -> ()',
        f'"t.x"() {{a = array<i32: {MANY}>}} : () -> ()',
        f'"t.x"() {{a = loc("f":{MANY}:1)}} : () -> ()',
        f'"t.x"() {{a = strided<[{MANY}]>}} : () -> ()',
        f"func.func @f() {{ affine.for %i = 0 to {MANY} {{ }} return }}",
        "func.func @f() { affine.for %i = 0 to 9223372036854775808 { } return }",
    ],
)
def test_numbers_beyond_all_bounds_are_refused(text: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_module(text, allow_unregistered=True)
    assert all(diagnostic.place is not None for diagnostic in caught.value.diagnostics)


@pytest.mark.parametrize("opening, closing", [("[", "]"), ("tuple<", ">"), ("tensor<2x", ">")])
def test_types_and_attributes_nested_too_deeply_are_refused(opening: str, closing: str) -> None:
    text = f'"t.x"() {{a = {opening * 2000}{closing * 2000}}} : () -> ()'
    with pytest.raises(ParseError, match="nested too deeply"):
        parse_module(text, allow_unregistered=True)


def test_an_undamaged_program_prints_the_same_twice() -> None:
    assert judge("func.func @f(%a: i32) -> i32 { return %a : i32 }") == ("same", None)
