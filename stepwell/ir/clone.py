"""Copying ops with everything inside them."""

from __future__ import annotations

from typing import TypeVar

from stepwell.ir.block import Block, Region
from stepwell.ir.collector import collector_held_off
from stepwell.ir.operation import Operation
from stepwell.ir.value import Value

AnyOp = TypeVar("AnyOp", bound=Operation)


def clone(op: AnyOp, mapping: dict[Value, Value] | None = None) -> AnyOp:
    """A detached copy of `op` and all inside it, locations included.

    Args:
        op: what to copy.
        mapping: values to use in place of others; gains an entry for every value that is copied.
    """
    values = {} if mapping is None else mapping
    blocks: dict[Block, Block] = {}
    made = _shell(op, values, blocks)
    if op.regions:
        with collector_held_off():
            _fill([(op, made)], [], values, blocks)
    return made


def clone_region_into(source: Region, target: Region, mapping: dict[Value, Value]) -> None:
    """Appends copies of the blocks of `source` to `target`."""
    pending: list[tuple[Operation, Operation]] = []
    copies: list[tuple[Operation, Operation]] = []
    blocks: dict[Block, Block] = {}
    with collector_held_off():
        _copy_blocks(source, target, mapping, blocks, pending, copies)
        _fill(pending, copies, mapping, blocks)


def _fill(
    pending: list[tuple[Operation, Operation]],
    copies: list[tuple[Operation, Operation]],
    values: dict[Value, Value],
    blocks: dict[Block, Block],
) -> None:
    """Gives the copies in `pending` their regions, and all copies their last operands."""
    while pending:
        old, new = pending.pop()
        for old_region, new_region in zip(old.regions, new.regions, strict=True):
            _copy_blocks(old_region, new_region, values, blocks, pending, copies)
    for old, new in copies:  # operands may be defined after their uses in the text
        if any(value in values for value in old._operands):
            new.set_operands([values.get(value, value) for value in old._operands])
        if old.successors:
            new.set_successors([blocks.get(block, block) for block in old.successors])


def clone_ops_into(
    source: Block, target: Block, mapping: dict[Value, Value], *, terminator: bool = False
) -> None:
    """Appends copies of the ops of `source` to `target`.

    Args:
        source: the ops to copy; its arguments should be in `mapping` already.
        target: where the copies go.
        mapping: as in `clone`.
        terminator: whether the last op is copied too.
    """
    for op in source.ops:
        if terminator or op is not source.last:
            target.append(clone(op, mapping))


def _shell(op: AnyOp, values: dict[Value, Value], blocks: dict[Block, Block]) -> AnyOp:
    """A copy of `op` with empty regions; operands are mapped as far as they are known."""
    made = type(op).create(
        [values.get(value, value) for value in op._operands],
        op.result_types,
        dict(op._properties) if op._properties else None,
        dict(op._attributes) if op._attributes else None,
        [blocks.get(block, block) for block in op.successors],
        [Region() for _ in op.regions],
        op._location,
    )
    for old, new in zip(op.results, made.results, strict=True):
        new.name_hint = old.name_hint
        values[old] = new
    return made


def _copy_blocks(
    source: Region,
    target: Region,
    values: dict[Value, Value],
    blocks: dict[Block, Block],
    pending: list[tuple[Operation, Operation]],
    copies: list[tuple[Operation, Operation]],
) -> None:
    for block in source.blocks:
        made = blocks[block] = Block()
        made.name_hint = block.name_hint
        target.append(made)
        for argument in block.args:
            copied = made.add_argument(argument.type)
            copied._location, copied.name_hint = argument._location, argument.name_hint
            values[argument] = copied
    for block in source.blocks:
        made = blocks[block]
        for op in block.ops:
            copy = _shell(op, values, blocks)
            made.append(copy)
            copies.append((op, copy))
            if op.regions:
                pending.append((op, copy))
