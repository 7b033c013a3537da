"""Holding Python's cyclic garbage collector off while a program grows.

The collector walks all objects whenever many were made since the last time. While ops are made by
the thousand and none becomes garbage, that is most of the time and finds nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_held_off() -> Iterator[None]:
    """No cyclic collection inside; what it would have found is found afterwards."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
