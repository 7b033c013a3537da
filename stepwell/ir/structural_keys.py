"""Keys that are equal exactly for ops that compute the same.

Two ops are the same if class, operands, result types, properties and attributes are, and their
regions are the same but for the names of the values inside. Operands of commutative ops may stand
in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from stepwell.ir.attribute import Attribute
from stepwell.ir.block import Block
from stepwell.ir.operation import Operation
from stepwell.ir.traits import Commutative
from stepwell.ir.value import Value

Namer = Callable[[Value], int]


class StructuralKeys:
    """Makes keys. Those of ops with regions are kept, so that each op is looked at once.

    A key of an op inside a region must be made (or the op be done with) before its parents' is.
    """

    def __init__(self) -> None:
        self._shapes: dict[Hashable, int] = {}
        self._inside: dict[Operation, tuple[int, tuple[Value, ...]]] = {}

    def key(self, op: Operation) -> Hashable:
        """The key of `op`."""
        if not op.regions:
            return (head(op), _operands(op))
        shape, outside = self.regions(op)
        return (head(op), _operands(op), shape, outside)

    def regions(self, root: Operation) -> tuple[int, tuple[Value, ...]]:
        """The shape of the regions of `root`, and the values from outside that they use, each once.

        Regions of the same shape do the same with these values, in their order.
        """
        pending = [root]
        while pending:
            op = pending[-1]
            if op in self._inside:
                pending.pop()
                continue
            nested = [
                inner
                for region in op.regions
                for block in region
                for inner in block
                if inner.regions and inner not in self._inside
            ]
            if nested:
                pending += nested
            else:
                self._inside[op] = self._shape(op)
                pending.pop()
        return self._inside[root]

    def _shape(self, op: Operation) -> tuple[int, tuple[Value, ...]]:
        """As `regions`, where the ops inside are known already."""
        numbers = _numbers(op)
        outside: dict[Value, int] = {}

        def name(value: Value) -> int:
            known = numbers.get(value)
            return known if known is not None else ~outside.setdefault(value, len(outside))

        text: list[Hashable] = []
        for region in op.regions:
            text.append("region")
            for block in region:
                text.append(tuple(argument.type for argument in block.args))
                text += [self._inner(inner, name, numbers) for inner in block]
        shape = self._shapes.setdefault(tuple(text), len(self._shapes))
        return shape, tuple(outside)

    def _inner(self, op: Operation, name: Namer, numbers: dict[Value | Block, int]) -> Hashable:
        operands = [name(value) for value in op._operands]
        if Commutative in op.traits:
            operands.sort()
        targets = tuple(numbers.get(block, -1) for block in op.successors)
        key: tuple[Hashable, ...] = (head(op), tuple(operands), targets)
        if op.regions:
            shape, outside = self._inside[op]
            key = (*key, shape, tuple([name(value) for value in outside]))
        return key


def _numbers(op: Operation) -> dict[Value | Block, int]:
    """The blocks and values directly in the regions of `op`, numbered in order."""
    numbers: dict[Value | Block, int] = {}
    for block in [block for region in op.regions for block in region]:
        numbers[block] = len(numbers)
        results = [result for inner in block for result in inner.results]
        for value in (*block.args, *results):
            numbers[value] = len(numbers)
    return numbers


def head(op: Operation) -> Hashable:
    """All of an op but its operands and regions."""
    results = op.results
    types = results[0].type if len(results) == 1 else op.result_types
    properties, attributes = op._properties, op._attributes
    if not attributes:
        return (op.__class__, types, _entries(properties)) if properties else (op.__class__, types)
    return op.__class__, types, _entries(properties or {}), _entries(attributes)


def _entries(named: dict[str, Attribute]) -> Hashable:
    entries = tuple(named.items())
    return tuple(sorted(entries, key=_first)) if len(entries) > 1 else entries


def _first(entry: tuple[str, object]) -> str:
    return entry[0]


def _operands(op: Operation) -> Hashable:
    operands = tuple(op._operands)
    return tuple(sorted(operands, key=id)) if Commutative in op.traits else operands
