"""Transfers of several dimensions as many of one less, put together and taken apart as vectors."""

from __future__ import annotations

from stepwell.dialects.vector.shapes import BroadcastOp
from stepwell.dialects.vector.slices import ExtractOp, InsertOp
from stepwell.dialects.vector.transfers import TransferReadOp, TransferWriteOp
from stepwell.ir import types
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.rewriting.pattern import Pattern, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import VectorType
from stepwell.ir.value import OpResult, Value
from stepwell.passes.vector_to_scf.first_dimension import (
    Options,
    Transfer,
    check_it_can_be_split,
    has_mask_along,
    is_on_tensor,
    memory_dim,
    moved_indices,
    slice_of,
    where_inside,
)


def unroll_patterns(options: Options) -> list[Pattern]:
    """The patterns that unroll transfers along their first dimension."""

    @pattern
    def unroll_read(op: TransferReadOp, rewriter: Rewriter) -> Rewrite:
        """Reads slices, and inserts each into the vector."""
        check_it_can_be_split(op, options)
        user = _only_insert(op)
        target, position, dynamic = _insertion(op, user, rewriter)
        vector = op.vector_type
        for number in range(vector.shape[0]):
            at = rewriter.constant(number, types.index)
            before = target

            def read(number: int = number, at: Value = at, before: Value = before) -> Value:
                part = _read_slice(op, rewriter, number, at)
                place = DenseArrayAttr.i64((*position, number))
                facts: dict[str, Attribute] = {"static_position": place}
                insert = InsertOp.create([part, before, *dynamic], [before.type], facts)
                return rewriter.insert(insert).results[0]

            def skip(before: Value = before) -> Value:
                return before

            made = where_inside(rewriter, op, at, before.type, read, skip)
            assert made is not None
            target = made
        if user is None:
            return target
        rewriter.replace(user, target)
        rewriter.erase(op)
        return True

    @pattern
    def unroll_write(op: TransferWriteOp, rewriter: Rewriter) -> Rewrite:
        """Extracts slices from the vector, and writes each."""
        check_it_can_be_split(op, options)
        base = op.base
        carried = base.type if is_on_tensor(op) else None
        for number in range(op.vector_type.shape[0]):
            at = rewriter.constant(number, types.index)
            before = base

            def write(number: int = number, at: Value = at, before: Value = before) -> Value | None:
                made = _write_slice(op, rewriter, number, at, before)
                return made.results[0] if made.results else None

            def skip(before: Value = before) -> Value | None:
                return before if carried is not None else None

            base = where_inside(rewriter, op, at, carried, write, skip) or base
        return [base] if carried is not None else []

    return [unroll_read, unroll_write]


def _only_insert(op: TransferReadOp) -> InsertOp | None:
    """The `vector.insert` that alone uses what is read."""
    uses = list(op.results[0].uses)
    user = uses[0][0] if len(uses) == 1 else None
    return user if isinstance(user, InsertOp) else None


def _insertion(
    op: TransferReadOp, user: InsertOp | None, rewriter: Rewriter
) -> tuple[Value, tuple[int, ...], list[Value]]:
    """The vector that slices go into, and where in it the whole has its place."""
    if user is not None:
        return user.dest, tuple(user.static_position.ints), list(user.dynamic_position)
    made = BroadcastOp(op.padding, result_types=[op.vector_type])
    return rewriter.insert(made).results[0], (), []


def _read_slice(op: TransferReadOp, rewriter: Rewriter, number: int, at: Value) -> Value:
    indices = moved_indices(rewriter, op, at)
    vector = op.vector_type
    type = VectorType(vector.shape[1:], vector.element_type, vector.scalable[1:])
    mask = _mask_of_slice(op, rewriter, number)
    part = slice_of(rewriter, op, indices, type, op.base, mask).results[0]
    return part if type.rank else _part(rewriter, part, ())


def _write_slice(
    op: TransferWriteOp, rewriter: Rewriter, number: int, at: Value, base: Value
) -> Transfer:
    indices = moved_indices(rewriter, op, at)
    part = _slice_of_vector(op, rewriter, number)
    if not isinstance(part.type, VectorType):
        lifted = BroadcastOp(part, result_types=[VectorType((), part.type)])
        part = rewriter.insert(lifted).results[0]
    mask = _mask_of_slice(op, rewriter, number)
    return slice_of(rewriter, op, indices, part, base, mask)


def _slice_of_vector(op: TransferWriteOp, rewriter: Rewriter, number: int) -> Value:
    """Slice `number` of what is written, from the vector that this was extracted from."""
    vector = op.valueToStore
    source = vector.owner if isinstance(vector, OpResult) else None
    if not isinstance(source, ExtractOp):
        return _part(rewriter, vector, (number,))
    place = DenseArrayAttr.i64((*source.static_position.ints, number))
    operands = [source.source, *source.dynamic_position]
    return _extract(rewriter, operands, op.vector_type, place)


def _extract(
    rewriter: Rewriter, operands: list[Value], whole: VectorType, place: DenseArrayAttr
) -> Value:
    type = VectorType(whole.shape[1:], whole.element_type, whole.scalable[1:])
    made = ExtractOp.create(
        operands, [type if type.rank else whole.element_type], {"static_position": place}
    )
    return rewriter.insert(made).results[0]


def _part(rewriter: Rewriter, vector: Value, position: tuple[int, ...]) -> Value:
    made = ExtractOp(vector, [], DenseArrayAttr.i64(position))
    return rewriter.insert(made).results[0]


def _mask_of_slice(op: Transfer, rewriter: Rewriter, number: int) -> Value | None:
    if op.mask is None or has_mask_along(op):
        return None
    if memory_dim(op) is None:
        return op.mask
    return _part(rewriter, op.mask, (number,))
