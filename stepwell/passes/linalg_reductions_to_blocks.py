"""Lower reductions down columns to loops over blocks of columns

    linalg.generic {indexing_maps = [(d0, d1) -> (d1, d0), (d0, d1) -> (d0)],
                    iterator_types = ["parallel", "reduction"]} ins(%x) outs(%sum)
->
    scf.parallel (%b) = (%c0) to (%n) step (%c1024) {
      %count = min of %n - %b and 1024
      scf.for %i = ... {                             // down the rows
        scf.for %k = %c0 to %count step %c1 {        // a piece of a row, from left to right
          %sum[%b + %k] += %x[%i, %b + %k]
        }
      }
    }

A reduction whose own innermost loop jumps from row to row, while one of its parallel loops passes
along neighbours in memory, gets that loop innermost. What it writes stays in the cache from row to
row, and blocks can run on threads.

Needs: linalg on memrefs.  Keeps: values, and the order in which each is summed up.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.linalg.attributes import PARALLEL
from stepwell.dialects.linalg.structured import StructuredOp
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value
from stepwell.passes.linalg_order_loops import smooth_loop
from stepwell.passes.linalg_to_loops.loop_kinds import ParallelLoops
from stepwell.passes.linalg_to_loops.lowering import extent_of, lower_point
from stepwell.passes.strided_loops.blocks import open_parallel, open_piece, open_range, piece_at
from stepwell.passes.strided_metadata.index_math import Index

BLOCK = 1024


@pass_("linalg-reductions-to-blocks", on="any")
def linalg_reductions_to_blocks(op: Operation, context: PassContext) -> None:
    """Lowers the reductions inside `op` that go down columns."""
    for inner in [one for one in walk(op) if isinstance(one, StructuredOp)]:
        across = _columns(inner)
        if across is not None:
            _lower(inner, across)
            context.statistic("num-lowered", "Number of reductions lowered", 1)


def _columns(op: StructuredOp) -> int | None:
    """The parallel loop along neighbours, if the innermost one is another, which reduces."""
    kinds = op.iterator_types
    if not op.has_pure_buffer_semantics or not kinds or kinds[-1] is PARALLEL:
        return None
    found = smooth_loop(op)
    return found if found is not None and kinds[found] is PARALLEL else None


def _lower(op: StructuredOp, across: int) -> None:
    rewriter = Rewriter(location=op.location)
    rewriter.start_at(op)
    maps, kinds = op.indexing_maps, op.iterator_types
    extents = [extent_of(op, maps, dim, rewriter, True) for dim in range(op.num_loops)]
    variables = _open(rewriter, extents, [kind is PARALLEL for kind in kinds], across)
    lower_point(op, variables, rewriter, ParallelLoops())
    op.erase()


def _open(
    rewriter: Rewriter, extents: Sequence[Index], parallel: Sequence[bool], across: int
) -> list[Value]:
    """The loops: blocks, what is reduced, the piece of a row. The rewriter then stands inside."""
    dims = range(len(extents))
    outer = [dim for dim in dims if parallel[dim] and dim != across] + [across]
    steps = [BLOCK if dim == across else 1 for dim in outer]
    found = dict(
        zip(outer, open_parallel(rewriter, [extents[dim] for dim in outer], steps), strict=True)
    )
    piece = piece_at(rewriter, found[across], extents[across], BLOCK)
    for dim in dims:
        if not parallel[dim]:
            found[dim] = open_range(rewriter, extents[dim])
    found[across] = open_piece(rewriter, piece)
    return [found[dim] for dim in dims]
