"""Simplifying the control flow of regions.

- normal: blocks that cannot be reached go; so do ops and block arguments that nothing alive needs,
  even where they only keep each other alive around a loop.
- aggressive: also, equal blocks are merged, and block arguments that always get the same value go.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir.block import Block, Region
from stepwell.ir.operation import ops_inside, walk
from stepwell.ir.rewriting.branches import (
    erase_argument,
    incoming_values,
    reachable_blocks,
)
from stepwell.ir.rewriting.dead_code import erase_dead_code
from stepwell.ir.rewriting.equal_blocks import merge_equal_blocks
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import BlockArgument, Value

DISABLED, NORMAL, AGGRESSIVE = "disabled", "normal", "aggressive"


def simplify_regions(
    regions: Sequence[Region], rewriter: Rewriter, aggressive: bool = False
) -> bool:
    """Simplifies `regions` and those inside them; whether anything changed."""
    before = rewriter.changes
    branching = _branching(regions)
    for region in branching:
        if region.parent is not None:
            erase_unreachable(region, rewriter)
    if rewriter.changes != before:
        branching = _branching(regions)
    if branching:
        erase_dead_code(regions, rewriter)
    if aggressive:
        for region in branching:
            merge_equal_blocks(region, rewriter)
            drop_redundant_arguments(region, rewriter)
    return rewriter.changes != before


def _branching(regions: Sequence[Region]) -> list[Region]:
    """Those of several blocks among `regions` and the regions inside, outer ones first."""
    found: list[Region] = []
    for region in regions:
        inner = [one for op in ops_inside([region]) if op.regions for one in op.regions]
        found += [one for one in (region, *inner) if one.first is not one.last]
    return found


def erase_unreachable(region: Region, rewriter: Rewriter) -> None:
    """Erases the blocks of `region` to which no path leads from its entry."""
    if region.is_empty:
        return
    reachable = reachable_blocks(region)
    dead = [block for block in region if block not in reachable]
    erase_blocks(dead, rewriter)


def erase_blocks(blocks: Sequence[Block], rewriter: Rewriter) -> None:
    """Erases blocks that only use each other."""
    ops = [inner for block in blocks for op in block for inner in walk(op)]
    for op in reversed(ops):
        for listener in rewriter.listeners:
            listener.erasing(op)
    for block in blocks:
        for op in block:
            op.drop_all_references()
    for block in blocks:
        rewriter.changes += 1
        block.erase()


def drop_redundant_arguments(region: Region, rewriter: Rewriter) -> None:
    """Removes block arguments for which every branch passes the same value."""
    for block in region:
        if block.is_entry:
            continue
        for argument in reversed(list(block.args)):
            same = _only_incoming(argument)
            if same is not None:
                rewriter.replace_all_uses(argument, same)
                erase_argument(argument, rewriter)


def _only_incoming(argument: BlockArgument) -> Value | None:
    incoming = incoming_values(argument)
    if incoming is None:
        return None
    others = [value for value in incoming if value is not argument]
    if not others or any(value is not others[0] for value in others):
        return None
    return others[0]
