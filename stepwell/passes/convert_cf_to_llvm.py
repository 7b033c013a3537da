"""Convert ControlFlow operations to the LLVM dialect

Partial: what is not of the dialect stays, with casts in between that reconcile-unrealized-casts
removes.
Needs: nothing.  Keeps: meaning.
"""

from __future__ import annotations

from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.lowering.control_flow import CF
from stepwell.passes.lowering.llvm_types import LLVMTypes
from stepwell.passes.lowering.to_llvm import lower


@pass_("convert-cf-to-llvm", on="builtin.module", title="ConvertControlFlowToLLVMPass")
def convert_cf_to_llvm(op: Operation, context: PassContext, *, index_bitwidth: int = 0) -> None:
    """Options: index-bitwidth (0: the machine's 64)."""
    lower(op, [CF], LLVMTypes(index_bitwidth or 64))
