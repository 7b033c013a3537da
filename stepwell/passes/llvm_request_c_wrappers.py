"""Request C wrapper emission for all functions

Gives every function the attribute `llvm.emit_c_interface`, for which convert-func-to-llvm makes
wrappers that take memrefs as pointers to their descriptors.
Needs: nothing.  Keeps: everything else.
"""

from __future__ import annotations

from stepwell.ir.attributes import UNIT
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_


@pass_("llvm-request-c-wrappers", on="func.func", title="LLVMRequestCWrappersPass")
def llvm_request_c_wrappers(op: Operation, context: PassContext) -> None:
    """Marks one function."""
    op.attributes["llvm.emit_c_interface"] = UNIT
