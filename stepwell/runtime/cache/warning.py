"""One warning a process: a cache that fails costs time only; that is said once, not per kernel."""

from __future__ import annotations

import logging
import threading

_LOG = logging.getLogger("stepwell.cache")

# Taken by the first warning and never released; nobody ever waits for it, so a fork is harmless.
_first_warning = threading.Lock()


def warn_once(message: str) -> None:
    """Logs `message` as a warning of `stepwell.cache` if nothing was logged there before.

    Logging and not the warnings module, which can be told to raise: a full disk must not stop a
    program that runs with warnings as errors.
    """
    if _first_warning.acquire(blocking=False):
        _LOG.warning("%s (compiling goes on; no more warnings about the cache)", message)
