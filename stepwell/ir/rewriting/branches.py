"""What branches pass to the arguments of blocks.

A branch says it by `successor_operands(self, index) -> (start, stop)`: the range of its operands
that successor `index` receives (upstream's BranchOpInterface). What other
terminators pass is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.fields import OPERAND_SEGMENTS
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import BlockArgument, Value


def successor_range(op: Operation, index: int) -> tuple[int, int] | None:
    """The operands (start, stop) that `op` passes to successor `index`; None if unknown."""
    method = getattr(op, "successor_operands", None)
    if method is None:
        return None
    start, stop = method(index)
    return start, stop


def branches_to(block: Block) -> list[tuple[Operation, int]]:
    """(branch, successor number) of every way into `block` from other blocks (or itself)."""
    return [
        (op, number)
        for op in block._predecessors or ()
        for number, successor in enumerate(op.successors)
        if successor is block
    ]


def incoming_operands(argument: BlockArgument) -> list[tuple[Operation, int]] | None:
    """(branch, operand number) of all that `argument` may get; None if not all are known."""
    found: list[tuple[Operation, int]] = []
    for op, number in branches_to(argument.owner):
        bounds = successor_range(op, number)
        if bounds is None or bounds[1] - bounds[0] != len(argument.owner.args):
            return None
        found.append((op, bounds[0] + argument.index))
    return found


def incoming_values(argument: BlockArgument) -> list[Value] | None:
    """All values that `argument` may get; None if not all are known."""
    operands = incoming_operands(argument)
    return None if operands is None else [op._operands[number] for op, number in operands]


def erase_argument(argument: BlockArgument, rewriter: Rewriter) -> None:
    """Removes an unused argument of a block, and what the branches pass to it.

    `incoming_operands` must know all of these.
    """
    erase_arguments([argument], rewriter)


def erase_arguments(arguments: Sequence[BlockArgument], rewriter: Rewriter) -> None:
    """As `erase_argument`, for arguments that may be passed on to each other in cycles."""
    passed: dict[Operation, list[int]] = {}
    for argument in arguments:
        operands = incoming_operands(argument)
        assert operands is not None
        for op, number in operands:
            passed.setdefault(op, []).append(number)
    for op, numbers in passed.items():
        for number in sorted(numbers, reverse=True):
            erase_operand(op, number)
        rewriter.modified(op)
    rewriter.changes += len(arguments)
    for block, gone in groupby(arguments, key=lambda argument: argument.owner):
        block.erase_arguments(gone)


def erase_operand(op: Operation, number: int) -> None:
    """Removes operand `number`, one of a field of any size, and keeps the segment sizes right."""
    sizes = op.properties.get(OPERAND_SEGMENTS)
    if isinstance(sizes, DenseArrayAttr):
        op.properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32(_one_less(list(sizes.ints), number))
    _shrink_nested_segments(op, number)
    op.set_operands([value for n, value in enumerate(op._operands) if n != number])


def _one_less(sizes: list[int], number: int) -> list[int]:
    end = 0
    for place, size in enumerate(sizes):
        end += size
        if number < end:
            sizes[place] -= 1
            return sizes
    raise IndexError(number)


def _shrink_nested_segments(op: Operation, number: int) -> None:
    """cf.switch writes down how its last field splits up, in `case_operand_segments`."""
    nested = op.properties.get("case_operand_segments")
    if not isinstance(nested, DenseArrayAttr):
        return
    start = op.num_operands - sum(nested.ints)
    if number >= start:
        shrunk = _one_less(list(nested.ints), number - start)
        op.properties["case_operand_segments"] = DenseArrayAttr.i32(shrunk)


def reachable_blocks(region: Region) -> dict[Block, None]:
    """The blocks to which a path leads from the entry, the entry first."""
    pending = [region.entry]
    found: dict[Block, None] = {region.entry: None}
    while pending:
        for successor in pending.pop().successors:
            if successor not in found:
                found[successor] = None
                pending.append(successor)
    return found
