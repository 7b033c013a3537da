"""What `import stepwell` offers."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import stepwell as sw

ROOT = Path(__file__).parents[3]


def test_a_program_goes_through() -> None:
    module = sw.parse("func.func @f() { return }", filename="f.mlir")
    sw.verify(module)
    sw.run_passes(module, "builtin.module()")
    assert str(module) == sw.print_module(module)
    assert "func.func @f()" in str(module)


def test_errors_are_one_family() -> None:
    with pytest.raises(sw.StepwellError, match="f.mlir:1:1: error: "):
        sw.parse("nonsense", filename="f.mlir")
    with pytest.raises(sw.StepwellError, match="no pass 'nonsense'"):
        sw.run_passes(sw.parse(""), "nonsense")


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = sw.nonsense


def test_the_version_is_the_packages() -> None:
    with open(ROOT / "pyproject.toml", "rb") as file:
        assert tomllib.load(file)["project"]["version"] == sw.__version__


def test_importing_loads_nothing() -> None:
    code = (
        "import sys, stepwell\n"
        "mine = [m for m in sys.modules if m.startswith('stepwell')]\n"
        "assert mine == ['stepwell'], mine\n"
        "module = stepwell.parse('func.func @f() { return }')\n"
        "assert '@f' in str(module)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
