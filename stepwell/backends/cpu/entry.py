"""The portable entry of a compiled function: arguments and results in arrays of 8-byte slots.

    i32 entry(ptr arguments, ptr results)

It returns 0, or 1 when there was no memory for what the function allocates.
A scalar is one slot, its bits at the low end; a ranked memref is the slots of its descriptor, 3 + 2
* rank; an unranked one is rank and pointer. It can be called through ctypes whatever the signature
is.
"""

from __future__ import annotations

from stepwell.backends.cpu import guard
from stepwell.backends.cpu.elements import ELEMENTS
from stepwell.backends.cpu.lowered import Lines, argument_types, call_kernel, result_type
from stepwell.backends.cpu.signature import Arg, FunctionSignature, ScalarArg


def entry_name(index: int) -> str:
    """The symbol of the entry of the module's function number `index`."""
    return f"stepwell.entry.{index}"


def slots(arg: Arg) -> int:
    """How many 8-byte slots `arg` takes, as an argument or as a result."""
    return len(argument_types(arg))


def entry_text(signature: FunctionSignature, index: int, guarded: bool = True) -> str:
    """The LLVM IR of the portable entry of function number `index`.

    Args:
        signature: the function's. index: its number. guarded: whether it may run out of memory.
    """
    lines = Lines()
    values: list[str] = []
    for arg in signature.args:
        for llvm_type in argument_types(arg):
            values.append(_load_slot(lines, llvm_type, 8 * len(values)))
    if guarded:
        guard.enter(lines)
    results = call_kernel(lines, signature, values)
    if guarded:
        guard.leave(lines)
    slot = 0
    for result, value in zip(signature.results, results, strict=True):
        _store(lines, result, value, 8 * slot)
        slot += slots(result)
    body = f"{guard.ALLOCATION if guarded else ''}{lines}\n  ret i32 0"
    if guarded:
        body += f"\n{guard.EXHAUSTED}:\n  ret i32 1"
    return f'define i32 @"{entry_name(index)}"(ptr %in, ptr %out) {{\n{body}\n}}\n'


def _load_slot(lines: Lines, llvm_type: str, offset: int) -> str:
    if llvm_type == "i1":
        return lines.value(f"trunc i8 {lines.load('i8', '%in', offset)} to i1")
    return lines.load(llvm_type, "%in", offset)


def _store(lines: Lines, result: Arg, value: str, offset: int) -> None:
    where = lines.at("%out", offset)
    if not isinstance(result, ScalarArg):
        lines.emit(f"store {result_type(result)} {value}, ptr {where}")
        return
    if ELEMENTS[result.kind].llvm == "i1":
        value = lines.value(f"zext i1 {value} to i8")
        lines.emit(f"store i8 {value}, ptr {where}")
        return
    lines.emit(f"store {ELEMENTS[result.kind].llvm} {value}, ptr {where}")
