"""LLVM's NVPTX target: from LLVM IR text to PTX, with neither a GPU nor CUDA at hand."""

from __future__ import annotations

import re
from functools import cache

import llvmlite.binding as llvm
from llvmlite.binding.newpassmanagers import NewPassManager

from stepwell.backends.cpu.machine import HOST_INTRINSICS, AllowList
from stepwell.ir.diagnostics import BackendError

# LLVM answers these by ending the process, or by calls of a C library which a GPU does not have.
_WITHOUT_CODE = frozenset(
    """acos asin atan atan2 cos cosh exp exp10 exp2 frexp ldexp llrint llround log log10 log2
    lrint lround pow powi sin sinh tan tanh masked.compressstore masked.expandload
    experimental.constrained stackrestore stacksave""".split()
)
_NVVM = frozenset(
    """nvvm.read.ptx.sreg nvvm.barrier.cta.sync.aligned nvvm.bar.warp.sync nvvm.shfl.sync
    nvvm.redux.sync nvvm.vote nvvm.elect.sync""".split()
)
ALLOWED = AllowList(HOST_INTRINSICS - _WITHOUT_CODE | _NVVM)
_CHIP = re.compile(r"sm_\d+[af]?\Z")
_FEATURES = re.compile(r"(\+ptx\d+)?(,[+-][a-z0-9]+)*\Z")


@cache
def _target() -> llvm.Target:
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    try:
        return llvm.Target.from_triple("nvptx64-nvidia-cuda")
    except RuntimeError as error:
        raise BackendError(f"this LLVM cannot make PTX: {error}") from None


def compile_to_ptx(
    llvm_ir: str, chip: str = "sm_90", features: str = "+ptx80", level: int = 3
) -> str:
    """PTX for a module of LLVM IR.

    Args:
        llvm_ir: the text of one module.
        chip: which GPU, such as `sm_90`.
        features: which PTX, such as `+ptx80`.
        level: LLVM's optimisation level, 0 to 3.

    Raises:
        BackendError: LLVM refuses the module, or there is no such GPU.
    """
    if not _CHIP.match(chip) or not _FEATURES.match(features):
        raise BackendError(f"no such target: chip '{chip}', features '{features}'")
    if level not in range(4):
        raise BackendError(f"optimisation level must be 0, 1, 2 or 3, found {level!r}")
    machine = _target().create_target_machine(cpu=chip, features=features, opt=level)
    ALLOWED.check_text(llvm_ir)
    context = llvm.create_context()
    try:
        module = llvm.parse_assembly(llvm_ir, context=context)
        module.verify()
    except RuntimeError as error:
        raise BackendError(f"LLVM refuses the module: {str(error).strip()}") from None
    ALLOWED.check_module(module)
    module.triple = "nvptx64-nvidia-cuda"
    module.data_layout = str(machine.target_data)
    _optimise(module, machine, level)
    try:
        return str(machine.emit_assembly(module))
    except RuntimeError as error:
        raise BackendError(f"LLVM cannot emit the module: {error}") from None


def _optimise(module: llvm.ModuleRef, machine: llvm.TargetMachine, level: int) -> None:
    options = llvm.create_pipeline_tuning_options(speed_level=level)
    options.loop_unrolling = level >= 2
    options.slp_vectorization = level >= 2
    builder = llvm.create_pass_builder(machine, options)
    passes = builder.getModulePassManager()
    passes.run(module, builder)
    NewPassManager._dispose(passes)  # its own `_dispose` does nothing
    passes.detach()
