"""Convert mapped scf.parallel ops to gpu launch operations

    scf.parallel (%i) = (%lb) to (%ub) step (%s) { "a"(%i) } {mapping = [block_x]}
    // -> gpu.launch blocks(%bx, ...) in (%gx = (%ub - %lb) ceildiv %s, ...) threads(...) in (...) {
    //      "a"(%bx * %s + %lb) }

Needs: gpu-map-parallel-loops. Keeps: meaning. Loops that cannot be a kernel stay as they are.
"""

from __future__ import annotations

from stepwell.dialects.scf.parallel import ParallelOp
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.gpu_lowering.launch_building import build_launch
from stepwell.passes.gpu_map_parallel_loops import MAPPING


@pass_("convert-parallel-loops-to-gpu", title="ConvertParallelLoopToGpuPass")
def convert_parallel_loops_to_gpu(op: Operation, context: PassContext) -> None:
    """Replaces every outermost parallel loop that is mapped, if it can be a kernel."""
    for loop in list(walk(op)):
        if not isinstance(loop, ParallelOp) or MAPPING not in loop.attributes:
            continue
        if not any(isinstance(around, ParallelOp) for around in loop.ancestors()):
            build_launch(loop)
