"""From modules with kernels to PTX."""

from __future__ import annotations

from stepwell.backends.ptx.machine import compile_to_ptx
from stepwell.backends.ptx.translate import translate_to_nvptx_ir
from stepwell.dialects.gpu.function import GPUModuleOp
from stepwell.dialects.nvvm.attributes import NVVMTargetAttr
from stepwell.ir.diagnostics import BackendError
from stepwell.ir.operation import Operation, walk

DEFAULT_TARGET = NVVMTargetAttr(3, chip="sm_90", features="+ptx80")


def target_of(module: GPUModuleOp) -> NVVMTargetAttr:
    """The first NVVM target of a module; `DEFAULT_TARGET` if it has none."""
    for target in module.targets.values if module.targets is not None else ():
        if isinstance(target, NVVMTargetAttr):
            return target
    return DEFAULT_TARGET


def module_to_ptx(module: GPUModuleOp, target: NVVMTargetAttr | None = None) -> str:
    """PTX of one gpu.module that is in the llvm and nvvm dialects.

    Raises:
        BackendError: something in it has no translation, or LLVM refuses it.
    """
    chosen = target or target_of(module)
    text = translate_to_nvptx_ir(module)
    return compile_to_ptx(text, chosen.chip, chosen.features, chosen.level)


def kernels_to_ptx(root: Operation, level: int | None = None) -> str:
    """PTX of all gpu.modules inside `root`, one after the other.

    Raises:
        BackendError: there is none, or one cannot be compiled.
    """
    parts = []
    for op in walk(root):
        if isinstance(op, GPUModuleOp):
            target = target_of(op)
            level_here = target.level if level is None else level
            text = translate_to_nvptx_ir(op)
            parts.append(compile_to_ptx(text, target.chip, target.features, level_here))
    if not parts:
        raise BackendError("there is no gpu.module to make PTX of; run gpu-kernel-outlining first")
    return "\n".join(parts)
