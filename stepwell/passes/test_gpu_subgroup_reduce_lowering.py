"""Applies gpu.subgroup_reduce lowering patterns.

    %s = gpu.subgroup_reduce add %x : (f32) -> f32
    // -> %y, %v = gpu.shuffle xor %x, 1, 32;  %a = arith.addf %x, %y;  ... 2, 4, 8, 16

Needs: nothing. Keeps: meaning, in subgroups of 32 threads.
"""

from __future__ import annotations

from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.gpu_lowering.in_dialect import expand_subgroup_reductions


@pass_("test-gpu-subgroup-reduce-lowering", title="TestGpuSubgroupReduceLoweringPass")
def test_gpu_subgroup_reduce_lowering(
    op: Operation, context: PassContext, *, expand_to_shuffles: bool = False, target: str = ""
) -> None:
    """Options: expand-to-shuffles (nothing is done without it), target (accepted)."""
    if expand_to_shuffles:
        expand_subgroup_reductions(op)
