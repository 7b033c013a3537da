"""From LLVM IR text and signatures to object code that also holds entries and wrappers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from stepwell.backends.cpu import guard
from stepwell.backends.cpu.entry import entry_name, entry_text
from stepwell.backends.cpu.lowered import declaration
from stepwell.backends.cpu.machine import AllowList, optimise, to_object
from stepwell.backends.cpu.objects import join_objects
from stepwell.backends.cpu.signature import FunctionSignature
from stepwell.backends.cpu.wrapper import (
    DECLARATIONS,
    INDEX_READER,
    has_wrapper,
    number_declarations,
    wrapper_name,
    wrapper_text,
)

# A function that LLVM finds to be undefined from its start has no instructions at all: it gets this
# trap for a body, and LLVM's linker, which fails on an empty section, some code.
_TRAP = """
declare void @llvm.trap()
define weak hidden void @stepwell.trap() noinline {
  call void @llvm.trap()
  unreachable
}
"""


def compile_to_object(
    llvm_ir: str,
    signatures: Sequence[FunctionSignature],
    level: int = 3,
    allowed: AllowList | None = None,
    drivers: str = "",
) -> bytes:
    """Object code for `llvm_ir` and for the entries and wrappers of its functions.

    The wrappers are a module of their own, compiled without optimisation, once for all modules with
    functions of the same types: that takes a quarter of the time, and they run as fast as Python's
    C API lets them.

    Args:
        llvm_ir: the text of one module.
        signatures: the functions that are to be callable from Python, which the modules define.
        level: LLVM's optimisation level for `llvm_ir`, 0 to 3.
        allowed: what LLVM may be given.
        drivers: the text of another module, which is compiled without optimisation.

    Raises:
        BackendError: LLVM refuses the module.
    """
    codes = [to_object(optimise(_with_trap(llvm_ir), level, allowed), level)]
    if drivers:
        codes.append(to_object(optimise(drivers, 0, allowed), 0))
    if signatures:
        guarded = guard.allocates(llvm_ir) or guard.allocates(drivers)
        codes.append(_call_code(tuple(signatures), guarded))
    return codes[0] if len(codes) == 1 else join_objects(codes)


@lru_cache(256)
def _call_code(signatures: tuple[FunctionSignature, ...], guarded: bool) -> bytes:
    """The object code of `call_module`, which many modules have alike: the same few types."""
    return to_object(optimise(call_module(signatures, guarded), 0), 0)


def call_module(signatures: Sequence[FunctionSignature], guarded: bool = True) -> str:
    """The LLVM IR of the portable entries and, where possible, the fast wrappers.

    Args:
        signatures: the functions. guarded: whether they may run out of memory.
    """
    fast = [signature for signature in signatures if has_wrapper(signature)]
    parts = [DECLARATIONS, number_declarations(fast), INDEX_READER] if fast else []
    if guarded:
        parts.append(guard.DECLARATIONS)
    for index, signature in enumerate(signatures):
        parts += [declaration(signature), entry_text(signature, index, guarded)]
        if has_wrapper(signature):
            parts.append(wrapper_text(signature, index, guarded))
    return "\n".join(parts)


def call_symbols(signatures: Sequence[FunctionSignature]) -> list[str]:
    """The symbols that `call_module` defines."""
    names = []
    for index, signature in enumerate(signatures):
        names.append(entry_name(index))
        if has_wrapper(signature):
            names.append(wrapper_name(index))
    return names


def _with_trap(llvm_ir: str) -> str:
    trap = _TRAP
    if "@llvm.trap()" in llvm_ir:
        trap = trap.replace("declare void @llvm.trap()\n", "")
    return llvm_ir + trap
