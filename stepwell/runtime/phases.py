"""Where the time of compiling goes: seconds by phase, for the whole process.

with phase("codegen"):
    ...
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

Listener = Callable[[str, bool], None]

PHASES = ("build", "passes", "codegen", "load")
_seconds = dict.fromkeys(PHASES, 0.0)
_listeners: list[Listener] = []


@contextmanager
def phase(name: str) -> Iterator[None]:
    """Adds the time inside to the phase `name`, one of PHASES, and tells who listens."""
    for listener in _listeners:
        listener(name, False)
    start = time.perf_counter()
    try:
        yield
    finally:
        _seconds[name] += time.perf_counter() - start
        for listener in _listeners:
            listener(name, True)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Calls `listener(name, ended)` at both ends of every phase inside."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def phase_seconds() -> Mapping[str, float]:
    """The seconds of each phase so far."""
    return MappingProxyType(dict(_seconds))
