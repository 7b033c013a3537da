"""Which allocation a buffer comes from: whether two buffers are surely, or surely not, the same."""

from __future__ import annotations

from collections.abc import Iterator

from stepwell.dialects.func.ops import FuncOp
from stepwell.ir.block import Block
from stepwell.ir.dominance import Dominance
from stepwell.ir.effects import EffectKind, own_effects
from stepwell.ir.operation import Operation
from stepwell.ir.region_flow import (
    as_region_branch,
    forwarded_values,
    region_ends,
    successor_values,
)
from stepwell.ir.value import BlockArgument, OpResult, Value
from stepwell.passes.deallocation.liveness import is_buffer


class Origins:
    """Answers questions about one program, whose blocks do not change meanwhile, nor what its
    buffers are made from: each answer is worked out once."""

    def __init__(self) -> None:
        self._dominance = Dominance()
        self._known: dict[tuple[Value, Value], bool | None] = {}

    def same(self, a: Value, b: Value) -> bool | None:
        """Whether both point into one allocation; None if that is not known."""
        if (a, b) not in self._known:
            self._known[a, b] = self._compared(a, b)
        return self._known[a, b]

    def _compared(self, a: Value, b: Value) -> bool | None:
        a, b = root(a), root(b)
        if a is b:
            return True
        if self._made_after(a, b) or self._made_after(b, a):
            return False
        of_a, of_b = terminals(a), terminals(b)
        if len(of_a) == 1 and of_a == of_b and _is_known(of_a[0]):
            return True
        if all(_distinct(x, y) for x in of_a for y in of_b):
            return False
        return None

    def _made_after(self, a: Value, b: Value) -> bool:
        """Whether `a` was freshly allocated when `b` existed already."""
        if not is_allocation(a) or a.defining_op is None:
            return False
        return self._dominance.properly_dominates(b, a.defining_op)


def is_allocation(value: Value) -> bool:
    """Whether the op that makes `value` allocates it."""
    maker = value.defining_op
    effects = (own_effects(maker) or ()) if maker is not None else ()
    return any(e.kind is EffectKind.ALLOCATE and e.value is value for e in effects)


def root(value: Value) -> Value:
    """What `value` is a view of, as far as there is only one possibility."""
    while True:
        maker = value.defining_op
        if maker is None or not _is_view(maker):
            return value
        sources = [operand for operand in maker._operands if is_buffer(operand.type)]
        if len(sources) != 1:
            return value
        value = sources[0]


def _is_view(op: Operation) -> bool:
    """Whether memref results of `op` can only be (parts of) its memref operands."""
    if op.regions or own_effects(op) is None:
        return False
    return op.name.startswith(("memref.", "builtin.unrealized")) and not any(
        is_allocation(result) for result in op.results
    )


def terminals(value: Value) -> list[Value]:
    """Where the buffer may come from: allocations, arguments of functions, and what is unknown."""
    found: dict[Value, None] = {}
    seen: set[Value] = set()
    pending = [value]
    while pending:
        current = root(pending.pop())
        if current in seen:
            continue
        seen.add(current)
        sources = _sources(current)
        if sources is None:
            found[current] = None
        else:
            pending += sources
    return list(found)


def _sources(value: Value) -> list[Value] | None:
    """The values that `value` may be, or None if it comes from nowhere we can look."""
    if isinstance(value, BlockArgument):
        return _sources_of_argument(value)
    assert isinstance(value, OpResult)
    op = value.owner
    if op.name == "arith.select":
        return [op._operands[1], op._operands[2]]
    if as_region_branch(op) is not None:
        return _handed(op, value)
    return None


def _sources_of_argument(value: BlockArgument) -> list[Value] | None:
    block = value.owner
    if not block.is_entry:
        return _from_predecessors(block, value.index)
    holder = block.parent_op
    if holder is None or as_region_branch(holder) is None:
        return None
    return _handed(holder, value)


def _from_predecessors(block: Block, index: int) -> list[Value] | None:
    found = []
    for predecessor in block.predecessors:
        last = predecessor.last
        assert last is not None
        for number, successor in enumerate(last.successors):
            if successor is block:
                values = successor_values(last, number)
                if values is None or len(values) != len(block.args):
                    return None
                found.append(values[index])
    return found


def _handed(op: Operation, value: Value) -> list[Value] | None:
    """What a region branch and the ends of its regions hand to `value`."""
    found = []
    known = False
    for given, inputs in _edges(op):
        for source, target in zip(given, inputs, strict=False):
            if target is value:
                found.append(source)
                known = True
    return found if known else None


def _edges(op: Operation) -> Iterator[tuple[list[Value], list[Value]]]:
    branch = as_region_branch(op)
    assert branch is not None
    for successor in branch.region_successors(None):
        yield list(branch.entry_operands(successor.target)), list(successor.inputs)
    for region in op.regions:
        for successor in branch.region_successors(region):
            for end in region_ends(region):
                yield forwarded_values(end), list(successor.inputs)


def _is_known(value: Value) -> bool:
    return is_allocation(value) or is_function_argument(value)


def is_function_argument(value: Value) -> bool:
    """Whether `value` is an argument of a function."""
    if not isinstance(value, BlockArgument) or not value.owner.is_entry:
        return False
    return isinstance(value.owner.parent_op, FuncOp)


def _distinct(a: Value, b: Value) -> bool:
    """Whether two terminals are surely different allocations."""
    if a is b:
        return False
    if is_allocation(a):
        return is_allocation(b) or is_function_argument(b) or _is_global(b)
    return is_allocation(b) and (is_function_argument(a) or _is_global(a))


def _is_global(value: Value) -> bool:
    return value.defining_op is not None and value.defining_op.name == "memref.get_global"
