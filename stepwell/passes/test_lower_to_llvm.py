"""Lower what upstream's test pipeline lowers, from loops and vectors down to the llvm dialect."""

from __future__ import annotations

from stepwell.ir.pass_manager.registry import pipeline


@pipeline("test-lower-to-llvm")
def test_lower_to_llvm(*, reassociate_fp_reductions: bool = False) -> str:
    """Lower the main dialects (arith, linalg, memref, scf, vector) down to the llvm dialect."""
    vector = "convert-vector-to-llvm"
    if reassociate_fp_reductions:
        vector += "{reassociate-fp-reductions=true}"
    return (
        "func.func(convert-vector-to-scf),func.func(convert-linalg-to-loops),lower-affine,"
        f"convert-scf-to-cf,canonicalize,cse,{vector},func.func(convert-math-to-llvm),"
        "expand-strided-metadata,lower-affine,finalize-memref-to-llvm,convert-func-to-llvm,"
        "convert-arith-to-llvm,convert-cf-to-llvm,convert-index-to-llvm,convert-ub-to-llvm,"
        "reconcile-unrealized-casts"
    )
