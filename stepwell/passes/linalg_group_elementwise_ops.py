"""Compute elementwise ops where they are used, all at once

    %1 = linalg.generic {#pointwise} ins(%a) outs(%e) { arith.negf }
    %2 = linalg.generic {#pointwise} ins(%1) outs(%e) { math.exp }
    %3 = linalg.generic {#pointwise} ins(%1, %2) outs(%e) { arith.addf }
->
    %3 = linalg.generic {#pointwise} ins(%a) outs(%e) { arith.negf, math.exp, arith.addf }

Each `linalg.generic` gathers the pointwise ones that it alone needs, in one step: unlike
`linalg-fuse-elementwise-ops`, which makes a new op for each pair. One that other ops need too is
gathered if it only moves elements. One that would be computed many times is not, if it is dear.

A result is written over an input that has no further use. Ops that reduce get the order of loops
that goes through memory by neighbours.

Named ops that reduce become generic first.

Needs: linalg on tensors. Keeps: values.
"""

from __future__ import annotations

from stepwell.dialects.linalg.attributes import PARALLEL
from stepwell.dialects.linalg.generic import GenericOp
from stepwell.dialects.linalg.structured import StructuredOp
from stepwell.ir.block import Block
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.passes.grouping.building import build
from stepwell.passes.grouping.groups import group_of
from stepwell.passes.linalg_generalize_named_ops import as_generic


@pass_("linalg-group-elementwise-ops", on="any")
def linalg_group_elementwise_ops(op: Operation, context: PassContext) -> None:
    """Gathers pointwise `linalg.generic` ops on tensors inside `op` into those that use them."""
    blocks = {inner.parent: None for inner in walk(op) if isinstance(inner, StructuredOp)}
    for block in blocks:
        if block is not None:
            gathered = _gather(block)
            context.statistic("num-gathered", "Number of ops gathered", gathered)


def _generalize(block: Block, rewriter: Rewriter) -> dict[Operation, int]:
    """Makes the named ops that reduce generic; for each the last of its parallel loops, which is
    the one along the rows of the result."""
    found: dict[Operation, int] = {}
    for op in list(block.ops):
        if not isinstance(op, StructuredOp) or isinstance(op, GenericOp):
            continue
        kinds = op.iterator_types
        if all(kind is PARALLEL for kind in kinds) or not op.has_pure_tensor_semantics:
            continue
        rewriter.start_at(op)
        made = rewriter.insert(as_generic(op))
        op.replace_all_uses_with(made)
        op.erase()
        parallel = [dim for dim, kind in enumerate(kinds) if kind is PARALLEL]
        if parallel:
            found[made] = parallel[-1]
    return found


def _gather(block: Block) -> int:
    """Makes the groups of a block, the last first; how many ops went into others."""
    rewriter, gathered = Rewriter(), 0
    named = _generalize(block, rewriter)
    positions = {op: number for number, op in enumerate(block.ops)}
    while positions:
        op, _ = positions.popitem()
        if not isinstance(op, GenericOp) or not op.has_pure_tensor_semantics:
            continue
        if len(op.results) != 1:
            continue
        if not op.results[0].has_uses:
            op.erase()
            continue
        group = group_of(op, positions)
        gathered += len(group.members)
        rewriter.start_at(op)
        made = build(group, positions, rewriter, named.get(op))
        op.results[0].replace_all_uses_with(made.results[0])
        op.erase()
        for member in sorted({one for one, _ in group.members}, key=lambda one: -positions[one]):
            if not member.results[0].has_uses:
                del positions[member]
                member.erase()
    return gathered
