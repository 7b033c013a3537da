"""From LLVM IR text and signatures to object code that also holds entries and wrappers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stepwell.backends.cpu.entry import entry_text
from stepwell.backends.cpu.machine import AllowList, Module, optimise, to_object
from stepwell.backends.cpu.signature import FunctionSignature
from stepwell.backends.cpu.wrapper import (
    DECLARATIONS,
    has_wrapper,
    number_declarations,
    wrapper_text,
)

_DECLARED_NAME = re.compile(r'^(?:declare|define)\b[^@\n]*@"?([\w.$-]+)|^@"?([\w.$-]+)"? =', re.M)


def with_wrappers(llvm_ir: str, signatures: Sequence[FunctionSignature]) -> str:
    """`llvm_ir` with, for each signature, the portable entry and, where possible, the fast wrapper."""
    known = {a or b for a, b in _DECLARED_NAME.findall(llvm_ir)}
    parts = [llvm_ir]
    fast = [s for s in signatures if has_wrapper(s)]
    if fast:
        wanted = DECLARATIONS + number_declarations(fast)
        parts += [line for line in wanted.splitlines() if not _declares(line, known)]
    for index, signature in enumerate(signatures):
        parts.append(entry_text(signature, index))
        if has_wrapper(signature):
            parts.append(wrapper_text(signature, index))
    return "\n".join(parts)


def compile_to_module(
    llvm_ir: str,
    signatures: Sequence[FunctionSignature],
    level: int = 3,
    allowed: AllowList | None = None,
) -> Module:
    """Optimised LLVM for `llvm_ir`, its entries and wrappers; raises BackendError."""
    return optimise(with_wrappers(llvm_ir, signatures), level, allowed)


def compile_to_object(
    llvm_ir: str,
    signatures: Sequence[FunctionSignature],
    level: int = 3,
    allowed: AllowList | None = None,
) -> bytes:
    """Object code for `llvm_ir`, its entries and wrappers; raises BackendError."""
    return to_object(compile_to_module(llvm_ir, signatures, level, allowed), level)


def _declares(line: str, known: set[str]) -> bool:
    match = _DECLARED_NAME.match(line)
    return match is not None and (match[1] or match[2]) in known
