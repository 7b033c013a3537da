"""Guarded calls: what a call does when there is no memory for what the function allocates.

The caller sets a mark in its own frame (C's setjmp) and tells the allocator; see
`stepwell.backends.cpu.support.allocator`, which frees what the call has allocated and jumps back to
the mark. Functions that allocate nothing are called without a guard.
"""

from __future__ import annotations

import re

from stepwell.backends.cpu.lowered import Lines
from stepwell.backends.cpu.support.allocation_guards import GUARD_JUMP, GUARD_SIZE

DECLARATIONS = """
declare void @stepwell_guard_enter(ptr)
declare void @stepwell_guard_leave(ptr)
declare i32 @_setjmp(ptr) returns_twice
"""
ALLOCATION = f"  %guard = alloca [{GUARD_SIZE} x i8], align 64\n"
EXHAUSTED = "exhausted"

_ALLOCATES = re.compile(r"@(?:malloc|calloc|aligned_alloc|stepwell_parallel_for)\b")


def allocates(llvm_ir: str) -> bool:
    """Whether the functions of a module ask for memory."""
    return _ALLOCATES.search(llvm_ir) is not None


def enter(lines: Lines) -> None:
    """Sets the mark; without memory the block EXHAUSTED is gone to, out of the guard."""
    ahead = lines.fresh("guarded")
    lines.emit("call void @stepwell_guard_enter(ptr %guard)")
    jump = lines.at("%guard", GUARD_JUMP)
    status = lines.value(f"call i32 @_setjmp(ptr {jump}) returns_twice")
    first = lines.value(f"icmp eq i32 {status}, 0")
    lines.emit(f"br i1 {first}, label %{ahead}, label %{EXHAUSTED}")
    lines.label(ahead)


def leave(lines: Lines) -> None:
    """Forgets the mark."""
    lines.emit("call void @stepwell_guard_leave(ptr %guard)")
