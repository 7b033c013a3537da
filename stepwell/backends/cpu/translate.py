"""From the llvm dialect to LLVM IR text, which llvmlite compiles.

Everything is refused that has no translation, or that would make LLVM abort the process: ops that
are not in `WRITERS`, and types that `type_text` does not take. The text is deterministic and has no
debug information; target triple and data layout are the caller's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from stepwell.backends.cpu.translate_function import CONSTANTS, FunctionText, refused
from stepwell.backends.cpu.translate_globals import global_text
from stepwell.backends.cpu.translate_ops import WRITERS
from stepwell.dialects.builtin.ops import ModuleOp
from stepwell.dialects.llvm.constants import GlobalOp
from stepwell.dialects.llvm.control import BrOp, CondBrOp, SwitchOp
from stepwell.dialects.llvm.function import LLVMFuncOp
from stepwell.ir.diagnostics import BackendError, Diagnostic
from stepwell.ir.operation import Operation

BRANCHES = (BrOp, CondBrOp, SwitchOp)
_METADATA = "\n!0 = !{i32 1}\n!1 = !{}\n"


def translate_to_llvm_ir(module: Operation) -> str:
    """The module, which holds nothing but the llvm dialect, as LLVM IR text.

    Raises:
        BackendError: an op or type in it cannot be compiled for a CPU; it says which, and where.
    """
    parts: list[str] = []
    for op in module.regions[0].entry.ops if module.regions[0].first is not None else ():
        match op:
            case GlobalOp():
                parts.append(_at(op, partial(global_text, op)))
            case LLVMFuncOp():
                _check_ops(op)
                parts.append(_at(op, partial(function_text, op)))
            case ModuleOp() if op.regions[0].first is None or op.regions[0].entry.first is None:
                continue
            case _:
                raise refused(op, "it is not of the llvm dialect; lower it first")
    text = "\n".join(parts)
    return text + _METADATA if "!nontemporal !0" in text or "!invariant.load !1" in text else text


def _check_ops(function: LLVMFuncOp) -> None:
    """Refuses ops without a translation before anything is written."""
    for block in function.body.blocks:
        for op in block.ops:
            if type(op) not in WRITERS and not isinstance(op, (*CONSTANTS, *BRANCHES)):
                why = "there is no translation" if op.name.startswith("llvm.") else (
                    "it is not of the llvm dialect; lower it first"
                )  # fmt: skip
                raise refused(op, why)


def function_text(function: LLVMFuncOp) -> str:
    """One function."""
    return FunctionText(function).text(WRITERS)


def _at(op: GlobalOp | LLVMFuncOp, make: Callable[[], str]) -> str:
    """`make()`; an error that has no place gets that of `op`."""
    try:
        return make()
    except BackendError as error:
        first = error.diagnostics[0]
        if first.place is not None:
            raise
        message = f"in @{op.sym_name.value}: {first.message}"
        raise BackendError(Diagnostic(first.severity, message, op.place)) from None
