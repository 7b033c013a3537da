"""One family of errors, and the diagnostics they carry.

A diagnostic is `file:line:col: severity: message`, with the source line, a caret under the place,
and notes. Everything a user can do wrong ends as a `StepwellError`; nothing else may reach them.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Severity(Enum):
    """How bad it is; the value is the word printed."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    REMARK = "remark"


class Source:
    """A text and its name; turns offsets into lines and columns, both from 1."""

    __slots__ = ("_line_starts", "name", "text")

    def __init__(self, text: str, name: str = "<input>") -> None:
        self.text = text
        self.name = name
        self._line_starts: list[int] | None = None

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """The line and column, from 1, of the character at `offset`."""
        if self._line_starts is None:
            self._line_starts = [0]
            find = self.text.find
            position = find("\n")
            while position >= 0:
                self._line_starts.append(position + 1)
                position = find("\n", position + 1)
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of line `number`, from 1, without its end."""
        self.line_and_column(0)
        starts = self._line_starts or [0]
        if not 1 <= number <= len(starts):
            return ""
        end = self.text.find("\n", starts[number - 1])
        return self.text[starts[number - 1] : len(self.text) if end < 0 else end].rstrip("\r")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a diagnostic points: a name with line and column, and the source if it is at hand."""

    file: str
    line: int
    column: int
    source: Source | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(slots=True)
class Diagnostic:
    """A message about a place, and the notes that explain it."""

    severity: Severity
    message: str
    place: Place | None = None
    notes: list[Diagnostic] = field(default_factory=list)

    def note(self, message: str, place: Place | None = None) -> Diagnostic:
        """Adds a note and returns this diagnostic."""
        self.notes.append(Diagnostic(Severity.NOTE, message, place))
        return self

    def render(self) -> str:
        """The text shown to a user: header, source line, caret, then the notes."""
        where = f"{self.place}: " if self.place else ""
        lines = [f"{where}{self.severity.value}: {self.message}"]
        if self.place is not None and self.place.source is not None:
            text = self.place.source.line(self.place.line)
            shown = text[:400]
            if self.place.column <= len(shown) + 1:
                pad = "".join("\t" if c == "\t" else " " for c in shown[: self.place.column - 1])
                lines += [shown, pad + "^"]
        lines += [note.render() for note in self.notes]
        return "\n".join(lines)


class StepwellError(Exception):
    """Base of every error a user can see. Carries one or more diagnostics.

    Args:
        diagnostics: what is wrong; a plain string becomes one error without a place.
    """

    def __init__(self, diagnostics: str | Diagnostic | Sequence[Diagnostic]) -> None:
        if isinstance(diagnostics, str):
            diagnostics = Diagnostic(Severity.ERROR, diagnostics)
        if isinstance(diagnostics, Diagnostic):
            diagnostics = [diagnostics]
        self.diagnostics = list(diagnostics)
        super().__init__("\n".join(d.render() for d in self.diagnostics))


class ParseError(StepwellError):
    """The text is not MLIR as this toolkit knows it."""


class VerifyError(StepwellError):
    """The program breaks a rule of an op, a type or the IR's structure."""


class PassError(StepwellError):
    """A pass could not do its work, or a pipeline is malformed."""


class InterpreterError(StepwellError):
    """The program did something undefined, or has no meaning to run."""


class BackendError(StepwellError):
    """The program cannot be turned into machine code."""


class DeviceError(StepwellError):
    """A device is missing, out of memory, or refused a request."""
