"""Replace all empty ops by alloc_tensor ops.

    %0 = tensor.empty() : tensor<4xf32>   ->   %0 = bufferization.alloc_tensor() : tensor<4xf32>

Needs: nothing. Keeps: values.
"""

from __future__ import annotations

from stepwell.dialects.bufferization.ops import AllocTensorOp
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.fields import OPERAND_SEGMENTS
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter


@pass_("empty-tensor-to-alloc-tensor", on="any")
def empty_tensor_to_alloc_tensor(op: Operation, context: PassContext) -> None:
    """Replaces every `tensor.empty` inside `op`."""
    rewriter = Rewriter()
    for found in [inner for inner in walk(op) if inner.name == "tensor.empty"]:
        rewriter.start_at(found)
        sizes = found.operands
        segments = {OPERAND_SEGMENTS: DenseArrayAttr.i32([len(sizes), 0, 0])}
        made = AllocTensorOp.create(sizes, found.result_types, dict(segments))
        rewriter.replace(found, rewriter.insert(made))
