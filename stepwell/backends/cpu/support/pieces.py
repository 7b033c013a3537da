"""A piece of runtime support: LLVM IR text and the symbols it defines."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.backends.cpu import symbols
from stepwell.backends.cpu.machine import optimise, to_object
from stepwell.backends.cpu.objects import LoadedObject

_LEVEL = 2


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
                code = to_object(optimise(self._llvm_ir, _LEVEL), _LEVEL)
                self._loaded = LoadedObject(code, self._exports)
        return self._loaded.address(name)
