"""Fuzzing the parser with damaged programs: `python -m tests.fuzz.parser --inputs 50000 --seed 1`.

Each input is a program of the tests or examples, damaged. It must be read, or refused with errors
that have places; what is read and verified must be printed, and the print be read back to the same
print. Nothing may raise anything but a `StepwellError`, and nothing may take more than a second.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from stepwell.ir.diagnostics import ParseError, StepwellError, VerifyError
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import PrintOptions, print_to_text
from stepwell.ir.verifier import verify
from tests.fuzz.mutations import MUTATIONS, tokens_of

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 4000
SECONDS = 1.0
SPLIT = re.compile(r"^// -----.*$|^// (?:case|->).*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Fault:
    """An input that the parser did not handle well."""

    text: str
    what: str


@dataclass(slots=True)
class Outcome:
    """What came of a campaign."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    slowest: float = 0.0


def corpus() -> list[str]:
    """The programs to damage, shortest texts of the tests and examples first."""
    found: set[str] = set()
    for folder in ("tests", "examples"):
        for pattern in ("*.mlir", "*.ir"):
            for path in (ROOT / folder).rglob(pattern):
                parts = SPLIT.split(path.read_text(encoding="utf-8", errors="replace"))
                found.update(part for part in parts if 20 < len(part) <= LONGEST)
    return sorted(found, key=lambda text: (len(text), text))


def inputs(seed: int, count: int) -> Iterator[str]:
    """Damaged programs: always the same ones for a seed."""
    random = Random(seed)
    pieces = [tokens_of(text) for text in corpus()]
    for _ in range(count):
        text = "".join(random.choice(pieces))
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            text = random.choice(MUTATIONS)(tokens_of(text), random, pieces)
        yield text[: 2 * LONGEST]


def judge(text: str) -> tuple[str, str | None]:
    """What came of one input ("refused", "invalid", "same"), and what was wrong with that."""
    try:
        module = parse_module(text, allow_unregistered=True)
    except ParseError as error:
        placeless = [one for one in error.diagnostics if one.place is None]
        return "refused", "a parse error has no place" if placeless or not str(error) else None
    try:
        verify(module)
    except VerifyError as error:
        str(error)
        return "invalid", None
    for options in (PrintOptions(), PrintOptions(generic=True)):
        printed = print_to_text(module, options)
        try:
            again = parse_module(printed, allow_unregistered=True)
        except StepwellError as error:
            return "lost", f"its own print is refused: {error}\n{printed}"
        if print_to_text(again, options) != printed:
            return "lost", f"its print is not stable:\n{printed}"
    return "same", None


def run(seed: int, count: int) -> Outcome:
    """Tries `count` inputs."""
    outcome = Outcome()
    for text in inputs(seed, count):
        started = time.process_time()
        try:
            result, wrong = judge(text)
        except Exception:
            result, wrong = "raised", traceback.format_exc(limit=-6)
        seconds = time.process_time() - started
        if seconds > SECONDS and wrong is None:  # the first of its dialects loads them
            started = time.process_time()
            judge(text)
            seconds = time.process_time() - started
            wrong = f"took {seconds:.2f} s" if seconds > SECONDS else None
        outcome.slowest = max(outcome.slowest, seconds)
        outcome.counts[result] += 1
        if wrong is not None:
            outcome.faults.append(Fault(text, wrong))
    return outcome


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; 1 if there was a fault."""
    parser = argparse.ArgumentParser(description="Fuzzes the parser with damaged programs.")
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=20, help="how many kinds of faults to print")
    given = parser.parse_args(arguments)
    outcome = run(given.seed, given.inputs)
    kinds: dict[str, Fault] = {}
    for fault in outcome.faults:
        lines = [line for line in fault.what.splitlines() if line.strip().startswith("File")]
        kinds.setdefault(lines[-1] if lines else fault.what[:60], fault)
    for fault in list(kinds.values())[: given.show]:
        print(f"--- input\n{fault.text}\n--- {fault.what}")
    counts = ", ".join(f"{number:,} {name}" for name, number in sorted(outcome.counts.items()))
    print(f"{given.inputs:,} inputs, seed {given.seed}: {counts}; {len(outcome.faults)} faults of")
    print(f"{len(kinds)} kinds; slowest {outcome.slowest:.2f} s")
    return int(bool(outcome.faults))


if __name__ == "__main__":
    sys.exit(main())
