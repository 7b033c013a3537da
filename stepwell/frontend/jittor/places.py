"""Places in the user's program."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass

from stepwell.frontend.jittor.node import Node

# `with` statements go through contextlib.
_PASSED_OVER = (os.path.dirname(os.path.abspath(__file__)) + os.sep, contextlib.__file__)
_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the user's program, and the function that it is in."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} in {self.function}"


Stack = tuple[Place, ...]
"""Places from the innermost outwards."""


def user_stack() -> Stack:
    """The places outside of the library that led here."""
    found: list[Place] = []
    frame = sys._getframe(1)
    while len(found) < _DEPTH:
        code = frame.f_code
        if not code.co_filename.startswith(_PASSED_OVER):
            found.append(Place(code.co_filename, frame.f_lineno, code.co_name))
        if frame.f_back is None:
            break
        frame = frame.f_back
    return tuple(found)


def origin_of(node: Node) -> Stack:
    """Where the Var of `node` was made, if that was noted."""
    found: Stack = getattr(node, "origin", ())
    return found
