"""Text in, text out, side by side: stepwell-opt, xdsl-opt and mlir-opt on the same large program.

    python benchmarks/text_speed.py [--functions 2000] [--rounds 5] [--xdsl PATH] [--growth]

Contenders that are not installed are left out and named. Each one's output is checked first: read
back by mlir-opt it must give what mlir-opt makes of the input. Then all run in turns, and the
table shows medians of user time. `--growth` adds time at 10^6 ops over time at 10^5, and bytes.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generated_text import OPS_A_FUNCTION, program

ORACLE_FLAGS = ("--mlir-disable-threading",)
PASSES = ("canonicalize", "cse")


@dataclass(frozen=True, slots=True)
class Contender:
    """A tool, and how it is told to run the passes."""

    name: str
    command: tuple[str, ...]
    pass_flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """What is timed: with passes or without."""

    name: str
    with_passes: bool


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took."""

    seconds: float
    peak_bytes: int


TASKS = (
    Task("parse + verify + print", with_passes=False),
    Task("... + canonicalize + cse", with_passes=True),
)


class BenchmarkError(Exception):
    """A contender failed or printed something wrong."""


def find_contenders(ours: str | None, xdsl: str | None) -> tuple[list[Contender], list[str]]:
    """The tools that are here, and the names of those that are not."""
    flags = tuple(f"--{name}" for name in PASSES)
    found, missing = [], []
    module = "stepwell.frontend.command_line.opt"
    script = shutil.which("stepwell-opt")
    if ours:
        found.append(Contender("stepwell-opt", tuple(shlex.split(ours)), flags))
    elif script:
        found.append(Contender("stepwell-opt", (script,), flags))
    elif _is_module(module):
        found.append(Contender("stepwell-opt", (sys.executable, "-m", module), flags))
    else:
        missing.append("stepwell-opt")
    path = xdsl or shutil.which("xdsl-opt")
    if path:
        found.append(Contender("xdsl-opt", (path,), ("-p", ",".join(PASSES))))
    else:
        missing.append("xdsl-opt")
    oracle = shutil.which("mlir-opt-22") or shutil.which("mlir-opt")
    if oracle:
        found.append(Contender("mlir-opt", (oracle, *ORACLE_FLAGS), flags))
    else:
        missing.append("mlir-opt")
    return found, missing


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def command_of(contender: Contender, task: Task, source: Path) -> list[str]:
    """The whole command line."""
    flags = contender.pass_flags if task.with_passes else ()
    return [*contender.command, str(source), *flags]


def measure(command: Sequence[str], output: Path) -> Run:
    """Runs a process to its end and asks the kernel what it took.

    Raises:
        BenchmarkError: it ended with another status than 0.
    """
    with output.open("wb") as stream, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=stream, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        said = errors.read().decode(errors="replace")
    if process.returncode != 0:
        raise BenchmarkError(f"{shlex.join(command)}\nstatus {process.returncode}\n{said[-2000:]}")
    return Run(usage.ru_utime, usage.ru_maxrss * 1024)


def canonical(oracle: Contender, task: Task, source: Path, folder: Path) -> bytes:
    """What mlir-opt makes of a file; after it two equivalent outputs are the same bytes."""
    output = folder / "canonical.mlir"
    measure(command_of(oracle, task, source), output)
    return output.read_bytes()


def check(contenders: Sequence[Contender], source: Path, folder: Path) -> list[str]:
    """Compares every contender's output with mlir-opt's; returns what is wrong."""
    oracle = next((one for one in contenders if one.name == "mlir-opt"), None)
    if oracle is None:
        return ["nothing was checked: mlir-opt is not installed"]
    faults = []
    for task in TASKS:
        expected = canonical(oracle, task, source, folder)
        for contender in contenders:
            output = folder / f"{contender.name}.mlir"
            try:
                measure(command_of(contender, task, source), output)
                same = canonical(oracle, task, output, folder) == expected
            except BenchmarkError as error:
                faults.append(f"{contender.name}, {task.name}: {error}")
                continue
            if not same:
                faults.append(f"{contender.name}, {task.name}: another program came out")
    return faults


def medians(
    contenders: Sequence[Contender], task: Task, source: Path, rounds: int, folder: Path
) -> dict[str, Run]:
    """Runs all in turns, so that noise meets all alike, and takes each one's middle run."""
    runs: dict[str, list[Run]] = {one.name: [] for one in contenders}
    for _ in range(rounds):
        for contender in contenders:
            command = command_of(contender, task, source)
            runs[contender.name].append(measure(command, folder / "output.mlir"))
    return {
        name: Run(
            statistics.median(run.seconds for run in taken),
            int(statistics.median(run.peak_bytes for run in taken)),
        )
        for name, taken in runs.items()
    }


def write_program(functions: int, folder: Path) -> Path:
    """Writes the generated program to a file."""
    path = folder / f"{functions}.mlir"
    path.write_text(program(functions))
    return path


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Prints rows as a Markdown table, columns aligned; the first row is the head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for index, row in enumerate(rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        print(f"| {' | '.join(cells)} |")
        if index == 0:
            print(f"|{'|'.join('-' * (width + 2) for width in widths)}|")


def print_speed(contenders: Sequence[Contender], functions: int, rounds: int, folder: Path) -> None:
    """Measures and prints the first table: seconds, and times the first contender's."""
    source = write_program(functions, folder)
    ops = functions * OPS_A_FUNCTION
    size = source.stat().st_size
    print(f"\n{ops:,} ops, {size / ops:.1f} bytes of text an op; user seconds, {rounds} rounds\n")
    rows = [["", *(one.name for one in contenders), "us an op"]]
    for task in TASKS:
        taken = medians(contenders, task, source, rounds, folder)
        first = taken[contenders[0].name].seconds
        cells = [f"{run.seconds:.2f} ({run.seconds / first:.2f}x)" for run in taken.values()]
        rows.append([task.name, *cells, f"{first / ops * 1e6:.1f}"])
    print_table(rows)
    print(f"\nx and us an op: relative to, and of, {contenders[0].name}")


def print_growth(contenders: Sequence[Contender], rounds: int, folder: Path) -> None:
    """Measures and prints the second table: how time and memory grow with the program."""
    small, large = 100_000 // OPS_A_FUNCTION, 1_000_000 // OPS_A_FUNCTION
    paths = write_program(small, folder), write_program(large, folder)
    rows = [["", "task", "10^5 ops, s", "10^6 ops, s", "ratio", "bytes an op"]]
    for task in TASKS:
        less = medians(contenders, task, paths[0], rounds, folder)
        more = medians(contenders, task, paths[1], rounds, folder)
        for name in less:
            ratio = more[name].seconds / less[name].seconds
            grown = more[name].peak_bytes - less[name].peak_bytes
            added = (large - small) * OPS_A_FUNCTION
            seconds = f"{less[name].seconds:.2f}", f"{more[name].seconds:.2f}"
            rows.append([name, task.name, *seconds, f"{ratio:.1f}", f"{grown / added:.0f}"])
    print("\nGrowth; bytes an op: resident memory that the larger program took more, per op\n")
    print_table(rows)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Text speed of stepwell, xDSL and MLIR.")
    parser.add_argument("--functions", type=int, default=2000, help="of fifty ops each")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ours", help="the command of stepwell-opt, if not the one installed")
    parser.add_argument("--xdsl", help="path of xdsl-opt, if not on PATH")
    parser.add_argument("--only", help="contenders to run, separated by commas")
    parser.add_argument("--growth", action="store_true", help="also 10^5 and 10^6 ops")
    parser.add_argument(
        "--growth-only-of", default="stepwell-opt,mlir-opt", help="contenders in that table"
    )
    return parser.parse_args()


def main() -> int:
    """Checks, measures, prints. Returns 1 if an output was wrong."""
    given = arguments()
    contenders, missing = find_contenders(given.ours, given.xdsl)
    if given.only:
        contenders = [one for one in contenders if one.name in given.only.split(",")]
    if missing:
        print(f"not installed, left out: {', '.join(missing)}")
    if not contenders:
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        faults = check(contenders, write_program(min(given.functions, 100), folder), folder)
        if faults:
            print("\n".join(faults), file=sys.stderr)
            return 1
        print_speed(contenders, given.functions, given.rounds, folder)
        if given.growth:
            growing = [one for one in contenders if one.name in given.growth_only_of.split(",")]
            print_growth(growing, given.rounds, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
