"""Names that compiled code may use but does not define: what they are, and where.

A symbol is an address, or a function that makes the address when the first module asks for it; so the
runtime support is compiled, and threads are started, only when something needs them. A name that is not
here is looked up in the process (the C library, Python's C API).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import RLock

import llvmlite.binding as llvm

_lock = RLock()
_makers: dict[str, Callable[[], int]] = {}
_addresses: dict[str, int] = {}


def define(name: str, address: int) -> None:
    """Makes `name` mean `address` for all modules loaded from now on."""
    with _lock:
        _addresses[name] = address
        llvm.add_symbol(name, address)


def define_lazily(names: Iterable[str], make: Callable[[str], int]) -> None:
    """Makes each name mean `make(name)`, called when the first module asks for it."""
    for name in names:
        _makers[name] = lambda name=name: make(name)  # type: ignore[misc]


def resolve(name: str) -> int | None:
    """The address of `name`, or None when nothing in this process has that name."""
    with _lock:
        if name in _addresses:
            return _addresses[name]
        maker = _makers.get(name)
        if maker is not None:
            define(name, maker())
            return _addresses[name]
    found: int | None = llvm.address_of_symbol(name)
    return found
