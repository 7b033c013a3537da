"""Stepwell: an MLIR-compatible compiler toolkit in which every level can be run.

>>> import stepwell as sw
>>> module = sw.parse("func.func @f() { return }")
>>> sw.run_passes(module, "builtin.module()")
>>> print(module)
module {
  func.func @f() {
    return
  }
}
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stepwell.ir.diagnostics import StepwellError as StepwellError
    from stepwell.ir.operation import Operation as Operation
    from stepwell.ir.text.parse import parse_module as parse
    from stepwell.ir.text.printer import print_to_text as print_module
    from stepwell.ir.verifier import verify as verify
    from stepwell.passes.pipelines import run_passes as run_passes
    from stepwell.runtime.compiled import compile as compile
    from stepwell.runtime.profiler import Profiler as Profiler

__version__ = "0.1.0"

_FACE = {
    "parse": ("stepwell.ir.text.parse", "parse_module"),
    "print_module": ("stepwell.ir.text.printer", "print_to_text"),
    "verify": ("stepwell.ir.verifier", "verify"),
    "run_passes": ("stepwell.passes.pipelines", "run_passes"),
    "compile": ("stepwell.runtime.compiled", "compile"),
    "Operation": ("stepwell.ir.operation", "Operation"),
    "Profiler": ("stepwell.runtime.profiler", "Profiler"),
    "StepwellError": ("stepwell.ir.diagnostics", "StepwellError"),
}
"""What is found here, and where it lives; it is imported when it is first asked for."""


def __getattr__(name: str) -> object:
    try:
        module, own_name = _FACE[name]
    except KeyError:
        raise AttributeError(f"module 'stepwell' has no attribute {name!r}") from None
    if name in ("parse", "Operation"):
        importlib.import_module("stepwell.ir.text.printer")  # so that str(op) works
    try:
        found: object = getattr(importlib.import_module(module), own_name)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise AttributeError(f"this version of stepwell has no {name!r}") from None
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*_FACE, "__version__"])


__all__ = [
    "Operation",
    "Profiler",
    "StepwellError",
    "compile",
    "parse",
    "print_module",
    "run_passes",
    "verify",
]
