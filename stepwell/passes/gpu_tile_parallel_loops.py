"""Tile parallel loops into blocks and threads of a GPU

    scf.parallel (%i, %j) = (0, 0) to (%n, %m) step (1, 1) { "a"(%i, %j) }
    // -> scf.parallel (%b) = (0) to (%n * %m) step (256) {
    //      scf.parallel (%t) = (0) to (min(256, %n * %m - %b)) step (1) {
    //        "a"((%b + %t) / %m, (%b + %t) % %m) } }

All dimensions become one, the innermost running fastest, so that threads that are neighbours touch
memory that is next to each other, blocks are full whatever the extents are, and no extent is too
large for a grid. Where a loop of two or three dimensions has another loop in it, as products of
matrices have, rows and columns stay apart: a block of 8 rows by 32 columns reads less.

Needs: nothing. Keeps: meaning. Loops with reductions, and with parallel loops in them, stay.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.division import CeilDivSIOp
from stepwell.dialects.arith.integer import MaxSIOp, MulIOp, SubIOp
from stepwell.dialects.memref.access import DimOp
from stepwell.dialects.scf.loops import ForOp, WhileOp
from stepwell.dialects.scf.parallel import ParallelOp
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.diagnostics import PassError
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import index
from stepwell.ir.value import Value
from stepwell.passes.gpu_lowering.linear_places import coordinates
from stepwell.passes.gpu_map_parallel_loops import MAPPING
from stepwell.passes.scf_parallel_loop_tiling import tile
from stepwell.passes.strided_metadata.index_math import Index, IndexMath

_SUBGROUP = 32
_MOST_THREADS = 1024


@pass_("gpu-tile-parallel-loops")
def gpu_tile_parallel_loops(op: Operation, context: PassContext, *, threads: int = 256) -> None:
    """Makes each outermost loop one over blocks with one over threads in it.

    Option threads: how many a block has.

    Raises:
        PassError: `threads` is not a multiple of 32 up to 1024.
    """
    if threads % _SUBGROUP or not 0 < threads <= _MOST_THREADS:
        raise PassError(f"threads must be a multiple of 32 up to 1024, found {threads}")
    for loop in [inner for inner in walk(op) if isinstance(inner, ParallelOp)]:
        if _is_alone(loop) and not loop.initVals and MAPPING not in loop.attributes:
            _tile(loop, threads)


def _is_alone(loop: ParallelOp) -> bool:
    around = any(isinstance(outer, ParallelOp) for outer in loop.ancestors())
    return not around and not any(
        isinstance(inner, ParallelOp) and inner is not loop for inner in walk(loop)
    )


def _tile(loop: ParallelOp, threads: int) -> None:
    rank = len(loop.step)
    repeats = any(isinstance(inner, ForOp | WhileOp) for inner in walk(loop))
    if repeats and rank in (2, 3):
        rows = collapse(loop, [list(range(rank - 1)), [rank - 1]])
        blocks, _ = tile(rows, [threads // _SUBGROUP, _SUBGROUP], False)
        collapse(blocks, [[0, 1]])
    else:
        tile(collapse(loop, [list(range(rank))]), [threads], False)


def collapse(loop: ParallelOp, groups: Sequence[Sequence[int]]) -> ParallelOp:
    """A loop with a dimension for each group of neighbouring dimensions of `loop`, which it
    replaces; `loop` itself if there is nothing to do.

    Args:
        loop: has no reductions.
        groups: all dimensions, in order.
    """
    if all(len(group) == 1 for group in groups):
        return loop
    rewriter = Rewriter()
    rewriter.start_at(loop)
    math = IndexMath(rewriter)
    counts = [_count(loop, dim, rewriter) for dim in range(len(loop.step))]
    totals = [math.value(math.product([counts[dim] for dim in group])) for group in groups]
    zeros, ones = [math.value(0)] * len(groups), [math.value(1)] * len(groups)
    body = Block([index] * len(groups))
    made = rewriter.insert(
        ParallelOp(zeros, totals, ones, [], body=Region([body]), result_types=[])
    )
    rewriter.set_point(body, None)
    for group, number in zip(groups, body.args, strict=True):
        numbers = coordinates(rewriter, number, [counts[dim] for dim in group])
        for dim, place in zip(group, numbers, strict=True):
            scaled = math.multiply(place, _known(loop.step[dim]))
            there = math.value(math.add(scaled, _known(loop.lowerBound[dim])))
            loop.induction_variables[dim].replace_all_uses_with(there)
    for op in list(loop.body.entry.ops):
        body.append(op.detach())
    loop.erase()
    return made


def _count(loop: ParallelOp, dim: int, rewriter: Rewriter) -> Index:
    """How often a dimension runs, never negative."""
    lower, upper, step = (
        _known(values[dim]) for values in (loop.lowerBound, loop.upperBound, loop.step)
    )
    if isinstance(lower, int) and isinstance(upper, int) and isinstance(step, int):
        return max(-(-(upper - lower) // step), 0)
    math = IndexMath(rewriter)
    far = upper if lower == 0 else rewriter.insert(SubIOp(*map(math.value, (upper, lower)))).result
    if step != 1:
        far = rewriter.insert(CeilDivSIOp(math.value(far), math.value(step))).result
    if isinstance(far, Value) and isinstance(far.defining_op, DimOp):
        return far
    return rewriter.insert(MaxSIOp(math.value(far), math.value(0))).result


def _known(value: Value) -> Index:
    op = value.defining_op
    if isinstance(op, MulIOp):  # the step of tiles
        factors = [_known(operand) for operand in op.operands]
        if isinstance(factors[0], int) and isinstance(factors[1], int):
            return factors[0] * factors[1]
    attribute = op.get_attribute("value") if op is not None else None
    return attribute.value if isinstance(attribute, IntegerAttr) else value
