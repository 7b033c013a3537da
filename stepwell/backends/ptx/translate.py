"""From a gpu.module in the llvm and nvvm dialects to LLVM IR text for NVPTX."""

from __future__ import annotations

from stepwell.backends.cpu.translate_function import CONSTANTS, FunctionText, Writers, refused
from stepwell.backends.cpu.translate_globals import global_text
from stepwell.backends.cpu.translate_ops import WRITERS as LLVM_WRITERS
from stepwell.backends.cpu.translate_types import type_text
from stepwell.backends.ptx.nvvm_ops import NVVM_WRITERS
from stepwell.dialects.gpu.function import GPUModuleOp
from stepwell.dialects.llvm.constants import GlobalOp
from stepwell.dialects.llvm.control import BrOp, CondBrOp, SwitchOp
from stepwell.dialects.llvm.function import LLVMFuncOp
from stepwell.dialects.llvm.types import ArrayType
from stepwell.ir.attributes import DenseArrayAttr, IntegerAttr

WRITERS: Writers = {**LLVM_WRITERS, **NVVM_WRITERS}
KERNEL = "nvvm.kernel"
_SIZES = ("nvvm.maxntid", "nvvm.reqntid", "nvvm.cluster_dim")
_NUMBERS = ("nvvm.minctasm", "nvvm.maxnreg", "nvvm.cluster_max_blocks")


def translate_to_nvptx_ir(module: GPUModuleOp) -> str:
    """The module as LLVM IR text; kernels have the calling convention `ptx_kernel`.

    Raises:
        BackendError: an op or type in it cannot be compiled for a GPU; it says which, and where.
    """
    parts = []
    for op in module.bodyRegion.entry.ops:
        match op:
            case GlobalOp():
                parts.append(_dynamic_memory(op) if _is_dynamic(op) else global_text(op))
            case LLVMFuncOp():
                _check_ops(op)
                parts.append(_function(op))
            case _:
                raise refused(op, "it is not of the llvm dialect; run convert-gpu-to-nvvm first")
    text = "\n".join(parts)
    metadata = "\n!0 = !{i32 1}\n!1 = !{}\n"
    return text + metadata if "!nontemporal !0" in text or "!invariant.load !1" in text else text


def _is_dynamic(op: GlobalOp) -> bool:
    """Whether a global is the shared memory whose size a launch says."""
    return op.is_shared and isinstance(op.type, ArrayType) and op.type.size == 0


def _dynamic_memory(op: GlobalOp) -> str:
    """As PTX wants it, `.extern .shared`: defined, it would be one byte, with others after it."""
    alignment = f", align {op.alignment.value}" if op.alignment is not None else ""
    space = f"addrspace({op.addr_space.value})"
    return f"@{op.sym_name.value} = external {space} global {type_text(op.type)}{alignment}\n"


def _check_ops(function: LLVMFuncOp) -> None:
    for block in function.body.blocks:
        for op in block.ops:
            if type(op) not in WRITERS and not isinstance(
                op, (*CONSTANTS, BrOp, CondBrOp, SwitchOp)
            ):
                raise refused(op, "there is no translation for a GPU")


def _function(function: LLVMFuncOp) -> str:
    text = FunctionText(function).text(WRITERS)
    if KERNEL not in function.attributes:
        return text
    if function.linkage.value != "external" or not function.type.signature().results == ():
        raise refused(function, "a kernel is visible from outside, and returns nothing")
    first, newline, rest = text.partition("\n")
    words = "".join(f" {word}" for word in _kernel_attributes(function))
    head = first.replace("define void", "define ptx_kernel void", 1)
    return f"{head.removesuffix(' {')}{words} {{{newline}{rest}"


def _kernel_attributes(function: LLVMFuncOp) -> list[str]:
    """What PTX says about the sizes of blocks, as attributes of LLVM functions."""
    words = []
    for name, value in function.attributes.items():
        if name in _SIZES and isinstance(value, DenseArrayAttr):
            words.append(f'"{name}"="{",".join(map(str, value.ints))}"')
        elif name in _NUMBERS and isinstance(value, IntegerAttr):
            words.append(f'"{name}"="{value.value}"')
    return words
