"""Convert GPU dialect to LLVM dialect with GPU runtime calls

    gpu.launch_func @m::@k blocks in (%x, ...) threads in (...) args(%a : memref<4xf32>)
    // -> gpu.launch_func @m::@k blocks in (%x, ...) threads in (...) : i64
    //      args(%a0 : !llvm.ptr, %a1 : !llvm.ptr, %a2 : i64, ...)

    %m, %t = gpu.alloc async [%s] (%n) : memref<?xf32>
    // -> %p = llvm.call @mgpuMemAlloc(%bytes, %s, %0) : (i64, !llvm.ptr, i8) -> !llvm.ptr

Lowers the host's code to the llvm dialect, and its work with a GPU to calls of a runtime; tokens
become streams. Launches stay, on values of that dialect, until the program is translated.
Needs: no structured control flow (convert-scf-to-cf). Keeps: meaning.
"""

from __future__ import annotations

from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.gpu_lowering.host_ops import HOST, HostOptions
from stepwell.passes.gpu_lowering.runtime_calls import RUNTIME, HostTypes
from stepwell.passes.lowering.sets import BY_DIALECT
from stepwell.passes.lowering.to_llvm import llvm_target, lower


@pass_("gpu-to-llvm", on="builtin.module", title="GpuToLLVMConversionPass")
def gpu_to_llvm(
    op: Operation,
    context: PassContext,
    *,
    use_bare_pointers_for_host: bool = False,
    use_bare_pointers_for_kernels: bool = False,
) -> None:
    """Options: use-bare-pointers-for-host, use-bare-pointers-for-kernels (static memrefs only).

    Raises:
        PassError: an op of the host cannot be lowered.
    """
    options: HostOptions = {"bare-kernels": use_bare_pointers_for_kernels}
    sets = [HOST, RUNTIME] + [one for name in BY_DIALECT for one in BY_DIALECT[name]]
    target = llvm_target()
    target.add_legal_op("gpu.module", "gpu.binary")
    target.add_dynamically_legal_dialect("gpu", legal=_may_stay)
    lower(op, sets, HostTypes(64, use_bare_pointers_for_host), options, target)


def _may_stay(op: Operation) -> bool | None:
    """Whether an op of the gpu dialect is legal: launches and what is in kernels can stay."""
    on_host = not any(around.name == "gpu.module" for around in op.ancestors())
    return False if on_host and op.name != "gpu.launch_func" else None
