"""Each structured op as blocks and branches.

Every function here splits the block at its op: what follows goes into a new block, which gets the
results as arguments.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stepwell.dialects.arith.casts import IndexCastOp
from stepwell.dialects.arith.compare import CmpIOp
from stepwell.dialects.arith.integer import AddIOp
from stepwell.dialects.cf.ops import BranchOp, CondBranchOp
from stepwell.dialects.cf.switch import SwitchOp
from stepwell.dialects.scf.branches import ExecuteRegionOp, IfOp, IndexSwitchOp
from stepwell.dialects.scf.loops import ForOp, WhileOp
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.dense_attributes import DenseElementsAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value


def _split(op: Operation, rewriter: Rewriter) -> tuple[Block, Block]:
    """The block up to (without) `op`, and the one with what follows it."""
    block = op.parent
    assert block is not None
    after = rewriter.split_block(block, op)
    op.detach()
    after.insert_before(op, after.first)
    return block, after


def _landing(after: Block, result_types: Sequence[Type]) -> Block:
    """The block that is reached with the results: `after`, with arguments for them."""
    for type in result_types:
        after.add_argument(type)
    return after


def _branch(rewriter: Rewriter, block: Block, target: Block, values: Sequence[Value]) -> None:
    with rewriter.at_end(block):
        rewriter.insert(BranchOp.create(values, successors=[target]))


def _replace_terminators(
    region: Region, terminator: str, target: Block, rewriter: Rewriter
) -> None:
    """Makes each `terminator` in `region` a branch to `target` with its operands."""
    for block in region.blocks:
        last = block.last
        if last is not None and last.name == terminator:
            values = last.operands
            rewriter.erase(last)
            _branch(rewriter, block, target, values)


def _finish(op: Operation, after: Block, rewriter: Rewriter) -> None:
    """Replaces the results by the arguments of the landing block, and erases the op."""
    op.replace_all_uses_with(after.args)
    rewriter.erase(op)


def for_to_blocks(op: ForOp, rewriter: Rewriter) -> None:
    """A test at the top, the body, and a branch back with the next number."""
    before, after = _split(op, rewriter)
    region = before.parent
    assert region is not None
    test = Block([op.lowerBound.type, *op.result_types])
    region.insert_before(test, after)
    body, last = op.body.entry, op.body.last
    assert last is not None and last.last is not None
    terminator = last.last
    yielded = terminator.operands
    rewriter.erase(terminator)
    with rewriter.at_end(last):
        step = AddIOp.create([body.args[0], op.step], [op.step.type])
        following = rewriter.insert(step).result
        rewriter.insert(BranchOp.create([following, *yielded], successors=[test]))
    for argument, value in zip(body.args, test.args, strict=True):
        argument.replace_all_uses_with(value)
        value.name_hint = argument.name_hint
    while body.args:
        body.erase_argument(len(body.args) - 1)
    rewriter.move_blocks(op.body, region, after)
    _branch(rewriter, before, test, [op.lowerBound, *op.inits])
    with rewriter.at_end(test):
        predicate = "ult" if op.unsignedCmp is not None else "slt"
        more = rewriter.insert(CmpIOp(predicate, test.args[0], op.upperBound)).result
        rewriter.insert(CondBranchOp(more, [], [], trueDest=body, falseDest=after))
    op.replace_all_uses_with(test.args[1:])
    rewriter.erase(op)


def if_to_blocks(op: IfOp, rewriter: Rewriter) -> None:
    """A conditional branch to the regions' blocks."""
    before, after = _split(op, rewriter)
    region = before.parent
    assert region is not None
    landing = _landing(after, op.result_types)
    then = op.then.entry
    otherwise = op.otherwise.first or landing
    for branch in (op.then, op.otherwise):
        _replace_terminators(branch, "scf.yield", landing, rewriter)
        rewriter.move_blocks(branch, region, landing)
    with rewriter.at_end(before):
        rewriter.insert(CondBranchOp(op.condition, [], [], trueDest=then, falseDest=otherwise))
    _finish(op, landing, rewriter)


def while_to_blocks(op: WhileOp, rewriter: Rewriter) -> None:
    """The first region as the loop's head, the second as its body."""
    before, after = _split(op, rewriter)
    region = before.parent
    assert region is not None
    head, body = op.before.entry, op.after.entry
    test = op.before.last.last if op.before.last is not None else None
    assert test is not None and test.parent is not None
    condition, *values = test.operands
    where = test.parent
    rewriter.erase(test)
    with rewriter.at_end(where):
        rewriter.insert(CondBranchOp(condition, values, [], trueDest=body, falseDest=after))
    _replace_terminators(op.after, "scf.yield", head, rewriter)
    rewriter.move_blocks(op.before, region, after)
    rewriter.move_blocks(op.after, region, after)
    _branch(rewriter, before, head, op.operands)
    op.replace_all_uses_with(values)
    rewriter.erase(op)


def index_switch_to_blocks(op: IndexSwitchOp, rewriter: Rewriter) -> None:
    """A `cf.switch` on the number."""
    before, after = _split(op, rewriter)
    region = before.parent
    assert region is not None
    landing = _landing(after, op.result_types)
    starts = [branch.entry for branch in op.regions]
    for branch in (*op.case_regions, op.default):
        _replace_terminators(branch, "scf.yield", landing, rewriter)
        rewriter.move_blocks(branch, region, landing)
    numbers = op.cases.ints
    fits = all(-(2**31) <= number < 2**31 for number in numbers)
    flag_type = types.i32 if fits else types.i64
    with rewriter.at_end(before):
        flag = rewriter.insert(IndexCastOp.create([op.arg], [flag_type])).result
        properties = {
            "case_operand_segments": DenseArrayAttr.i32([0] * len(numbers)),
            "operandSegmentSizes": DenseArrayAttr.i32([1, 0, 0]),
        }
        if numbers:
            held = types.RankedTensorType((len(numbers),), flag_type)
            array = np.array(numbers, dtype=np.int32 if fits else np.int64)
            properties["case_values"] = DenseElementsAttr.from_numpy(array, held)  # type: ignore[assignment]
        rewriter.insert(SwitchOp.create([flag], [], dict(properties), None, starts))
    _finish(op, landing, rewriter)


def execute_region_to_blocks(op: ExecuteRegionOp, rewriter: Rewriter) -> None:
    """The region's blocks, in line."""
    before, after = _split(op, rewriter)
    region = before.parent
    assert region is not None
    landing = _landing(after, op.result_types)
    start = op.body.entry
    _replace_terminators(op.body, "scf.yield", landing, rewriter)
    rewriter.move_blocks(op.body, region, landing)
    _branch(rewriter, before, start, [])
    _finish(op, landing, rewriter)
