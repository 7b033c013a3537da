"""Adds all required dealloc operations for all allocations in the input program

    %0 = memref.alloc() : memref<4xf32>      ->   %0 = memref.alloc() : memref<4xf32>
    "test.use"(%0)                                "test.use"(%0)
    return                                        bufferization.dealloc (%0) if (%true)
                                                  return

Functions do not own their arguments, and hand over what they return.

Needs: no deallocations yet, no loops made of branches. Keeps: values.
"""

from __future__ import annotations

from stepwell.dialects.func.ops import FuncOp
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.deallocation.insertion import DeallocationInserter


@pass_("ownership-based-buffer-deallocation", on="any")
def ownership_based_buffer_deallocation(
    op: Operation, context: PassContext, *, private_function_dynamic_ownership: bool = False
) -> None:
    """Inserts `bufferization.dealloc` ops in all functions of `op`.

    Raises:
        VerifyError: a function frees buffers itself, or has loops made of branches.
    """
    functions = [f for f in walk(op) if isinstance(f, FuncOp) and not f.is_declaration]
    dynamic: frozenset[str] = frozenset()
    if private_function_dynamic_ownership:
        dynamic = frozenset(f.sym_name.value for f in functions if _is_private(f))
    for function in functions:
        DeallocationInserter(function, dynamic).run()


def _is_private(function: FuncOp) -> bool:
    return getattr(function.get_attribute("sym_visibility"), "value", "") == "private"
