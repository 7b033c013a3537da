"""The right factor of a contraction in panels: for each product, the columns of a tile in a row.

Where a column and a product lie are two sums. Both are worked out once a block, into tables; an
element is at the sum of their entries, and inside if the guards' sums of entries are.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.integer import AndIOp, XOrIOp
from stepwell.dialects.func.ops import CallOp
from stepwell.dialects.vector import memory_ops as vector
from stepwell.dialects.vector.attributes import CombiningKind
from stepwell.dialects.vector.reductions import ReductionOp
from stepwell.ir import types
from stepwell.ir.attributes import SymbolRefAttr
from stepwell.ir.definition import Op
from stepwell.ir.symbol_table import SymbolTable
from stepwell.ir.types import DYNAMIC, MemRefType, VectorType
from stepwell.ir.value import Value
from stepwell.passes.contraction_kernels.places import Linear
from stepwell.passes.contraction_kernels.tile import TileShape, private_function
from stepwell.passes.contraction_kernels.writing import Writer
from stepwell.passes.strided_metadata.index_math import Index


class Panels:
    """Writes the tables.

    Args:
        w: where the block begins.
        shape: of the tiles.
        memory: the right factor, in one row.
        place: where its elements are.
        guards: the sums that are to be inside, and their bounds.
        otherwise: what is outside.
        pack: the name of the function that packs.
    """

    def __init__(
        self,
        w: Writer,
        shape: TileShape,
        memory: Value,
        place: Linear,
        guards: Sequence[tuple[Linear, Value]],
        otherwise: Value | None,
        pack: str,
    ) -> None:
        self.w = w
        self.memory = memory
        self.place = place
        self.guards = guards
        self.function = pack
        self.otherwise = w.splat(0.0, shape.element) if otherwise is None else otherwise
        self.packed = w.stack((shape.depth * shape.columns,), shape.element)
        self.steps = w.stack((shape.depth,), types.index)
        self.columns = w.stack((shape.columns,), types.i32)
        self.guard_steps = [w.stack((shape.depth,), types.i32) for _ in guards]
        self.guard_columns = [w.stack((shape.columns,), types.i32) for _ in guards]

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
        start = self.place.of_columns(w, first)
        self.base = w.add(outer[0], start)
        tables = list(zip(self.guards, outer[1:], self.guard_columns, strict=True))
        with w.loop(0, padded, carried=list(first)) as loop:
            at = list(loop.carried)
            distance = w.sub(self.place.of_columns(w, at), start)
            w.store(w.narrow(distance), self.columns, loop.place)
            for (sum, _), term, table in tables:
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
        w = self.w
        bounds = [w.narrow(bound) for _, bound in self.guards]
        arguments = [
            self.memory, w.value(self.base), self.columns, self.steps, self.otherwise,
            w.value(columns), depth, self.packed,
        ]  # fmt: skip
        for guard in zip(self.guard_columns, self.guard_steps, bounds, strict=True):
            arguments += guard
        w.do(CallOp(SymbolRefAttr(self.function), arguments, result_types=[]))


def pack_function(shape: TileShape, guards: int, table: SymbolTable) -> str:
    """The name of the function that packs panels under so many guards; it is made if it is not
    there."""
    name = f"contraction_pack_{shape.element}_{guards}"
    columns, steps = MemRefType((shape.columns,), types.i32), (shape.depth,)
    arguments = (
        MemRefType((DYNAMIC,), shape.element), types.index, columns,
        MemRefType(steps, types.index), shape.element, types.index, types.index,
        MemRefType((shape.depth * shape.columns,), shape.element),
        *(columns, MemRefType(steps, types.i32), types.i32) * guards,
    )  # fmt: skip
    return private_function(name, arguments, table, lambda w, given: _Packing(w, shape, given))


class _Packing:
    """The body of the function."""

    def __init__(self, w: Writer, shape: TileShape, arguments: Sequence[Value]) -> None:
        self.w = w
        self.shape = shape
        self.memory, base, table, self.steps, other, count, self.depth, self.packed = arguments[:8]
        columns, self.guard_steps, bounds = (arguments[8 + part :: 3] for part in range(3))
        self.lanes = VectorType((shape.lanes,), types.i32)
        self.bounds = [w.spread(bound, self.lanes) for bound in bounds]
        self.all = w.splat(True, VectorType((shape.lanes,), types.i1))
        self.otherwise = w.spread(other, shape.vector)
        with w.loop(0, count, shape.lanes) as loop:
            lanes = w.load_vector(self.lanes, table, loop.place)
            first = w.load(table, loop.place)
            guards = [w.load_vector(self.lanes, one, loop.place) for one in columns]
            panel, part = w.div(loop.place, shape.panel), w.rem(loop.place, shape.panel)
            target = w.add(w.mul(panel, shape.panel * shape.depth), part)
            then, otherwise = w.branches(self._are_neighbours(lanes, first))
            with w.branch(then):
                self._copy(w.add(base, w.widen(first)), target, guards, None)
            with w.branch(otherwise):
                self._copy(base, target, guards, lanes)

    def _are_neighbours(self, lanes: Value, first: Value) -> Value:
        w = self.w
        apart = w.difference(lanes, w.spread(first, self.lanes))
        wrong = w.put(XOrIOp(apart, w.steps(self.lanes)))
        most = ReductionOp(CombiningKind("maxui"), wrong, result_types=[types.i32])
        return w.compare("eq", w.put(most), w.value(0, types.i32))

    def _copy(
        self, start: Index, target: Index, guards: Sequence[Value], lanes: Value | None
    ) -> None:
        """Copies the elements of some neighbouring columns."""
        w, shape = self.w, self.shape
        with w.loop(0, self.depth) as loop:
            place = w.value(w.add(start, w.load(self.steps, loop.place)))
            mask = self._mask(loop.place, guards)
            if lanes is not None:
                read: Op = vector.GatherOp(
                    self.memory, [place], lanes, mask or self.all, self.otherwise,
                    result_types=[shape.vector],
                )  # fmt: skip
            elif mask is None:
                read = vector.LoadOp(self.memory, [place], result_types=[shape.vector])
            else:
                read = vector.MaskedLoadOp(
                    self.memory, [place], mask, self.otherwise, result_types=[shape.vector]
                )
            goal = w.add(target, w.mul(loop.place, shape.panel))
            w.store_vector(w.put(read), self.packed, goal)

    def _mask(self, step: Value, guards: Sequence[Value]) -> Value | None:
        w = self.w
        mask: Value | None = None
        for columns, table, bound in zip(guards, self.guard_steps, self.bounds, strict=True):
            at = w.total(columns, w.spread(w.load(table, step), self.lanes))
            inside = w.compare_values("ult", at, bound)
            mask = inside if mask is None else w.put(AndIOp(mask, inside))
        return mask
