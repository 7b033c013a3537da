"""Stores whose values are known where they are loaded, and stores that nothing loads."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.memref.access import LoadOp, StoreOp
from stepwell.dialects.memref.allocation import AllocOp, DeallocOp
from stepwell.ir.block import Block
from stepwell.ir.operation import Operation, walk
from stepwell.ir.value import Value
from stepwell.passes.forwarding.accumulators import Place, place_of
from stepwell.passes.parallel_fusion.accesses import may_alias, written_and_read


class _Memory:
    """What is known of memory at a point of a block.

    Attributes:
        values: at places that were stored or loaded and not written since.
        unread: the stores at places that nothing can have read since.
    """

    def __init__(self) -> None:
        self.values: dict[Place, Value] = {}
        self.unread: dict[Place, StoreOp] = {}

    def written(self, memory: Value, kept: Place | None = None) -> None:
        """Forgets what a write to `memory` may change, but for the place `kept`."""
        for place in [one for one in self.values if one != kept and may_alias(one[0], memory)]:
            del self.values[place]

    def read(self, memory: Value) -> None:
        """Takes it that all stores to `memory` are needed."""
        for place in [one for one in self.unread if may_alias(one[0], memory)]:
            del self.unread[place]

    def forget(self) -> None:
        """Takes it that anything may have happened."""
        self.values.clear()
        self.unread.clear()


def forward_in_block(block: Block) -> int:
    """Replaces loads by the values that were stored or loaded there before, and removes stores that
    are stored over unread; how many ops went."""
    memory, gone = _Memory(), 0
    for op in list(block.ops):
        place = place_of(op)
        if isinstance(op, LoadOp) and place is not None:
            known = memory.values.get(place)
            if known is None:
                memory.values[place] = op.result
                memory.read(place[0])
            else:
                op.result.replace_all_uses_with(known)
                op.erase()
                gone += 1
        elif isinstance(op, StoreOp) and place is not None:
            before = memory.unread.get(place)
            if before is not None:
                before.erase()
                gone += 1
            memory.written(place[0], kept=place)
            memory.values[place] = op.value
            memory.unread[place] = op
        else:
            gone += _pass_over(op, memory)
    return gone


def _pass_over(op: Operation, memory: _Memory) -> int:
    """Takes in what `op` does, and what is inside; how many loads inside went, because it leaves
    alone what they load."""
    effects = written_and_read([op])
    if effects is None:
        memory.forget()
        return 0
    gone = _forward_inside(op, memory, effects[0]) if op.regions and memory.values else 0
    if gone:
        effects = written_and_read([op])
        assert effects is not None
    for one in effects[0]:
        memory.written(one)
        memory.read(one)
    for one in effects[1]:
        memory.read(one)
    return gone


def _forward_inside(op: Operation, memory: _Memory, written: Sequence[Value]) -> int:
    gone = 0
    for load in [one for one in walk(op) if isinstance(one, LoadOp)]:
        place = place_of(load)
        known = memory.values.get(place) if place is not None else None
        if known is not None and not any(may_alias(one, load.memref) for one in written):
            load.result.replace_all_uses_with(known)
            load.erase()
            gone += 1
    return gone


def erase_unread(alloc: AllocOp) -> bool:
    """Removes an allocation that is only stored to and freed; whether it was."""
    users = alloc.results[0].users
    for user in users:
        stores = isinstance(user, StoreOp) and user.value is not alloc.results[0]
        if not stores and not isinstance(user, DeallocOp):
            return False
    for user in users:
        user.erase()
    alloc.erase()
    return True
