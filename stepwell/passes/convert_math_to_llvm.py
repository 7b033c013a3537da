"""Convert Math dialect to LLVM dialect

Partial: what is not of the dialect stays, with casts in between that reconcile-unrealized-casts
removes.
Needs: nothing.  Keeps: meaning.
"""

from __future__ import annotations

from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.lowering.math_ops import MATH
from stepwell.passes.lowering.to_llvm import lower


@pass_("convert-math-to-llvm", title="ConvertMathToLLVMPass")
def convert_math_to_llvm(
    op: Operation, context: PassContext, *, approximate_log1p: bool = True
) -> None:
    """Options: approximate-log1p: whether log1p may become log(1 + x)."""
    lower(op, [MATH], options={"approximate-log1p": approximate_log1p})
