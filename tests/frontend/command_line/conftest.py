"""Running the tools in this process, on files in a folder of their own."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from stepwell.ir.pass_manager import registry

PASSES = '''
"""Passes to test with."""

from stepwell.ir.attributes import StringAttr
from stepwell.ir.pass_manager.registry import pass_


@pass_("rename", on="func.func", title="Renamer")
def rename(op, context, *, to: str = "g") -> None:
    """Renames functions."""
    op.set_attribute("sym_name", StringAttr(to))
    context.statistic("num-renamed", "Number of functions renamed")


@pass_("rest")
def rest(op, context) -> None:
    """Does nothing."""


@pass_("refuse", on="func.func")
def refuse(op, context) -> None:
    """Fails."""
    raise op.error("is refused")


@pass_("crash")
def crash(op, context) -> None:
    """Is broken."""
    [][1]
'''

Main = Callable[[list[str]], int]


@dataclass(frozen=True)
class Done:
    """How a tool ended."""

    status: int
    out: str
    err: str


class Folder:
    """A folder with files, and a way to run tools in it."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: object) -> None:
        self.path = path
        self.monkeypatch = monkeypatch
        self.capsys = capsys
        self.write("passes.py", PASSES)

    def write(self, name: str, text: str) -> str:
        (self.path / name).write_text(text, encoding="utf-8")
        return name

    def read(self, name: str) -> str:
        return (self.path / name).read_text(encoding="utf-8")

    def run(self, main: Main, *argv: str, stdin: str = "") -> Done:
        capsys = self.capsys
        assert isinstance(capsys, pytest.CaptureFixture)
        capsys.readouterr()
        stream = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
        self.monkeypatch.setattr(sys, "stdin", stream)
        status = main(list(argv))
        captured = capsys.readouterr()
        return Done(status, captured.out, captured.err)


@pytest.fixture
def folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Folder]:
    monkeypatch.chdir(tmp_path)
    for name in ("STEPWELL_LOG", "STEPWELL_TARGET", "STEPWELL_DUMP_DIR"):
        monkeypatch.delenv(name, raising=False)
    yield Folder(tmp_path, monkeypatch, capsys)
    for name, known in list(registry._known.items()):
        if not known.function.__module__.startswith("stepwell."):
            del registry._known[name]
