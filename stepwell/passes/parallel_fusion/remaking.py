"""Parallel loops made anew: with the reductions of another, or over fewer dimensions."""

from __future__ import annotations

from stepwell.dialects.scf.loops import ForOp
from stepwell.dialects.scf.parallel import ParallelOp, ReduceOp
from stepwell.dialects.scf.terminators import YieldOp
from stepwell.ir import types
from stepwell.ir.block import Block, Region
from stepwell.ir.rewriting.rewriter import Rewriter


def with_reductions_of(first: ParallelOp, second: ParallelOp) -> ParallelOp:
    """Replaces `second` by a loop with the reductions of `first` before its own."""
    endings = [loop.body.entry.last for loop in (first, second)]
    assert isinstance(endings[0], ReduceOp) and isinstance(endings[1], ReduceOp)
    rewriter = Rewriter()
    rewriter.start_at(second)
    parts: list[Region] = []
    for region in [*endings[0].regions, *endings[1].regions]:
        parts.append(Region())
        rewriter.move_blocks(region, parts[-1])
    body = Region()
    rewriter.move_blocks(second.body, body)
    made = rewriter.insert(
        ParallelOp(
            list(second.lowerBound),
            list(second.upperBound),
            list(second.step),
            [*first.initVals, *second.initVals],
            body=body,
            result_types=[*first.result_types, *second.result_types],
        )
    )
    combined = [*endings[0].operands, *endings[1].operands]
    body.entry.append(ReduceOp.create(combined, [], regions=parts))
    endings[1].erase()
    for old, new in zip([*first.results, *second.results], made.results, strict=True):
        old.replace_all_uses_with(new)
    second.erase()
    return made


def split_after(loop: ParallelOp, count: int) -> ParallelOp:
    """A loop over the first `count` dimensions around sequential ones over the others.

    Args:
        loop: without reductions; replaced, unless it has no more dimensions.
    """
    if count == len(loop.induction_variables):
        return loop
    rewriter = Rewriter()
    rewriter.start_at(loop)
    body = Block([types.index] * count)
    made = rewriter.insert(
        ParallelOp(
            list(loop.lowerBound[:count]),
            list(loop.upperBound[:count]),
            list(loop.step[:count]),
            [],
            body=Region([body]),
            result_types=[],
        )
    )
    variables = list(body.args)
    block = body
    bounds = list(zip(loop.lowerBound, loop.upperBound, loop.step, strict=True))
    for lower, upper, step in bounds[count:]:
        inner = Block([types.index])
        block.append(ForOp.create([lower, upper, step], [], regions=[Region([inner])]))
        block.append(YieldOp.create() if block is not body else ReduceOp.create())
        variables.append(inner.args[0])
        block = inner
    for old, new in zip(loop.induction_variables, variables, strict=True):
        old.replace_all_uses_with(new)
    ending = loop.body.entry.last
    for op in list(loop.body.entry.ops):
        if op is not ending:
            block.append(op.detach())
    block.append(YieldOp.create())
    loop.erase()
    return made
