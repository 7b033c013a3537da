"""Ops between two loops, moved out of the way: above the first or below the second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from stepwell.ir.operation import Operation, walk
from stepwell.ir.value import Value
from stepwell.passes.parallel_fusion.accesses import (
    is_argument_of_function,
    is_fresh,
    root_of,
    written_and_read,
)

_ARGUMENT, _UNKNOWN = "argument", "unknown"
Memory = Value | str
"""Fresh memory by itself; all arguments of functions are one, and all that is not known."""


@dataclass(slots=True)
class Footprint:
    """What ops use and make, and the memory that they write and read."""

    uses: set[Value] = field(default_factory=set)
    makes: set[Value] = field(default_factory=set)
    written: set[Memory] = field(default_factory=set)
    read: set[Memory] = field(default_factory=set)

    def add(self, other: Footprint) -> None:
        """Takes in another footprint."""
        self.uses |= other.uses
        self.makes |= other.makes
        self.written |= other.written
        self.read |= other.read

    def must_follow(self, earlier: Footprint) -> bool:
        """Whether ops with this footprint must run after those with an earlier one."""
        if not self.uses.isdisjoint(earlier.makes):
            return True
        return (
            _meet(self.written, earlier.written)
            or _meet(self.written, earlier.read)
            or _meet(self.read, earlier.written)
        )


def _meet(a: set[Memory], b: set[Memory]) -> bool:
    if not a or not b:
        return False
    return not a.isdisjoint(b) or _UNKNOWN in a or _UNKNOWN in b


class Footprints:
    """The footprints of ops, each worked out once."""

    def __init__(self) -> None:
        self._known: dict[Operation, Footprint] = {}

    def of(self, op: Operation) -> Footprint:
        """What `op` does, with all inside it."""
        known = self._known.get(op)
        if known is None:
            known = self._known[op] = footprint(op)
        return known

    def forget(self, op: Operation) -> None:
        """Has the footprint of an op that changes or goes worked out again."""
        self._known.pop(op, None)


def footprint(op: Operation) -> Footprint:
    """What `op` does, with all inside it."""
    made = Footprint(makes=set(op.results))
    for inner in walk(op):
        made.uses.update(inner.operands)
    effects = written_and_read([op])
    if effects is None:
        made.written.add(_UNKNOWN)
        made.read.add(_UNKNOWN)
    else:
        made.written.update(_memory(value) for value in effects[0])
        made.read.update(_memory(value) for value in effects[1])
    return made


def _memory(value: Value) -> Memory:
    root = root_of(value)
    if is_fresh(root):
        return root
    return _ARGUMENT if is_argument_of_function(root) else _UNKNOWN


def split(
    between: Sequence[Operation], first: Operation, second: Operation, known: Footprints
) -> tuple[list[Operation], list[Operation]] | None:
    """Which of the ops between `first` and `second` go above and which go below both.

    Returns:
        Both lists in order, or None if some op can go neither way.
    """
    above: list[Operation] = []
    below: list[Operation] = []
    staying = Footprint()
    staying.add(known.of(first))
    for op in between:
        own = known.of(op)
        if own.must_follow(staying):
            staying.add(own)
            below.append(op)
        else:
            above.append(op)
    last = known.of(second)
    if any(last.must_follow(known.of(op)) for op in below):
        return None
    return above, below
