"""The pointwise ops after a contraction that are applied to its sums before these are stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from stepwell.dialects.linalg.attributes import PARALLEL
from stepwell.dialects.linalg.generic import GenericOp, IndexOp
from stepwell.dialects.linalg.named import FillOp
from stepwell.dialects.memref.access import DimOp
from stepwell.dialects.memref.allocation import DeallocOp
from stepwell.ir.affine.expr import AffineConstant, AffineDim
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.attributes import FloatAttr
from stepwell.ir.operation import Operation, walk
from stepwell.ir.rewriting.folding import constant_of
from stepwell.ir.types import MemRefType
from stepwell.ir.value import Value
from stepwell.passes.contraction_kernels.plan import Plan
from stepwell.passes.contraction_kernels.reads import has_no_gaps
from stepwell.passes.parallel_fusion.accesses import may_alias
from stepwell.passes.parallel_fusion.moving import Footprints, split


@dataclass(slots=True)
class Follower:
    """A pointwise op, and where its operands are read.

    Attributes:
        op: computes an element of `buffer` from elements at the same place.
        buffer: what it writes.
        loops: for each of its loops, that of the contraction.
        inputs: the arguments of its body that are read from elsewhere, by number.
    """

    op: GenericOp
    buffer: Value
    loops: tuple[int, ...]
    inputs: tuple[int, ...]


@dataclass(slots=True)
class Surroundings:
    """What goes with a contraction.

    Attributes:
        fill: sets its sums to zero before, if something does.
        followers: in order.
        buffers: the memory that gets elements of the space of the sums.
    """

    fill: FillOp | None = None
    followers: list[Follower] = field(default_factory=list)
    buffers: list[Value] = field(default_factory=list)

    @property
    def ops(self) -> list[Operation]:
        """All ops that become part of the kernel, but for the contraction."""
        found: list[Operation] = [follower.op for follower in self.followers]
        return [self.fill, *found] if self.fill is not None else found

    def is_kept(self, buffer: Value, contraction: Operation) -> bool:
        """Whether what is in a buffer is of use to others."""
        own = {*self.ops, contraction}
        return any(
            user not in own and not isinstance(user, DeallocOp | DimOp) for user in buffer.users
        )


def surroundings_of(plan: Plan, footprints: Footprints) -> Surroundings:
    """The fill before and the pointwise ops after a contraction. Ops that stand between the
    contraction and one of these are moved out of the way."""
    found = Surroundings(_fill_before(plan), [], [plan.out])
    tried: set[Operation] = {plan.op}
    while True:
        candidate = _next_user(plan, found.buffers, tried)
        if candidate is None:
            return found
        tried.add(candidate)
        follower = _follower(plan, candidate, found.buffers)
        if follower is None or not _gather(plan, found, candidate, footprints):
            return found
        found.followers.append(follower)
        if follower.buffer not in found.buffers:
            found.buffers.append(follower.buffer)


def _fill_before(plan: Plan) -> FillOp | None:
    """What sets all sums to zero, if nobody looks at them between."""
    before = [user for user in _users(plan.op, plan.out) if user.is_before_in_block(plan.op)]
    if any(user.results and not isinstance(user, DimOp) for user in before):
        return None  # it has views, through which it may be read
    last: Operation | None = None
    for user in before:
        if last is None or last.is_before_in_block(user):
            last = user
    if not isinstance(last, FillOp) or last.outputs[0] is not plan.out:
        return None
    value = constant_of(last.inputs[0])
    is_zero = isinstance(value, FloatAttr) and value.value == 0
    return last if is_zero else None


def _users(op: Operation, memory: Value) -> list[Operation]:
    """The ops of the block of `op` that use memory, or have users inside."""
    found: dict[Operation, None] = {}
    for user in memory.users:
        one: Operation | None = user
        while one is not None and one.parent is not op.parent:
            one = one.parent_op
        if one is not None:
            found[one] = None
    return list(found)


def _next_user(plan: Plan, buffers: Sequence[Value], tried: set[Operation]) -> GenericOp | None:
    """The first op after the contraction that uses its results; None if it is not pointwise."""
    first: Operation | None = None
    for buffer in buffers:
        for user in _users(plan.op, buffer):
            if user in tried or not plan.op.is_before_in_block(user):
                continue
            if first is None or user.is_before_in_block(first):
                first = user
    return first if isinstance(first, GenericOp) else None


def _gather(plan: Plan, found: Surroundings, candidate: GenericOp, footprints: Footprints) -> bool:
    """Moves the contraction and its followers to right before `candidate`, if that can be."""
    chain: list[Operation] = [plan.op, *(follower.op for follower in found.followers)]
    last, between = chain[-1], []
    op = last.next
    while op is not None and op is not candidate:
        between.append(op)
        op = op.next
    parts = _apart(between, chain, candidate, footprints)
    if parts is None:
        return False
    for op in parts[0]:
        op.move_before(chain[0])
    for op in reversed(parts[1]):
        op.move_after(candidate)
    return True


def _apart(
    between: Sequence[Operation],
    chain: Sequence[Operation],
    candidate: Operation,
    footprints: Footprints,
) -> tuple[list[Operation], list[Operation]] | None:
    """Which of the ops between may go above all of the chain, and which below the candidate."""
    above: list[Operation] = list(between)
    below: list[Operation] = []
    for op in chain:
        parts = split(above, op, candidate, footprints)
        if parts is None:
            return None
        above = parts[0]
        below += parts[1]
    below.sort(key=list(between).index)
    return above, below


def _follower(plan: Plan, op: GenericOp, buffers: Sequence[Value]) -> Follower | None:
    """The op as a follower, if it computes each element from those at the same place."""
    kinds = op.iterator_types
    if any(kind is not PARALLEL for kind in kinds) or len(op.dps_inits) != 1:
        return None
    if not op.has_pure_buffer_semantics or any(
        isinstance(inner, IndexOp) and inner.parent is not op.body for inner in walk(op)
    ):
        return None
    pairs = list(zip(op.operands, op.indexing_maps, strict=True))
    own = next((map for value, map in pairs if value in buffers), None)
    buffer, written = pairs[-1]
    if own is None or written != own or not own.is_permutation or own.num_dims != len(kinds):
        return None
    if own.num_dims != len(plan.places) or not has_no_gaps(buffer):
        return None
    inputs: list[int] = []
    for number, (value, map) in enumerate(pairs):
        if value in buffers or value is buffer:
            if map != own:
                return None
        elif not _may_be_read(value, map, [*buffers, buffer]):
            return None
        else:
            inputs.append(number)
    factors = [plan.left.memory, plan.right.memory]
    others = [memory for memory in (*factors, *buffers) if memory is not buffer]
    if buffer not in buffers and any(may_alias(buffer, memory) for memory in others):
        return None
    if buffer in factors:
        return None
    loops = [0] * len(kinds)
    for place, expr in zip(plan.places, own.results, strict=True):
        assert isinstance(expr, AffineDim)
        loops[expr.position] = place
    return Follower(op, buffer, tuple(loops), tuple(inputs))


def _may_be_read(value: Value, map: AffineMap, buffers: Sequence[Value]) -> bool:
    """Whether an input is a number, or memory that the kernel does not write."""
    if not isinstance(value.type, MemRefType):
        return True
    if any(not isinstance(expr, AffineDim | AffineConstant) for expr in map.results):
        return False
    return has_no_gaps(value) and not any(may_alias(value, buffer) for buffer in buffers)
