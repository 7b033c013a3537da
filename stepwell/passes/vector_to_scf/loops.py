"""Transfers of several dimensions as loops over the first one, by way of buffers on the stack.

The vector lies in a `memref.alloca` of one element, which is seen as one dimension more for every
loop; each iteration transfers one slice. Masks go the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stepwell.dialects.memref.access import LoadOp, StoreOp
from stepwell.dialects.memref.allocation import AllocaOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.dialects.scf.terminators import YieldOp
from stepwell.dialects.vector.memory_ops import TypeCastOp
from stepwell.dialects.vector.shapes import BroadcastOp
from stepwell.dialects.vector.transfers import TransferReadOp, TransferWriteOp
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.fields import OPERAND_SEGMENTS
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.pattern import NoMatch, Pattern, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.traits import AutomaticAllocationScope
from stepwell.ir.types import MemRefType, VectorType
from stepwell.ir.value import Value
from stepwell.passes.vector_to_scf.first_dimension import (
    Options,
    Transfer,
    check_it_can_be_split,
    has_mask_along,
    is_on_tensor,
    is_scalable,
    memory_dim,
    moved_indices,
    slice_of,
    where_inside,
)


@dataclass(frozen=True, slots=True)
class Place:
    """An element of a buffer of vectors."""

    buffer: Value
    indices: tuple[Value, ...] = ()

    @property
    def vector(self) -> VectorType:
        """The type of the element."""
        found = types.element_type_or_self(self.buffer.type)
        assert isinstance(found, VectorType)
        return found

    def load(self, rewriter: Rewriter) -> Value:
        """What is there."""
        return rewriter.insert(LoadOp(self.buffer, list(self.indices))).results[0]

    def store(self, rewriter: Rewriter, value: Value) -> StoreOp:
        """Puts a vector there."""
        return rewriter.insert(StoreOp(value, self.buffer, list(self.indices)))

    def unpacked(self, rewriter: Rewriter) -> Value:
        """The buffer with the first dimension of its vectors as its own last one."""
        vector, whole = self.vector, self.buffer.type
        assert isinstance(whole, MemRefType)
        element = VectorType(vector.shape[1:], vector.element_type, vector.scalable[1:])
        type = MemRefType((*whole.shape, vector.shape[0]), element)
        return rewriter.insert(TypeCastOp(self.buffer, result_types=[type])).results[0]


@dataclass(frozen=True, slots=True)
class Buffered:
    """A transfer whose vector lies in a buffer.

    Attributes:
        data: where the vector is, or will be put by `store`.
        mask: where its mask is.
        store: puts there what a read gives.
    """

    data: Place
    mask: Place | None
    store: StoreOp | None = None


def loop_patterns(options: Options) -> list[Pattern]:
    """The patterns for one program; they remember which transfers have their buffers."""
    buffered: dict[Operation, Buffered] = {}

    @pattern
    def through_buffer(op: TransferReadOp | TransferWriteOp, rewriter: Rewriter) -> Rewrite:
        """Puts the vector (and the mask) of a transfer into buffers."""
        if op in buffered:
            raise NoMatch("it has its buffers")
        check_it_can_be_split(op, options)
        mask = None if op.mask is None else _buffer(rewriter, op, op.mask.type)
        data = _buffer(rewriter, op, op.vector_type)
        if mask is not None and op.mask is not None:
            mask.store(rewriter, op.mask)
        masks = [] if mask is None else [mask.load(rewriter)]
        if isinstance(op, TransferReadOp):
            operands = [op.base, *op.indices, op.padding, *masks]
            read = TransferReadOp.create(operands, [op.vector_type], dict(op.properties))
            store = data.store(rewriter, rewriter.insert(read).results[0])
            buffered[read] = Buffered(data, mask, store)
            return data.load(rewriter)
        data.store(rewriter, op.valueToStore)
        op.set_operands([data.load(rewriter), op.base, *op.indices, *masks])
        buffered[op] = Buffered(data, mask)
        rewriter.modified(op)
        return True

    @pattern
    def over_first_dimension(op: TransferReadOp | TransferWriteOp, rewriter: Rewriter) -> Rewrite:
        """Makes a loop of transfers of one dimension less."""
        state = buffered.get(op)
        if state is None:
            raise NoMatch("its vector lies in no buffer")
        if is_scalable(op.vector_type, 0):
            raise NoMatch("a scalable dimension cannot be taken apart")
        del buffered[op]
        return _Loop(op, state, options, buffered, rewriter).make()

    return [through_buffer, over_first_dimension]


def _buffer(rewriter: Rewriter, op: Transfer, type: Type) -> Place:
    """Memory for one vector, at the start of the innermost scope of stack memory."""
    scope = op.parent_op
    while scope is not None and AutomaticAllocationScope not in scope.traits:
        scope = scope.parent_op
    if scope is None:
        raise NoMatch("there is no scope for stack memory around it")
    sizes = {OPERAND_SEGMENTS: DenseArrayAttr.i32((0, 0))}
    with rewriter.at_start(scope.regions[0].entry):
        made = rewriter.insert(AllocaOp.create([], [MemRefType((), type)], dict(sizes)))
    return Place(made.results[0])


@dataclass(slots=True)
class _Loop:
    """The loop that a transfer becomes."""

    op: Transfer
    state: Buffered
    options: Options
    buffered: dict[Operation, Buffered]
    rewriter: Rewriter

    def make(self) -> Rewrite:
        op, rewriter = self.op, self.rewriter
        data = self.state.data.unpacked(rewriter)
        mask = self._mask_buffer()
        count = op.vector_type.shape[0]
        bounds = [rewriter.constant(number, types.index) for number in (0, count, 1)]
        initial = [op.base] if is_on_tensor(op) and isinstance(op, TransferWriteOp) else []
        body = Block([types.index, *(value.type for value in initial)])
        loop = ForOp.create(
            [*bounds, *initial], [value.type for value in initial], regions=[Region([body])]
        )
        rewriter.insert(loop)
        with rewriter.at_end(body):
            self._body(body, data, mask)
        if self.state.store is not None:
            rewriter.erase(self.state.store)
        return list(loop.results) if isinstance(op, TransferWriteOp) else self._gone()

    def _gone(self) -> bool:
        self.rewriter.erase(self.op)
        return True

    def _mask_buffer(self) -> Value | None:
        """The buffer of masks, with one dimension more if the mask has the first dimension."""
        place = self.state.mask
        if place is None:
            return None
        if memory_dim(self.op) is None or place.vector.rank == 1:
            return place.buffer
        return place.unpacked(self.rewriter)

    def _body(self, body: Block, data: Value, mask: Value | None) -> None:
        number, *carried = body.args
        place = Place(data, (*self.state.data.indices, number))
        so_far = carried[0] if carried else None
        made = where_inside(
            self.rewriter,
            self.op,
            number,
            None if so_far is None else so_far.type,
            lambda: self._slice(place, mask, number, so_far),
            lambda: self._nothing(place, so_far),
        )
        self.rewriter.insert(YieldOp.create([] if made is None else [made]))

    def _slice(
        self, place: Place, mask: Value | None, number: Value, so_far: Value | None
    ) -> Value | None:
        """The transfer of one slice; for a write to a tensor, the tensor that it makes."""
        rewriter, op = self.rewriter, self.op
        indices = moved_indices(rewriter, op, number)
        is_read = isinstance(op, TransferReadOp)
        vector = place.vector if is_read else place.load(rewriter)
        mask_place = self._mask_of_slice(mask, number)
        slice_mask = None if mask_place is None else mask_place.load(rewriter)
        made = slice_of(rewriter, op, indices, vector, so_far or op.base, slice_mask)
        store = place.store(rewriter, made.results[0]) if is_read else None
        if made.vector_type.rank > self.options.target_rank:
            self.buffered[made] = Buffered(place, mask_place, store)
        return made.results[0] if so_far is not None else None

    def _mask_of_slice(self, mask: Value | None, number: Value) -> Place | None:
        if mask is None or self.state.mask is None or has_mask_along(self.op):
            return None
        before: Sequence[Value] = self.state.mask.indices
        return Place(mask, (*before, *(() if memory_dim(self.op) is None else (number,))))

    def _nothing(self, place: Place, so_far: Value | None) -> Value | None:
        """What is to be done for a slice that does not exist: padding is put in its place."""
        if isinstance(self.op, TransferReadOp):
            padding = BroadcastOp(self.op.padding, result_types=[place.vector])
            place.store(self.rewriter, self.rewriter.insert(padding).results[0])
        return so_far
