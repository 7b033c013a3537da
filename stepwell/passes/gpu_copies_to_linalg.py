"""Copies with gaps as linalg ops, so that they become kernels

    memref.copy %a, %b : memref<4x4xf32, strided<[8, 1]>> to memref<4x4xf32>
    // -> linalg.copy ins(%a : ...) outs(%b : ...)

Copies of whole blocks of memory stay: a GPU's driver makes them faster than a kernel.
Needs: nothing. Keeps: values.
"""

from __future__ import annotations

from stepwell.dialects.linalg.named import CopyOp as LinalgCopyOp
from stepwell.dialects.memref.access import CopyOp
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import MemRefType
from stepwell.passes.lowering.memref_access import is_contiguous


@pass_("gpu-copies-to-linalg", on="builtin.module")
def gpu_copies_to_linalg(op: Operation, context: PassContext) -> None:
    """Replaces the copies of ranked memrefs that are not contiguous."""
    for copy in [inner for inner in walk(op) if isinstance(inner, CopyOp)]:
        sides = (copy.source.type, copy.target.type)
        if all(isinstance(type, MemRefType) for type in sides) and not all(
            is_contiguous(type) for type in sides
        ):
            rewriter = Rewriter()
            rewriter.start_at(copy)
            rewriter.insert(LinalgCopyOp.of([copy.source], [copy.target]))
            rewriter.erase(copy)
