"""Lowers `bufferization.dealloc` operations to `memref.dealloc` operations

    bufferization.dealloc (%m) if (%c)   ->   scf.if %c {
                                                memref.dealloc %m
                                              }

Needs: nothing. Keeps: values, memory.
"""

from __future__ import annotations

from stepwell.dialects.bufferization.ops import DeallocOp
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.deallocation.lowering import DeallocLowering


@pass_("bufferization-lower-deallocations", on="any")
def bufferization_lower_deallocations(op: Operation, context: PassContext) -> None:
    """Lowers every `bufferization.dealloc` inside `op`.

    Raises:
        PassError: one frees several buffers, and there is no module to put a function in.
    """
    lowering = DeallocLowering(op)
    for found in [inner for inner in walk(op) if isinstance(inner, DeallocOp)]:
        lowering.lower(found)
