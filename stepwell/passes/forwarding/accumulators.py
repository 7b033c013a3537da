"""Loops that update one place of memory carry its value instead.

scf.for %k = ... {                          %0 = memref.load %m[%i]
  %v = memref.load %m[%i]                   %1 = scf.for %k = ... iter_args(%v = %0) {
  "a"(%v) ; memref.store %w, %m[%i]    ->     "a"(%v) ; scf.yield %w
}                                           }
                                            memref.store %1, %m[%i]
"""

from __future__ import annotations

from collections.abc import Iterator

from stepwell.dialects.memref.access import LoadOp, StoreOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.dialects.scf.terminators import YieldOp
from stepwell.ir.block import Region
from stepwell.ir.effects import EffectKind, own_effects
from stepwell.ir.loops import is_defined_inside
from stepwell.ir.operation import Operation, walk
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value
from stepwell.passes.parallel_fusion.accesses import is_fresh, may_alias, root_of

Place = tuple[Value, tuple[Value, ...]]
"""A memref and indices."""


def place_of(op: Operation) -> Place | None:
    """What a load or store accesses; None of any other op."""
    if isinstance(op, (LoadOp, StoreOp)):
        return op.memref, tuple(op.indices)
    return None


def carry_accumulators(loop: ForOp) -> ForOp:
    """Replaces `loop` by one that carries what it updates in memory; that, or the loop itself.

    A place is carried that was accessed before the loop, so that it is there even if the loop has
    no iterations, and that no other access of the loop may meet.
    """
    stored = [place_of(op) for op in loop.body.entry.ops if isinstance(op, StoreOp)]
    for place in dict.fromkeys(stored):
        if place is not None and _may_carry(loop, place):
            loop = _carry(loop, place)
    return loop


def _may_carry(loop: ForOp, place: Place) -> bool:
    memory, indices = place
    if any(is_defined_inside(value, loop.body) for value in (memory, *indices)):
        return False
    body = loop.body.entry
    found = False
    for op in walk(loop):
        if op.parent is body and place_of(op) == place:
            found = True
            continue
        effects = own_effects(op)
        if effects is None or any(
            effect.value is None
            or (effect.kind is not EffectKind.ALLOCATE and may_alias(effect.value, memory))
            for effect in effects
        ):
            return False
    return found and is_fresh(root_of(memory)) and _was_accessed(loop, place)


def _was_accessed(loop: ForOp, place: Place) -> bool:
    """Whether the same place is accessed whenever the loop is reached, before it."""
    return any(place_of(op) == place for op in _ops_before(loop, place))


def _ops_before(op: Operation, place: Place) -> Iterator[Operation]:
    """The ops before `op` in its block and those around, as far as the indices are defined."""
    current: Operation | None = op
    while current is not None:
        earlier = current.prev
        while earlier is not None:
            yield earlier
            earlier = earlier.prev
        block = current.parent
        if block is None or any(value.parent_block is block for value in place[1]):
            return
        current = current.parent_op


def _carry(loop: ForOp, place: Place) -> ForOp:
    memory, indices = place
    rewriter = Rewriter()
    rewriter.start_at(loop)
    start = rewriter.insert(LoadOp(memory, list(indices))).result
    region = Region()
    rewriter.move_blocks(loop.body, region)
    made = rewriter.insert(
        ForOp.create(
            [*loop.operands, start],
            [*loop.result_types, start.type],
            dict(loop.properties) or None,
            regions=[region],
            location=loop.location,
        )
    )
    current: Value = region.entry.add_argument(start.type)
    for op in list(region.entry.ops):
        if place_of(op) != place:
            continue
        if isinstance(op, StoreOp):
            current = op.value
        else:
            op.results[0].replace_all_uses_with(current)
        op.erase()
    ending = region.entry.last
    assert isinstance(ending, YieldOp)
    ending.set_operands([*ending.operands, current])
    rewriter.insert(StoreOp(made.results[-1], memory, list(indices)))
    for old, new in zip(loop.results, made.results, strict=False):
        old.replace_all_uses_with(new)
    loop.erase()
    return made
