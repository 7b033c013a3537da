"""Dominance: which blocks, ops and values are certainly reached, or defined, before others.

Block A dominates block B if every path from the entry of the region to B goes through A; A
post-dominates B if every path from B to an exit goes through A. Trees are built with the algorithm
of Lengauer and Tarjan ("A Fast Algorithm for Finding Dominators in a Flowgraph", 1979) and answer
queries by the numbers of a walk over them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from stepwell.ir.block import Block, Region
from stepwell.ir.operation import Operation
from stepwell.ir.traits import GraphRegion
from stepwell.ir.value import BlockArgument, Value

_ROOT = 0


def has_ssa_dominance(region: Region) -> bool:
    """Whether, in the blocks of `region`, definitions must come before uses."""
    owner = region.parent
    return owner is None or (owner.is_registered and GraphRegion not in owner.traits)


class DominatorTree:
    """The dominator tree of a region, or its post-dominator tree.

    Args:
        region: one with at least one block.
        post: whether to build the post-dominator tree; its root is an exit that is no block.
    """

    def __init__(self, region: Region, post: bool = False) -> None:
        self.region = region
        self.is_post = post
        successors = {block: block.successors for block in region.blocks}
        predecessors = _inverted(successors)
        if post:
            roots = [block for block, following in successors.items() if not following]
            roots = roots or [block for block in (region.last,) if block is not None]
            successors, predecessors = predecessors, successors
        else:
            roots = [region.entry]
        self._blocks, above = _preorder(roots, successors)
        self._number = {block: number for number, block in enumerate(self._blocks, 1)}
        incoming = _numbered(self._blocks, predecessors, self._number, roots)
        self._parent = _immediate_dominators(above, incoming)
        self._children = _children(self._parent)
        self._enter, self._leave = _intervals(self._children)

    def is_reachable(self, block: Block) -> bool:
        """Whether `block` can be reached from the entry (for post-dominance: reaches an exit)."""
        return block in self._number

    def immediate(self, block: Block) -> Block | None:
        """The closest block that properly dominates `block`; None for a root."""
        number = self._number.get(block)
        above = self._parent[number] if number is not None else _ROOT
        return None if above == _ROOT else self._blocks[above - 1]

    def dominates(self, a: Block, b: Block) -> bool:
        """Whether `a` is `b` or dominates it. An unreachable block is dominated by all."""
        if a is b:
            return True
        second = self._number.get(b)
        if second is None:
            return True
        first = self._number.get(a)
        if first is None:
            return False
        return (
            self._enter[first] <= self._enter[second] and self._leave[second] <= self._leave[first]
        )

    def properly_dominates(self, a: Block, b: Block) -> bool:
        """Whether `a` dominates `b` and is not `b`."""
        return a is not b and self.dominates(a, b)

    def children(self, block: Block) -> list[Block]:
        """The blocks that `block` dominates immediately, in the order of a depth-first walk."""
        return [self._blocks[child - 1] for child in self._children[self._number[block]]]

    def preorder(self) -> Iterator[Block]:
        """All reachable blocks, each after its immediate dominator."""
        stack = list(reversed(self._children[_ROOT]))
        while stack:
            number = stack.pop()
            yield self._blocks[number - 1]
            stack += reversed(self._children[number])

    def nearest_common(self, a: Block, b: Block) -> Block | None:
        """The closest block that dominates both, or None."""
        first, second = self._number.get(a), self._number.get(b)
        if first is None or second is None:
            return b if first is None else a
        while first != second:  # a dominator has the smaller number
            if first > second:
                first = self._parent[first]
            else:
                second = self._parent[second]
        return None if first == _ROOT else self._blocks[first - 1]


def _inverted(edges: Mapping[Block, Sequence[Block]]) -> dict[Block, tuple[Block, ...]]:
    found: dict[Block, list[Block]] = {block: [] for block in edges}
    for block, targets in edges.items():
        for target in targets:
            if target in found:
                found[target].append(block)
    return {block: tuple(sources) for block, sources in found.items()}


def _preorder(
    roots: Sequence[Block], edges: Mapping[Block, Sequence[Block]]
) -> tuple[list[Block], list[int]]:
    """The blocks in the order of a depth-first walk, and the number each was reached from.

    Block n of the list has the number n + 1; 0 is the artificial root above all `roots`.
    """
    seen: set[Block] = set()
    order: list[Block] = []
    above = [_ROOT]
    for root in roots:
        stack = [(root, _ROOT)]
        while stack:
            block, source = stack.pop()
            if block in seen:
                continue
            seen.add(block)
            order.append(block)
            above.append(source)
            number = len(order)
            stack += [(t, number) for t in reversed(edges[block]) if t in edges and t not in seen]
    return order, above


def _numbered(
    order: Sequence[Block],
    predecessors: Mapping[Block, Sequence[Block]],
    numbers: Mapping[Block, int],
    roots: Sequence[Block],
) -> list[list[int]]:
    """The numbers of the reachable predecessors of each block, by its number."""
    incoming: list[list[int]] = [[]]
    for block in order:
        incoming.append([numbers[p] for p in predecessors[block] if p in numbers])
    for block in roots:
        incoming[numbers[block]].append(_ROOT)
    return incoming


def _immediate_dominators(above: list[int], incoming: list[list[int]]) -> list[int]:
    """The immediate dominator of each number (the algorithm with simple linking)."""
    count = len(above)
    semi, label = list(range(count)), list(range(count))
    forest: list[int] = [-1] * count
    dominator = [_ROOT] * count
    buckets: list[list[int]] = [[] for _ in range(count)]
    for number in range(count - 1, 0, -1):
        for source in incoming[number]:
            semi[number] = min(semi[number], semi[_evaluate(source, forest, label, semi)])
        buckets[semi[number]].append(number)
        parent = forest[number] = above[number]
        for waiting in buckets[parent]:
            best = _evaluate(waiting, forest, label, semi)
            dominator[waiting] = best if semi[best] < semi[waiting] else parent
        buckets[parent] = []
    for number in range(1, count):
        if dominator[number] != semi[number]:
            dominator[number] = dominator[dominator[number]]
    return dominator


def _evaluate(number: int, forest: list[int], label: list[int], semi: list[int]) -> int:
    """The number with the least semi-dominator on the forest path above; shortens the path."""
    if forest[number] < 0:
        return number
    path = []
    current = number
    while forest[forest[current]] >= 0:
        path.append(current)
        current = forest[current]
    for current in reversed(path):
        higher = forest[current]
        if semi[label[higher]] < semi[label[current]]:
            label[current] = label[higher]
        forest[current] = forest[higher]
    return label[number]


def _children(parent: list[int]) -> list[list[int]]:
    children: list[list[int]] = [[] for _ in parent]
    for number in range(1, len(parent)):
        children[parent[number]].append(number)
    return children


def _intervals(children: list[list[int]]) -> tuple[list[int], list[int]]:
    """When a depth-first walk over the tree enters and leaves each number."""
    enter, leave = [0] * len(children), [0] * len(children)
    clock = 0
    stack = [(_ROOT, iter(children[_ROOT]))]
    while stack:
        number, inside = stack[-1]
        child = next(inside, None)
        clock += 1
        if child is None:
            stack.pop()
            leave[number] = clock
        else:
            enter[child] = clock
            stack.append((child, iter(children[child])))
    return enter, leave


def ancestor_in(region: Region | None, op: Operation) -> Operation | None:
    """The op directly in `region` that is `op` or contains it, or None."""
    current: Operation | None = op
    while current is not None:
        if current.parent_region is region:
            return current
        current = current.parent_op
    return None


def ancestor_in_block(block: Block | None, op: Operation) -> Operation | None:
    """The op directly in `block` that is `op` or contains it, or None."""
    current: Operation | None = op
    while current is not None and current.parent is not block:
        current = current.parent_op
    return current


class Dominance:
    """Answers queries across nested regions; the trees are made when first needed.

    Blocks must not change while it is in use, or `forget` must be called; ops may.
    """

    def __init__(self, post: bool = False) -> None:
        self.is_post = post
        self._trees: dict[Region, DominatorTree] = {}

    def tree(self, region: Region) -> DominatorTree:
        """The tree of `region`."""
        found = self._trees.get(region)
        if found is None:
            found = self._trees[region] = DominatorTree(region, self.is_post)
        return found

    def forget(self, region: Region | None = None) -> None:
        """Drops the tree of `region`, or all, after its blocks changed."""
        if region is None:
            self._trees.clear()
        else:
            self._trees.pop(region, None)

    def is_reachable(self, block: Block) -> bool:
        """Whether control can come to `block` from the entry of its region."""
        assert block.parent is not None
        return block.parent.first is block or self.tree(block.parent).is_reachable(block)

    def block_dominates(self, a: Block, b: Block) -> bool:
        """Whether `a` is `b`, dominates it, or dominates a block around it."""
        return a is b or self.block_properly_dominates(a, b)

    def block_properly_dominates(self, a: Block, b: Block) -> bool:
        """Whether `a` dominates `b`, or a block around it, and is not `b`."""
        if a is b:
            return False
        if a.parent is not b.parent:
            owner = b.parent_op
            inside = ancestor_in(a.parent, owner) if owner is not None else None
            if inside is None or inside.parent is None:
                return False
            b = inside.parent
            if a is b:
                return True
        assert a.parent is not None
        return self.tree(a.parent).properly_dominates(a, b)

    def dominates(self, a: Operation | Value, b: Operation) -> bool:
        """Whether op or value `a` is `b` itself, or is there whenever `b` runs."""
        return a is b or self.properly_dominates(a, b)

    def properly_dominates(self, a: Operation | Value, b: Operation) -> bool:
        """Whether `a` is there before `b` runs; an op does not dominate what it contains here.

        In graph regions the order of ops means nothing: ops of one block dominate each other.
        """
        if isinstance(a, BlockArgument):
            return b.parent is not None and self.block_dominates(a.owner, b.parent)
        first = a.defining_op if isinstance(a, Value) else a
        assert first is not None and first.parent is not None
        region = first.parent.parent
        second = ancestor_in(region, b)
        if second is None:
            return False
        if not isinstance(a, Value) and first is second and second is not b:
            return True
        return self._ordered(first, second, region)

    def _ordered(self, a: Operation, b: Operation, region: Region | None) -> bool:
        """For two ops of one region."""
        assert a.parent is not None and b.parent is not None
        if a.parent is not b.parent:
            assert region is not None
            return self.tree(region).properly_dominates(a.parent, b.parent)
        if region is not None and not has_ssa_dominance(region):
            return True
        if self.is_post:
            return b.is_before_in_block(a)
        return a.is_before_in_block(b)
