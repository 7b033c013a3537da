"""The command lines that a text test carries in its comments."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

_DIRECTIVE = re.compile(r"//\s*(RUN|ORACLE):[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_MERGED = ["2", ">&", "1"]
UPSTREAM = {"stepwell-opt": "mlir-opt-22", "stepwell-translate": "mlir-translate-22"}


class DirectiveError(Exception):
    """A command line that this subset of lit's language does not have."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One command of a pipe.

    Attributes:
        words: the tool and its arguments, substituted.
        fails: `not` stands before it: it must end with another status than 0.
        merged: `2>&1` stands after it: its errors go down the pipe too.
        reads: the file behind `<`, if any.
    """

    words: tuple[str, ...]
    fails: bool = False
    merged: bool = False
    reads: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A directive's command: the stages of its pipe, and the text line on which it begins."""

    number: int
    stages: tuple[Stage, ...]


def _commands(text: str, kind: str) -> list[tuple[int, str]]:
    """The commands of one kind; a line that ends in a backslash goes on in the next of its kind."""
    found: list[tuple[int, str]] = []
    open_line = False
    for match in _DIRECTIVE.finditer(text):
        if match[1] != kind:
            continue
        part = match[2]
        body = part.removesuffix("\\")
        if open_line:
            number, before = found.pop()
            found.append((number, before + body))
        else:
            found.append((text.count("\n", 0, match.start()) + 1, body))
        open_line = part.endswith("\\")
    if open_line:
        raise DirectiveError(f"the last {kind} line ends in a backslash")
    return found


def _words(command: str) -> list[str]:
    lexer = shlex.shlex(command, posix=True, punctuation_chars="|<>&;")
    lexer.whitespace_split = True
    lexer.commenters = ""
    return list(lexer)


def _substituted(word: str, path: Path, scratch: Path) -> str:
    values = {"%s": str(path), "%S": str(path.parent), "%t": str(scratch), "%%": "%"}
    return re.sub(r"%[sSt%]", lambda match: values[match[0]], word)


def _stage(words: list[str]) -> Stage:
    rest, merged, reads = list(words), False, None
    for start in range(len(rest) - 2):
        if rest[start : start + 3] == _MERGED:
            del rest[start : start + 3]
            merged = True
            break
    if "<" in rest[:-1]:
        at = rest.index("<")
        reads = rest[at + 1]
        del rest[at : at + 2]
    fails = rest[:1] == ["not"]
    rest = rest[fails:]
    if not rest or any(set(word) <= set("|<>&;") for word in rest if word):
        raise DirectiveError(f"cannot run {' '.join(words)!r}: only TOOL ARGS, not, |, < and 2>&1")
    return Stage(tuple(rest), fails, merged, reads)


def parse_command(command: str, path: Path, scratch: Path) -> tuple[Stage, ...]:
    """Reads one command line.

    Args:
        command: the text after `RUN:`.
        path: the test's file, for `%s` and `%S`.
        scratch: what `%t` stands for.

    Raises:
        DirectiveError: it uses more of the shell than is read here, or a quote stays open.
    """
    try:
        words = _words(command)
    except ValueError as error:
        raise DirectiveError(f"{error}: {command}") from error
    stages: list[list[str]] = [[]]
    for word in words:
        if word == "|":
            stages.append([])
        else:
            stages[-1].append(_substituted(word, path, scratch))
    return tuple(_stage(stage) for stage in stages)


def run_lines(text: str, path: Path, scratch: Path) -> list[Line]:
    """The RUN lines of a test.

    Raises:
        DirectiveError: one of them cannot be read.
    """
    return [
        Line(number, parse_command(command, path, scratch))
        for number, command in _commands(text, "RUN")
    ]


def oracle_lines(text: str, path: Path, scratch: Path) -> list[Line]:
    """What the oracle must pass as well.

    `// ORACLE: mlir-opt-22` alone repeats each RUN line with upstream's tool in place of ours. With
    flags, it is a command of its own; the file and a check of the default prefix may be left out.

    Raises:
        DirectiveError: a line cannot be read.
    """
    lines: list[Line] = []
    for number, command in _commands(text, "ORACLE"):
        if len(command.split()) == 1:
            lines += [
                Line(line.number, tuple(_upstream(stage) for stage in line.stages))
                for line in run_lines(text, path, scratch)
            ]
            continue
        if "%s" not in command.split("|")[0]:
            tool, flags = command.split(maxsplit=1)
            command = f"{tool} %s {flags}"
        if "|" not in _words(command):
            command += " | filecheck %s"
        lines.append(Line(number, parse_command(command, path, scratch)))
    return lines


def _upstream(stage: Stage) -> Stage:
    tool = UPSTREAM.get(stage.words[0], stage.words[0])
    return Stage((tool, *stage.words[1:]), stage.fails, stage.merged, stage.reads)
