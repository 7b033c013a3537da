"""Holding Python's cyclic garbage collector off while a program grows.

The collector walks all objects whenever many were made since the last time. While ops are made by
the thousand and none becomes garbage, that is most of the time and finds nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_COLLECT_AFTER = 200_000  # objects; Python's own choice is 700
_MANY = 100_000  # objects, too many to be walked twice
_process_is_ours = False


@contextmanager
def collector_held_off(lasting: bool = False) -> Iterator[None]:
    """No cyclic collection inside; what it would have found is found afterwards.

    Args:
        lasting: whether what is made is the program itself, and not a step on the way.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            _settle(lasting)
            gc.enable()


def _settle(lasting: bool) -> None:
    """Files what was made with the old objects, which the collector seldom looks at."""
    if gc.get_count()[0] < _MANY:
        return
    if lasting and _process_is_ours:
        gc.freeze()  # for good, without a look
    else:
        gc.collect(1)


@contextmanager
def process_is_ours() -> Iterator[None]:
    """For the main function of a tool: most of what the process makes lives until its end.

    So the collector may look less often, never at the program, and need not look once more on the
    way out.
    """
    global _process_is_ours
    gc.set_threshold(_COLLECT_AFTER)
    _process_is_ours = True
    try:
        yield
    finally:
        gc.disable()
