"""Attaches an NVVM target attribute to a GPU Module.

    gpu.module @m { ... }
    // -> gpu.module @m [#nvvm.target<O = 3, chip = "sm_90">] { ... }

Needs: nothing. Keeps: meaning.
"""

from __future__ import annotations

import re

from stepwell.dialects.gpu.function import GPUModuleOp
from stepwell.dialects.nvvm.attributes import NVVMTargetAttr
from stepwell.ir.attributes import UNIT, ArrayAttr, DictionaryAttr, StringAttr
from stepwell.ir.diagnostics import PassError
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_


@pass_("nvvm-attach-target", title="GpuNVVMAttachTarget")
def nvvm_attach_target(
    op: Operation,
    context: PassContext,
    *,
    module: str = "",
    triple: str = "nvptx64-nvidia-cuda",
    chip: str = "sm_75",
    features: str = "+ptx60",
    O: int = 2,  # noqa: E741, N803  (upstream's name)
    fast: bool = False,
    ftz: bool = False,
    l: list[str] | None = None,  # noqa: E741  (upstream's name)
    ptxas_cmd_options: str = "",
) -> None:
    """Adds the target to every gpu.module whose name matches the regular expression `module`.

    Raises:
        PassError: `module` is no regular expression, or O is not 0 to 3.
    """
    try:
        wanted = re.compile(module or ".*")
    except re.error as error:
        raise PassError(f"module={module}: {error}") from None
    if O not in range(4):
        raise PassError("The optimization level must be a number between 0 and 3.")
    flags = {name: UNIT for name, on in (("fast", fast), ("ftz", ftz)) if on}
    given: dict[str, object] = dict(flags)
    if ptxas_cmd_options:
        given["ptxas-cmd-options"] = StringAttr(ptxas_cmd_options)
    target = NVVMTargetAttr(
        O,
        triple,
        chip,
        features,
        DictionaryAttr.of(given) if given else None,  # type: ignore[arg-type]
        ArrayAttr(tuple(StringAttr(path) for path in l)) if l else None,
    )
    for found in [op for block in op.regions[0] for op in block if isinstance(op, GPUModuleOp)]:
        before = found.targets.values if found.targets is not None else ()
        if wanted.search(found.sym_name.value) and target not in before:
            found.targets = ArrayAttr((*before, target))
