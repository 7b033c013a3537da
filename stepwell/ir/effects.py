"""What an op does to memory, and whether it may run where it did not before.

An op says it by a trait (`Pure`, `NoMemoryEffect`, `RecursiveMemoryEffects`, ...) or by a method
`effects(self) -> list[Effect]`. An op that says nothing may do anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from stepwell.ir.by_class import ByClass
from stepwell.ir.operation import Operation
from stepwell.ir.traits import (
    AlwaysSpeculatable,
    NoMemoryEffect,
    Pure,
    RecursivelySpeculatable,
    RecursiveMemoryEffects,
    Symbol,
    Terminator,
)
from stepwell.ir.value import Value

_EFFECT_FREE = frozenset((Pure, NoMemoryEffect, RecursiveMemoryEffects))


class EffectKind(Enum):
    """The four things one can do to memory."""

    READ = "read"
    WRITE = "write"
    ALLOCATE = "allocate"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect; on `value`'s memory, or on unknown memory if that is None."""

    kind: EffectKind
    value: Value | None = None


def read(value: Value | None = None) -> Effect:
    """Reads what `value` points to."""
    return Effect(EffectKind.READ, value)


def write(value: Value | None = None) -> Effect:
    """Writes what `value` points to."""
    return Effect(EffectKind.WRITE, value)


def allocate(value: Value | None = None) -> Effect:
    """Makes new memory, known as `value`."""
    return Effect(EffectKind.ALLOCATE, value)


def free(value: Value | None = None) -> Effect:
    """Gives back the memory of `value`."""
    return Effect(EffectKind.FREE, value)


class Known(Enum):
    """What is known of the effects of all ops of a class."""

    NONE = "none"
    BY_OP = "each op says it"
    NOTHING = "nothing"


def _known_of(cls: type[Operation]) -> Known:
    if hasattr(cls, "effects"):
        return Known.BY_OP
    return Known.NOTHING if _EFFECT_FREE.isdisjoint(cls.traits) else Known.NONE


EFFECTS = ByClass(_known_of)
"""What a class says of the effects of its ops, without those of the ops inside."""


def memory_effects(op: Operation) -> list[Effect] | None:
    """All effects of `op` and the ops inside it, or None if any of them is unknown."""
    found: list[Effect] = []
    pending = [op]
    while pending:
        current = pending.pop()
        own = own_effects(current)
        if own is None:
            return None
        found += own
        if current.has_trait(RecursiveMemoryEffects):
            pending += [inner for region in current.regions for b in region for inner in b]
    return found


def own_effects(op: Operation) -> list[Effect] | None:
    """The effects of `op` itself, without the ops inside it, or None if they are unknown."""
    known = EFFECTS[op.__class__]
    if known is Known.BY_OP:
        own: list[Effect] | None = op.effects()  # type: ignore[attr-defined]
        return own
    return [] if known is Known.NONE else None


def is_memory_effect_free(op: Operation) -> bool:
    """Whether `op`, with all inside it, touches no memory."""
    return memory_effects(op) == []


def is_speculatable(op: Operation) -> bool:
    """Whether running `op` where it did not run before is harmless."""
    pending = [op]
    while pending:
        current = pending.pop()
        method = getattr(current, "is_speculatable", None)
        if method is not None:
            if not method():
                return False
        elif current.has_trait(RecursivelySpeculatable):
            pending += [inner for region in current.regions for b in region for inner in b]
        elif not current.traits & {Pure, AlwaysSpeculatable, Terminator}:
            return False
    return True


def is_pure(op: Operation) -> bool:
    """Whether `op` touches no memory and may be speculated."""
    return is_memory_effect_free(op) and is_speculatable(op)


def would_be_trivially_dead(op: Operation) -> bool:
    """Whether `op` could be erased if nobody used it."""
    if op.has_trait(Terminator) or op.has_trait(Symbol):
        return False
    effects = memory_effects(op)
    return effects is not None and cannot_be_noticed(effects, op)


def cannot_be_noticed(effects: Iterable[Effect], op: Operation) -> bool:
    """Whether effects of `op` matter only to its users: reads, and memory that it makes itself."""
    return all(
        effect.kind is EffectKind.READ
        or (
            effect.kind is not EffectKind.FREE
            and any(effect.value is result for result in op.results)
        )
        for effect in effects
    )
