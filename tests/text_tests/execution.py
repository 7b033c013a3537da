"""Runs the commands of a text test: our tools and filecheck in this process, upstream's outside."""

from __future__ import annotations

import importlib
import io
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.oracle.tools import find_tool
from tests.text_tests.directives import Line, Stage

OURS = {
    "stepwell-opt": "stepwell.frontend.command_line.opt",
    "stepwell-run": "stepwell.frontend.command_line.run",
    "stepwell-translate": "stepwell.frontend.command_line.translate",
}


class TextTestFailure(Exception):
    """A command of a text test did not do what it must; the message is the whole report."""


@dataclass(frozen=True, slots=True)
class Done:
    """How a stage ended, and what it printed."""

    status: int
    output: str
    errors: str


Main = Callable[[list[str]], int | None]
Tool = Callable[[Stage, str], Done]


@contextmanager
def _standard_input(text: str) -> Iterator[None]:
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")
    try:
        yield
    finally:
        sys.stdin = before


def _text_of(stream: io.TextIOWrapper) -> str:
    """What was written, also by those who wrote to the buffer beneath."""
    stream.flush()
    raw = stream.buffer
    assert isinstance(raw, io.BytesIO)
    return raw.getvalue().decode(errors="replace")


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n", write_through=True)


def _status(code: object, errors: io.TextIOWrapper) -> int:
    """The status that a process ending in `sys.exit(code)` has."""
    if code is None or isinstance(code, int):
        return code or 0
    errors.write(f"{code}\n")
    return 1


def in_process(main: Main) -> Tool:
    """A tool that is a function of its arguments.

    An exception other than SystemExit goes through to the test, whatever the command expects: no
    tool may answer with a traceback.
    """

    def run(stage: Stage, text: str) -> Done:
        output = _stream()
        errors = output if stage.merged else _stream()
        with _standard_input(text), redirect_stdout(output), redirect_stderr(errors):
            try:
                code: object = main(list(stage.words[1:]))
            except SystemExit as ended:
                code = ended.code
            status = _status(code, errors)
        return Done(status, _text_of(output), "" if stage.merged else _text_of(errors))

    return run


def _our_tool(name: str) -> Tool:
    try:
        main = importlib.import_module(OURS[name]).main
    except ModuleNotFoundError as error:
        raise TextTestFailure(f"{name} cannot be run: {error}") from error
    return in_process(main)


def _filecheck(arguments: list[str]) -> int:
    from filecheck.finput import FInput
    from filecheck.matcher import Matcher
    from filecheck.options import parse_argv_options
    from filecheck.parser import Parser

    options = parse_argv_options(["filecheck", *arguments])
    if options.input_file == "-":
        given = FInput("<stdin>", sys.stdin.read())
    else:
        given = FInput.from_opts(options)
    return int(Matcher(options, given, Parser.from_opts(options)).run())


def _outside(stage: Stage, text: str) -> Done:
    name = stage.words[0]
    path = find_tool(name.removesuffix("-22"))
    if path is None:
        pytest.skip(f"{name} is not installed")
    errors = subprocess.STDOUT if stage.merged else subprocess.PIPE
    done = subprocess.run(
        [path, *stage.words[1:]],
        input=text,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        timeout=120,
    )
    return Done(done.returncode, done.stdout, done.stderr or "")


def find(name: str, extra: Mapping[str, Tool]) -> Tool:
    """The tool of that name.

    Raises:
        TextTestFailure: there is no such tool.
    """
    if name in extra:
        return extra[name]
    if name in OURS:
        return _our_tool(name)
    if name in ("filecheck", "FileCheck"):
        return in_process(_filecheck)
    if name in ("mlir-opt-22", "mlir-translate-22", "mlir-runner-22"):
        return _outside
    raise TextTestFailure(f"no tool is called {name}")


def run_line(line: Line, extra: Mapping[str, Tool]) -> None:
    """Runs one pipe; every stage in it must end as it says.

    Args:
        line: the command.
        extra: tools beside the known ones, by name.

    Raises:
        TextTestFailure: a stage failed, or did not fail after `not`.
    """
    text, report = "", []
    for stage in line.stages:
        if stage.reads is not None:
            text = Path(stage.reads).read_text(encoding="utf-8")
        done = find(stage.words[0], extra)(stage, text)
        report.append(f"$ {' '.join(stage.words)}\n  status {done.status}\n{done.errors}")
        problem = _problem(stage, done)
        if problem:
            raise TextTestFailure(_report(line, f"{stage.words[0]} {problem}", report, text))
        text = done.output


def _problem(stage: Stage, done: Done) -> str:
    if stage.words[0] in OURS and "Traceback (most recent call last)" in done.errors + done.output:
        return "showed a traceback"
    if (done.status != 0) != stage.fails:
        return "must fail, but did not" if stage.fails else "failed"
    return ""


def _report(line: Line, problem: str, stages: list[str], given: str) -> str:
    shown = given if len(given) < 6000 else given[:6000] + "\n[cut]\n"
    return "\n".join([f"line {line.number}: {problem}", *stages, "what it was given:", shown])
