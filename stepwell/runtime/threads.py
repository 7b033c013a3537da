"""The threads of parallel loops: numba's OpenMP pool, taken from its extension module.

Only the one shared object of numba is loaded, not numba. The number of threads is
STEPWELL_NUM_THREADS, or the number of CPUs this process may use. Without libgomp loops are serial;
and so they are in a forked child, where GNU OpenMP's threads do not exist.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from pathlib import Path
from types import ModuleType

from stepwell.backends.cpu import symbols
from stepwell.backends.cpu.support import parallel
from stepwell.ir.diagnostics import DeviceError

_MODULE = "numba.np.ufunc.omppool"
# What the program has asked for, which may be before anything is compiled.
_CHOSEN: list[int] = []


@cache
def register() -> None:
    """Makes `stepwell_parallel_for` known; the pool starts when a module asks for it."""
    symbols.define_lazily(("stepwell_parallel_for",), _start)


def default_thread_count() -> int:
    """STEPWELL_NUM_THREADS, or the number of CPUs this process may use.

    Raises:
        DeviceError: the variable is not a positive number.
    """
    wanted = os.environ.get("STEPWELL_NUM_THREADS", "")
    if not wanted:
        return (
            len(os.sched_getaffinity(0))
            if hasattr(os, "sched_getaffinity")
            else os.cpu_count() or 1
        )
    if not wanted.isdecimal() or not int(wanted):
        raise DeviceError(f"STEPWELL_NUM_THREADS must be a positive number, found {wanted!r}")
    return int(wanted)


def set_thread_count(count: int) -> None:
    """Uses `count` threads from now on; 1 means serial loops. DeviceError for less than 1."""
    if count < 1:
        raise DeviceError(f"the number of threads must be at least 1, found {count}")
    _CHOSEN[:] = [count]
    pool = _pool() if count > 1 else None
    parallel.set_pool(None if pool is None else _address(pool), count)


def thread_count() -> int:
    """How many threads a parallel loop uses."""
    register()
    symbols.resolve("stepwell_parallel_for")
    return parallel.threads()


def _start(_: str) -> int:
    set_thread_count(_CHOSEN[0] if _CHOSEN else default_thread_count())
    return parallel.parallel_for_address()


def _address(pool: ModuleType) -> int:
    return int(pool.parallel_for)


@cache
def _pool() -> ModuleType | None:
    """numba's pool, started; None where it or libgomp is missing."""
    path = _extension_path()
    if path is None:
        return None
    loader = ExtensionFileLoader(_MODULE, str(path))
    spec = importlib.util.spec_from_loader(_MODULE, loader)
    assert spec is not None
    try:
        pool = importlib.util.module_from_spec(spec)
        loader.exec_module(pool)
    except ImportError:
        return None
    ctypes.CFUNCTYPE(None, ctypes.c_int)(pool.launch_threads)(default_thread_count())
    os.register_at_fork(after_in_child=lambda: parallel.set_pool(None, 1))
    return pool


def _extension_path() -> Path | None:
    numba = importlib.util.find_spec("numba")
    if numba is None or not numba.submodule_search_locations:
        return None
    folder = Path(numba.submodule_search_locations[0], "np", "ufunc")
    names = (folder / f"omppool{suffix}" for suffix in EXTENSION_SUFFIXES)
    return next((path for path in names if path.exists()), None)
