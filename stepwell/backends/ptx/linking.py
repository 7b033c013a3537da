"""Joining LLVM modules for a GPU: several gpu.modules, and the functions that they call."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import llvmlite.binding as llvm

from stepwell.backends.ptx.libdevice import PREFIX, bitcode_of, find_libdevice, own_functions
from stepwell.ir.diagnostics import BackendError

TRIPLE = "nvptx64-nvidia-cuda"
# What the driver itself provides to kernels; and a question to LLVM, which answers it.
_PROVIDED = frozenset(("vprintf", "malloc", "free", "__assertfail", "__nvvm_reflect"))


def join(modules: Sequence[tuple[str, llvm.ModuleRef]]) -> llvm.ModuleRef:
    """All modules as one.

    Args:
        modules: with their names; a kernel whose name is taken gets that of its module.

    Raises:
        BackendError: two functions have the same name all the same.
    """
    (_, joined), *others = modules
    for name, module in others:
        for function in _defined(module):
            taken = _function(joined, function.name)
            if taken is None or taken.is_declaration:
                continue
            if _function(joined, name) is not None:
                raise BackendError(f"two kernels are called @{function.name}")
            function.name = name
        _link(joined, module)
    return joined


def provide_functions(
    module: llvm.ModuleRef, libraries: Sequence[str] = (), toolkit: str = ""
) -> None:
    """Links what `module` calls and does not define, and nothing else.

    Args:
        module: it is changed in place.
        libraries: files of LLVM bitcode to be asked first.
        toolkit: see `find_libdevice`.

    Raises:
        BackendError: a function is defined nowhere.
    """
    context = module._context
    for path in libraries:
        if _missing(module):
            _link_library(module, llvm.parse_bitcode(bitcode_of(Path(path)), context))
    if any(name.startswith(PREFIX) for name in _missing(module)):
        found = find_libdevice(toolkit)
        if found is not None:
            _link_library(module, llvm.parse_bitcode(bitcode_of(found), context))
        else:
            _link_library(module, llvm.parse_assembly(own_functions(), context))
    missing = sorted(_missing(module))
    if missing:
        names = ", ".join(f"@{name}" for name in missing)
        hint = "; NVIDIA's libdevice may have it: install nvidia-cuda-nvcc, or set CUDA_HOME"
        is_theirs = any(name.startswith(PREFIX) for name in missing)
        raise BackendError(f"no GPU function is known for {names}{hint if is_theirs else ''}")


def _missing(module: llvm.ModuleRef) -> set[str]:
    return {
        function.name
        for function in module.functions
        if function.is_declaration
        and not function.name.startswith("llvm.")
        and function.name not in _PROVIDED
    }


def _defined(module: llvm.ModuleRef) -> list[llvm.ValueRef]:
    return [f for f in module.functions if not f.is_declaration and f.linkage.name == "external"]


def _function(module: llvm.ModuleRef, name: str) -> llvm.ValueRef | None:
    try:
        return module.get_function(name)
    except NameError:
        return None


def _link_library(module: llvm.ModuleRef, library: llvm.ModuleRef) -> None:
    """Links a library whose functions nobody from outside may see, so that unused ones go."""
    own = {function.name for function in _defined(module)}
    _link(module, library)
    for function in module.functions:
        if not function.is_declaration and function.name not in own:
            function.linkage = "internal"


def _link(module: llvm.ModuleRef, other: llvm.ModuleRef) -> None:
    module.triple = other.triple = TRIPLE
    other.data_layout = module.data_layout
    try:
        module.link_in(other)
    except RuntimeError as error:
        raise BackendError(f"LLVM cannot join the modules: {str(error).strip()}") from None
