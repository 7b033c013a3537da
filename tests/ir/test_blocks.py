"""Blocks: lists of ops that are split."""

from __future__ import annotations

import pytest

from stepwell.ir.block import Block, Region
from stepwell.ir.operation import Operation, unregistered_class


def _block(names: str) -> tuple[Block, list[Operation]]:
    block = Block()
    Region([block])
    ops: list[Operation] = [unregistered_class(f"my.{name}").create() for name in names]
    for op in ops:
        block.append(op)
    return block, ops


def _names(block: Block, reverse: bool = False) -> str:
    ops = block.ops_reversed if reverse else block.ops
    return "".join(op.name.removeprefix("my.") for op in ops)


@pytest.mark.parametrize("place", range(5))
def test_the_rest_of_a_block_moves_to_a_new_one_behind_it(place: int) -> None:
    block, ops = _block("abcde")
    made = block.split_before(ops[place])
    assert (block.next, made.prev, made.parent) == (made, block, block.parent)
    for part, names in ((block, "abcde"[:place]), (made, "abcde"[place:])):
        assert _names(part) == names
        assert _names(part, reverse=True) == names[::-1]
        assert all(op.parent is part for op in part.ops)
    assert ops[place].prev is None


def test_ops_keep_their_order_through_splits_and_insertions() -> None:
    block, ops = _block("abcd")
    for number in range(200):  # until there is no number between two ops
        block.insert_before(unregistered_class("my.x").create(), ops[2])
        if number == 100:
            block = block.split_before(ops[1])
    made = block.split_before(ops[2])
    made.append(unregistered_class("my.y").create())
    made.insert_before(unregistered_class("my.z").create(), made.first)
    for part in (block, made):
        inside = list(part.ops)
        for one, other in zip(inside, inside[1:], strict=False):
            assert part.is_before(one, other)
            assert not part.is_before(other, one)
    assert _names(made) == "zcdy"
