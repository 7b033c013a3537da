"""A kernel cut at its exchanges: a list of steps that a block does one after the other.

    %v = load %x[%t]; barrier; scf.for { %w = shuffle xor %v, ...; store %w }
    // -> Segment(load, publish %v) Enter(for) Segment(fetch %w, store) Leave(for)

A segment is what each thread runs before any goes on. What it makes and a later one needs lives in
an array with a place for each thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from stepwell.dialects.gpu.collectives import AllReduceOp, BarrierOp
from stepwell.dialects.scf.branches import IfOp
from stepwell.dialects.scf.loops import ForOp, WhileOp
from stepwell.ir.effects import is_memory_effect_free
from stepwell.ir.operation import Operation, walk
from stepwell.ir.types import MemRefType, UnrankedMemRefType
from stepwell.ir.value import Value
from stepwell.passes.gpu_emulation.kernel import EXCHANGES, Kernel
from stepwell.passes.gpu_emulation.uniformity import Uniformity

Guard = tuple[Value, bool]
"""A condition, and whether it must hold or must not."""


@dataclass(frozen=True, slots=True)
class Run:
    """A thread runs a copy of `op`."""

    op: Operation


@dataclass(frozen=True, slots=True)
class Publish:
    """A thread brings its value to an exchange."""

    op: Operation


@dataclass(frozen=True, slots=True)
class Fetch:
    """A thread takes its results from an exchange."""

    op: Operation


@dataclass(frozen=True, slots=True)
class Keep:
    """A thread puts values where another segment looks for others: (value, whose array)."""

    pairs: tuple[tuple[Value, Value], ...]


Entry = Run | Publish | Fetch | Keep


@dataclass(slots=True)
class Segment:
    """What each thread does between two exchanges, if all its guards let it."""

    guards: tuple[Guard, ...]
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Once:
    """An op that is run once for the block, or the combination of what threads published."""

    op: Operation


@dataclass(frozen=True, slots=True)
class Enter:
    """What follows is in a region of the loop or branch around exchanges."""

    op: Operation
    region: int


@dataclass(frozen=True, slots=True)
class Leave:
    """The region ends."""

    op: Operation
    region: int


Step = Segment | Once | Enter | Leave


class Schedule:
    """The steps of a kernel, and which values are kept in arrays.

    Raises:
        VerifyError: a value lives across an exchange that no array can hold.
    """

    def __init__(self, kernel: Kernel, known: Uniformity) -> None:
        self._kernel = kernel
        self._known = known
        self._guards: list[Guard] = []
        self._current: Segment | None = None
        self._made_in: dict[Value, Segment] = {}
        self.steps: list[Step] = []
        self.kept: dict[Value, None] = {}
        self._build()

    def is_varying(self, value: Value) -> bool:
        """Whether threads may have different values."""
        return self._known.is_varying(value)

    def array_owner(self, value: Value) -> Value:
        """Whose array holds `value`: results of loops lie where their last iteration left them."""
        op = value.defining_op
        if op not in self._kernel.splitting:
            return value
        if isinstance(op, ForOp):
            return op.body.args[1 + value.index]
        return op.after.args[value.index] if isinstance(op, WhileOp) else value

    # Cutting.

    def _build(self) -> None:
        pending: list[Operation | Enter | Leave] = list(reversed(list(self._kernel.body.ops)))
        while pending:
            item = pending.pop()
            if isinstance(item, (Enter, Leave)):
                self._cross(item)
            elif item in self._kernel.splitting:
                self._keep(entering(item))
                for number in reversed(range(len(item.regions))):
                    if item.regions[number].first is not None:
                        ops = reversed(list(item.regions[number].entry.ops))
                        pending += [Leave(item, number), *ops, Enter(item, number)]
            else:
                self._place(item)
        self._cut()

    def _place(self, op: Operation) -> None:
        if isinstance(op, EXCHANGES):
            self._exchange(op)
        elif op.parent_op in self._kernel.splitting and op.next is None:
            self._keep(leaving(op))
        elif op.next is None:
            return  # gpu.return
        elif self._known.is_once(op):
            if op in self._known.loads:
                self._cut()
            self.steps.append(Once(op))
        else:
            self._add(Run(op))

    def _exchange(self, op: Operation) -> None:
        if isinstance(op, BarrierOp):
            self._cut()
            return
        self._add(Publish(op))
        self._cut()
        if isinstance(op, AllReduceOp):
            self.steps.append(Once(op))
        else:
            self._add(Fetch(op))

    def _keep(self, pairs: Sequence[tuple[Value, Value]]) -> None:
        found = tuple(pair for pair in pairs if self._known.is_varying(pair[1]))
        if found:
            self._add(Keep(found))

    def _cross(self, item: Enter | Leave) -> None:
        self._cut()
        if item.op not in self._known.masked:
            self.steps.append(item)
        elif isinstance(item, Enter):
            self._guards.append((item.op._operands[0], item.region == 0))
        else:
            self._guards.pop()

    def _cut(self) -> None:
        self._current = None

    def _add(self, entry: Entry) -> None:
        segment = self._current
        if segment is None:
            segment = self._current = Segment(tuple(self._guards))
            self.steps.append(segment)
            for condition, _ in self._guards:
                self._use(condition, segment)
        segment.entries.append(entry)
        for value in used(entry):
            self._use(value, segment)
        made = entry.op.results if isinstance(entry, (Run, Fetch)) else ()
        self._made_in |= dict.fromkeys(made, segment)
        if isinstance(entry, Keep):
            self.kept |= dict.fromkeys(target for _, target in entry.pairs)

    # What lives longer than a segment.

    def _use(self, value: Value, segment: Segment) -> None:
        pending = [value]
        while pending:
            one = pending.pop()
            maker = self._made_in.get(one)
            if one in self.kept or maker is None or maker is segment:
                continue
            if not isinstance(one.type, (MemRefType, UnrankedMemRefType)):
                self.kept[one] = None
                continue
            op = one.defining_op
            if op is None or op.regions or not is_memory_effect_free(op):
                raise (op or segment_op(segment)).error(
                    "makes memory that is used behind a barrier; it cannot run on the CPU"
                )
            pending += op._operands


def segment_op(segment: Segment) -> Operation:
    """An op of a segment, for errors."""
    entry = segment.entries[0]
    return entry.pairs[0][0].users[0] if isinstance(entry, Keep) else entry.op


def used(entry: Entry) -> list[Value]:
    """The values that an entry needs, and that are not made in it."""
    if isinstance(entry, Keep):
        return [value for value, _ in entry.pairs]
    if isinstance(entry, Publish):
        return [entry.op._operands[0]]
    if isinstance(entry, Fetch):
        return list(entry.op._operands[1:])
    if not entry.op.regions:
        return entry.op._operands
    inside = {block for op in walk(entry.op) for region in op.regions for block in region.blocks}
    found: dict[Value, None] = {}
    for op in walk(entry.op):
        found |= dict.fromkeys(v for v in op._operands if v.parent_block not in inside)
    return list(found)


def entering(op: Operation) -> list[tuple[Value, Value]]:
    """The values with which a loop begins, and what they are in it."""
    if isinstance(op, ForOp):
        return list(zip(op.initArgs, op.body.args[1:], strict=True))
    return list(zip(op.inits, op.before.args, strict=True)) if isinstance(op, WhileOp) else []


def leaving(last: Operation) -> list[tuple[Value, Value]]:
    """The values with which a region ends, and what they are afterwards.

    The results of loops share the arrays of what they are made from, see `Schedule.array_owner`.
    """
    around = last.parent_op
    values = last._operands
    if isinstance(around, ForOp):
        return list(zip(values, around.body.args[1:], strict=True))
    if isinstance(around, IfOp):
        return list(zip(values, around.results, strict=True))
    assert isinstance(around, WhileOp)
    if last.parent is around.before.first:
        return list(zip(values[1:], around.after.args, strict=True))
    return list(zip(values, around.before.args, strict=True))
