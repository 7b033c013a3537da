"""What stands around every tool: errors become messages and exit codes, never tracebacks."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from stepwell.frontend.command_line.flags import UsageError
from stepwell.ir.collector import process_is_ours
from stepwell.ir.diagnostics import StepwellError

FAILURE = 1
INTERNAL = 70
INTERRUPTED = 130

Main = Callable[[Sequence[str]], int]


def guarded(tool: str, main: Main, argv: Sequence[str] | None) -> int:
    """Runs `main` and returns the exit code.

    Args:
        tool: its name, for messages.
        main: the tool.
        argv: without the program's name; None for the process's own.
    """
    with _logging():
        if argv is not None:
            return _guarded(tool, main, argv)
        with process_is_ours():
            return _guarded(tool, main, sys.argv[1:])


def _guarded(tool: str, main: Main, argv: Sequence[str]) -> int:
    try:
        return main(argv)
    except UsageError as error:
        print(f"{tool}: error: {error}; try {tool} --help", file=sys.stderr)
        return FAILURE
    except StepwellError as error:
        print(error, file=sys.stderr)
        return FAILURE
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  nobody reads it
        return FAILURE
    except KeyboardInterrupt:
        print(f"{tool}: interrupted", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:
        report_internal(tool, error)
        return INTERNAL


def report_internal(tool: str, error: Exception) -> None:
    """Says that the fault is ours and how to report it; `STEPWELL_LOG=debug` shows where."""
    what = f"{type(error).__name__}: {error}".partition("\n")[0]
    print(f"{tool}: internal error: {what}", file=sys.stderr)
    print(
        "This is a fault of the tool, not of the input. Please report it with the input, the "
        "command line,\nand what the command prints when STEPWELL_LOG=debug is set.",
        file=sys.stderr,
    )
    if logging.getLogger("stepwell").isEnabledFor(logging.DEBUG):
        traceback.print_exception(error)


@contextmanager
def _logging() -> Iterator[None]:
    """`STEPWELL_LOG=debug|info|warning` sends the project's log to the standard error."""
    level = logging.getLevelNamesMapping().get(os.environ.get("STEPWELL_LOG", "").upper())
    if level is None:
        yield
        return
    log, handler = logging.getLogger("stepwell"), logging.StreamHandler()
    before = log.level
    log.setLevel(level)
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(before)
