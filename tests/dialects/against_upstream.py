"""Compares texts of ours with mlir-opt's."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepwell.ir.pass_manager.pipeline import parse_pipeline
from stepwell.ir.pass_manager.running import PassManager
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import PrintOptions, print_to_text
from stepwell.ir.verifier import verify
from tests.oracle.tools import call, find_tool

UPSTREAM_NAMES = PrintOptions(keep_names=False)
GENERIC = PrintOptions(generic=True)


def upstream(text: str, *flags: str) -> str:
    """What mlir-opt prints; skips the test where it is not installed."""
    tool = find_tool("mlir-opt")
    if tool is None:
        pytest.skip("mlir-opt-22 is not installed")
    return call([tool, *flags], text).strip()


def files(folder: Path) -> list[Path]:
    """The programs in a folder."""
    return sorted(folder.glob("*.mlir"))


def check_custom_syntax(text: str) -> None:
    """Our custom syntax must be mlir-opt's, and read back as the same."""
    module = parse_module(text)
    verify(module)
    printed = print_to_text(module, UPSTREAM_NAMES).strip()
    assert printed == upstream(text)
    assert print_to_text(parse_module(printed), UPSTREAM_NAMES).strip() == printed


def check_generic_syntax(text: str) -> None:
    """mlir-opt must read our generic form as the program it was, and we must read its."""
    custom = upstream(text)
    assert upstream(print_to_text(parse_module(text), GENERIC)) == custom
    module = parse_module(upstream(text, "--mlir-print-op-generic", "--mlir-print-local-scope"))
    verify(module)
    assert upstream(print_to_text(module)) == custom


def check_pass(text: str, name: str) -> None:
    """A pass must make of the program what mlir-opt's makes of it."""
    module = parse_module(text)
    PassManager().run(parse_pipeline(f"builtin.module({name})"), module)
    verify(module)
    assert print_to_text(module, UPSTREAM_NAMES).strip() == upstream(text, f"--{name}")
