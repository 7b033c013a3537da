"""What random programs have found, each as the smallest program that shows it."""

from __future__ import annotations

import numpy as np
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


PART_READ_AFTER_IT_WAS_REPLACED = """
func.func @main(%b: tensor<4xi32>, %x: i32) -> (tensor<4xi32>, i32) {
  %c1 = arith.constant 1 : index
  %part = tensor.extract_slice %b[1] [2] [1] : tensor<4xi32> to tensor<2xi32>
  %new = tensor.insert %x into %part[%c1] : tensor<2xi32>
  %whole = tensor.insert_slice %new into %b[1] [2] [1] : tensor<2xi32> into tensor<4xi32>
  %old = tensor.extract %part[%c1] : tensor<2xi32>
  return %whole, %old : tensor<4xi32>, i32
}
"""


def test_a_part_that_is_read_later_keeps_its_value_when_bufferized() -> None:
    module = parse_module(PART_READ_AFTER_IT_WAS_REPLACED)
    run_passes(module, "one-shot-bufferize{bufferize-function-boundaries=true}")
    found = Interpreter(module).call("main", np.array([1, 2, 3, 4], np.int32), 9)
    assert isinstance(found, tuple)
    assert found[0].tolist() == [1, 2, 9, 4] and found[1] == 3
