"""From modules with kernels to PTX."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.backends.ptx.machine import Unit, compile_to_ptx
from stepwell.backends.ptx.translate import translate_to_nvptx_ir
from stepwell.dialects.gpu.function import GPUModuleOp
from stepwell.dialects.nvvm.attributes import NVVMTargetAttr
from stepwell.ir.attribute import Attribute
from stepwell.ir.diagnostics import BackendError
from stepwell.ir.operation import Operation, walk

DEFAULT_TARGET = NVVMTargetAttr(3, chip="sm_90", features="+ptx80")


def target_of(module: GPUModuleOp) -> NVVMTargetAttr:
    """The first NVVM target of a module; `DEFAULT_TARGET` if it has none."""
    for target in module.targets.values if module.targets is not None else ():
        if isinstance(target, NVVMTargetAttr):
            return target
    return DEFAULT_TARGET


def compile_module(
    module: Operation, target: Attribute, libraries: Sequence[str] = (), toolkit: str = ""
) -> str:
    """PTX of one gpu.module that is in the llvm and nvvm dialects: see `stepwell.ir.backends`.

    Raises:
        BackendError: something in it has no translation, or LLVM refuses it.
    """
    assert isinstance(module, GPUModuleOp) and isinstance(target, NVVMTargetAttr)
    return _to_ptx([module], target, None, libraries, toolkit)


def kernels_to_ptx(root: Operation, level: int | None = None) -> str:
    """PTX of all gpu.modules inside `root`, as one.

    A kernel whose name is taken in an earlier module gets the name of its module.

    Args:
        root: the program.
        level: LLVM's optimisation level, in place of the targets'.

    Raises:
        BackendError: there is none, one cannot be compiled, or they have several targets.
    """
    modules = [op for op in walk(root) if isinstance(op, GPUModuleOp)]
    if not modules:
        raise BackendError(
            "there is no gpu.module to make PTX of: the program has no parallel loops, or they "
            "were not turned into kernels (gpu-kernel-outlining)"
        )
    targets = dict.fromkeys(target_of(module) for module in modules)
    if len(targets) > 1:
        raise BackendError(
            "the gpu.modules have several targets; use gpu-module-to-binary, which compiles each"
        )
    return _to_ptx(modules, next(iter(targets)), level)


def _to_ptx(
    modules: Sequence[GPUModuleOp],
    target: NVVMTargetAttr,
    level: int | None,
    libraries: Sequence[str] = (),
    toolkit: str = "",
) -> str:
    units = [Unit(module.sym_name.value, translate_to_nvptx_ir(module)) for module in modules]
    return compile_to_ptx(
        units,
        target.chip,
        target.features,
        target.level if level is None else level,
        [*target.libraries, *libraries],
        toolkit,
    )
