"""Lower the operations from the linalg dialect into loops

    linalg.fill ins(%c : f32) outs(%m : memref<4xf32>)
    // -> scf.for ... { memref.store %c, %m[%i] : memref<4xf32> }

Needs: linalg on memrefs. Keeps: values, memory.
"""

from __future__ import annotations

from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.linalg_to_loops.loop_kinds import SequentialLoops
from stepwell.passes.linalg_to_loops.lowering import lower_all


@pass_("convert-linalg-to-loops", title="ConvertLinalgToLoopsPass")
def convert_linalg_to_loops(op: Operation, context: PassContext) -> None:
    """Lowers every structured op on memrefs inside `op` to `scf.for`."""
    lower_all(op, SequentialLoops())
