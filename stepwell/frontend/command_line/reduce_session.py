"""What `stepwell-reduce` does, once the command line is read."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stepwell.frontend.command_line.files import read_input, write_output
from stepwell.frontend.command_line.flags import Arguments
from stepwell.frontend.command_line.guard import INTERRUPTED
from stepwell.frontend.command_line.reading import Program, read_program
from stepwell.frontend.reduction.reducer import Reducer, size_of
from stepwell.ir.diagnostics import Source, StepwellError
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.reproducer import SECTION, pipeline_of, reproducer_text
from stepwell.ir.text.printer import print_to_text
from stepwell.ir.verifier import verify

_TIMEOUT = 10
_MOST_TRIES = 1000
_ERROR = re.compile(r"(?:error|Error): *(.*)")
_CHANGING = re.compile(r"[%@^][\w.$-]+|0x[0-9a-fA-F]+|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def run_session(arguments: Arguments, command: Sequence[str]) -> int:
    """Reduces the input and writes what is left; returns the exit code.

    Raises:
        StepwellError: the input cannot be read, or the command does not fail on it.
    """
    given = read_input(arguments.files)
    source = Source(given.text, given.name)
    program = read_program(source, arguments.has("allow-unregistered-dialect"))
    verify(program.op)
    with tempfile.TemporaryDirectory(prefix="stepwell-reduce-") as folder:
        name = Path(given.name).name if given.name != "<stdin>" else "input.mlir"
        trial = _Trial(command, Path(folder) / name, arguments, program)
        wanted = trial.outcome(program.op)
        trial.check_failure(wanted, given.name)
        most = arguments.number("max-tries")
        reducer = Reducer(
            program.op,
            lambda smaller: trial.outcome(smaller) == wanted,
            _MOST_TRIES if most is None else most,
        )
        return _reduce(reducer, trial, program.op, arguments.last("o"))


def _reduce(reducer: Reducer, trial: _Trial, program: Operation, path: str | None) -> int:
    status = 0
    try:
        reducer.run()
    except KeyboardInterrupt:
        status = INTERRUPTED
    write_output(path, trial.text(reducer.best))
    before, after = size_of(program)[0], size_of(reducer.best)[0]
    state = "interrupted: " if status else ""
    print(f"{state}{before} ops became {after} in {reducer.tries} tries", file=sys.stderr)
    return status


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What is compared of a run of the command.

    Attributes:
        code: the exit code; None if the run took too long, or if that does not matter.
        error: the first error that it wrote, without what differs from program to program.
        has_text: whether the text that was asked for is in what it wrote.
    """

    code: int | None
    error: str = ""
    has_text: bool = False


class _Trial:
    """Runs the command on programs."""

    def __init__(
        self, command: Sequence[str], path: Path, arguments: Arguments, program: Program
    ) -> None:
        here = any("{}" in word for word in command)
        self.command = [word.replace("{}", str(path)) for word in command]
        self.command += [] if here else [str(path)]
        self.path = path
        self.wanted = arguments.last("contains")
        timeout = arguments.number("timeout")
        self.timeout = _TIMEOUT if timeout is None else timeout
        self.pipeline = pipeline_of(program.resources) if SECTION in program.resources else None

    def text(self, program: Operation) -> str:
        """The file: the program, and the pipeline if it is a reproducer."""
        text = print_to_text(program) + "\n"
        return text if self.pipeline is None else reproducer_text(text, *self.pipeline)

    def outcome(self, program: Operation) -> _Outcome:
        """What the command does with a program.

        Raises:
            StepwellError: the command cannot be run.
        """
        self.path.write_text(self.text(program), encoding="utf-8")
        try:
            done = subprocess.run(
                self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, timeout=self.timeout, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return _Outcome(None)
        except OSError as error:
            raise StepwellError(f"cannot run {self.command[0]!r}: {error.strerror}") from None
        written = done.stdout.decode("utf-8", "replace")
        if self.wanted is not None:
            return _Outcome(None, has_text=self.wanted in written)
        found = _ERROR.search(written)
        return _Outcome(done.returncode, _CHANGING.sub("_", found[1]) if found else "")

    def check_failure(self, outcome: _Outcome, name: str) -> None:
        """Raises StepwellError if there is nothing to reduce for."""
        if self.wanted is not None:
            if not outcome.has_text:
                raise StepwellError(f"the command does not write {self.wanted!r} for {name}")
        elif outcome.code is None:
            raise StepwellError(f"the command takes longer than {self.timeout} s; see --timeout")
        elif outcome.code == 0:
            raise StepwellError(f"the command does not fail on {name}: its exit code is 0")
