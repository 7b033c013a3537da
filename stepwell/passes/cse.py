"""Eliminates ops that compute again what is computed already.

    %0 = arith.addi %a, %b : i32            %0 = arith.addi %a, %b : i32
    %1 = arith.addi %b, %a : i32     ->     return %0, %0 : i32, i32
    return %0, %1 : i32, i32

An op is replaced by an equal one that dominates it; a read of memory, by an equal one before it in
its block if nothing in between may write. Ops that nothing uses are erased on the way.

Needs: nothing. Keeps: blocks and control flow.
"""

from __future__ import annotations

from collections.abc import Generator, Hashable
from typing import Any

from stepwell.ir.block import Block, Region
from stepwell.ir.dominance import Dominance, has_ssa_dominance
from stepwell.ir.effects import EFFECTS, EffectKind, Known, own_effects
from stepwell.ir.location import UNKNOWN
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.dead_ops import DeadOps
from stepwell.ir.structural_keys import StructuralKeys
from stepwell.ir.traits import AltersBody, IsolatedFromAbove, RecursiveMemoryEffects, Terminator
from stepwell.ir.value import OpResult, Value

Step = Generator[Any, None, None]
"""A part of the walk: what it yields is run before it goes on."""


@pass_("cse", on="any", title="CSE")
def cse(op: Operation, context: PassContext) -> None:
    """Eliminate common sub-expressions."""
    elimination = _Elimination()
    elimination.run(op)
    if not elimination.changed:
        context.preserve_all()
    context.statistic("num-cse'd", "Number of operations CSE'd", elimination.replaced)
    context.statistic("num-dce'd", "Number of operations DCE'd", elimination.dead)


class _Known(dict[Hashable, Operation]):
    """The ops available at a place, by what they compute; scopes open and close like blocks."""

    def __init__(self) -> None:
        super().__init__()
        self._changes: list[list[tuple[Hashable, Operation | None]]] = []

    def open(self) -> None:
        self._changes.append([])

    def close(self) -> None:
        for key, before in reversed(self._changes.pop()):
            if before is None:
                del self[key]
            else:
                self[key] = before

    def add(self, key: Hashable, op: Operation, before: Operation | None) -> None:
        """Makes `op` known in place of the one `before`, until the scope closes."""
        self._changes[-1].append((key, before))
        self[key] = op


class _Summary:
    """What a region's ops may do to memory, gathered while walking it."""

    __slots__ = ("touches", "writes")

    def __init__(self) -> None:
        self.touches = False
        self.writes = False


class _Elimination:
    def __init__(self) -> None:
        self.replaced = 0
        self.dead = 0
        self.changed = False
        self._dominance = Dominance()
        self._dead_ops = DeadOps(nothing_new=True)
        self._keys = StructuralKeys()
        self._erased: list[Operation] = []
        self._summaries: dict[Operation, _Summary] = {}
        self._seen: set[Operation] = set()  # those known, in graph regions
        self._writes = 0  # how many ops seen so far may have written
        self._reads: dict[Operation, int] = {}  # when each read was seen, counted in writes

    def run(self, root: Operation) -> None:
        stack: list[Step] = [self._inside(root, _Known())]
        while stack:
            step = next(stack[-1], None)
            if step is None:
                stack.pop()
            else:
                stack.append(step)
        outermost = _outermost(self._erased)
        for op in outermost:
            op.drop_all_references()
        for op in outermost:
            op.erase()

    def _inside(self, op: Operation, known: _Known) -> Step:
        for region in op.regions:
            if region.first is None:
                continue
            ordered = has_ssa_dominance(region)
            if region.has_one_block:
                yield self._block(region.first, known, ordered)
            elif ordered:
                yield self._tree(region, region.first, known)
            else:
                self._note_unknown(op)

    def _tree(self, region: Region, block: Block, known: _Known) -> Step:
        """`block`, then, while what it defines is known, the blocks that it dominates."""
        known.open()
        yield self._ops(block, known, True)
        for child in self._dominance.tree(region).children(block):
            yield self._tree(region, child, known)
        known.close()

    def _block(self, block: Block, known: _Known, ordered: bool) -> Step:
        known.open()
        yield self._ops(block, known, ordered)
        known.close()

    def _ops(self, block: Block, known: _Known, ordered: bool) -> Step:
        around = block.parent_op
        summary = self._summary_of(around) if around is not None else _Summary()
        altered = around is not None and AltersBody in around.traits
        for op in block.ops:
            if op.regions:
                isolated = IsolatedFromAbove in op.traits or not op.is_registered
                yield self._inside(op, _Known() if isolated else known)
            touches, reads_only = False, False
            if op.regions or EFFECTS[op.__class__] is not Known.NONE:
                touches, reads_only, writes = self._effects(op)
                summary.touches |= touches
                if writes:
                    summary.writes = True
                    self._writes += 1
            if Terminator not in op.traits and not altered:
                self._simplify(op, known, ordered, touches, reads_only)

    # One op.

    def _simplify(
        self, op: Operation, known: _Known, ordered: bool, touches: bool, reads_only: bool
    ) -> None:
        if self._dead_ops.is_dead(op):
            self._erased.append(op)
            self.dead += 1
            self.changed = True
            return
        if (touches and not reads_only) or (op.regions and not _has_simple_regions(op)):
            return
        key = self._keys.key(op)
        existing = known.get(key)
        if existing is not None and (not touches or self._still_valid(existing, op)):
            self._replace(op, existing, ordered)
            return
        if touches:
            self._reads[op] = self._writes
        known.add(key, op, existing)
        if not ordered:
            self._seen.add(op)

    def _still_valid(self, existing: Operation, op: Operation) -> bool:
        """Whether a read gives what an earlier one gave."""
        return existing.parent is op.parent and self._reads.get(existing) == self._writes

    def _replace(self, op: Operation, existing: Operation, ordered: bool) -> None:
        self.changed = True
        if existing._location is UNKNOWN:
            existing._location = op._location
        if ordered:
            op.replace_all_uses_with(existing)
        else:
            self._replace_in_later_users(op, existing)
        if not any(result.has_uses for result in op.results):
            self._erased.append(op)
            self.replaced += 1

    def _replace_in_later_users(self, op: Operation, existing: Operation) -> None:
        """In a graph region users may come first; the keys of those seen must stay as they are."""
        new = dict(zip(op.results, existing.results, strict=True))
        for result in op.results:
            for user in result.users:
                if user not in self._seen:
                    user.set_operands([_mapped(value, new) for value in user._operands])

    # Effects.

    def _summary_of(self, op: Operation) -> _Summary:
        found = self._summaries.get(op)
        if found is None:
            found = self._summaries[op] = _Summary()
        return found

    def _note_unknown(self, op: Operation) -> None:
        summary = self._summary_of(op)
        summary.touches = summary.writes = True

    def _effects(self, op: Operation) -> tuple[bool, bool, bool]:
        """Whether `op` touches memory, whether it says that it only reads, whether it may write."""
        own = own_effects(op)
        if own is None:
            return True, False, True
        touches = bool(own)
        reads_only = touches and all(effect.kind is EffectKind.READ for effect in own)
        writes = any(effect.kind is EffectKind.WRITE for effect in own)
        if op.regions and RecursiveMemoryEffects in op.traits:
            inside = self._summary_of(op)
            reads_only = reads_only and not inside.touches
            touches = touches or inside.touches
            writes = writes or inside.writes
        return touches, reads_only, writes


def _outermost(ops: list[Operation]) -> list[Operation]:
    """Those of `ops`, which stand after the ops inside them, that are in none of the others."""
    inside: set[Operation] = set()
    found: list[Operation] = []
    for op in reversed(ops):
        if op not in inside:
            found.append(op)
            inside.update(walk(op) if op.regions else ())
    return found


def _has_simple_regions(op: Operation) -> bool:
    return all(region.first is None or region.has_one_block for region in op.regions)


def _mapped(value: Value, new: dict[OpResult, OpResult]) -> Value:
    return new.get(value, value) if isinstance(value, OpResult) else value
