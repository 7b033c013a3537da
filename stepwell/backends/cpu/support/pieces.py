"""A piece of runtime support: LLVM IR text and the symbols it defines."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.backends.cpu import symbols
from stepwell.backends.cpu.machine import optimise, to_object
from stepwell.backends.cpu.objects import LoadedObject

class Piece:
    """LLVM IR compiled on first use and kept for good.

    Args:
        llvm_ir: the text of one module.
        names: the functions it gives to compiled code.
        level: LLVM's optimisation level for it.
    """

    def __init__(self, llvm_ir: str, names: Sequence[str], level: int = 2) -> None:
        self._llvm_ir = llvm_ir
        self._level = level
        self._loaded: LoadedObject | None = None
        symbols.define_lazily(names, self.address)

    def address(self, name: str) -> int:
        """The address of the function `name`."""
        with symbols.lock:
            if self._loaded is None:
                module = optimise(self._llvm_ir, self._level)
                self._loaded = LoadedObject(to_object(module, self._level))
        return self._loaded.address(name)
