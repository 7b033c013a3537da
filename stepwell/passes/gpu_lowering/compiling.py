"""Compiling a gpu.module from a pass.

Backends are above the passes and use them. The pass knows only how one is called: the target of a
module names its backend, whose `compile` module has `module_to_ptx`. It is found by that name, as
dialects and passes are by theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from stepwell.dialects.gpu.function import GPUModuleOp
from stepwell.dialects.nvvm.attributes import NVVMTargetAttr

Compile = Callable[[GPUModuleOp, NVVMTargetAttr], str]
BACKEND_OF_TARGET = {"nvvm.target": "ptx"}
_PLACE = "stepwell.backends.{}.compile"


def to_ptx(module: GPUModuleOp, target: NVVMTargetAttr) -> str:
    """PTX of a module; loads the backend, and LLVM with it, when it is first needed.

    Raises:
        BackendError: the module cannot be compiled.
    """
    backend = import_module(_PLACE.format(BACKEND_OF_TARGET[target.name]))
    compile_module: Compile = backend.module_to_ptx
    return compile_module(module, target)
