"""Dominator trees against the definition, and queries across regions."""

from __future__ import annotations

import random

import pytest

from stepwell.ir.block import Block, Region
from stepwell.ir.dominance import Dominance, DominatorTree
from stepwell.ir.operation import Operation, unregistered_class, walk
from stepwell.ir.text.parse import parse_module


def _region(edges: list[list[int]]) -> tuple[Region, list[Block]]:
    """A region whose block n branches to the blocks `edges[n]`."""
    blocks = [Block() for _ in edges]
    region = Region(blocks)
    for block, targets in zip(blocks, edges, strict=True):
        branch = unregistered_class("my.br")
        block.append(branch.create(successors=[blocks[target] for target in targets]))
    return region, blocks


def _reached(edges: list[list[int]], start: int, without: int = -1) -> set[int]:
    seen: set[int] = set()
    pending = [start] if start != without else []
    while pending:
        number = pending.pop()
        if number not in seen:
            seen.add(number)
            pending += [target for target in edges[number] if target != without]
    return seen


def _random_edges(seed: int) -> list[list[int]]:
    rng = random.Random(seed)
    count = rng.randint(1, 12)
    return [
        [rng.randint(1, count - 1) for _ in range(rng.randint(0, 3))] if count > 1 else []
        for _ in range(count)
    ]


@pytest.mark.parametrize("seed", range(60))
def test_a_block_dominates_what_cannot_be_reached_without_it(seed: int) -> None:
    edges = _random_edges(seed)
    region, blocks = _region(edges)
    tree = DominatorTree(region)
    reached = _reached(edges, 0)
    for b in range(len(edges)):
        assert tree.is_reachable(blocks[b]) == (b in reached)
        if b not in reached:
            continue
        for a in range(len(edges)):
            expected = a == b or b not in _reached(edges, 0, without=a)
            assert tree.dominates(blocks[a], blocks[b]) == (expected and a in reached)


@pytest.mark.parametrize("seed", range(60))
def test_a_block_post_dominates_what_cannot_leave_without_it(seed: int) -> None:
    edges = _random_edges(seed)
    region, blocks = _region(edges)
    exits = [n for n, targets in enumerate(edges) if not targets]
    if not exits:
        return
    tree = DominatorTree(region, post=True)
    for b in range(len(edges)):
        leaves = bool(_reached(edges, b) & set(exits))
        assert tree.is_reachable(blocks[b]) == leaves
        if not leaves:
            continue
        for a in range(len(edges)):
            without = _reached(edges, b, without=a) & set(exits)
            can_leave = bool(_reached(edges, a) & set(exits))
            assert tree.dominates(blocks[a], blocks[b]) == (a == b or (can_leave and not without))


@pytest.mark.parametrize("seed", range(30))
def test_tree_queries_agree(seed: int) -> None:
    region, blocks = _region(_random_edges(seed))
    tree = DominatorTree(region)
    order = list(tree.preorder())
    assert set(order) == {block for block in blocks if tree.is_reachable(block)}
    for position, block in enumerate(order):
        above = tree.immediate(block)
        assert (above is None) == (block is region.first)
        if above is not None:
            assert block in tree.children(above) and order.index(above) < position
    for a in order:
        for b in order:
            common = tree.nearest_common(a, b)
            assert common is not None and tree.dominates(common, a) and tree.dominates(common, b)
            below = [c for c in tree.children(common) if tree.dominates(c, a)]
            assert not any(tree.dominates(c, b) for c in below)


def _targets(shape: str, number: int, count: int) -> list[int]:
    """Where block `number` of `count` goes in a graph of this shape."""
    other = {"chain": [], "exits": [count - 1], "ladder": [max(1, number - 1)]}[shape]
    return [number + 1, *other]


@pytest.mark.parametrize("shape", ["chain", "exits", "ladder"])
def test_a_hundred_thousand_blocks(shape: str) -> None:
    count = 100_000
    edges = [[t for t in _targets(shape, n, count) if t < count] for n in range(count - 1)]
    region, blocks = _region([*edges, []])
    tree = DominatorTree(region)
    assert tree.dominates(blocks[1], blocks[-2])
    assert tree.dominates(blocks[-2], blocks[-1]) == (shape != "exits")


def _named(module: Operation) -> dict[str, Operation]:
    return {
        op.results[0].name_hint: op
        for op in walk(module)
        if op.results and op.results[0].name_hint is not None
    }


def test_queries_across_regions() -> None:
    module = parse_module(
        """func.func @f(%x: i32, %c: i1) {
  %a = arith.addi %x, %x : i32
  %outer = "my.f"() ({
    %b = arith.addi %a, %x : i32
    "my.end"() : () -> ()
  }) : () -> i32
  %last = arith.addi %a, %x : i32
  "my.br"(%c)[^p, ^q] : (i1) -> ()
^p:
  %p = arith.addi %a, %x : i32
  "my.br"()[^q] : () -> ()
^q:
  %q = arith.addi %a, %x : i32
  return
}""",
        allow_unregistered=True,
    )
    op = _named(module)
    dominance = Dominance()
    assert dominance.properly_dominates(op["a"].result, op["b"])
    assert dominance.properly_dominates(op["a"], op["last"])
    assert not dominance.properly_dominates(op["b"], op["last"])
    assert not dominance.properly_dominates(op["outer"].result, op["b"])
    assert dominance.properly_dominates(op["outer"], op["b"])
    assert dominance.dominates(op["a"], op["a"])
    assert not dominance.properly_dominates(op["a"], op["a"])
    assert not dominance.properly_dominates(op["p"], op["q"])
    assert dominance.properly_dominates(op["last"].result, op["q"])
    argument = op["a"].operands[0]
    assert dominance.properly_dominates(argument, op["b"])
    after = Dominance(post=True)
    assert after.properly_dominates(op["q"], op["a"])
    assert not after.properly_dominates(op["p"], op["a"])
