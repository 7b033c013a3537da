"""From a program at any level to the two parts of a program for a GPU."""

from __future__ import annotations

import json
from collections.abc import Sequence

from stepwell.backends.cpu.compile import compile_to_object
from stepwell.backends.cpu.signature import FunctionSignature
from stepwell.backends.cpu.translate import translate_to_llvm_ir
from stepwell.backends.ptx.compile import compile_module, target_of
from stepwell.dialects.func.ops import FuncOp
from stepwell.dialects.gpu.function import GPUModuleOp
from stepwell.ir.attributes import ArrayAttr, DenseArrayAttr, SymbolRefAttr
from stepwell.ir.clone import clone
from stepwell.ir.diagnostics import BackendError
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.instrument import Instrument
from stepwell.ir.symbol_table import symbol_name
from stepwell.ir.verifier import verify
from stepwell.passes.gpu_launches_to_calls import KERNELS
from stepwell.passes.gpu_place_memory import ARGUMENTS, RESULTS
from stepwell.passes.pipelines import run_passes
from stepwell.runtime.cache import Entry
from stepwell.runtime.cuda.program import CudaCode

LATEST_CHIP = 90
"""PTX is for a GPU of this generation or older ones; newer ones compile it further."""


def chip_of(capability: tuple[int, int]) -> str:
    """The chip to compile for, for a GPU of this generation."""
    return f"sm_{min(10 * capability[0] + capability[1], LATEST_CHIP)}"


def compile_parts(
    lowered: Operation,
    signatures: Sequence[FunctionSignature],
    first: str,
    level: int,
    chip: str,
    instruments: Sequence[Instrument] = (),
) -> Entry:
    """Compiles a program; it is changed.

    Args:
        lowered: the program. signatures: of its functions. first: the passes down to kernels.
        level: LLVM's optimisation level. chip: such as `sm_90`. instruments: told of every pass.

    Raises:
        PassError: a pass fails.
        BackendError: something is left that has no machine code.
    """
    run_passes(lowered, first, verify_each=False, instruments=instruments)
    verify(lowered)
    places = {
        name: [_numbers(op, ARGUMENTS), _numbers(op, RESULTS)]
        for op in lowered.regions[0].entry.ops
        if isinstance(op, FuncOp) and (name := symbol_name(op))
    }
    attach = f"builtin.module(nvvm-attach-target{{chip={chip} features=+ptx80 O={level}}})"
    run_passes(lowered, attach, verify_each=False)
    run_passes(lowered, "kernels-to-nvvm", verify_each=False, instruments=instruments)
    ptx = {
        op.sym_name.value: module_ptx(op)
        for op in lowered.regions[0].entry.ops
        if isinstance(op, GPUModuleOp)
    }
    run_passes(lowered, "gpu-host-to-llvm", verify_each=False, instruments=instruments)
    found = lowered.attributes.pop(KERNELS)
    assert isinstance(found, ArrayAttr)
    kernels = [[ref.root, ref.path[-1]] for ref in found.values if isinstance(ref, SymbolRefAttr)]
    code = compile_to_object(translate_to_llvm_ir(lowered), signatures, level)
    about = {"ptx": ptx, "kernels": kernels, "places": places}
    return Entry({"pipeline": first, "cuda": json.dumps(about)}, code)


def code_of(entry: Entry, signatures: Sequence[FunctionSignature]) -> CudaCode:
    """The program that an entry of the cache holds."""
    text = entry.metadata["cuda"]
    if not isinstance(text, str):
        raise BackendError("the cache has no program for a GPU under this key")
    about = json.loads(text)
    return CudaCode(
        entry.payload,
        tuple(signatures),
        about["ptx"],
        tuple((module, kernel) for module, kernel in about["kernels"]),
        {
            name: (frozenset(arguments), frozenset(results))
            for name, (arguments, results) in about["places"].items()
        },
    )


def _numbers(op: FuncOp, name: str) -> list[int]:
    found = op.attributes.pop(name, None)
    return list(found.ints) if isinstance(found, DenseArrayAttr) else []


def module_ptx(module: GPUModuleOp) -> str:
    """PTX of one module of kernels; raises BackendError."""
    copy = clone(module)
    return compile_module(copy, target_of(copy))
