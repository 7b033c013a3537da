"""What random programs have found, each as the smallest program that shows it."""

from __future__ import annotations

import pytest

from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from stepwell.passes.pipelines import run_passes

DEAD_CYCLE = """
func.func @main(%a: i8, %n: index) -> index {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  cf.br ^head(%zero, %a, %a : index, i8, i8)
^head(%i: index, %x: i8, %y: i8):
  %more = arith.cmpi slt, %i, %n : index
  cf.cond_br %more, ^join(%y, %x : i8, i8), ^end
^join(%p: i8, %q: i8):
  %next = arith.addi %i, %one : index
  cf.br ^head(%next, %p, %q : index, i8, i8)
^end:
  return %i : index
}
"""

DEAD_VALUE_HANDED_TO_A_CALL = """
func.func private @ignores(%a: i8, %b: index) -> index {
  return %b : index
}
func.func @main(%a: i8, %n: index) -> index {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %0:2 = scf.for %i = %zero to %n step %one iter_args(%x = %a, %y = %zero) -> (i8, index) {
    %1 = func.call @ignores(%x, %i) : (i8, index) -> index
    %2 = arith.addi %x, %x : i8
    scf.yield %2, %1 : i8, index
  }
  return %0#1 : index
}
"""


@pytest.mark.parametrize("name", ["canonicalize", "remove-dead-values"])
def test_block_arguments_that_only_feed_each_other_go(name: str) -> None:
    module = parse_module(DEAD_CYCLE)
    run_passes(module, name)
    assert "i8)" not in print_to_text(module).split("{", 2)[-1]
    assert Interpreter(module).call("main", 1, 5) == 5


def test_a_dead_loop_value_that_a_call_takes_goes() -> None:
    module = parse_module(DEAD_VALUE_HANDED_TO_A_CALL)
    run_passes(module, "remove-dead-values")
    text = print_to_text(module)
    assert "@ignores(%b: index)" in text and "arith.addi" not in text
    assert Interpreter(module).call("main", 1, 5) == 4
