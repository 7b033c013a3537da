"""Applies all rewrite patterns within the GPU dialect.

    %s = gpu.all_reduce add %x uniform {} : (f32) -> f32
    // -> gpu.shuffle, memref.store to shared memory, gpu.barrier, ...

The same is done by convert-gpu-to-nvvm; this pass shows it, and what it makes can be interpreted.
Needs: no structured control flow around gpu.all_reduce (convert-scf-to-cf). Keeps: meaning.
"""

from __future__ import annotations

from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.gpu_lowering.in_dialect import expand_collectives


@pass_("test-gpu-rewrite", title="TestGpuRewritePass")
def test_gpu_rewrite(op: Operation, context: PassContext) -> None:
    """Expands uniform gpu.all_reduce, gpu.global_id, and gpu.shuffle of other than 32 bits."""
    expand_collectives(op)
