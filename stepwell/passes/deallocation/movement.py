"""Where an allocation may go: all that its buffer is called, and what binds it to its place."""

from __future__ import annotations

from collections.abc import Iterator

from stepwell.dialects.memref.allocation import AllocOp
from stepwell.ir.block import Block, Region
from stepwell.ir.effects import EffectKind, own_effects
from stepwell.ir.operation import Operation, walk
from stepwell.ir.region_flow import (
    as_region_branch,
    forwarded_values,
    region_ends,
    successor_values,
)
from stepwell.ir.value import Value
from stepwell.passes.deallocation.liveness import is_buffer


def allocations(root: Operation) -> list[AllocOp]:
    """The heap allocations inside `root`."""
    return [op for op in walk(root) if isinstance(op, AllocOp)]


def aliases(buffer: Value) -> dict[Value, None]:
    """`buffer` and every other value that may be it, or a part of it."""
    found = {buffer: None}
    pending = [buffer]
    while pending:
        value = pending.pop()
        for user in value.users:
            for other in _flows_to(user, value):
                if other not in found:
                    found[other] = None
                    pending.append(other)
    return found


def _flows_to(user: Operation, value: Value) -> Iterator[Value]:
    for number, block in enumerate(user.successors):
        given = successor_values(user, number) or []
        yield from (a for a, v in zip(block.args, given, strict=False) if v is value)
    for holder in (user, user.parent_op):
        branch = as_region_branch(holder)
        if branch is None or holder is None:
            continue
        for given, inputs in _edges(holder, user):
            yield from (i for i, v in zip(inputs, given, strict=False) if v is value)
    if not user.regions and not user.successors and not hasattr(user, "call_arguments"):
        yield from (r for r in user.results if is_buffer(r.type) and not _is_fresh(user, r))


def _edges(holder: Operation, user: Operation) -> Iterator[tuple[list[Value], list[Value]]]:
    branch = as_region_branch(holder)
    assert branch is not None
    if holder is user:
        for successor in branch.region_successors(None):
            yield list(branch.entry_operands(successor.target)), list(successor.inputs)
        return
    for region in holder.regions:
        if any(end is user for end in region_ends(region)):
            for successor in branch.region_successors(region):
                yield forwarded_values(user), list(successor.inputs)


def _is_fresh(op: Operation, value: Value) -> bool:
    effects = own_effects(op) or ()
    return any(e.kind is EffectKind.ALLOCATE and e.value is value for e in effects)


def is_loop(op: Operation) -> bool:
    """Whether some region of `op` repeats."""
    loops = getattr(op, "loop_regions", None)
    return loops is not None and bool(loops())


def leaves(buffer: Value) -> bool:
    """Whether the buffer, under any name, is handed out of the region that allocates it."""
    home = buffer.parent_block.parent if buffer.parent_block is not None else None
    for value in aliases(buffer):
        for user in value.users:
            if user.parent_region is home and any(end is user for end in _ends(home)):
                return True
    return False


def _ends(region: Region | None) -> Iterator[Operation]:
    return region_ends(region) if region is not None else iter(())


def block_in(region: Region | None, block: Block | None) -> Block | None:
    """The block of `region` that is `block` or holds it."""
    while block is not None and block.parent is not region:
        holder = block.parent_op
        block = holder.parent if holder is not None else None
    return block
