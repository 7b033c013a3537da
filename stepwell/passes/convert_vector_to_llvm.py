"""LLVMRewriter the operations from the vector dialect into the LLVM dialect

Vectors of several dimensions become arrays of LLVM vectors, and are worked on row by row.
Needs: nothing.  Keeps: meaning.
"""

from __future__ import annotations

from stepwell.ir.diagnostics import PassError
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.lowering.sets import VECTOR
from stepwell.passes.lowering.to_llvm import lower

CONTRACT_LOWERINGS = ("dot", "llvmintr", "outerproduct", "parallelarith")
TRANSPOSE_LOWERINGS = ("eltwise", "llvmintr", "shuffle1d", "shuffle16x16")


@pass_("convert-vector-to-llvm", title="ConvertVectorToLLVMPass")
def convert_vector_to_llvm(
    op: Operation,
    context: PassContext,
    *,
    reassociate_fp_reductions: bool = False,
    force_32bit_vector_indices: bool = True,
    use_vector_alignment: bool = False,
    enable_amx: bool = False,
    enable_arm_neon: bool = False,
    enable_arm_sve: bool = False,
    enable_arm_i8mm: bool = False,
    enable_arm_bf16: bool = False,
    enable_x86vector: bool = False,
    vector_contract_lowering: str = "dot",
    vector_transpose_lowering: str = "eltwise",
) -> None:
    """Options: reassociate-fp-reductions and use-vector-alignment as upstream.

    The lowering of contractions and transpositions is chosen by their layout; their options, and
    those that enable the instructions of a target, are accepted and change no result.
    """
    for value, known, name in (
        (vector_contract_lowering, CONTRACT_LOWERINGS, "vector-contract-lowering"),
        (vector_transpose_lowering, TRANSPOSE_LOWERINGS, "vector-transpose-lowering"),
    ):
        if value not in known:
            raise PassError(f"{name}: expected one of {', '.join(known)}, found '{value}'")
    options: dict[str, object] = {
        "reassociate-fp-reductions": reassociate_fp_reductions,
        "use-vector-alignment": use_vector_alignment,
    }
    lower(op, VECTOR, options=options)
