"""Finalize MemRef dialect to LLVM dialect conversion

Memrefs become descriptors, accesses address arithmetic, allocations calls of malloc and free. What
changes shapes (subview, collapse_shape, expand_shape) must be expanded before, by
expand-strided-metadata.
Needs: nothing.  Keeps: meaning.
"""

from __future__ import annotations

from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.lowering.llvm_types import LLVMTypes
from stepwell.passes.lowering.sets import MEMREF
from stepwell.passes.lowering.to_llvm import lower


@pass_("finalize-memref-to-llvm", on="builtin.module", title="FinalizeMemRefToLLVMConversionPass")
def finalize_memref_to_llvm(
    op: Operation,
    context: PassContext,
    *,
    use_aligned_alloc: bool = False,
    index_bitwidth: int = 0,
    use_generic_functions: bool = False,
) -> None:
    """Options: use-aligned-alloc, use-generic-functions (names of our own for malloc and free)."""
    options: dict[str, object] = {
        "use-aligned-alloc": use_aligned_alloc,
        "use-generic-functions": use_generic_functions,
    }
    lower(op, MEMREF, LLVMTypes(index_bitwidth or 64), options=options)
