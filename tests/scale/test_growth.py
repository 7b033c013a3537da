"""Eight times the program takes about eight times as long, in every stage."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.pipeline import parse_pipeline
from stepwell.ir.pass_manager.running import PassManager
from stepwell.ir.text.parse import parse_module

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from growth_shapes import SHAPES  # noqa: E402

SMALL, STEPS = 600, 8
CONSTANT = 0.15  # seconds that loading dialects and a busy machine may take


@pytest.mark.parametrize("shape", list(SHAPES))
def test_the_canonical_passes_are_linear(shape: str) -> None:
    _seconds(shape, 100)  # loads dialects and patterns
    small, large = _seconds(shape, SMALL), _seconds(shape, SMALL * STEPS)
    assert large < CONSTANT + 2.5 * STEPS * small


def _seconds(shape: str, size: int) -> float:
    module = parse_module(SHAPES[shape](size))
    return _user_time(lambda: _simplify(module, "canonicalize,cse,sccp"))


@pytest.mark.parametrize("kept", ["", "memref.store %a, %m[] : memref<i32>"])
def test_nested_ifs_are_simplified_in_linear_time(kept: str) -> None:
    def nested(depth: int) -> Operation:
        opened, closed = "scf.if %p {" * depth, "}" * depth
        head = "func.func @main(%a: i32, %p: i1, %m: memref<i32>) {"
        return parse_module(f"{head}{opened}{kept}{closed} return }}")

    _simplify(nested(10), "cse,canonicalize")
    modules = nested(500), nested(4000)
    small, large = (_user_time(partial(_simplify, m, "cse,canonicalize")) for m in modules)
    assert large < CONSTANT + 2.5 * STEPS * small


def _simplify(module: Operation, passes: str) -> None:
    PassManager(verify_each=False).run(parse_pipeline(f"builtin.module({passes})"), module)


def _user_time(action: Callable[[], object]) -> float:
    started = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    action()
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime - started
