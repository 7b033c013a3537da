"""Branches: text, meaning, canonical form."""

from __future__ import annotations

import re

import pytest

from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.parse import parse_module
from tests.dialects.canonical_form import HAS_ORACLE, NO_ORACLE, oracle, ours

PROGRAMS = """
func.func @same_block(%c: i1, %a: i32, %b: i32) -> i32 {
  cf.cond_br %c, ^bb1(%a : i32), ^bb1(%b : i32)
^bb1(%x: i32):
  return %x : i32
}
func.func @through(%c: i1, %a: i32, %b: i32) -> i32 {
  cf.cond_br %c weights([1, 9]), ^bb1(%a : i32), ^bb2
^bb1(%x: i32):
  cf.br ^bb3(%x : i32)
^bb2:
  %y = arith.muli %a, %b : i32
  cf.br ^bb3(%y : i32) {note}
^bb3(%z: i32):
  return %z : i32
}
func.func @known(%a: i32) -> i32 {
  %t = arith.constant true
  cf.assert %t, "never"
  cf.cond_br %t, ^bb1(%a : i32), ^bb2
^bb1(%x: i32):
  cf.br ^bb3(%x : i32)
^bb2:
  cf.br ^bb3(%a : i32)
^bb3(%z: i32):
  return %z : i32
}
func.func @decided(%c: i1, %a: i32) -> i32 {
  %k = arith.constant 7 : i32
  cf.cond_br %c, ^bb1, ^bb2
^bb1:
  %1 = arith.select %c, %a, %k : i32
  return %1 : i32
^bb2:
  cf.cond_br %c, ^bb3, ^bb4
^bb3:
  return %k : i32
^bb4:
  %2 = arith.muli %a, %k : i32
  return %2 : i32
}
func.func @choose(%s: i32, %a: i32, %b: i32) -> i32 {
  cf.switch %s : i32, [
    default: ^bb1(%a : i32),
    1: ^bb2,
    2: ^bb1(%a : i32),
    -3: ^bb1(%b : i32),
    4: ^bb3(%b : i32)
  ]
^bb1(%x: i32):
  return %x : i32
^bb2:
  cf.br ^bb1(%b : i32)
^bb3(%y: i32):
  %z = arith.addi %y, %a : i32
  return %z : i32
}
func.func @only_default(%s: i32, %a: i32) -> i32 {
  cf.switch %s : i32, [
    default: ^bb1(%a : i32)
  ]
^bb1(%x: i32):
  return %x : i32
}
"""


def plain(text: str) -> list[str]:
    return re.sub(r" *// .*", "", text).split()


@pytest.mark.skipif(not HAS_ORACLE, reason=NO_ORACLE)
@pytest.mark.parametrize("generic", [False, True])
def test_reads_and_prints_as_upstream(generic: bool) -> None:
    text = ours(PROGRAMS, generic=generic)
    assert plain(oracle(text)) == plain(oracle(PROGRAMS)) == plain(ours(PROGRAMS))


@pytest.mark.skipif(not HAS_ORACLE, reason=NO_ORACLE)
def test_canonical_form_is_upstreams() -> None:
    assert plain(ours(PROGRAMS, canonicalize=True)) == plain(oracle(PROGRAMS, "--canonicalize"))


@pytest.mark.parametrize("canonicalize", [False, True])
def test_branches_go_where_they_should(canonicalize: bool) -> None:
    text = ours(PROGRAMS, canonicalize=True) if canonicalize else PROGRAMS
    interpreter = Interpreter(parse_module(text))
    chosen = {0: 10, 1: 20, 2: 10, -3: 20, 4: 30, 5: 10}
    assert {s: interpreter.call("choose", s, 10, 20) for s in chosen} == chosen
    assert [interpreter.call("same_block", c, 1, 2) for c in (1, 0)] == [1, 2]
    assert [interpreter.call("through", c, 3, 4) for c in (1, 0)] == [3, 12]
    assert [interpreter.call("decided", c, 3) for c in (1, 0)] == [3, 21]


def test_a_failed_assertion_shows_its_message() -> None:
    module = parse_module('func.func @f(%c: i1) { cf.assert %c, "no luck" return }')
    with pytest.raises(InterpreterError, match="no luck"):
        Interpreter(module).call("f", 0)
    Interpreter(module).call("f", 1)
