"""Lower the operations from the linalg dialect into parallel loops

    linalg.fill ins(%c : f32) outs(%m : memref<4xf32>)
    // -> scf.parallel ... { memref.store %c, %m[%i] : memref<4xf32> }

Needs: linalg on memrefs. Keeps: values, memory.
"""

from __future__ import annotations

from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.linalg_to_loops.loop_kinds import ParallelLoops
from stepwell.passes.linalg_to_loops.lowering import lower_all


@pass_("convert-linalg-to-parallel-loops", title="ConvertLinalgToParallelLoopsPass")
def convert_linalg_to_parallel_loops(
    op: Operation, context: PassContext, *, results_first: bool = False
) -> None:
    """Lowers every structured op on memrefs inside `op` to `scf.parallel`.

    Option results-first: whether open extents are the sizes of what is written, if possible, and
    not of what is read. Those of buffers that are allocated are known.
    """
    lower_all(op, ParallelLoops(), results_first)
