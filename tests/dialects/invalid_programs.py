"""Programs that must be refused, in one file: each begins with the message that is expected."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stepwell.ir.diagnostics import StepwellError
from stepwell.ir.text.parse import parse_module
from stepwell.ir.verifier import verify
from tests.dialects.against_upstream import upstream
from tests.oracle.tools import OracleError

_MARK = "// error: "


def programs(path: Path) -> list[tuple[str, str]]:
    """(message, program) of each part of the file."""
    found = []
    for part in path.read_text().split("// -----\n"):
        first, _, program = part.partition("\n")
        assert first.startswith(_MARK), part
        found.append((first.removeprefix(_MARK), program))
    return found


def check_refused(message: str, program: str) -> None:
    """We must refuse the program with the message."""
    with pytest.raises(StepwellError) as caught:
        verify(parse_module(program))
    assert _bare(caught.value.diagnostics[0].message) == message.rstrip(" ")


def check_upstream_refuses(message: str, program: str) -> None:
    """So must mlir-opt."""
    with pytest.raises(OracleError) as caught:
        upstream(program)
    errors = re.findall(r"error: (.*)", str(caught.value))
    assert message.rstrip(" ") in [_bare(error) for error in errors]


def _bare(message: str) -> str:
    return re.sub(r"^('[\w.]+' op|custom op '[\w.]+') ", "", message).rstrip(" ")
