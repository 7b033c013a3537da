"""Each kind of edit at each of its places, in all examples: a program, or a refusal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stepwell.frontend.reduction.edits import EDITS, ERASE, NARROW, TAKE, UNWRAP, ZERO, Edit
from stepwell.ir.clone import clone
from stepwell.ir.diagnostics import StepwellError
from stepwell.ir.operation import Operation
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from stepwell.ir.verifier import verify

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "examples").rglob("*.mlir"))


def edited(program: Operation, edit: Edit[Any], number: int) -> Operation | None:
    made = clone(program)
    return made if edit.change(list(edit.places(made))[number]) else None


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_edit_gives_a_program_or_nothing(path: Path) -> None:
    program = parse_module(path.read_text(encoding="utf-8"))
    before = print_to_text(program)
    valid = 0
    for edit in dict.fromkeys(EDITS):
        for number in range(len(list(edit.places(program)))):
            try:
                made = edited(program, edit, number)
                if made is not None:
                    verify(made)
                    parse_module(print_to_text(made))
                    valid += 1
            except StepwellError:
                pass  # what an edit leaves need not be valid: the reducer looks
    assert valid > 3 and print_to_text(program) == before


def only(text: str, edit: Edit[Any]) -> list[str]:
    """What the edit makes of the program at each place."""
    program = parse_module(text)
    made = [edited(program, edit, number) for number in range(len(list(edit.places(program))))]
    return [print_to_text(one) for one in made if one is not None]


FOR = """
func.func @f(%n: index, %x: i32) -> i32 {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %r = scf.for %i = %zero to %n step %one iter_args(%a = %x) -> (i32) {
    %y = arith.muli %a, %a : i32
    scf.yield %y : i32
  }
  return %r : i32
}
"""


def test_the_body_takes_the_place_of_a_loop() -> None:
    made = next(text for text in only(FOR, UNWRAP))
    assert "scf.for" not in made and "arith.muli %x, %x" in made and "return %y" in made


def test_results_of_what_is_erased_come_from_operands_and_arguments() -> None:
    made = only(FOR, ERASE)
    assert any("return %x" in text and "scf.for" not in text for text in made)
    assert any("scf.yield %a" in text for text in made)


def test_both_ways_of_a_branch() -> None:
    text = """
func.func @f(%c: i1, %x: i32, %y: i32) -> i32 {
  cf.cond_br %c, ^a(%x : i32), ^b
^a(%p: i32):
  return %p : i32
^b:
  return %y : i32
}
"""
    made = only(text, TAKE)
    assert ["cf.br ^bb1(%x : i32)" in made[0], "return %y" in made[0]] == [True, False]
    assert "return %y" in made[1] and "return %p" not in made[1]


def test_constants_become_zero_and_unused_arguments_go() -> None:
    text = """
func.func @f(%a: i32 {llvm.noundef}, %b: f32) -> i32 {
  %c = arith.constant 7 : i32
  return %c : i32
}
func.func @g(%a: i32) { return }
func.func @h(%a: i32) { call @g(%a) : (i32) -> ()  return }
"""
    assert ["arith.constant 0 : i32" in one for one in only(text, ZERO)] == [True]
    made = only(text, NARROW)
    assert ["@f(%b: f32)" in made[0], "@f(%a: i32 {llvm.noundef})" in made[1]] == [True, True]
    assert len(made) == 2
