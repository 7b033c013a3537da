"""Convert from the Func dialect to the LLVM dialect

Partial: what is not of the dialect stays, with casts in between that reconcile-unrealized-casts
removes.
Needs: nothing.  Keeps: meaning.
"""

from __future__ import annotations

from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.lowering.functions import FUNC
from stepwell.passes.lowering.llvm_types import LLVMTypes
from stepwell.passes.lowering.to_llvm import lower


@pass_("convert-func-to-llvm", on="builtin.module", title="ConvertFuncToLLVMPass")
def convert_func_to_llvm(
    op: Operation,
    context: PassContext,
    *,
    use_bare_ptr_memref_call_conv: bool = False,
    index_bitwidth: int = 0,
) -> None:
    """Options: use-bare-ptr-memref-call-conv (static memrefs as mere pointers), index-bitwidth."""
    lower(op, [FUNC], LLVMTypes(index_bitwidth or 64, use_bare_ptr_memref_call_conv))
