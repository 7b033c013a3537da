"""What the body of a parallel loop does to memory, and whether two bodies may share an iteration.

Two loops over the same space may run as one if whatever one of them writes is touched by the other
in the same iteration only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from stepwell.dialects.func.ops import FuncOp
from stepwell.dialects.memref.access import LoadOp, StoreOp
from stepwell.dialects.scf.parallel import ParallelOp
from stepwell.ir.effects import EffectKind, own_effects
from stepwell.ir.loops import is_defined_inside
from stepwell.ir.operation import Operation, walk
from stepwell.ir.types import MemRefType, UnrankedMemRefType
from stepwell.ir.value import BlockArgument, Value
from stepwell.passes.parallel_fusion.places import Form, linear_form, tell_iterations_apart


@dataclass(frozen=True, slots=True)
class Access:
    """A load or store: of which memory, where, and whether it writes."""

    memory: Value
    indices: tuple[Value, ...]
    writes: bool


@dataclass(slots=True)
class Accesses:
    """The loads and stores of a loop's body outside memory of its own."""

    loop: ParallelOp
    all: list[Access] = field(default_factory=list)
    forms: dict[Value, Form] = field(default_factory=dict)

    def form(self, index: Value) -> Form:
        """An index as a sum of the loop's induction variables, by number, and other values."""
        known = self.forms.get(index)
        if known is None:
            numbered = enumerate(self.loop.induction_variables)
            variables: dict[Value, int] = {variable: number for number, variable in numbered}
            known = self.forms[index] = linear_form(index, variables)
        return known


def accesses_of(loop: ParallelOp) -> Accesses | None:
    """The accesses of a loop's body; None if it does more to memory than load and store."""
    found = Accesses(loop)
    for op in walk(loop):
        if isinstance(op, (LoadOp, StoreOp)):
            memory, indices = op.memref, tuple(op.indices)
            if not is_defined_inside(root_of(memory), loop.body):
                found.all.append(Access(memory, indices, isinstance(op, StoreOp)))
            continue
        effects = own_effects(op)
        if effects is None or any(
            effect.value is None or not is_defined_inside(root_of(effect.value), loop.body)
            for effect in effects
        ):
            return None
    return found


def may_run_as_one(first: Accesses, second: Accesses, count: int) -> bool:
    """Whether what `second` does at a point of the first `count` dimensions may be done right after
    what `first` does there."""
    for a in first.all:
        for b in second.all:
            if not (a.writes or b.writes) or not may_alias(a.memory, b.memory):
                continue
            if a.memory is not b.memory:
                return False
            pairs = [
                (_outside(first, i, count), _outside(second, j, count))
                for i, j in zip(a.indices, b.indices, strict=True)
            ]
            equal = [form for form, other in pairs if form is not None and form == other]
            if not tell_iterations_apart(equal, count):
                return False
    return True


def _outside(accesses: Accesses, index: Value, count: int) -> Form | None:
    """The form of an index; None if it has terms that vary while the first `count` induction
    variables stay."""
    form = accesses.form(index)
    body = accesses.loop.body
    for key in form:
        if is_defined_inside(key, body) if isinstance(key, Value) else key >= count:
            return None
    return form


def root_of(memory: Value) -> Value:
    """The memory that a view shows a part of."""
    op = memory.defining_op
    while op is not None and own_effects(op) == []:
        sources = [v for v in op.operands if isinstance(v.type, (MemRefType, UnrankedMemRefType))]
        if len(sources) != 1:
            break
        memory = sources[0]
        op = memory.defining_op
    return memory


def is_fresh(memory: Value) -> bool:
    """Whether `memory` is allocated by the op that defines it."""
    op = memory.defining_op
    effects = own_effects(op) if op is not None else None
    return effects is not None and any(
        effect.kind is EffectKind.ALLOCATE and effect.value is memory for effect in effects
    )


def may_alias(a: Value, b: Value) -> bool:
    """Whether two memrefs may share elements. Fresh memory is shared with no argument of a function
    and no other fresh memory; of what else it may have become part is not asked."""
    first, second = root_of(a), root_of(b)
    if first is second:
        return True
    kinds = (is_fresh(first), is_fresh(second))
    if all(kinds):
        return False
    other = second if kinds[0] else first
    return not (any(kinds) and is_argument_of_function(other))


def is_argument_of_function(memory: Value) -> bool:
    """Whether `memory` is given to the function that it is used in."""
    block = memory.parent_block
    owner = block.parent_op if isinstance(memory, BlockArgument) and block is not None else None
    return isinstance(owner, FuncOp) and block is owner.body.first


def written_and_read(ops: Sequence[Operation]) -> tuple[list[Value], list[Value]] | None:
    """The memory that `ops` write (or free) and read, with all inside; None if that is unknown."""
    written: list[Value] = []
    read: list[Value] = []
    for root in ops:
        for op in walk(root):
            effects = own_effects(op)
            if effects is None:
                return None
            for effect in effects:
                if effect.kind is EffectKind.ALLOCATE:
                    continue
                if effect.value is None:
                    return None
                (read if effect.kind is EffectKind.READ else written).append(effect.value)
    return written, read
