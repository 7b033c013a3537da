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

from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.gpu_lowering.host_ops import HOST, HostOptions
from stepwell.passes.gpu_lowering.runtime_calls import RUNTIME, HostTypes
from stepwell.passes.lowering.driver import Lower
from stepwell.passes.lowering.sets import BY_DIALECT

_STAY = ("gpu.launch_func", "gpu.module", "gpu.binary")


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
        VerifyError: an op of the host cannot be lowered.
    """
    options: HostOptions = {"bare-kernels": use_bare_pointers_for_kernels}
    sets = [HOST, RUNTIME] + [one for name in BY_DIALECT for one in BY_DIALECT[name]]
    Lower(op, HostTypes(64, use_bare_pointers_for_host), sets, options).run()
    for left in walk(op):
        if left.name.startswith("gpu.") and left.name not in _STAY and _on_host(left):
            raise left.error(
                f"failed to legalize operation '{left.name}' that was explicitly marked illegal"
            )


def _on_host(op: Operation) -> bool:
    return not any(around.name == "gpu.module" for around in op.ancestors())
