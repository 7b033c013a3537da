"""Terminators that the text of an op may leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepwell.ir.block import Block, Region
from stepwell.ir.location import UNKNOWN, Location
from stepwell.ir.operation import Operation, SourcePosition
from stepwell.ir.traits import Terminator

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser


def end_region_with(
    region: Region,
    terminator: type[Operation],
    location: Location | SourcePosition = UNKNOWN,
) -> Region:
    """Gives a region of one block the terminator it lacks, and returns the region.

    Args:
        region: gets a block if it has none; left alone if it has several.
        terminator: made without operands, and with an empty region for each it has.
        location: of the terminator.
    """
    if region.first is None:
        region.append(Block())
    block = region.first
    assert block is not None
    if not region.has_one_block or (block.last is not None and block.last.has_trait(Terminator)):
        return region
    fields = getattr(terminator, "region_fields", ())
    regions = [Region([Block()]) for field in fields if field.arity == "one"]
    block.append(terminator.create(regions=regions, location=location))
    return region


def here(p: OpParser) -> SourcePosition:
    """The location of the op that is being read."""
    return p.context.source, p.op_start
