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

Needs: linalg.generic on tensors. Keeps: values.
"""

from __future__ import annotations

from stepwell.dialects.linalg.generic import GenericOp
from stepwell.ir.block import Block
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.passes.grouping.building import build
from stepwell.passes.grouping.groups import group_of


@pass_("linalg-group-elementwise-ops", on="any")
def linalg_group_elementwise_ops(op: Operation, context: PassContext) -> None:
    """Gathers pointwise `linalg.generic` ops on tensors inside `op` into those that use them."""
    blocks = {inner.parent: None for inner in walk(op) if isinstance(inner, GenericOp)}
    for block in blocks:
        if block is not None:
            gathered = _gather(block)
            context.statistic(
                "num-gathered", "Number of ops gathered", gathered
            )


def _gather(block: Block) -> int:
    """Makes the groups of a block, the last first; how many ops went into others."""
    positions = {op: number for number, op in enumerate(block.ops)}
    rewriter, gathered = Rewriter(), 0
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
        made = build(group, positions, rewriter)
        op.results[0].replace_all_uses_with(made.results[0])
        op.erase()
        for member in sorted({one for one, _ in group.members}, key=lambda one: -positions[one]):
            if not member.results[0].has_uses:
                del positions[member]
                member.erase()
    return gathered
