"""The loops of a contraction: blocks of sums, packed panels, tiles, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stepwell.dialects.func.ops import CallOp
from stepwell.dialects.linalg.generic import IndexOp
from stepwell.ir import types
from stepwell.ir.affine.expr import AffineConstant, AffineDim
from stepwell.ir.attributes import SymbolRefAttr
from stepwell.ir.block import Block
from stepwell.ir.builder import Builder
from stepwell.ir.clone import clone
from stepwell.ir.symbol_table import SymbolTable
from stepwell.ir.types import MemRefType
from stepwell.ir.value import Value
from stepwell.passes.contraction_kernels.followers import Follower, Surroundings
from stepwell.passes.contraction_kernels.panels import Panels, pack_function
from stepwell.passes.contraction_kernels.places import Linear, in_memory, plain
from stepwell.passes.contraction_kernels.plan import Plan
from stepwell.passes.contraction_kernels.reads import Read, Sum
from stepwell.passes.contraction_kernels.tile import TileShape, tile_function
from stepwell.passes.contraction_kernels.writing import Known, Writer
from stepwell.passes.strided_metadata.index_math import Index


class Kernel:
    """Makes the loops.

    Args:
        plan: what is computed.
        around: what is done to the sums.
        shape: of the tiles.
        table: where the functions are that contractions share.
        known: the constants at the beginning of the block.
    """

    def __init__(
        self,
        plan: Plan,
        around: Surroundings,
        shape: TileShape,
        table: SymbolTable,
        known: dict[Block, Known],
    ) -> None:
        self.plan = plan
        self.around = around
        self.shape = shape
        self.tile = tile_function(shape, table)
        self.pack = pack_function(shape, len(plan.right.guards), table)
        last = around.ops[-1] if around.followers else plan.op
        block = last.parent
        assert block is not None
        constants = known.setdefault(block, {})
        self.w = Writer(Builder.before_op(last), block, plan.op.location, constants)
        self.extents: dict[int, Index] = {}

    def emit(self) -> None:
        """All loops, at the place of the last op."""
        w, plan, shape = self.w, self.plan, self.shape
        self.extents = {loop: self._extent(loop) for loop in range(plan.op.num_loops)}
        left, left_memory = self._factor(plan.left)
        right, right_memory = self._factor(plan.right)
        count = {kind: w.product(self._of(kind)) for kind in (plan.rows, plan.columns, plan.sums)}
        blocks = [
            *self._of(plan.outer),
            w.pieces(count[plan.rows], shape.block_rows),
            w.pieces(count[plan.columns], shape.columns),
        ]
        guards = [(plain(plan, guard.sum), guard.bound) for guard in plan.right.guards]
        self.counts = count
        with w.parallel(w.product(blocks)) as block:
            *self.outer, row, column = w.split(block, blocks)
            self.first_row = w.mul(row, shape.block_rows)
            self.first_column = w.mul(column, shape.columns)
            self.rows = w.at_most(w.sub(count[plan.rows], self.first_row), shape.block_rows)
            self.columns = w.at_most(w.sub(count[plan.columns], self.first_column), shape.columns)
            panels = Panels(w, shape, right_memory, right, guards, plan.right.otherwise,
                            self.pack)  # fmt: skip
            self.sums = w.stack(shape.sums.shape, shape.element)
            padded = w.mul(w.pieces(self.columns, shape.panel), shape.panel)
            terms = [one.of_outer(w, self.outer) for one in (right, *(sum for sum, _ in guards))]
            extents = self._of(plan.columns)
            first = w.split(self.first_column, extents)
            panels.set_columns(terms, first, extents, self.columns, padded)
            starts = self._rows_of(left)
            self._multiply(panels, left, left_memory, starts, padded)
            self._finish()

    # Sizes and places.

    def _of(self, loops: Sequence[int]) -> list[Index]:
        return [self.extents[loop] for loop in loops]

    def _extent(self, loop: int) -> Index:
        """The extent of a loop: of what is written if that tells it, else of an operand."""
        pairs = list(zip(self.plan.op.operands, self.plan.op.indexing_maps, strict=True))
        for value, map in reversed(pairs):
            if AffineDim(loop) in map.results:
                return self.w.size(value, map.results.index(AffineDim(loop)))
        raise AssertionError("an op whose loops are not known is not valid")

    def _sizes(self, memory: Value) -> list[Index]:
        assert isinstance(memory.type, MemRefType)
        return [self.w.size(memory, dim) for dim in range(memory.type.rank)]

    def _factor(self, read: Read) -> tuple[Linear, Value]:
        """Where the elements of a factor are, and its memory in one row."""
        sizes = self._sizes(read.memory)
        place = in_memory(self.w, self.plan, sizes, read.places)
        return place, self.w.flat(read.memory, self.w.product(sizes))

    def _rows_of(self, left: Linear) -> Value:
        """The table of where the rows of the left factor begin; those that are too many are like
        the last."""
        w, shape, extents = self.w, self.shape, self._of(self.plan.rows)
        starts = w.stack((shape.block_rows,), types.index)
        base = left.of_outer(w, self.outer)
        padded = w.mul(w.pieces(self.rows, shape.rows), shape.rows)
        with w.loop(0, padded, carried=w.split(self.first_row, extents)) as loop:
            at = list(loop.carried)
            w.store(w.value(w.add(base, left.of_rows(w, at))), starts, loop.place)
            is_last = w.compare("sge", w.add(loop.place, 1), self.rows)
            moved = w.advanced(at, extents)
            loop.next = [w.select(is_last, a, b) for a, b in zip(at, moved, strict=True)]
        return starts

    # The sums of a block.

    def _multiply(
        self, panels: Panels, left: Linear, memory: Value, starts: Value, padded: Index
    ) -> None:
        """All products, so many at a time as the panels hold."""
        w, shape = self.w, self.shape
        extents = self._of(self.plan.sums)
        total = self.counts[self.plan.sums]
        steps = w.stack((shape.depth,), types.index)
        some = w.at_least(total, 1)  # without products, sums are set to zero
        with w.loop(0, some, shape.depth, [0] * len(extents)) as part:
            depth = w.at_most(w.sub(total, part.place), shape.depth)
            with w.loop(0, depth, carried=part.carried) as loop:
                at = list(loop.carried)
                w.store(w.value(left.of_sums(w, at)), steps, loop.place)
                panels.set_step(loop.place, at)
                loop.next = w.advanced(at, extents)
            part.next = list(loop.results)
            panels.pack(padded, depth)
            with w.loop(0, self.rows, shape.rows) as row:
                with w.loop(0, self.columns, shape.panel) as column:
                    panel = w.mul(column.place, shape.depth)
                    arguments = [
                        memory, starts, row.place, steps, depth, panels.packed, w.value(panel),
                        self.sums, column.place, part.place,
                    ]  # fmt: skip
                    w.do(CallOp(SymbolRefAttr(self.tile), arguments, result_types=[]))

    # What becomes of them.

    def _finish(self) -> None:
        """Stores the sums, after what follows is done to them."""
        w, plan = self.w, self.plan
        out = in_memory(w, plan, self._sizes(plan.out), [Sum({loop: 1}, 0) for loop in plan.places])
        buffers = [buffer for buffer in self.around.buffers if self.around.is_kept(buffer, plan.op)]
        count = w.product(self._sizes(plan.out))
        flat = {memory: w.flat(memory, count) for memory in self._like_sums()}
        base = out.of_outer(w, self.outer)
        with w.loop(0, self.rows) as row:
            rows = w.split(w.add(self.first_row, row.place), self._of(plan.rows))
            start = w.add(w.add(base, out.of_rows(w, rows)), self.first_column)
            sums = w.mul(row.place, self.shape.columns)
            inputs = _Inputs(self, rows)
            with w.loop(0, self.columns) as column:
                place = w.add(start, column.place)
                inputs.enter(column.place, place, flat)
                value = w.load(self.sums, w.add(sums, column.place))
                if self.around.fill is None:
                    value = w.sum(w.load(flat[plan.out], place), value)
                values = {plan.out: value}
                for follower in self.around.followers:
                    values[follower.buffer] = inputs.computed(follower, values)
                for buffer in buffers:
                    w.store(values[buffer], flat[buffer], place)

    def _like_sums(self) -> list[Value]:
        """The memory whose elements lie like those of the sums."""
        found = dict.fromkeys(self.around.buffers)
        for follower in self.around.followers:
            maps = follower.op.indexing_maps
            for number in follower.inputs:
                if maps[number] == maps[-1]:
                    found[follower.op.operands[number]] = None
        return list(found)

    def coordinates(self, rows: Sequence[Index]) -> dict[int, Index]:
        """Where a row is in all loops that run in parallel but those of columns."""
        found = dict(zip(self.plan.outer, self.outer, strict=True))
        return {**found, **dict(zip(self.plan.rows, rows, strict=True))}


class _Inputs:
    """What followers read beside the sums: what a whole row shares is read once for the row."""

    def __init__(self, kernel: Kernel, rows: Sequence[Index]) -> None:
        self.kernel = kernel
        self.w = kernel.w
        self.at = kernel.coordinates(rows)
        self.shared: dict[tuple[int, int], Value] = {}
        for number, follower in enumerate(kernel.around.followers):
            for argument in follower.inputs:
                value = follower.op.operands[argument]
                if not isinstance(value.type, MemRefType):
                    self.shared[number, argument] = value
                elif not self._loops(follower, argument) & set(kernel.plan.columns):
                    self.shared[number, argument] = self._read(follower, argument)

    def _loops(self, follower: Follower, argument: int) -> set[int]:
        map = follower.op.indexing_maps[argument]
        dims = [expr for expr in map.results if isinstance(expr, AffineDim)]
        return {follower.loops[dim.position] for dim in dims}

    def enter(self, column: Value, place: Index, flat: Mapping[Value, Value]) -> None:
        """From now on elements at this place are read."""
        self.place = place
        self.flat = flat
        self.column = self.w.add(self.kernel.first_column, column)
        self._columns: list[Index] | None = None

    def _read(self, follower: Follower, argument: int) -> Value:
        value, map = follower.op.operands[argument], follower.op.indexing_maps[argument]
        places: list[Index] = []
        for expr in map.results:
            if isinstance(expr, AffineConstant):
                places.append(expr.value)
            else:
                assert isinstance(expr, AffineDim)
                places.append(self._coordinate(follower.loops[expr.position]))
        return self.w.load(value, *places)

    def _coordinate(self, loop: int) -> Index:
        if loop in self.at:
            return self.at[loop]
        columns = self.kernel.plan.columns
        if self._columns is None:
            extents = [self.kernel.extents[one] for one in columns]
            self._columns = self.w.split(self.column, extents)
        return self._columns[columns.index(loop)]

    def computed(self, follower: Follower, values: Mapping[Value, Value]) -> Value:
        """What a follower makes of an element."""
        op, w = follower.op, self.w
        number = self.kernel.around.followers.index(follower)
        mapping: dict[Value, Value] = {}
        for argument, (inner, value) in enumerate(zip(op.body.args, op.operands, strict=True)):
            if not inner.has_uses:
                continue
            known = self.shared.get((number, argument))
            if known is None and argument not in follower.inputs:
                known = values.get(value)
                if known is None:
                    known = w.load(self.flat[value], self.place)
            elif known is None:
                known = self._element(follower, argument)
            mapping[inner] = known
        ending = op.body.last
        assert ending is not None
        for one in op.body.ops:
            if isinstance(one, IndexOp):
                mapping[one.result] = w.value(self._coordinate(follower.loops[one.dim.value]))
            elif one is not ending:
                w.copy(clone(one, mapping))
        return mapping.get(ending.operands[0], ending.operands[0])

    def _element(self, follower: Follower, argument: int) -> Value:
        """An element that differs from column to column: in a row like the sums, or by its
        coordinates."""
        op = follower.op
        if op.indexing_maps[argument] != op.indexing_maps[-1]:
            return self._read(follower, argument)
        memory = op.operands[argument]
        return self.w.load(self.flat[memory], self.place)
