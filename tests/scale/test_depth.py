"""Regions nested ten thousand deep go through everything."""

from __future__ import annotations

import pytest

from stepwell.ir.clone import clone
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.pipeline import parse_pipeline
from stepwell.ir.pass_manager.running import PassManager
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from stepwell.ir.verifier import verify

DEPTH = 10_000
PIPELINE = "canonicalize,cse,sccp,loop-invariant-code-motion,symbol-dce,convert-scf-to-cf"
_HEAD = """func.func @main(%a: i32) -> i32 {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %five = arith.constant 5 : i32
  %less = arith.cmpi slt, %a, %five : i32
  %m = memref.alloca() : memref<i32>
  memref.store %five, %m[] : memref<i32>
"""
_STORE = "memref.store %a, %m[] : memref<i32>\n"
_TAIL = "%r = memref.load %m[] : memref<i32>\nreturn %r : i32\n}"


def _ifs() -> str:
    return f"{_HEAD}{'scf.if %less {' * DEPTH}{_STORE}{'}' * DEPTH}{_TAIL}"


def _loops() -> str:
    depth = DEPTH // 5
    opened = "".join(f"scf.for %i{n} = %zero to %one step %one {{\n" for n in range(depth))
    return f"{_HEAD}{opened}{_STORE}{'}' * depth}{_TAIL}"


@pytest.mark.parametrize("text", [_ifs, _loops])
def test_deep_programs_run_and_are_lowered(text: object) -> None:
    module = parse_module(text())  # type: ignore[operator]
    printed = print_to_text(module)
    assert print_to_text(clone(module)) == printed
    assert Interpreter(module).call("main", 3) == 3
    PassManager().run(parse_pipeline(f"builtin.module({PIPELINE})"), module)
    assert "scf." not in print_to_text(module)
    assert Interpreter(module).call("main", 3) == 3
    module.erase()


def test_deep_modules_and_generic_ops_survive_parse_print_and_deletion() -> None:
    for opened, closed in (("module {", "}"), ('"t.r"() ({', "}) : () -> ()")):
        text = f"{opened * DEPTH}func.func private @f(){closed * DEPTH}"
        module = parse_module(text, allow_unregistered=True)
        assert _depth(module) >= DEPTH
        copy = clone(module)
        verify(copy)
        assert print_to_text(copy) == print_to_text(module)
        del module, copy


def _depth(op: Operation) -> int:
    depth = 0
    while op.regions and op.regions[0].first is not None and op.regions[0].first.first is not None:
        op = op.regions[0].first.first
        depth += 1
    return depth
