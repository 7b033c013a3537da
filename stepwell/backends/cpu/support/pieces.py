"""A piece of runtime support: LLVM IR text and the symbols it defines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stepwell.backends.cpu import symbols
from stepwell.backends.cpu.machine import optimise, to_object
from stepwell.backends.cpu.objects import LoadedObject

_LEVEL = 2

Store = Callable[[str, Callable[[], bytes]], bytes]
"""Gives the object code of LLVM IR text: what it has kept, or what the function makes."""


class _Keeping:
    """Where the code of all pieces is kept. By itself, nowhere: the runtime has a cache."""

    store: Store = staticmethod(lambda llvm_ir, make: make())


def keep_code(store: Store) -> None:
    """Has the code of pieces taken from `store` from now on."""
    _Keeping.store = staticmethod(store)


class Piece:
    """LLVM IR compiled on first use and kept for good.

    Args:
        llvm_ir: the text of one module.
        names: the functions it defines; those that compiled code sees under these names.
        hidden: more functions it defines, for `address` only.
    """

    def __init__(self, llvm_ir: str, names: Sequence[str], hidden: Sequence[str] = ()) -> None:
        self._llvm_ir = llvm_ir
        self._exports = (*names, *hidden)
        self._loaded: LoadedObject | None = None
        symbols.define_lazily(names, self.address)

    def address(self, name: str) -> int:
        """The address of the function `name`."""
        with symbols.lock:
            if self._loaded is None:
                code = _Keeping.store(self._llvm_ir, self._compiled)
                self._loaded = LoadedObject(code, self._exports)
        return self._loaded.address(name)

    def _compiled(self) -> bytes:
        return to_object(optimise(self._llvm_ir, _LEVEL), _LEVEL)
