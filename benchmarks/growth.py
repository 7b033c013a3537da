"""How time and memory grow with the program: every stage, on programs of several shapes.

    python benchmarks/growth.py [--sizes 10000 100000 1000000] [--shapes chain] [--stages parse]

Each shape and size runs in a process of its own. The table gives user time of every stage, the
last size's time over the one's before it, and the bytes that the parsed program takes for each op.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from growth_shapes import SHAPES

from stepwell.ir.clone import clone
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.pipeline import parse_pipeline
from stepwell.ir.pass_manager.running import PassManager
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from stepwell.ir.verifier import verify

PASSES = ("canonicalize", "cse", "sccp", "loop-invariant-code-motion", "symbol-dce")
STAGES = ("parse", "verify", "print", "clone", *PASSES, "interpret", "erase")
BYTES = "bytes/op"
LIMIT = 12.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; 1 if a stage grew by more than `LIMIT` from one size to the next."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_RAW)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--shapes", nargs="+", choices=list(SHAPES), default=list(SHAPES))
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=list(STAGES))
    parser.add_argument("--measure", nargs=2, metavar=("SHAPE", "SIZE"), help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.measure:
        shape, size = given.measure
        print(json.dumps(measure(shape, int(size), given.stages)))
        return 0
    grew = [_table(shape, given.sizes, given.stages) for shape in given.shapes]
    return int(any(grew))


_RAW = argparse.RawDescriptionHelpFormatter


def measure(shape: str, size: int, stages: Sequence[str]) -> dict[str, float]:
    """User seconds of each of `stages` on a program of about `size` ops, and its bytes an op."""
    text = SHAPES[shape](size)
    found: dict[str, float] = {}
    before = _resident_bytes()
    started = _user_seconds()
    module = parse_module(text)
    found["parse"] = _user_seconds() - started
    found[BYTES] = (_resident_bytes() - before) / size
    for stage in stages:
        if stage != "parse":
            found[stage] = _stage(stage, module)
    return found


def _stage(stage: str, module: Operation) -> float:
    subject = clone(module) if stage in PASSES or stage == "erase" else module
    action = _action(stage, subject)
    started = _user_seconds()
    action()
    return _user_seconds() - started


def _action(stage: str, module: Operation) -> Callable[[], object]:
    simple: dict[str, Callable[[], object]] = {
        "verify": lambda: verify(module),
        "print": lambda: print_to_text(module),
        "clone": lambda: clone(module),
        "erase": module.erase,
        "interpret": lambda: Interpreter(module).call("main", 3),
    }
    if stage in simple:
        return simple[stage]
    manager = PassManager(verify_each=False)
    pipeline = parse_pipeline(f"builtin.module({stage})")
    return lambda: manager.run(pipeline, module)


def _user_seconds() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def _resident_bytes() -> int:
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * resource.getpagesize()


def _table(shape: str, sizes: Sequence[int], stages: Sequence[str]) -> bool:
    """Measures and prints one shape; whether a stage grew too much between the last two sizes."""
    print(f"{shape:28}" + "".join(f"{size:>12,}" for size in sizes) + "      growth", flush=True)
    columns = [_measured(shape, size, stages) for size in sizes]
    grew = False
    for stage in (*stages, BYTES):
        row = [column.get(stage, float("nan")) for column in columns]
        text = f"  {stage:26}" + "".join(f"{value:12.2f}" for value in row)
        if len(row) > 1 and stage != BYTES and row[-2] > 0.05:
            steps = sizes[-1] / sizes[-2]
            growth = row[-1] / row[-2]
            text += f"{growth:12.1f}"
            grew |= growth > LIMIT * steps / 10
        print(text, flush=True)
    return grew


def _measured(shape: str, size: int, stages: Sequence[str]) -> dict[str, float]:
    command = [sys.executable, __file__, "--measure", shape, str(size), "--stages", *stages]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, float] = json.loads(output)
    return found


if __name__ == "__main__":
    sys.exit(main())
