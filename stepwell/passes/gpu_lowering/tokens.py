"""Asynchronous work of the gpu dialect in the order in which it is written."""

from __future__ import annotations

from stepwell.dialects.gpu.attributes import TOKEN
from stepwell.dialects.gpu.streams import AsyncOp
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.fields import OPERAND_SEGMENTS
from stepwell.ir.operation import Operation, walk


def drop_tokens(root: Operation) -> None:
    """Takes the tokens away: each op then waits for the ones before it.

    Raises:
        VerifyError: a token goes through an op that is not of the gpu dialect.
    """
    ops = []
    for op in walk(root):
        arguments = [a for region in op.regions for block in region.blocks for a in block.args]
        if any(value.type is TOKEN for value in (*op._operands, *op.results, *arguments)):
            ops.append(op)
    for op in ops:
        if not isinstance(op, AsyncOp):
            raise op.error("passes a token on; tokens may only go from one gpu op to another")
    for op in reversed(ops):
        assert isinstance(op, AsyncOp)
        _make_synchronous(op)


def _make_synchronous(op: AsyncOp) -> None:
    properties = dict(op.properties)
    segments = properties.get(OPERAND_SEGMENTS)
    if isinstance(segments, DenseArrayAttr):
        properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32([0, *segments.ints[1:]])
    kept = [value for value in op.results if value.type is not TOKEN]
    made = type(op).create(
        op._operands[len(op.asyncDependencies) :],
        [value.type for value in kept],
        properties,
        dict(op.attributes) or None,
        (),
        [],
        op._location,
    )
    assert op.parent is not None
    op.parent.insert_before(made, op)
    for region in list(op.regions):
        made.add_region(region)
    for old, new in zip(kept, made.results, strict=True):
        old.replace_all_uses_with(new)
    op.erase()
