"""What our verifier and upstream's say about a text, in one form."""

from __future__ import annotations

import re
import subprocess

from stepwell.ir.diagnostics import Diagnostic, StepwellError
from stepwell.ir.text.parse import parse_module
from stepwell.ir.verifier import verify

Line = tuple[str, str, str]
"""Place ("line:column"), severity, message."""

_UPSTREAM = re.compile(r"^<stdin>:(\d+:\d+): (error|note): (.*)$", re.MULTILINE)


def ours(text: str) -> list[Line]:
    """The diagnostics of parsing and verifying `text`, flat."""
    try:
        verify(parse_module(text, "<stdin>", allow_unregistered=True))
    except StepwellError as error:
        return [line for diagnostic in error.diagnostics for line in _lines(diagnostic)]
    return []


def _lines(diagnostic: Diagnostic, around: Diagnostic | None = None) -> list[Line]:
    place = diagnostic.place or (around.place if around else None)
    where = f"{place.line}:{place.column}" if place is not None else "?"
    own = (where, diagnostic.severity.value, diagnostic.message)
    return [own] + [line for note in diagnostic.notes for line in _lines(note, diagnostic)]


def upstream(tool: str, text: str) -> list[Line]:
    """The diagnostics that mlir-opt prints for `text`."""
    flags = ["--allow-unregistered-dialect", "--mlir-print-op-on-diagnostic=false"]
    done = subprocess.run([tool, *flags], input=text, capture_output=True, text=True, timeout=60)
    return [(place, severity, words) for place, severity, words in _UPSTREAM.findall(done.stderr)]
