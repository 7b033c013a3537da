"""Canonical patterns of scf keep the meaning, and leave what they should."""

from __future__ import annotations

import pytest

from tests.dialects.programs import call, canonicalized, op_names

HEAD = """
func.func @f(%a: i32, %b: i32, %c: i1, %n: index) -> (i32, i32) {
  %true = arith.constant true
  %false = arith.constant false
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
"""

CASES = {
    "if of a constant": (
        """
  %r:2 = scf.if %true -> (i32, i32) {
    %x = arith.addi %a, %b : i32
    scf.yield %x, %a : i32, i32
  } else {
    scf.yield %a, %b : i32, i32
  }""",
        ["arith.addi"],
    ),
    "unused result": (
        """
  %q:3 = scf.if %c -> (i32, i32, i32) {
    %x = arith.addi %a, %b : i32
    scf.yield %x, %x, %x : i32, i32, i32
  } else {
    %x = arith.muli %a, %b : i32
    scf.yield %x, %x, %x : i32, i32, i32
  }
  %r:2 = scf.if %c -> (i32, i32) {
    scf.yield %q#0, %b : i32, i32
  } else {
    scf.yield %q#0, %a : i32, i32
  }""",
        ["scf.if", "arith.addi", "scf.yield", "arith.muli", "scf.yield", "arith.select"],
    ),
    "zero trips": (
        """
  %r:2 = scf.for %i = %c3 to %c1 step %c1 iter_args(%s = %a, %t = %b) -> (i32, i32) {
    %x = arith.addi %s, %t : i32
    scf.yield %t, %x : i32, i32
  }""",
        [],
    ),
    "one trip": (
        """
  %r:2 = scf.for %i = %c0 to %c1 step %c3 iter_args(%s = %a, %t = %b) -> (i32, i32) {
    %x = arith.addi %s, %t : i32
    scf.yield %t, %x : i32, i32
  }""",
        ["arith.addi"],
    ),
    "iteration arguments": (
        """
  %r:3 = scf.for %i = %c0 to %n step %c1 iter_args(%s = %a, %t = %b, %u = %b) -> (i32, i32, i32) {
    %x = arith.addi %s, %t : i32
    %y = arith.muli %u, %u : i32
    scf.yield %x, %t, %y : i32, i32, i32
  }""",
        ["scf.for", "arith.addi", "scf.yield"],
    ),
    "switch": (
        """
  %r:2 = scf.index_switch %c3 -> i32, i32
  case 3 {
    scf.yield %b, %a : i32, i32
  }
  default {
    scf.yield %a, %a : i32, i32
  }""",
        [],
    ),
    "while that never repeats": (
        """
  %r:2 = scf.while (%x = %a, %y = %b) : (i32, i32) -> (i32, i32) {
    %z = arith.addi %x, %y : i32
    scf.condition(%false) %y, %z : i32, i32
  } do {
  ^bb0(%x: i32, %y: i32):
    scf.yield %x, %y : i32, i32
  }""",
        ["arith.addi"],
    ),
    "execute_region": (
        """
  %r:2 = scf.execute_region -> (i32, i32) {
    %z = arith.addi %a, %b : i32
    scf.yield %a, %z : i32, i32
  }""",
        ["arith.addi"],
    ),
    "parallel over no points": (
        """
  %r:2 = scf.parallel (%i, %j) = (%c0, %c3) to (%n, %c1) step (%c1, %c1) init (%a, %b)
      -> (i32, i32) {
    scf.reduce(%a, %b : i32, i32) {
    ^bb0(%x: i32, %y: i32):
      scf.reduce.return %x : i32
    }, {
    ^bb0(%x: i32, %y: i32):
      scf.reduce.return %x : i32
    }
  }""",
        [],
    ),
    "parallel along one point": (
        """
  %r:2 = scf.parallel (%i, %j) = (%c0, %c0) to (%c1, %n) step (%c1, %c1) init (%a, %b)
      -> (i32, i32) {
    scf.reduce(%a, %b : i32, i32) {
    ^bb0(%x: i32, %y: i32):
      %z = arith.addi %x, %y : i32
      scf.reduce.return %z : i32
    }, {
    ^bb0(%x: i32, %y: i32):
      %z = arith.muli %x, %y : i32
      scf.reduce.return %z : i32
    }
  }""",
        [
            *("scf.parallel", "scf.reduce"),
            *("arith.addi", "scf.reduce.return", "arith.muli", "scf.reduce.return"),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_left_means_the_same(case: str) -> None:
    body, expected = CASES[case]
    text = HEAD + body + "\n  return %r#0, %r#1 : i32, i32\n}\n"
    found = canonicalized(text)
    assert op_names(found) == expected
    for condition in (True, False):
        for n in (0, 1, 4):
            arguments = (7, -3, condition, n)
            assert call(found, *arguments) == call(text, *arguments)


def test_condition_is_known_inside_its_if() -> None:
    text = """
    func.func private @yes()
    func.func private @no()
    func.func @f(%c: i1) {
      scf.if %c {
        scf.if %c {
          func.call @yes() : () -> ()
        }
      } else {
        scf.if %c {
          func.call @no() : () -> ()
        } else {
        }
      }
      return
    }
    """
    assert op_names(canonicalized(text)) == ["scf.if", "func.call", "scf.yield"]


def test_loop_with_calls_and_unknown_bounds_stays() -> None:
    text = """
    func.func private @side()
    func.func @f(%n: index, %a: i32, %b: i32) -> i32 {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %r = scf.for %i = %c0 to %n step %c1 iter_args(%s = %a) -> (i32) {
        func.call @side() : () -> ()
        scf.yield %b : i32
      }
      return %r : i32
    }
    """
    assert op_names(canonicalized(text))[:3] == ["scf.for", "func.call", "scf.yield"]


def test_constant_bounds_of_forall_are_written_as_numbers() -> None:
    text = """
    func.func private @side(index)
    func.func @f(%n: index) {
      %c4 = arith.constant 4 : index
      %c2 = arith.constant 2 : index
      scf.forall (%i, %j) = (%n, 0) to (%c4, %n) step (1, %c2) {
        func.call @side(%i) : (index) -> ()
      }
      return
    }
    """
    assert "(%n, 0) to (4, %n) step (1, 2)" in canonicalized(text)
