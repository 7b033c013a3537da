"""Which buffers of a region are still needed where a block starts."""

from __future__ import annotations

from collections.abc import Callable

from stepwell.ir.attribute import Type
from stepwell.ir.block import Block, Region
from stepwell.ir.dominance import ancestor_in
from stepwell.ir.types import MemRefType, UnrankedMemRefType
from stepwell.ir.value import Value


def is_buffer(type: Type) -> bool:
    """Whether values of `type` point to memory that may have to be freed."""
    return isinstance(type, (MemRefType, UnrankedMemRefType))


class BufferLiveness:
    """For each block of a region, the buffers defined in the region that are live at its start.

    Args:
        region: not changed but through `renamed` while this is in use.
    """

    def __init__(self, region: Region) -> None:
        self._live_in: dict[Block, dict[Value, None]] = {block: {} for block in region.blocks}
        if region.has_one_block:
            return
        for block in region.blocks:
            defined = [*block.args, *(value for op in block.ops for value in op.results)]
            for value in defined:
                if is_buffer(value.type):
                    self._spread(value, region)

    def _spread(self, value: Value, region: Region) -> None:
        """Marks the blocks from the definition to every use."""
        home = value.parent_block
        pending = [
            op.parent for user in value.users if (op := ancestor_in(region, user)) is not None
        ]
        while pending:
            block = pending.pop()
            if block is None or block is home or value in self._live_in[block]:
                continue
            self._live_in[block][value] = None
            pending += block.predecessors

    def live_in(self, block: Block) -> list[Value]:
        """The buffers that come from other blocks and are used in `block` or after it."""
        return list(self._live_in[block])

    def renamed(self, new_value: Callable[[Value], Value]) -> None:
        """Takes over that values were replaced by others."""
        for block, values in self._live_in.items():
            self._live_in[block] = {new_value(value): None for value in values}
