"""Promotes heap-based allocations to automatically managed stack-based allocations

    %0 = memref.alloc() : memref<4xf32>   ->   %0 = memref.alloca() : memref<4xf32>

Only small buffers that stay in the region that makes them.

Needs: no deallocations. Keeps: values.
"""

from __future__ import annotations

import math

from stepwell.dialects.memref.allocation import AllocaOp, AllocOp
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import DYNAMIC
from stepwell.passes.deallocation.movement import allocations, leaves


@pass_("promote-buffers-to-stack", on="func.func")
def promote_buffers_to_stack(
    op: Operation,
    context: PassContext,
    *,
    max_alloc_size_in_bytes: int = 1024,
    max_rank_of_allocated_memref: int = 1,
) -> None:
    """Promotes what has at most so many bytes, or a size told by at most so many `memref.rank`s."""
    rewriter = Rewriter()
    for found in allocations(op):
        small = _is_small(found, max_alloc_size_in_bytes, max_rank_of_allocated_memref)
        if small and not leaves(found.memref):
            rewriter.start_at(found)
            made = AllocaOp.create(found.operands, found.result_types, dict(found.properties))
            rewriter.replace(found, rewriter.insert(made))


def _is_small(op: AllocOp, max_bytes: int, max_rank: int) -> bool:
    type = op.type
    if DYNAMIC not in type.shape:
        bits = _bits(type.element_type)
        return bits is not None and (math.prod(type.shape) * bits + 7) // 8 <= max_bytes
    return len(type.shape) <= max_rank and all(
        size.defining_op is not None and size.defining_op.name == "memref.rank"
        for size in op.dynamicSizes
    )


def _bits(type: Type) -> int | None:
    if isinstance(type, types.IndexType):
        return 64
    if isinstance(type, (types.IntegerType, types.FloatType)):
        return type.width
    if isinstance(type, types.ComplexType):
        inner = _bits(type.element_type)
        return None if inner is None else 2 * inner
    if isinstance(type, types.VectorType):
        inner = _bits(type.element_type)
        return None if inner is None else math.prod(type.shape) * inner
    return None
