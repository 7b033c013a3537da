"""LLVM's NVPTX target: from LLVM IR text to PTX, with neither a GPU nor CUDA at hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import llvmlite.binding as llvm
from llvmlite.binding.newpassmanagers import NewPassManager

from stepwell.backends.cpu.machine import HOST_INTRINSICS, AllowList
from stepwell.backends.ptx.linking import TRIPLE, join, provide_functions
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
        return llvm.Target.from_triple(TRIPLE)
    except RuntimeError as error:
        raise BackendError(f"this LLVM cannot make PTX: {error}") from None


@dataclass(frozen=True, slots=True)
class Unit:
    """A module of LLVM IR to be compiled: its name, and its text."""

    name: str
    llvm_ir: str


def compile_to_ptx(
    units: Sequence[Unit],
    chip: str = "sm_90",
    features: str = "+ptx80",
    level: int = 3,
    libraries: Sequence[str] = (),
    toolkit: str = "",
) -> str:
    """PTX for modules of LLVM IR, as one.

    Args:
        units: the modules; functions of libdevice that they call need no definition.
        chip: which GPU, such as `sm_90`.
        features: which PTX, such as `+ptx80`.
        level: LLVM's optimisation level, 0 to 3.
        libraries: files of LLVM bitcode which the modules call functions of.
        toolkit: a folder of NVIDIA's tools in which libdevice is looked for first.

    Raises:
        BackendError: LLVM refuses a module, a function is missing, or there is no such GPU.
    """
    if not _CHIP.match(chip) or not _FEATURES.match(features):
        raise BackendError(f"no such target: chip '{chip}', features '{features}'")
    if level not in range(4):
        raise BackendError(f"optimisation level must be 0, 1, 2 or 3, found {level!r}")
    machine = _target().create_target_machine(cpu=chip, features=features, opt=level)
    context = llvm.create_context()
    parsed = [
        (unit.name, _parse(unit.llvm_ir, context, str(machine.target_data))) for unit in units
    ]
    module = join(parsed)
    provide_functions(module, libraries, toolkit)
    _optimise(module, machine, level)
    try:
        return str(machine.emit_assembly(module))
    except RuntimeError as error:
        raise BackendError(f"LLVM cannot emit the module: {error}") from None


def _parse(llvm_ir: str, context: llvm.ContextRef, layout: str) -> llvm.ModuleRef:
    ALLOWED.check_text(llvm_ir)
    try:
        module = llvm.parse_assembly(llvm_ir, context=context)
        module.verify()
    except RuntimeError as error:
        raise BackendError(f"LLVM refuses the module: {str(error).strip()}") from None
    ALLOWED.check_module(module)
    module.triple = TRIPLE
    module.data_layout = layout
    return module


def _optimise(module: llvm.ModuleRef, machine: llvm.TargetMachine, level: int) -> None:
    options = llvm.create_pipeline_tuning_options(speed_level=level)
    options.loop_unrolling = level >= 2
    options.slp_vectorization = level >= 2
    builder = llvm.create_pass_builder(machine, options)
    unused = llvm.create_new_module_pass_manager()
    unused.add_global_dead_code_eliminate_pass()
    for passes in (unused, builder.getModulePassManager()):
        passes.run(module, builder)
        NewPassManager._dispose(passes)  # its own `_dispose` does nothing
        passes.detach()
