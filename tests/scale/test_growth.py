"""Eight times the program takes about eight times the work."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.pipeline import parse_pipeline
from stepwell.ir.pass_manager.running import PassManager
from stepwell.ir.text.parse import parse_module
from tests.effort import calls_made

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from growth_shapes import SHAPES  # noqa: E402

SMALL, STEPS = 600, 8
SLACK = 1.15  # what logarithms and tables that grow may add


@pytest.mark.parametrize("shape", list(SHAPES))
def test_the_canonical_passes_are_linear(shape: str) -> None:
    _calls(shape, 100)  # loads dialects and patterns
    small, large = _calls(shape, SMALL), _calls(shape, SMALL * STEPS)
    assert large < SLACK * STEPS * small


def _calls(shape: str, size: int) -> int:
    module = parse_module(SHAPES[shape](size))
    return calls_made(lambda: _simplify(module, "canonicalize,cse,sccp"))


@pytest.mark.parametrize("kept", ["", "memref.store %a, %m[] : memref<i32>"])
def test_nested_ifs_are_simplified_in_linear_time(kept: str) -> None:
    def calls(depth: int) -> int:
        opened, closed = "scf.if %p {" * depth, "}" * depth
        head = "func.func @main(%a: i32, %p: i1, %m: memref<i32>) {"
        module = parse_module(f"{head}{opened}{kept}{closed} return }}")
        return calls_made(lambda: _simplify(module, "cse,canonicalize"))

    calls(10)
    assert calls(4000) < SLACK * STEPS * calls(500)


def _simplify(module: Operation, passes: str) -> None:
    PassManager(verify_each=False).run(parse_pipeline(f"builtin.module({passes})"), module)
