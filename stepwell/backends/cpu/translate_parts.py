"""Aggregates that need not be made: their parts are used as they were before they were put in.

%s = insertvalue { ptr, i64 } poison, ptr %p, 0
%q = extractvalue { ptr, i64 } %s, 0              // %q is %p; nothing else uses %s
"""

from __future__ import annotations

from stepwell.dialects.llvm.aggregates import ExtractValueOp, InsertValueOp
from stepwell.dialects.llvm.function import LLVMFuncOp
from stepwell.ir.operation import Operation
from stepwell.ir.value import Value


def known_parts(function: LLVMFuncOp) -> dict[Value, Value]:
    """The results of `extractvalue` which are values that were inserted, each with that value."""
    parts: dict[Value, Value] = {}
    for block in function.body.blocks:
        for op in block.ops:
            if isinstance(op, ExtractValueOp):
                inserted = op.fold(())
                if inserted is not None:
                    parts[op.res] = inserted
    for part, inserted in parts.items():
        while inserted in parts:
            inserted = parts[inserted]
        parts[part] = inserted
    return parts


def needless(function: LLVMFuncOp, parts: dict[Value, Value]) -> set[Operation]:
    """The ops on aggregates that nothing needs if `parts` are used as they are."""
    found: set[Operation] = {part.owner for part in parts if isinstance(part.owner, Operation)}
    for block in reversed(list(function.body.blocks)):
        for op in reversed(list(block.ops)):
            if isinstance(op, InsertValueOp) and all(user in found for user in op.res.users):
                found.add(op)
    return found
