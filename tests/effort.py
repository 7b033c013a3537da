"""How much work an action is, counted so that the machine's load has no part in it."""

from __future__ import annotations

import cProfile
import gc
from collections.abc import Callable


def calls_made(action: Callable[[], object]) -> int:
    """The number of calls, of Python's and of built-in functions, that `action` makes.

    A test that asserts growth on this number gives the same answer on every machine. What it cannot
    see, long single calls, `benchmarks/growth.py` measures in seconds. No garbage is collected
    meanwhile: the finalizers of others' objects, and callbacks of libraries, are calls as well.
    """
    profile = cProfile.Profile()
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        profile.runcall(action)
    finally:
        if was_collecting:
            gc.enable()
    return sum(entry.callcount for entry in profile.getstats())
