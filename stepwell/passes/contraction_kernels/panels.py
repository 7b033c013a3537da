"""The right factor of a contraction in panels: for each product, the columns of a tile in a row.

Where a column and a product lie are two sums. Both are worked out once a block, into tables; an
element is at the sum of their entries, and inside if the guards' sums of entries are.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.integer import AndIOp, XOrIOp
from stepwell.dialects.vector import memory_ops as vector
from stepwell.dialects.vector.attributes import CombiningKind
from stepwell.dialects.vector.reductions import ReductionOp
from stepwell.ir import types
from stepwell.ir.types import VectorType
from stepwell.ir.value import Value
from stepwell.passes.contraction_kernels.places import Linear
from stepwell.passes.contraction_kernels.tile import TileShape
from stepwell.passes.contraction_kernels.writing import Writer
from stepwell.passes.strided_metadata.index_math import Index


class Panels:
    """Writes the tables and the packing.

    Args:
        w: where the block begins.
        shape: of the tiles.
        memory: the right factor, in one row.
        place: where its elements are.
        guards: the sums that are to be inside, and their bounds.
        otherwise: what is outside.
    """

    def __init__(
        self,
        w: Writer,
        shape: TileShape,
        memory: Value,
        place: Linear,
        guards: Sequence[tuple[Linear, Value]],
        otherwise: Value | None,
    ) -> None:
        self.w = w
        self.shape = shape
        self.memory = memory
        self.place = place
        self.guards = guards
        self.lanes = VectorType((shape.lanes,), types.i32)
        self.bounds = [w.spread(w.narrow(bound), self.lanes) for _, bound in guards]
        self.packed = w.stack((shape.depth * shape.columns,), shape.element)
        self.steps = w.stack((shape.depth,), types.index)
        self.columns = w.stack((shape.columns,), types.i32)
        self.guard_steps = [w.stack((shape.depth,), types.i32) for _ in guards]
        self.guard_columns = [w.stack((shape.columns,), types.i32) for _ in guards]
        self.all = w.splat(True, VectorType((shape.lanes,), types.i1))
        zero = w.splat(0.0, shape.vector)
        self.otherwise = zero if otherwise is None else w.spread(otherwise, shape.vector)

    def set_columns(
        self, outer: Sequence[Index], first: Sequence[Index], extents: Sequence[Index],
        count: Value, padded: Index,
    ) -> None:  # fmt: skip
        """Fills the tables of columns; those that are too many are like the first.

        Args:
            outer: the terms that hold for the whole block, for the place and for each guard.
            first: the coordinates of the first column.
            extents: of the loops of columns.
            count: how many columns there are.
            padded: the same in whole panels.
        """
        w = self.w
        self.base = w.add(outer[0], self.place.of_columns(w, first))
        with w.loop(0, padded, carried=list(first)) as loop:
            at = list(loop.carried)
            distance = w.sub(w.add(outer[0], self.place.of_columns(w, at)), w.value(self.base))
            w.store(w.narrow(distance), self.columns, loop.place)
            for (sum, _), term, table in zip(
                self.guards, outer[1:], self.guard_columns, strict=True
            ):
                w.store(w.narrow(w.add(term, sum.of_columns(w, at))), table, loop.place)
            is_last = w.compare("sge", w.add(loop.place, 1), count)
            moved = w.advanced(at, extents)
            loop.next = [w.select(is_last, a, b) for a, b in zip(first, moved, strict=True)]

    def set_step(self, number: Value, at: Sequence[Index]) -> None:
        """Fills in the tables where a product is."""
        w = self.w
        w.store(w.value(self.place.of_sums(w, at)), self.steps, number)
        for (sum, _), table in zip(self.guards, self.guard_steps, strict=True):
            w.store(w.narrow(sum.of_sums(w, at)), table, number)

    def pack(self, columns: Index, depth: Value) -> None:
        """Copies so many products of whole panels."""
        w, shape = self.w, self.shape
        with w.loop(0, columns, shape.lanes) as loop:
            lanes = w.load_vector(self.lanes, self.columns, loop.place)
            first = w.load(self.columns, loop.place)
            guards = [
                w.load_vector(self.lanes, table, loop.place) for table in self.guard_columns
            ]
            panel = w.div(loop.place, shape.panel)
            part = w.rem(loop.place, shape.panel)
            target = w.add(w.mul(panel, shape.panel * shape.depth), part)
            then, otherwise = w.branches(self._are_neighbours(lanes, first))
            with w.branch(then):
                start = w.add(self.base, w.widen(first))
                self._copy(depth, start, target, guards, None)
            with w.branch(otherwise):
                self._copy(depth, self.base, target, guards, lanes)

    def _are_neighbours(self, lanes: Value, first: Value) -> Value:
        w = self.w
        apart = w.difference(lanes, w.spread(first, self.lanes))
        wrong = w.put(XOrIOp(apart, w.steps(self.lanes)))
        most = ReductionOp(CombiningKind("maxui"), wrong, result_types=[types.i32])
        return w.compare("eq", w.put(most), w.value(0, types.i32))

    def _copy(
        self, depth: Value, start: Index, target: Index, guards: Sequence[Value],
        lanes: Value | None,
    ) -> None:  # fmt: skip
        """Copies the elements of some neighbouring columns."""
        w, shape = self.w, self.shape
        with w.loop(0, depth) as loop:
            place = w.value(w.add(start, w.load(self.steps, loop.place)))
            mask = self._mask(loop.place, guards)
            if lanes is not None:
                read = vector.GatherOp(
                    self.memory, [place], lanes, mask or self.all, self.otherwise,
                    result_types=[shape.vector],
                )  # fmt: skip
                value = w.put(read)
            elif mask is None:
                value = w.load_vector(shape.vector, self.memory, place)
            else:
                masked = vector.MaskedLoadOp(
                    self.memory, [place], mask, self.otherwise, result_types=[shape.vector]
                )
                value = w.put(masked)
            w.store_vector(value, self.packed, w.add(target, w.mul(loop.place, shape.panel)))

    def _mask(self, step: Value, guards: Sequence[Value]) -> Value | None:
        w = self.w
        mask: Value | None = None
        for columns, table, bound in zip(guards, self.guard_steps, self.bounds, strict=True):
            at = w.total(columns, w.spread(w.load(table, step), self.lanes))
            inside = w.compare_values("ult", at, bound)
            mask = inside if mask is None else w.put(AndIOp(mask, inside))
        return mask

