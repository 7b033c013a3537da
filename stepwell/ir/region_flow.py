"""How control and values move between an op, its regions and the blocks in them.

An op whose regions run as part of it [RegionBranchOpInterface] has two methods:

- `region_successors(self, source: Region | None) -> list[RegionSuccessor]`: where control may go
  from the end of region `source`, or from the op itself if that is None;
- `entry_operands(self, target: Region | None) -> list[Value]`: the operands that the op hands over
  when it enters `target` (None: when it goes on after itself without running a region). They are
  the inputs of that successor, one by one;

and may have

- `known_successors(self, constants) -> list[RegionSuccessor]`: as `region_successors(None)`, but
  perhaps fewer, given which operands are constants (None for those that are not).

A terminator that ends a region with `ReturnLike` hands over all its operands. It may have

- `forwarded_operands(self) -> list[int]`: the numbers of those it hands over, if not all;
- `known_successors(self, constants) -> list[RegionSuccessor]`, as above.

A branch [BranchOpInterface] has `successor_operands(self, index) -> tuple[int, int]`, the range of
its operands that go to successor `index`, and may have

- `known_successor(self, constants) -> Block | None`: the only successor taken, if constants say it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeGuard

from stepwell.ir.attribute import Attribute
from stepwell.ir.block import Block, Region
from stepwell.ir.operation import Operation
from stepwell.ir.traits import ReturnLike
from stepwell.ir.value import Value

Constants = Sequence[Attribute | None]


@dataclass(frozen=True, slots=True)
class RegionSuccessor:
    """Where control may go next.

    Attributes:
        target: a region of the op, or None for the op that follows it.
        inputs: the arguments of the region's entry block, or results of the op, that receive the
            values handed over (a loop's induction variable is not one of them).
    """

    target: Region | None
    inputs: Sequence[Value] = ()


class RegionBranch(Protocol):
    """An op with the methods of a region branch."""

    def region_successors(self, source: Region | None) -> list[RegionSuccessor]:
        """Where control may go from the end of `source`, or from the op if that is None."""

    def entry_operands(self, target: Region | None) -> list[Value]:
        """The operands handed to `target` on entry."""


class Branch(Protocol):
    """An op with the methods of a branch."""

    def successor_operands(self, index: int) -> tuple[int, int]:
        """The range of operands that go to successor `index`."""


def as_region_branch(op: Operation | None) -> RegionBranch | None:
    """`op` if it says how control moves between its regions, else None."""
    found: Any = op
    return found if hasattr(type(op), "region_successors") else None


def as_branch(op: Operation) -> Branch | None:
    """`op` if it says which operands go to which successor, else None."""
    found: Any = op
    return found if hasattr(type(op), "successor_operands") else None


def is_region_end(op: Operation | None) -> TypeGuard[Operation]:
    """Whether `op` ends a region, handing values to the op around it."""
    if op is None or op.successors:
        return False
    return op.has_trait(ReturnLike) or hasattr(type(op), "forwarded_operands")


def region_ends(region: Region) -> Iterator[Operation]:
    """The terminators that end `region`."""
    for block in region.blocks:
        if is_region_end(block.last):
            yield block.last


def forwarded_operands(terminator: Operation) -> Sequence[int]:
    """The numbers of the operands that the end of a region hands over."""
    method = getattr(terminator, "forwarded_operands", None)
    if method is None:
        return range(terminator.num_operands)
    numbers: Sequence[int] = method()
    return numbers


def forwarded_values(terminator: Operation) -> list[Value]:
    """The operands that the end of a region hands over."""
    return [terminator._operands[number] for number in forwarded_operands(terminator)]


def known_entries(op: Operation, constants: Constants) -> list[RegionSuccessor]:
    """Where control may go from the region branch `op`, given constants among its operands."""
    method = getattr(op, "known_successors", None)
    if method is not None:
        known: list[RegionSuccessor] = method(constants)
        return known
    branch = as_region_branch(op)
    assert branch is not None
    return branch.region_successors(None)


def known_exits(terminator: Operation, constants: Constants) -> list[RegionSuccessor]:
    """Where control may go from the end of a region, given constants among its operands."""
    method = getattr(terminator, "known_successors", None)
    if method is not None:
        known: list[RegionSuccessor] = method(constants)
        return known
    branch = as_region_branch(terminator.parent_op)
    return branch.region_successors(terminator.parent_region) if branch is not None else []


def known_branch(op: Operation, constants: Constants) -> Block | None:
    """The only successor that the branch `op` takes given constants, or None if not known."""
    method = getattr(op, "known_successor", None)
    return method(constants) if method is not None else None


def successor_values(op: Operation, index: int) -> list[Value] | None:
    """The values that the branch `op` hands to the arguments of successor `index`.

    None if the op does not say it; arguments before the ones covered are made by the op itself.
    """
    branch = as_branch(op)
    if branch is None:
        return None
    start, stop = branch.successor_operands(index)
    return op._operands[start:stop]
