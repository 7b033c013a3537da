"""Merging blocks of one region that do the same."""

from __future__ import annotations

from stepwell.ir.block import Block, Region
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value


def merge_equal_blocks(region: Region, rewriter: Rewriter) -> None:
    """Sends all branches to the first of several equal blocks, and erases the others."""
    leaders: dict[object, Block] = {}
    for block in region:
        if block.is_entry or any(op.regions for op in block):
            continue
        leader = leaders.setdefault(_shape(block), block)
        if leader is block or _is_used_outside(block) or _is_used_outside(leader):
            continue
        block.replace_all_uses_with(leader)
        rewriter.erase_block(block)


def _shape(block: Block) -> object:
    """Equal for blocks that do the same: values of the block itself are numbered."""
    numbers: dict[Value, int] = {}
    for argument in block.args:
        numbers[argument] = len(numbers)
    facts: list[object] = [block.arg_types]
    for op in block:
        facts.append(_op_shape(op, numbers))
        for result in op.results:
            numbers[result] = len(numbers)
    return tuple(facts)


def _op_shape(op: Operation, numbers: dict[Value, int]) -> tuple[object, ...]:
    return (
        type(op),
        tuple(numbers.get(value, value) for value in op._operands),
        op.result_types,
        tuple(op.successors),
        tuple(sorted((op._properties or {}).items(), key=lambda entry: entry[0])),
        tuple(sorted((op._attributes or {}).items(), key=lambda entry: entry[0])),
    )


def _is_used_outside(block: Block) -> bool:
    values = [*block.args, *(result for op in block for result in op.results)]
    return any(user.parent is not block for value in values for user in value._users or ())
