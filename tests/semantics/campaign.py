"""Random programs against all passes: `python -m tests.semantics.campaign --programs 100 --seed 1`.

Each program is run by the interpreter before and after every pass of a pipeline, and compiled to
machine code; every difference is printed, with the seed that makes it again.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import traceback
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from stepwell.frontend.semantics.checker import SemanticsCheck
from stepwell.frontend.semantics.findings import SemanticsError, blame
from stepwell.frontend.semantics.outcome import Observed, Outcome, first_difference
from stepwell.frontend.semantics.reference import Choice, references
from stepwell.ir.attribute import Type
from stepwell.ir.dense_attributes import dtype_of
from stepwell.ir.diagnostics import StepwellError
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.pipeline import parse_pipeline
from stepwell.ir.pass_manager.running import PassManager
from stepwell.ir.text.parse import parse_module
from stepwell.ir.types import MemRefType, element_type_or_self
from stepwell.ir.verifier import verify
from stepwell.runtime.compiled import compile
from tests.semantics.programs import program

PIPELINES = {
    "scalar": "canonicalize,sccp,cse,loop-invariant-code-motion,remove-dead-values,symbol-dce",
    "scalar-2": "cse,inline,sccp,canonicalize,symbol-dce,loop-invariant-code-motion,"
    "remove-dead-values,canonicalize",
    "alone": "remove-dead-values,sccp,loop-invariant-code-motion,inline,symbol-dce,cse",
    "structured": "linalg-generalize-named-ops,convert-elementwise-to-linalg,"
    "linalg-fuse-elementwise-ops,canonicalize,cse",
    "down": "lower-to-llvm",
    "down-plain": "convert-elementwise-to-linalg,one-shot-bufferize{bufferize-function-boundaries},"
    "convert-linalg-to-affine-loops,lower-affine,convert-scf-to-cf,canonicalize,cse,sccp,"
    "expand-strided-metadata,convert-to-llvm",
    "loops": "convert-elementwise-to-linalg,one-shot-bufferize{bufferize-function-boundaries},"
    "convert-linalg-to-parallel-loops,"
    "loop-invariant-code-motion,canonicalize,cse,lower-affine,canonicalize,convert-scf-to-cf,"
    "canonicalize,sccp,remove-dead-values",
}
STEPS = 30_000


@dataclass(slots=True)
class Tally:
    """What a campaign did."""

    programs: int = 0
    comparisons: int = 0
    passes: int = 0
    compiled: int = 0
    skipped: int = 0
    findings: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, seed: int, where: str, what: str) -> None:
        """Notes a finding."""
        self.findings.append(f"seed {seed}, {where}: {what}")
        self.kinds[what.splitlines()[0][:110]] += 1


def check_passes(seed: int, text: str, name: str, choice: Choice, tally: Tally) -> None:
    """Runs a pipeline on a program and compares after each pass."""
    module = parse_module(text)
    pipeline = parse_pipeline(PIPELINES[name], module.name)
    check = SemanticsCheck(pipeline, choice, blame)
    try:
        PassManager([check]).run(pipeline, module)
    except StepwellError as error:
        kind = "" if isinstance(error, SemanticsError) else "pass fails: "
        tally.add(seed, name, kind + "\n".join(d.render() for d in error.diagnostics))
    tally.comparisons += check.compared
    tally.passes += check.passes_compared
    tally.skipped += sum(sum(one.skipped.values()) for one in check.functions)
    for note in check.notes:
        tally.kinds["note: " + note[:110]] += 1


def check_compiled(seed: int, text: str, choice: Choice, tally: Tally) -> None:
    """Compiles a program and compares what the machine does with what the interpreter does."""
    module = parse_module(text)
    checked = next(one for one in references(module, choice) if one.name == "main")
    try:
        main = compile(module, use_cache=False)["main"]
    except StepwellError as error:
        tally.add(seed, "compile", f"compile fails: {error.diagnostics[0].render()}")
        return
    types = checked.signature.original
    for inputs, expected in checked.cases:
        given = [one.copy() if isinstance(one, np.ndarray) else one for one in inputs]
        found = main(*given)
        results = found if isinstance(found, tuple) else (found,)
        values = [_seen(f"result {n}", v, types.results[n]) for n, v in enumerate(results)]
        values += [
            _seen(f"argument {n} after the call", given[n], type)
            for n, type in enumerate(types.inputs)
            if isinstance(type, MemRefType)
        ]
        difference = first_difference(expected, Outcome(tuple(values)))
        if difference is not None:
            tally.add(seed, "compile", f"machine code: {difference} for {inputs}")
            return
        tally.compiled += 1


def _seen(what: str, value: object, type: Type) -> Observed:
    return Observed.of(what, np.asarray(value).astype(dtype_of(element_type_or_self(type))))


def check_program(seed: int, inputs: int, tally: Tally, size: int = 12) -> None:
    """Runs one program through everything."""
    text = program(seed, size)
    module: Operation = parse_module(text)
    verify(module)
    choice = Choice(seed=seed, inputs=inputs, max_steps=STEPS)
    tally.programs += 1
    for name in PIPELINES:
        _guarded(seed, name, tally, lambda name=name: check_passes(seed, text, name, choice, tally))
    _guarded(seed, "compile", tally, lambda: check_compiled(seed, text, choice, tally))


def _guarded(seed: int, where: str, tally: Tally, run: object) -> None:
    try:
        run()  # type: ignore[operator]
    except Exception as error:
        last = traceback.format_exc().strip().splitlines()[-3:]
        tally.add(seed, where, f"crash: {type(error).__name__}: {error}\n" + "\n".join(last))


def main() -> int:
    """Runs a campaign; the exit code is 1 if something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--inputs", type=int, default=3)
    parser.add_argument("--size", type=int, default=12)
    parser.add_argument("--quiet", action="store_true", help="the summary alone")
    given = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # reproducers are written here
        for seed in range(given.seed, given.seed + given.programs):
            _guarded(
                seed, "program", tally,
                lambda seed=seed: check_program(seed, given.inputs, tally, given.size),
            )  # fmt: skip
        os.chdir("/")
    if not given.quiet:
        print("\n\n".join(tally.findings))
    for kind, count in tally.kinds.most_common():
        print(f"{count:6} {kind}")
    print(
        f"{tally.programs} programs, {tally.comparisons} comparisons after "
        f"{tally.passes} changing passes, {tally.compiled} runs of machine code, "
        f"{tally.skipped} inputs skipped, {len(tally.findings)} findings"
    )
    return 1 if tally.findings else 0


if __name__ == "__main__":
    sys.exit(main())
