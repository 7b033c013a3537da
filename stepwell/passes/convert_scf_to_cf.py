"""Convert SCF dialect to ControlFlow dialect, replacing structured control flow with a CFG

    scf.if %c { "a"() }      ->   cf.cond_br %c, ^bb1, ^bb2
                                ^bb1: "a"()
                                  cf.br ^bb2
                                ^bb2:

Needs: scf.forall without shared outputs. Keeps: values, memory.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stepwell.dialects.scf.branches import ExecuteRegionOp, IfOp, IndexSwitchOp
from stepwell.dialects.scf.forall import ForallOp
from stepwell.dialects.scf.loops import ForOp, WhileOp
from stepwell.dialects.scf.parallel import ParallelOp
from stepwell.ir.operation import Operation, walk, walk_post_order
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.traits import SingleBlock
from stepwell.passes.lower_scf import to_blocks
from stepwell.passes.lower_scf.parallel_to_for import forall_to_for, parallel_to_for

_LOWERINGS: dict[type[Operation], Callable[[Any, Rewriter], None]] = {
    ForOp: to_blocks.for_to_blocks,
    IfOp: to_blocks.if_to_blocks,
    WhileOp: to_blocks.while_to_blocks,
    IndexSwitchOp: to_blocks.index_switch_to_blocks,
    ExecuteRegionOp: to_blocks.execute_region_to_blocks,
}


@pass_("convert-scf-to-cf", title="SCFToControlFlowPass")
def convert_scf_to_cf(
    op: Operation, context: PassContext, *, allow_pattern_rollback: bool = True
) -> None:
    """Lowers every scf op inside `op` whose parent may have several blocks.

    Raises:
        PassError: an scf.forall still has shared outputs.
    """
    rewriter = Rewriter()
    for found in list(walk_post_order(op)):
        if isinstance(found, (ParallelOp, ForallOp)):
            rewriter.start_at(found)
            if isinstance(found, ParallelOp):
                parallel_to_for(found, rewriter)
            else:
                forall_to_for(found, rewriter)
    for found in list(walk(op)):
        lowering = _LOWERINGS.get(type(found))
        if lowering is not None and found is not op and _may_have_blocks(found):
            rewriter.start_at(found)
            lowering(found, rewriter)


def _may_have_blocks(op: Operation) -> bool:
    """Whether the region around `op` may get more blocks: outer ops are lowered first."""
    parent = op.parent_op
    return parent is not None and SingleBlock not in parent.traits
