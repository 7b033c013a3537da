"""Transforms a GPU module into a GPU binary.

    gpu.module @m [#nvvm.target<chip = "sm_90">] { llvm.func @k() attributes {nvvm.kernel} ... }
    // -> gpu.binary @m [#gpu.object<#nvvm.target<chip = "sm_90">, assembly = "...">]

Needs: convert-gpu-to-nvvm, nvvm-attach-target. Keeps: meaning.
"""

from __future__ import annotations

from stepwell.dialects.gpu.attributes import ObjectAttr, SelectObjectAttr
from stepwell.dialects.gpu.function import BinaryOp, GPUModuleOp
from stepwell.dialects.nvvm.attributes import NVVMTargetAttr
from stepwell.ir import backends
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import ArrayAttr, DictionaryAttr, IntegerAttr, StringAttr
from stepwell.ir.diagnostics import PassError
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.types import i32


@pass_("gpu-module-to-binary", title="GpuModuleToBinaryPass")
def gpu_module_to_binary(
    op: Operation,
    context: PassContext,
    *,
    toolkit: str = "",
    l: list[str] | None = None,  # noqa: E741  (upstream's name)
    opts: str = "",
    format: str = "fatbin",
    section: str = "",
) -> None:
    """Compiles every gpu.module to PTX, which the driver compiles further when it is loaded.

    Options: format (`isa`; the others need NVIDIA's tools), toolkit (a folder of them, in which
    libdevice is looked for), l (files of LLVM bitcode to link), opts, section (accepted).

    Raises:
        PassError: a module has no target, no backend compiles for it, or the format is not `isa`.
        BackendError: a module cannot be compiled.
    """
    modules = [o for block in op.regions[0].blocks for o in block.ops if isinstance(o, GPUModuleOp)]
    if modules and format not in ("isa", "assembly"):
        raise PassError(f"format={format} needs NVIDIA's tools; use format=isa, which is PTX")
    for module in modules:
        if module.targets is None:
            raise PassError(f"the gpu.module @{module.sym_name.value} has no target attributes")
        objects = tuple(_object(module, t, l or [], toolkit) for t in module.targets.values)
        handler = module.offloadingHandler or SelectObjectAttr()
        made = BinaryOp(module.sym_name.value, handler, ArrayAttr(objects))
        made.location = module.location
        assert module.parent is not None
        module.parent.insert_before(made, module)
        module.erase()


def _object(
    module: GPUModuleOp, target: Attribute, libraries: list[str], toolkit: str
) -> ObjectAttr:
    backend = backends.find(target.name)
    if backend is None:
        raise PassError(f"there is no backend for the target {target}")
    text = backend.load()(module, target, libraries, toolkit)
    level = target.level if isinstance(target, NVVMTargetAttr) else 2
    properties = DictionaryAttr.of({"O": IntegerAttr(level, i32)})
    return ObjectAttr(target, "assembly", properties, StringAttr(text))
