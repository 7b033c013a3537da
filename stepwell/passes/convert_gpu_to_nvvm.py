"""Generate NVVM operations for gpu operations

    gpu.func @k(%x: i32) kernel { %i = gpu.thread_id x }
    // -> llvm.func @k(%x: i32) attributes {gpu.kernel, nvvm.kernel} {
    //      %i = llvm.sext (nvvm.read.ptx.sreg.tid.x) }

Needs: no structured control flow (convert-scf-to-cf). Keeps: meaning.
"""

from __future__ import annotations

from stepwell.ir.operation import Operation, walk_post_order
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.traits import ConstantLike, Pure
from stepwell.passes.gpu_lowering.block_memory import BLOCK_MEMORY
from stepwell.passes.gpu_lowering.in_dialect import (
    expand_collectives,
    expand_subgroup_reductions,
)
from stepwell.passes.gpu_lowering.libdevice import LIBDEVICE
from stepwell.passes.gpu_lowering.nvvm_ops import NVVM, nvvm_address_space
from stepwell.passes.lowering.llvm_types import LLVMTypes
from stepwell.passes.lowering.sets import BY_DIALECT
from stepwell.passes.lowering.to_llvm import llvm_target, lower


@pass_("convert-gpu-to-nvvm", on="gpu.module", title="ConvertGpuOpsToNVVMOps")
def convert_gpu_to_nvvm(
    op: Operation,
    context: PassContext,
    *,
    index_bitwidth: int = 0,
    has_redux: bool = False,
    use_bare_ptr_memref_call_conv: bool = False,
    allowed_dialects: list[str] | None = None,
    allow_pattern_rollback: bool = True,
) -> None:
    """Lowers the functions of a gpu.module, and all in them but scf.

    Options: index-bitwidth, has-redux, use-bare-ptr-memref-call-conv, allowed-dialects (lower only
    these). allow-pattern-rollback, which is about how upstream works, is accepted.

    Raises:
        PassError: an op of the gpu dialect cannot be lowered.
    """
    expand_subgroup_reductions(op, has_redux)
    expand_collectives(op)
    _erase_unused(op)
    names = [name for name in BY_DIALECT if not allowed_dialects or name in allowed_dialects]
    sets = [NVVM, BLOCK_MEMORY, LIBDEVICE] + [one for name in names for one in BY_DIALECT[name]]
    converter = LLVMTypes(index_bitwidth or 64, use_bare_ptr_memref_call_conv, nvvm_address_space)
    target = llvm_target()
    target.add_illegal_dialect("gpu")
    lower(op, sets, converter, {"has-redux": has_redux}, target)


def _erase_unused(root: Operation) -> None:
    """Erases coordinates and constants that nobody needs, so that no register is read for them."""
    for op in reversed(list(walk_post_order(root))):
        is_fact = op.name.startswith("gpu.") and Pure in op.traits and not op.may_be_terminator
        if (is_fact or ConstantLike in op.traits) and op.results:
            if not any(result.has_uses for result in op.results):
                op.erase()
