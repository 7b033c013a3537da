"""Names that compiled code may use but does not define: what they are, and where.

A symbol is an address, or a function that makes the address when the first module asks for it; so
the runtime support is compiled, and threads are started, only when something needs them. A name
that is not here is looked up in the process (the C library, Python's C API).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable
from functools import cache, partial
from threading import RLock

# One lock for all that is made on first use: what is made may itself want other symbols.
lock = RLock()
_makers: dict[str, Callable[[], int]] = {}
_addresses: dict[str, int] = {}


def define(name: str, address: int) -> None:
    """Makes `name` mean `address` for all modules loaded from now on."""
    with lock:
        _addresses[name] = address


def define_lazily(names: Iterable[str], make: Callable[[str], int]) -> None:
    """Makes each name mean `make(name)`, called when the first module asks for it."""
    for name in names:
        _makers[name] = partial(make, name)


def resolve(name: str) -> int | None:
    """The address of `name`, or None when nothing in this process has that name."""
    with lock:
        if name in _addresses:
            return _addresses[name]
        maker = _makers.get(name)
        if maker is not None:
            define(name, maker())
            return _addresses[name]
    try:
        return in_process(name)
    except KeyError:
        return None


def in_process(name: str) -> int:
    """The address that the process itself gives to `name`; raises KeyError for an unknown name."""
    try:
        address = ctypes.cast(getattr(_process(), name), ctypes.c_void_p).value
    except AttributeError:
        raise KeyError(name) from None
    assert address is not None
    return address


@cache
def _process() -> ctypes.CDLL:
    return ctypes.CDLL(None)
