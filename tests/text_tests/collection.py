"""Makes pytest items of the `.mlir` files that carry RUN lines."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.text_tests.directives import DirectiveError, Line, oracle_lines, run_lines
from tests.text_tests.execution import TextTestFailure, run_line

Reader = Callable[[str, Path, Path], list[Line]]


class TextItem(pytest.Item):
    """All commands of one kind in a file, run in order."""

    def __init__(self, *, reader: Reader, **given: object) -> None:
        super().__init__(**given)  # type: ignore[arg-type]  # pytest's own, untyped here
        self.reader = reader

    def runtest(self) -> None:
        """Runs each line; the first failure ends the item."""
        with tempfile.TemporaryDirectory() as folder:
            scratch = Path(folder) / self.path.stem
            for line in self.reader(self.path.read_text(encoding="utf-8"), self.path, scratch):
                run_line(line, {})

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None
    ) -> str:
        """A failed command as its report, all else with its traceback."""
        if isinstance(excinfo.value, TextTestFailure | DirectiveError):
            return f"{self.path}: {excinfo.value}"
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where pytest says the item is."""
        return self.path, 0, f"{self.path.name} [{self.name}]"


class TextFile(pytest.File):
    """A file with RUN lines, perhaps with ORACLE lines too."""

    def collect(self) -> Iterator[TextItem]:
        """One item for ours, one for the oracle's commands."""
        yield TextItem.from_parent(self, name="run", reader=run_lines)
        if "// ORACLE:" in self.path.read_text(encoding="utf-8"):
            yield TextItem.from_parent(self, name="oracle", reader=oracle_lines)


def collect_text(file_path: Path, parent: pytest.Collector) -> TextFile | None:
    """The file as a collector, if it is a text test."""
    if file_path.suffix != ".mlir" or b"// RUN:" not in file_path.read_bytes():
        return None
    return TextFile.from_parent(parent, path=file_path)
