"""Input and output of the tools: files, the standard streams, and chunks of a file."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from stepwell.ir.diagnostics import StepwellError

DEFAULT_MARKER = "// -----"


@dataclass(frozen=True, slots=True)
class Input:
    """A text, and what messages call it."""

    text: str
    name: str


def read_input(files: list[str]) -> Input:
    """The one input file of a tool; `-` or none is the standard input.

    Raises:
        StepwellError: it cannot be read, or there are several.
    """
    if len(files) > 1:
        raise StepwellError(f"one input file at a time, please: {', '.join(files)}")
    path = files[0] if files else "-"
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        message = f"cannot open input file '{path}': {error.strerror or error}"
        raise StepwellError(message) from None
    try:
        return Input(data.decode("utf-8"), "<stdin>" if path == "-" else path)
    except UnicodeDecodeError as error:
        message = f"'{path}' is not UTF-8 text (byte {error.start})"
        raise StepwellError(message) from None


def write_output(path: str | None, content: str | bytes) -> None:
    """Writes the tool's result to a file; `-` or None is the standard output.

    Raises:
        StepwellError: it cannot be written.
    """
    data = content
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogateescape")
    if path is None or path == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        Path(path).write_bytes(data)
    except OSError as error:
        message = f"cannot write output file '{path}': {error.strerror or error}"
        raise StepwellError(message) from None


def split_chunks(text: str, marker: str = DEFAULT_MARKER) -> list[str]:
    """The parts of `text` between markers, each with empty lines before it, so that line numbers
    stay those of the file. A marker inside a string, or in a longer comment, does not count."""
    end = r"[ \t]*\r?(?:\n|\Z)" if marker == DEFAULT_MARKER else r""
    pattern = re.compile(rf'(?m)({re.escape(marker)}{end})|"(?:[^"\\\n]|\\.)*"|//[^\n]*')
    chunks, start, lines = [], 0, 0
    for found in pattern.finditer(text):
        if found.group(1) is not None:
            chunks.append("\n" * lines + text[start : found.start()])
            lines += text.count("\n", start, found.end())
            start = found.end()
    return [*chunks, "\n" * lines + text[start:]]
