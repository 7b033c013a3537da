"""Run parallel loops inside of parallel loops one iteration after the other

    scf.parallel (%i) = ... { scf.parallel (%j) = (%lb) to (%ub) step (%s) { "a"(%i, %j) } }
->
    scf.parallel (%i) = ... { scf.for %j = %lb to %ub step %s { "a"(%i, %j) } }

The outer loop is enough to share out among threads.

Needs: nothing. Keeps: values, up to the order in which a reduction combines.
"""

from __future__ import annotations

from stepwell.dialects.scf.parallel import ParallelOp
from stepwell.ir.operation import Operation, walk_post_order
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.passes.lower_scf.parallel_to_for import parallel_to_for


@pass_("scf-serialize-inner-parallel-loops")
def scf_serialize_inner_parallel_loops(op: Operation, context: PassContext) -> None:
    """Makes each `scf.parallel` inside another a nest of `scf.for`."""
    loops = [loop for loop in walk_post_order(op) if isinstance(loop, ParallelOp)]
    for loop in loops:
        if any(isinstance(outer, ParallelOp) for outer in loop.ancestors()):
            rewriter = Rewriter()
            rewriter.start_at(loop)
            parallel_to_for(loop, rewriter)
