"""Small programs for the tests of dialects: parse, verify, run, round trip through upstream."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import Operation, walk
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import PrintOptions, print_to_text
from stepwell.ir.verifier import verify
from stepwell.passes.pipelines import run_passes

ORACLE = "mlir-opt-22"
needs_oracle = pytest.mark.skipif(not shutil.which(ORACLE), reason=f"{ORACLE} is not installed")


def program(text: str) -> Operation:
    """A verified module."""
    module = parse_module(text, allow_unregistered=True)
    verify(module)
    return module


def call(text: str, *arguments: object, name: str = "f", **options: object) -> object:
    """The result of the function `f` of a program."""
    interpreter = Interpreter(program(text), **options)  # type: ignore[arg-type]
    return interpreter.call(name, *arguments)


def upstream(text: str, *flags: str) -> str:
    """What mlir-opt prints for a program."""
    done = subprocess.run(
        [ORACLE, "--allow-unregistered-dialect", *flags, "-"],
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def check_round_trips(text: str) -> None:
    """Our text, custom and generic, is the program to upstream, and its generic form to us."""
    expected = upstream(text)
    module = program(text)
    assert print_to_text(module, PrintOptions(keep_names=False)) == expected.strip()
    assert upstream(print_to_text(module)) == expected
    assert upstream(print_to_text(module, PrintOptions(generic=True))) == expected
    again = program(upstream(text, "--mlir-print-op-generic"))
    assert upstream(print_to_text(again)) == expected


def canonicalized(text: str) -> str:
    """The program after `canonicalize`, verified and printed."""
    module = program(text)
    run_passes(module, "builtin.module(canonicalize)")
    verify(module)
    return print_to_text(module)


def op_names(text: str) -> list[str]:
    """The names of the ops in a program, without the module, functions, returns and constants."""
    ignored = ("builtin.module", "func.func", "func.return", "arith.constant")
    return [op.name for op in walk(program(text)) if op.name not in ignored]
