"""Keep in the result's memory what is computed on the way to it

    %t = memref.alloc(%m, %n) ; %r = memref.alloc(%m, %n)
    scf.parallel (%i) = ... {
      scf.for %j = ... { ... memref.store %x, %t[%i, %j] }
      scf.for %j = ... { %y = memref.load %t[%i, %j] ... memref.store %z, %r[%i, %j] }
    }
    memref.dealloc %t
->
    the same with %r in place of %t

A buffer that one parallel loop fills and reads, and that is freed then, is replaced by another of
the same sizes that the loop writes later, if each element is written where, or after, the other's
is read for the last time. It was as large as the result: a row of it would have been enough, and
now it is the result's row, which is in the cache.

Needs: memrefs, scf.  Keeps: values.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.memref.access import LoadOp, StoreOp
from stepwell.dialects.memref.allocation import AllocOp, DeallocOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.dialects.scf.parallel import ParallelOp
from stepwell.ir.dominance import ancestor_in_block
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.value import Value

Access = LoadOp | StoreOp


@pass_("reuse-buffers", on="any")
def reuse_buffers(op: Operation, context: PassContext) -> None:
    """Replaces buffers inside `op` by others that are written after them."""
    allocations = [one for one in walk(op) if isinstance(one, AllocOp)]
    loops = {one: loop for one in allocations if (loop := _only_loop(one)) is not None}
    for one, loop in loops.items():
        others = [other for other in allocations if other is not one]
        found = next((other for other in others if _may_replace(one, other, loop)), None)
        if found is not None:
            _replace(one, found)
            allocations.remove(one)
            context.statistic("num-reused", "Number of buffers that others replace", 1)


def _only_loop(alloc: AllocOp) -> ParallelOp | None:
    """The parallel loop beside `alloc` that has all accesses to it, if it is freed after."""
    loops: set[Operation | None] = set()
    freed: list[Operation] = []
    for user in alloc.results[0].users:
        if isinstance(user, DeallocOp) and user.parent is alloc.parent:
            freed.append(user)
        elif _is_access(user, alloc.results[0]):
            loops.add(_beside(user, alloc))
        else:
            return None
    loop = loops.pop() if len(loops) == 1 and len(freed) == 1 else None
    return loop if isinstance(loop, ParallelOp) and not loop.initVals else None


def _is_access(op: Operation, memory: Value) -> bool:
    if isinstance(op, StoreOp):
        return op.value is not memory
    return isinstance(op, LoadOp)


def _beside(op: Operation, alloc: AllocOp) -> Operation | None:
    """The op in the block of `alloc` that `op` is in."""
    return ancestor_in_block(alloc.parent, op)


def _may_replace(one: AllocOp, other: AllocOp, loop: ParallelOp) -> bool:
    """Whether `other` can hold what `one` does, which only `loop` uses."""
    same = one.parent is other.parent and one.results[0].type is other.results[0].type
    if not same or one.operands != other.operands or one.properties != other.properties:
        return False
    first, second = _accesses(one, loop), _accesses(other, loop)
    if not first or not second or not all(_is_own_row(access, loop) for access in first + second):
        return False
    if not _is_new(other, loop):
        return False
    return _comes_after(first, second, loop)


def _accesses(alloc: AllocOp, loop: ParallelOp) -> list[Access]:
    users = alloc.results[0].users
    return [
        user for user in users if isinstance(user, LoadOp | StoreOp) and loop.is_ancestor_of(user)
    ]


def _is_own_row(access: Access, loop: ParallelOp) -> bool:
    """Whether other iterations of `loop` access other places: its variables come first."""
    variables = list(loop.induction_variables)
    return list(access.indices)[: len(variables)] == variables


def _is_new(alloc: AllocOp, loop: ParallelOp) -> bool:
    """Whether nothing uses the buffer before `loop`, and nothing but accesses inside of it."""
    for user in alloc.results[0].users:
        beside = _beside(user, alloc)
        if beside is loop:
            if not _is_access(user, alloc.results[0]):
                return False
        elif beside is None or beside.is_before_in_block(loop):
            return False
    return True


def _comes_after(first: Sequence[Access], second: Sequence[Access], loop: ParallelOp) -> bool:
    """Whether an iteration of `loop` does all of `first` before `second`; but for one loop, in
    which a place is stored to after it is loaded."""
    body = loop.body.entry
    meeting = {ancestor_in_block(body, access) for access in first}
    meeting &= {ancestor_in_block(body, access) for access in second}
    if len(meeting) > 1:
        return False
    shared = meeting.pop() if meeting else None
    for a in first:
        for b in second:
            above, below = ancestor_in_block(body, a), ancestor_in_block(body, b)
            assert above is not None and below is not None
            if above is below:
                if not _is_update(a, b, above):
                    return False
            elif not above.is_before_in_block(below):
                return False
    return shared is None or _covers(next(b for b in second if shared.is_ancestor_of(b)), shared)


def _is_update(a: Access, b: Access, around: Operation) -> bool:
    """Whether `b` stores where `a` loads, in the same iteration and after it."""
    if not isinstance(a, LoadOp) or not isinstance(b, StoreOp) or a.parent is not b.parent:
        return False
    same = list(a.indices) == list(b.indices)
    return same and around.is_ancestor_of(b) and a.is_before_in_block(b)


def _covers(access: Access, around: Operation) -> bool:
    """Whether no two iterations of the loops from `access` to `around` access the same place."""
    current: Operation | None = access
    while current is not None and current is not around:
        current = current.parent_op
        if not isinstance(current, ForOp):
            return False
        if current.body.entry.args[0] not in access.indices:
            return False
    return True


def _replace(one: AllocOp, other: AllocOp) -> None:
    for user in one.results[0].users:
        if isinstance(user, DeallocOp):
            user.erase()
    one.results[0].replace_all_uses_with(other.results[0])
    one.erase()
