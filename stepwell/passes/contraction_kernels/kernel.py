"""The loops of a contraction, with sums in vector registers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from stepwell.dialects.arith.compare import CmpIOp
from stepwell.dialects.arith.constant import ConstantOp
from stepwell.dialects.arith.division import CeilDivSIOp, DivSIOp
from stepwell.dialects.arith.flags import FastMathFlags
from stepwell.dialects.arith.floating import AddFOp, MulFOp
from stepwell.dialects.arith.integer import AddIOp, MulIOp, SubIOp
from stepwell.dialects.memref.access import DimOp, LoadOp, StoreOp
from stepwell.dialects.scf.branches import IfOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.dialects.scf.parallel import ParallelOp, ReduceOp
from stepwell.dialects.scf.terminators import YieldOp
from stepwell.dialects.vector import memory_ops as vector
from stepwell.dialects.vector.masking import CreateMaskOp
from stepwell.dialects.vector.reductions import ReductionOp
from stepwell.dialects.vector.shapes import BroadcastOp
from stepwell.ir import types
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.block import Block, Region
from stepwell.ir.builder import Builder
from stepwell.ir.dense_attributes import DenseElementsAttr
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import MemRefType, VectorType
from stepwell.ir.value import Value
from stepwell.passes.affine_to_scf.expressions import Expander
from stepwell.passes.contraction_kernels.plan import Plan

FREE = FastMathFlags(("reassoc", "contract"))
Places: TypeAlias = Mapping[int, Value]
"""Where some of the loops are."""
Inner: TypeAlias = Callable[[Builder, Value, Sequence[Value]], Sequence[Value]]
"""The body of a loop: gets where it is and what is carried; gives what is carried on."""


class Kernel:
    """Makes the loops.

    Args:
        plan: what is computed.
        lanes: how many elements a vector has.
        rows: how many rows are computed at once.
    """

    def __init__(self, plan: Plan, lanes: int, rows: int) -> None:
        self.plan = plan
        self.lanes = lanes
        self.count = rows if plan.rows is not None else 1
        self.type = VectorType((lanes,), plan.element)
        self.mask_type = VectorType((lanes,), types.i1)
        self.sizes: list[Value] = []

    def emit(self, b: Rewriter) -> None:
        """All loops, at the place of the builder."""
        plan = self.plan
        self.sizes = [self._size(b, loop) for loop in range(plan.op.num_loops)]
        uppers = [self.sizes[loop] for loop in plan.outer]
        if plan.rows is not None:
            step = b.constant(self.count, types.index)
            uppers.append(b.insert(CeilDivSIOp(self.sizes[plan.rows], step)).result)
        if not uppers:
            self._rows_at(Builder.before_op(plan.op), {}, 1)
            return
        body = Block([types.index] * len(uppers))
        zero, one = b.constant(0, types.index), b.constant(1, types.index)
        b.insert(
            ParallelOp([zero] * len(uppers), uppers, [one] * len(uppers), [],
                       body=Region([body]), result_types=[])
        )  # fmt: skip
        inner = Builder.into(body, plan.op.location)
        at = dict(zip(plan.outer, body.args, strict=False))
        if plan.rows is None:
            self._rows_at(inner, at, 1)
        else:
            self._row_blocks(inner, at, body.args[-1])
        inner.insert(ReduceOp.create())

    def _size(self, b: Rewriter, loop: int) -> Value:
        """The extent of a loop: of what is written if that tells it, else of an operand."""
        pairs = list(zip(self.plan.op.operands, self.plan.op.indexing_maps, strict=True))
        for value, map in reversed(pairs):
            if AffineDim(loop) in map.results:
                dim = b.constant(map.results.index(AffineDim(loop)), types.index)
                return b.insert(DimOp(value, dim)).result
        raise AssertionError("an op whose loops are not known is not valid")

    def _row_blocks(self, b: Builder, at: Places, block: Value) -> None:
        """All rows of a block at once if there are so many left, else one after the other."""
        rows = self.plan.rows
        assert rows is not None
        first = b.insert(MulIOp(block, b.constant(self.count, types.index))).result
        end = b.insert(AddIOp(first, b.constant(self.count, types.index))).result
        whole = b.insert(CmpIOp("sle", end, self.sizes[rows])).result
        together, apart = Block(), Block()
        b.insert(IfOp(whole, then=Region([together]), otherwise=Region([apart]), result_types=[]))
        inner = Builder.into(together, self.plan.op.location)
        self._rows_at(inner, {**at, rows: first}, self.count)
        inner.insert(YieldOp.create())
        inner = Builder.into(apart, self.plan.op.location)

        def one_row(b: Builder, row: Value, carried: Sequence[Value]) -> Sequence[Value]:
            self._rows_at(b, {**at, rows: row}, 1)
            return ()

        self._loop(inner, first, self.sizes[rows], 1, (), one_row)
        inner.insert(YieldOp.create())

    def _rows_at(self, b: Builder, at: Places, count: int) -> None:
        """So many rows from a place on."""
        if self.plan.sums_lanes:
            self._sums_of_lanes(b, at, count)
        else:
            self._sum_in_each_lane(b, at, count)

    def _sum_in_each_lane(self, b: Builder, at: Places, count: int) -> None:
        zero, size, whole = self._lane_bounds(b)

        def vectors(masked: bool) -> Inner:
            def body(b: Builder, first: Value, carried: Sequence[Value]) -> Sequence[Value]:
                here = {**at, self.plan.vector: first}
                mask = self._mask(b, first) if masked else None
                sums: Sequence[Value] = [self._read(b, 2, here, row, mask) for row in range(count)]
                sums = self._reduced(b, here, list(self.plan.reduced), sums, mask)
                for row, total in enumerate(sums):
                    self._write(b, total, here, row, mask)
                return ()

            return body

        self._loop(b, zero, whole, self.lanes, (), vectors(masked=False))
        self._loop(b, whole, size, self.lanes, (), vectors(masked=True))

    def _sums_of_lanes(self, b: Builder, at: Places, count: int) -> None:
        zeros = self._zeros(b)
        sums = self._reduced(b, at, list(self.plan.reduced), [zeros] * count, None, innermost=True)
        for row, lanes in enumerate(sums):
            total = b.insert(ReductionOp("add", lanes, fastmath=FREE,
                                         result_types=[self.plan.element])).result  # fmt: skip
            indices = self._indices(b, 2, at, row)
            out = self.plan.operands[2]
            old = b.insert(LoadOp(out, indices, result_types=[self.plan.element])).result
            b.insert(StoreOp(b.insert(AddFOp(old, total)).result, out, indices))

    def _reduced(
        self,
        b: Builder,
        at: Places,
        loops: list[int],
        sums: Sequence[Value],
        mask: Value | None,
        innermost: bool = False,
    ) -> Sequence[Value]:
        """The sums after all loops that reduce; the innermost one over vectors, perhaps."""
        if loops:
            loop, *rest = loops

            def body(b: Builder, place: Value, carried: Sequence[Value]) -> Sequence[Value]:
                return self._reduced(b, {**at, loop: place}, rest, carried, mask, innermost)

            zero = b.constant(0, types.index)
            return self._loop(b, zero, self.sizes[loop], 1, sums, body)
        if not innermost:
            return self._products(b, at, sums, mask)
        zero, size, whole = self._lane_bounds(b)

        def vectors(masked: bool) -> Inner:
            def body(b: Builder, first: Value, carried: Sequence[Value]) -> Sequence[Value]:
                lanes = self._mask(b, first) if masked else None
                return self._products(b, {**at, self.plan.vector: first}, carried, lanes)

            return body

        sums = self._loop(b, zero, whole, self.lanes, sums, vectors(masked=False))
        return self._loop(b, whole, size, self.lanes, sums, vectors(masked=True))

    def _products(
        self, b: Builder, at: Places, sums: Sequence[Value], mask: Value | None
    ) -> Sequence[Value]:
        """The sums with one product more each; what rows share is read once."""
        count = len(sums)
        factors: list[list[Value]] = []
        for number in (0, 1):
            own = count if self.plan.uses_rows(number) else 1
            read = [self._read(b, number, at, row, mask) for row in range(own)]
            factors.append(read if own == count else read * count)
        found: list[Value] = []
        for total, lhs, rhs in zip(sums, *factors, strict=True):
            product = b.insert(MulFOp(lhs, rhs, fastmath=FREE)).result
            found.append(b.insert(AddFOp(total, product, fastmath=FREE)).result)
        return found

    # Loops and lanes.

    def _loop(
        self,
        b: Builder,
        lower: Value,
        upper: Value,
        step: int,
        carried: Sequence[Value],
        inner: Inner,
    ) -> Sequence[Value]:
        """A loop; what it carries in the end."""
        body = Block([types.index, *(value.type for value in carried)])
        loop = b.insert(
            ForOp(lower, upper, b.constant(step, types.index), list(carried),
                  body=Region([body]), result_types=[value.type for value in carried])
        )  # fmt: skip
        inside = Builder.into(body, self.plan.op.location)
        inside.insert(YieldOp.create(inner(inside, body.args[0], body.args[1:])))
        return loop.results

    def _lane_bounds(self, b: Builder) -> tuple[Value, Value, Value]:
        """Zero, the extent of the lanes, and the part of it that fills whole vectors."""
        size, lanes = self.sizes[self.plan.vector], b.constant(self.lanes, types.index)
        count = b.insert(DivSIOp(size, lanes)).result
        return b.constant(0, types.index), size, b.insert(MulIOp(count, lanes)).result

    def _mask(self, b: Builder, first: Value) -> Value:
        left = b.insert(SubIOp(self.sizes[self.plan.vector], first)).result
        return b.insert(CreateMaskOp([left], result_types=[self.mask_type])).result

    def _zeros(self, b: Builder) -> Value:
        return b.constant(DenseElementsAttr.from_numpy(np.zeros(self.lanes), self.type), self.type)

    # Memory.

    def _indices(self, b: Builder, number: int, at: Places, row: int) -> list[Value]:
        """Where a row reads an operand."""
        places = dict(at)
        rows = self.plan.rows
        if row and rows is not None:
            places[rows] = b.insert(AddIOp(at[rows], b.constant(row, types.index))).result
        zero = b.constant(0, types.index)
        dims = [places.get(loop, zero) for loop in range(self.plan.op.num_loops)]
        expander = Expander(b, dims, ())
        return [expander.expand(expr) for expr in self.plan.maps[number].results]

    def _read(self, b: Builder, number: int, at: Places, row: int, mask: Value | None) -> Value:
        """A vector of an operand: of neighbours, or of one element repeated."""
        memory, indices = self.plan.operands[number], self._indices(b, number, at, row)
        stride = self.plan.stride(number)
        if not stride:
            one = b.insert(LoadOp(memory, indices, result_types=[self.plan.element])).result
            return b.insert(BroadcastOp(one, result_types=[self.type])).result
        assert isinstance(memory.type, MemRefType)
        if stride > 1:
            apart = np.arange(self.lanes, dtype=np.int32) * stride
            type = VectorType((self.lanes,), types.i32)
            lanes = b.insert(ConstantOp(DenseElementsAttr.from_numpy(apart, type))).result
            chosen = mask or self._all(b)
            gather = vector.GatherOp(
                memory, indices, lanes, chosen, self._zeros(b), result_types=[self.type]
            )
            return b.insert(gather).result
        if mask is None:
            return b.insert(vector.LoadOp(memory, indices, result_types=[self.type])).result
        zeros = self._zeros(b)
        load = vector.MaskedLoadOp(memory, indices, mask, zeros, result_types=[self.type])
        return b.insert(load).result

    def _all(self, b: Builder) -> Value:
        every = DenseElementsAttr.from_numpy(np.ones(self.lanes, np.bool_), self.mask_type)
        return b.insert(ConstantOp(every)).result

    def _write(self, b: Builder, value: Value, at: Places, row: int, mask: Value | None) -> None:
        memory, indices = self.plan.operands[2], self._indices(b, 2, at, row)
        if mask is None:
            b.insert(vector.StoreOp(value, memory, indices))
        else:
            b.insert(vector.MaskedStoreOp(memory, indices, mask, value))
