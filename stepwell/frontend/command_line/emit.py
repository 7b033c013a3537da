"""The program at a lower level, as text or object code: `--emit`."""

from __future__ import annotations

from stepwell.backends.cpu.translate import translate_to_llvm_ir
from stepwell.ir.operation import Operation, walk
from stepwell.ir.text.printer import print_to_text
from stepwell.ir.types import RankedTensorType, UnrankedTensorType
from stepwell.passes.pipelines import run_passes

_BUILTIN = {"builtin.module", "builtin.unrealized_conversion_cast"}


def emit(module: Operation, level: str, optimisation: int) -> str | bytes:
    """The program as MLIR, LLVM IR, assembly or an object file.

    Args:
        module: the program; it is lowered in place.
        level: "mlir", "llvm", "asm", "obj" or "ptx".
        optimisation: LLVM's level for assembly and objects.

    Raises:
        StepwellError: the program cannot be brought to that level.
    """
    if level == "mlir":
        return print_to_text(module) + "\n"
    if level == "ptx":
        return _ptx(module, optimisation)
    if not is_lowered(module):
        run_passes(module, "lower-to-llvm")
    text = translate_to_llvm_ir(module)
    if level == "llvm":
        return text
    # Late, because only these two need LLVM.
    from stepwell.backends.cpu.machine import optimise, to_assembly, to_object

    machine_module = optimise(text, optimisation)
    if level == "asm":
        return to_assembly(machine_module, optimisation)
    return to_object(machine_module, optimisation)


def _ptx(module: Operation, optimisation: int) -> str:
    """PTX of the kernels; a program without any is turned into kernels first."""
    from stepwell.backends.ptx.compile import kernels_to_ptx

    if not any(op.name == "gpu.module" for op in walk(module)):
        run_passes(module, "tensors-to-kernels" if _has_tensors(module) else "linalg-to-kernels")
    if any(op.name == "gpu.func" for op in walk(module)):
        run_passes(module, "kernels-to-nvvm")
    return kernels_to_ptx(module, optimisation)


def _has_tensors(module: Operation) -> bool:
    """Whether the program is not bufferized."""
    return any(
        isinstance(value.type, RankedTensorType | UnrankedTensorType)
        for op in walk(module)
        for value in (*op.results, *(a for r in op.regions for b in r.blocks for a in b.args))
    )


def is_lowered(module: Operation) -> bool:
    """Whether nothing but the llvm dialect is left."""
    return all(op.name.startswith("llvm.") or op.name in _BUILTIN for op in walk(module))
