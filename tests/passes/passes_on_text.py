"""Runs a pass of ours, or upstream's, on a text, and brings results into one form.

A case is a pair of files: `NAME.mlir`, which begins with `// PASSES: ` and mlir-opt's flags, and
`NAME.out.mlir`, what upstream makes of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.pipeline import parse_pipeline
from stepwell.ir.pass_manager.running import PassManager
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from stepwell.ir.verifier import verify
from tests.oracle.tools import call, find_tool

_MARK = "// PASSES: "


@dataclass(frozen=True, slots=True)
class Case:
    """A pair of files."""

    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def pipeline(self) -> str:
        """The passes, as a textual pipeline without its anchor."""
        first = self.text.partition("\n")[0]
        assert first.startswith(_MARK), f"{self.path} must begin with {_MARK!r}"
        return first.removeprefix(_MARK).strip()

    @property
    def expected(self) -> Path:
        return self.path.with_suffix(".out.mlir")


def cases(folder: Path) -> list[Case]:
    """The cases in a folder."""
    found = sorted(path for path in folder.glob("*.mlir") if ".out." not in path.name)
    return [Case(path) for path in found]


def run_passes(text: str, pipeline: str, times: int = 1) -> Operation:
    """The module that a pipeline makes of `text`, verified before and after."""
    module = parse_module(text, allow_unregistered=True)
    verify(module)
    for _ in range(times):
        PassManager().run(parse_pipeline(f"builtin.module({pipeline})"), module)
    verify(module)
    return module


def plain(module: Operation) -> str:
    """The text of a module without the names that its source gave."""
    for op in walk(module):
        for result in op.results:
            result.name_hint = None
        for region in op.regions:
            for block in region:
                block.name_hint = None
                for argument in block.args:
                    argument.name_hint = None
    return print_to_text(module)


def check_ours(case: Case) -> None:
    """Our result must be the stored one."""
    expected = plain(parse_module(case.expected.read_text(), allow_unregistered=True))
    assert plain(run_passes(case.text, case.pipeline)) == expected


def check_upstream(case: Case) -> None:
    """The stored result must be upstream's."""
    tool = find_tool("mlir-opt")
    if tool is None:
        pytest.skip("mlir-opt-22 is not installed")
    assert upstream(tool, case) == case.expected.read_text()


def upstream(tool: str, case: Case) -> str:
    """What mlir-opt makes of a case."""
    flags = [f"--pass-pipeline=builtin.module({case.pipeline})", "--allow-unregistered-dialect"]
    return call([tool, *flags], case.text)
