"""Where the pass that compiles gpu.modules finds the backends, which are above the passes."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from stepwell.dialects.gpu.function import GPUModuleOp
from stepwell.dialects.nvvm.attributes import NVVMTargetAttr

Compile = Callable[[GPUModuleOp, NVVMTargetAttr], str]


def to_ptx(module: GPUModuleOp, target: NVVMTargetAttr) -> str:
    """PTX of a module; loads the backend, and LLVM with it, when it is first needed."""
    compile_module: Compile = import_module("stepwell.backends.ptx.compile").module_to_ptx
    return compile_module(module, target)
