"""Derivatives by the pass, and by differences, of functions written as text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import Operation
from stepwell.ir.text.parse import parse_module
from stepwell.ir.verifier import verify
from stepwell.passes.pipelines import run_passes

Floats = NDArray[np.float64]
STEP = 1e-6


def derived(text: str, options: str = "function=f", before: str = "") -> Operation:
    """The program with `@f_grad` added, verified, after the passes `before`."""
    module = parse_module(text)
    run_passes(module, f"builtin.module({before}differentiate{{{options}}})")
    verify(module)
    return module


def results(module: Operation, name: str, arguments: Sequence[object]) -> list[Floats]:
    """What a function gives, run by the interpreter."""
    copies = [np.array(one) if isinstance(one, np.ndarray) else one for one in arguments]
    found = Interpreter(module).call(name, *copies)
    return [np.asarray(one) for one in (found if isinstance(found, tuple | list) else [found])]


def differences(module: Operation, arguments: Sequence[object]) -> list[Floats]:
    """The derivatives of the sum of the first result of `@f` by each argument of floats."""
    found = []
    for number, given in enumerate(arguments):
        if not is_float(given):
            continue
        by_elements = np.zeros(np.asarray(given).shape)
        for place in np.ndindex(by_elements.shape):
            sides = [
                results(module, "f", _moved(arguments, number, place, step))[0].sum()
                for step in (STEP, -STEP)
            ]
            by_elements[place] = (sides[0] - sides[1]) / (2 * STEP)
        found.append(by_elements)
    return found


def is_float(one: object) -> bool:
    """Whether it is differentiated by."""
    return isinstance(one, float) or (isinstance(one, np.ndarray) and one.dtype.kind == "f")


def _moved(
    arguments: Sequence[object], number: int, place: tuple[int, ...], step: float
) -> list[object]:
    moved = list(arguments)
    changed = np.array(moved[number])
    changed[place] += step
    moved[number] = changed if changed.ndim else float(changed)
    return moved


def check(
    text: str, arguments: Sequence[object], tolerance: float = 1e-6, before: str = ""
) -> None:
    """Asserts that `@f_grad` agrees with differences of `@f`.

    Raises:
        AssertionError: it does not.
    """
    module = derived(text, before=before)
    found = results(module, "f_grad", arguments)
    for ours, wanted in zip(found, differences(module, arguments), strict=True):
        assert ours.shape == wanted.shape
        np.testing.assert_allclose(ours, wanted, tolerance, tolerance)
