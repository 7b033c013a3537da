"""Removes values that nobody notices, with what computes and passes them.

    func.func private @f(%a: i32, %b: i32) -> i32 {        func.func private @f(%a: i32) -> i32 {
      %0 = arith.addi %a, %b : i32                    ->     return %a : i32
      return %a : i32                                      }
    }

Goes through ops, the arguments of blocks, what loops carry, and the arguments and results of
private functions together with their calls.

Needs: nothing. Keeps: effects on memory, public functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from stepwell.ir.attributes import ArrayAttr, DenseArrayAttr, TypeAttr
from stepwell.ir.block import Region
from stepwell.ir.dataflow.call_graph import callable_region, is_call
from stepwell.ir.dataflow.liveness import Liveness, argument_slots, entry_slots
from stepwell.ir.fields import RESULT_SEGMENTS
from stepwell.ir.operation import Operation, walk, walk_post_order
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.region_flow import as_region_branch, forwarded_operands, region_ends
from stepwell.ir.rewriting.branches import erase_arguments, erase_operand, incoming_operands
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.traits import Terminator
from stepwell.ir.types import FunctionType
from stepwell.ir.value import BlockArgument, Value


@pass_("remove-dead-values", on="any", title="RemoveDeadValues")
def remove_dead_values(op: Operation, context: PassContext, *, canonicalize: bool = True) -> None:
    """Remove dead values.

    Args:
        canonicalize: Canonicalize region branch ops
    """
    live = Liveness(op)
    channels = [
        _channels(inner)
        for inner in walk_post_order(op)
        if inner in live.ops and inner.regions and as_region_branch(inner) is not None
    ]
    dead = _dead_ops(op, live)
    for inner in dead:
        inner.drop_all_references()
    functions = [found for one in live.calls.callables if (found := _dead_parts(one, live))]
    # Nobody hands on what is dead, in loops, calls or branches, before any of it goes.
    for channel in channels:
        channel.drop_operands(live)
    for function in functions:
        function.drop_operands()
    _clean_blocks(op, live)
    for channel in channels:
        channel.remove_values(live)
    for function in functions:
        function.remove_values(live)
    for inner in dead:  # now that nobody hands on their results
        inner.erase()


def _dead_ops(root: Operation, live: Liveness) -> list[Operation]:
    """The outermost dead ops."""
    dead: list[Operation] = []
    pending = list(root.regions)
    while pending:
        for block in pending.pop():
            for op in block:
                if op in live.ops or Terminator in op.traits or op.successors:
                    pending += op.regions
                else:
                    dead.append(op)
    return dead


# Regions.


class _Channels:
    """The places of a region branch through which values flow, grouped into channels.

    A channel holds the arguments and results that get their values from the same operands; all of
    it can be removed, or nothing.
    """

    def __init__(self, op: Operation) -> None:
        self.op = op
        self._above: dict[object, object] = {}
        self.operands: dict[Operation, dict[int, object]] = {}
        self.values: list[Value] = []

    def find(self, item: object) -> object:
        """What stands for the channel of `item`."""
        while True:
            above = self._above.setdefault(item, item)
            if above is item:
                return item
            self._above[item] = self._above.setdefault(above, above)
            item = above

    def join(self, user: Operation, number: int, value: Value) -> None:
        """Notes that operand `number` of `user` becomes `value`."""
        slot = self.operands.setdefault(user, {}).setdefault(number, (user, number))
        self._above[self.find(slot)] = self.find(value)

    def _kept(self, live: Liveness) -> set[object]:
        return {self.find(value) for value in self.values if live.is_live(value)}

    def drop_operands(self, live: Liveness) -> None:
        """Removes the operands that feed channels without a live value."""
        kept = self._kept(live)
        for user, slots in self.operands.items():
            for number in sorted(slots, reverse=True):
                if self.find(slots[number]) not in kept:
                    erase_operand(user, number)

    def remove_values(self, live: Liveness) -> None:
        """Removes these channels' values; the op may be replaced by another."""
        kept = self._kept(live)
        gone = [value for value in self.values if self.find(value) not in kept]
        for value in reversed(gone):
            if isinstance(value, BlockArgument):
                value.owner.erase_argument(value.index)
        results = {value for value in gone if not isinstance(value, BlockArgument)}
        if results:
            keep = [result not in results for result in self.op.results]
            with_results(self.op, keep, live)


def _channels(op: Operation) -> _Channels:
    found = _Channels(op)
    branch = as_region_branch(op)
    assert branch is not None
    seen: dict[Value, None] = {}
    slots = entry_slots(op, branch)
    for successor in branch.region_successors(None):
        given = branch.entry_operands(successor.target)
        if len(given) == len(successor.inputs) == len(slots):
            for number, place in slots:
                found.join(op, number, successor.inputs[place])
        seen.update(dict.fromkeys(successor.inputs))
    for region in op.regions:
        ends = list(region_ends(region))
        for successor in branch.region_successors(region):
            seen.update(dict.fromkeys(successor.inputs))
            _join_ends(found, ends, successor.inputs)
    found.values = list(seen)
    return found


def _join_ends(channels: _Channels, ends: Sequence[Operation], inputs: Sequence[Value]) -> None:
    """Joins what the ends of a region pass on with the values that receive it."""
    for end in ends:
        numbers = forwarded_operands(end)
        if len(numbers) == len(inputs):
            for number, value in zip(numbers, inputs, strict=True):
                channels.join(end, number, value)


def with_results(op: Operation, keep: Sequence[bool], live: Liveness) -> Operation:
    """Replaces `op` by one with fewer results, which are not used; regions move over."""
    properties = dict(op._properties) if op._properties else None
    sizes = properties.get(RESULT_SEGMENTS) if properties else None
    if properties is not None and isinstance(sizes, DenseArrayAttr):
        properties[RESULT_SEGMENTS] = _kept_sizes(sizes.ints, keep)
    regions = [Region() for _ in op.regions]
    made = type(op).create(
        op._operands,
        [result.type for result, kept in zip(op.results, keep, strict=True) if kept],
        properties,
        dict(op._attributes) if op._attributes else None,
        op.successors,
        regions,
        op._location,
    )
    for old_region, new_region in zip(op.regions, regions, strict=True):
        new_region.take_body(old_region)
    assert op.parent is not None
    op.parent.insert_before(made, op)
    stay = [result for result, kept in zip(op.results, keep, strict=True) if kept]
    for old, new in zip(stay, made.results, strict=True):
        new.name_hint = old.name_hint
        if live.is_live(old):
            live.values.add(new)
        old.replace_all_uses_with(new)
    live.ops.add(made)
    op.erase(check_uses=False)
    return made


def _kept_sizes(sizes: Sequence[int], keep: Sequence[bool]) -> DenseArrayAttr:
    left: list[int] = []
    start = 0
    for size in sizes:
        left.append(sum(keep[start : start + size]))
        start += size
    return DenseArrayAttr.i32(left)


# Blocks and functions.


def _clean_blocks(root: Operation, live: Liveness) -> None:
    """Removes dead arguments of blocks that branches lead to."""
    dead = [
        argument
        for op in walk(root)
        for region in op.regions
        for block in region
        if not block.is_entry
        for argument in block.args
        if not live.is_live(argument) and incoming_operands(argument) is not None
    ]
    erase_arguments(dead, Rewriter())


@dataclass(frozen=True, slots=True)
class _DeadParts:
    """The arguments and results that a function keeps; all its calls are known."""

    function: Operation
    body: Region
    type: FunctionType
    calls: list[Operation]
    arguments: list[bool]
    results: list[bool]

    def drop_operands(self) -> None:
        """Calls and returns pass on no more what is dead."""
        for call in self.calls:
            for number, place in reversed(argument_slots(call)):
                if not self.arguments[place]:
                    erase_operand(call, number)
        for end in region_ends(self.body):
            for number in reversed(forwarded_operands(end)):
                if not self.results[number]:
                    erase_operand(end, number)

    def remove_values(self, live: Liveness) -> None:
        """Removes dead arguments and results; calls may be replaced by others."""
        for number in reversed(range(len(self.arguments))):
            if not self.arguments[number]:
                self.body.entry.erase_argument(number)
        _set_type(self.function, self.type, self.arguments, self.results)
        if not all(self.results):
            for call in self.calls:
                with_results(call, self.results, live)


def _dead_parts(function: Operation, live: Liveness) -> _DeadParts | None:
    """What could go of a function all of whose calls are known."""
    callers = live.calls.callers(function)
    body = callable_region(function)
    type = function.properties.get("function_type")
    if callers is None or body is None or not isinstance(type, TypeAttr):
        return None
    if not isinstance(type.value, FunctionType) or not all(map(is_call, callers)):
        return None
    calls = [call for call in live.calls.all_callers(function) if call.parent is not None]
    arguments = [live.is_live(argument) for argument in body.args]
    results = [
        any(live.is_live(call.results[number]) for call in calls)
        for number in range(len(type.value.results))
    ]
    return _DeadParts(function, body, type.value, calls, arguments, results)


T = TypeVar("T")


def _picked(items: Sequence[T], keep: Sequence[bool]) -> tuple[T, ...]:
    return tuple(item for item, kept in zip(items, keep, strict=True) if kept)


def _set_type(
    function: Operation, type: FunctionType, arguments: list[bool], results: list[bool]
) -> None:
    inputs, outputs = _picked(type.inputs, arguments), _picked(type.results, results)
    function.properties["function_type"] = TypeAttr(FunctionType(inputs, outputs))
    for name, keep in (("arg_attrs", arguments), ("res_attrs", results)):
        found = function.properties.get(name)
        if isinstance(found, ArrayAttr):
            left = _picked(found.values, keep)
            function.properties[name] = ArrayAttr(left)
            if not left:
                del function.properties[name]
