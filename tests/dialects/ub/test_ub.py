"""Poison and unreachable."""

import pytest

from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.parse import parse_module
from tests.dialects.canonical_form import HAS_ORACLE, NO_ORACLE, bodies, oracle, ours

TEXT = """
func.func @sum(%a: i32) -> i32 { %p = ub.poison : i32 %r = arith.addi %a, %p : i32 return %r : i32 }
func.func @ext() -> i64 { %p = ub.poison : i32 %r = arith.extsi %p : i32 to i64 return %r : i64 }
func.func @choice(%c: i1, %a: i32) -> i32 {
  %p = ub.poison : i32
  %r = arith.select %c, %a, %p : i32
  return %r : i32
}
func.func @never() { ub.unreachable {note} }
"""


@pytest.mark.skipif(not HAS_ORACLE, reason=NO_ORACLE)
def test_as_upstream() -> None:
    assert ours(TEXT).split() == oracle(TEXT).split()
    assert oracle(ours(TEXT, generic=True)) == oracle(TEXT)
    assert bodies(ours(TEXT, canonicalize=True)) == bodies(oracle(TEXT, "--canonicalize"))


def test_select_passes_on_only_what_it_chooses() -> None:
    assert Interpreter(parse_module(TEXT)).call("choice", 1, 5) == 5


def test_unreachable_must_not_be_reached() -> None:
    with pytest.raises(InterpreterError, match="unreachable"):
        Interpreter(parse_module(TEXT)).call("never")
