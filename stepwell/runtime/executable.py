"""Compiled modules: object code, loaded, with a Python callable for each function."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import stepwell.backends.cpu.support  # noqa: F401  (makes the support symbols known)
import stepwell.runtime.support_code  # noqa: F401  (keeps their code)
from stepwell.backends.cpu.compile import call_symbols, compile_to_object
from stepwell.backends.cpu.machine import AllowList
from stepwell.backends.cpu.objects import LoadedObject
from stepwell.backends.cpu.signature import FunctionSignature
from stepwell.ir.diagnostics import BackendError
from stepwell.runtime import threads
from stepwell.runtime.calls import make_callable
from stepwell.runtime.profiler import Profiler


class CompiledModule:
    """Machine code in memory and its functions.

    Each function keeps the code alive by itself; the module object may go.

    Args:
        object_code: from `compile_to_object` with the same signatures, perhaps of another process.
        signatures: the functions that can be called, in the order they were compiled with.
        portable: see `make_callable`.

    Raises:
        BackendError: the object code cannot be loaded.
    """

    __slots__ = ("_functions", "_signatures", "object_code", "__weakref__")

    def __init__(
        self,
        object_code: bytes,
        signatures: Sequence[FunctionSignature],
        *,
        portable: bool | None = None,
    ) -> None:
        threads.register()
        self.object_code = object_code
        loaded = LoadedObject(object_code, call_symbols(signatures))
        self._signatures = {signature.name: signature for signature in signatures}
        self._functions = {
            signature.name: make_callable(loaded, signature, index, portable=portable)
            for index, signature in enumerate(signatures)
        }

    @property
    def functions(self) -> Mapping[str, Callable[..., object]]:
        """The callables by name."""
        return MappingProxyType(self._functions)

    @property
    def signatures(self) -> Mapping[str, FunctionSignature]:
        """What each function takes and returns."""
        return MappingProxyType(self._signatures)

    def __getitem__(self, name: str) -> Callable[..., object]:
        try:
            found = self._functions[name]
            return found if Profiler.active is None else Profiler.active.timed(found, name)
        except KeyError:
            known = ", ".join(self._functions) or "none"
            raise BackendError(f"the module has no function {name!r}; it has: {known}") from None

    def __contains__(self, name: object) -> bool:
        return name in self._functions

    def __repr__(self) -> str:
        return f"<CompiledModule of {', '.join(map(str, self._signatures.values()))}>"


def compile_llvm_ir(
    llvm_ir: str,
    signatures: Sequence[FunctionSignature],
    level: int = 3,
    allowed: AllowList | None = None,
    *,
    portable: bool | None = None,
) -> CompiledModule:
    """Compiles LLVM IR text and loads it.

    Args:
        llvm_ir: the text of one module.
        signatures: the functions that can be called, defined in `llvm_ir`.
        level: LLVM's optimisation level, 0 to 3.
        allowed: what LLVM may be given; see `AllowList`.
        portable: see `make_callable`.

    Raises:
        BackendError: LLVM refuses the text, or a symbol is missing.
    """
    object_code = compile_to_object(llvm_ir, signatures, level, allowed)
    return CompiledModule(object_code, signatures, portable=portable)
