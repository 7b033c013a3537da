"""The flags of `--check-semantics`."""

from __future__ import annotations

import math

from stepwell.frontend.command_line.flags import Arguments, UsageError
from stepwell.frontend.semantics.reference import Choice

_START = "check-semantics"


def semantics_choice(arguments: Arguments) -> Choice:
    """What the command line says about inputs and limits.

    Raises:
        UsageError: a number is malformed.
    """
    plain = Choice()
    return Choice(
        seed=_number(arguments, "seed", plain.seed),
        inputs=max(_number(arguments, "inputs", plain.inputs), 1),
        entry=arguments.last(f"{_START}-entry") or plain.entry,
        tolerance=_tolerance(arguments, plain.tolerance),
        max_steps=max(_number(arguments, "max-steps", plain.max_steps), 1),
    )


def _number(arguments: Arguments, name: str, default: int) -> int:
    given = arguments.number(f"{_START}-{name}")
    return default if given is None else given


def _tolerance(arguments: Arguments, default: float) -> float:
    text = arguments.last(f"{_START}-tolerance")
    if text is None:
        return default
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 <= found < math.inf:
        raise UsageError(f"--{_START}-tolerance needs a number such as 1e-6, not '{text}'")
    return found
