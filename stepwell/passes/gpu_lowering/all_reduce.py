"""`gpu.all_reduce` by shuffles in each subgroup, and shared memory between the subgroups.

Each subgroup of 32 threads reduces its values by shuffles; its first lane writes the result to
shared memory; after a barrier the first subgroup reduces those results in the same way, and after
another barrier all threads read the last one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from stepwell.dialects.arith.casts import IndexCastOp
from stepwell.dialects.arith.compare import CmpIOp
from stepwell.dialects.arith.division import DivSIOp
from stepwell.dialects.arith.integer import AddIOp, AndIOp, MulIOp, SubIOp
from stepwell.dialects.cf.ops import BranchOp, CondBranchOp
from stepwell.dialects.gpu.attributes import WORKGROUP
from stepwell.dialects.gpu.collectives import AllReduceOp, BarrierOp, ShuffleOp, YieldOp
from stepwell.dialects.gpu.function import ATTRIBUTIONS, GPUFuncOp
from stepwell.dialects.gpu.indexing import BlockDimOp, DimensionOp, ThreadIdOp
from stepwell.dialects.memref.access import LoadOp, StoreOp
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.block import Block
from stepwell.ir.clone import clone
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import FloatType, IntegerType, MemRefType, i32, i64, index
from stepwell.ir.value import BlockArgument, Value
from stepwell.passes.gpu_lowering.combining import combine
from stepwell.passes.gpu_lowering.subgroup_reduce import SUBGROUP, XOR

if TYPE_CHECKING:
    from stepwell.ir.definition import Op

_DISTANCES = (1, 2, 4, 8, 16)


def expand_all_reduce(op: AllReduceOp, rewriter: Rewriter) -> bool:
    """Replaces a uniform reduction over a block of a `gpu.func`.

    Returns:
        False, nothing changed, if it is not uniform, stands in a region that may not branch, or
        is of a type that cannot be shuffled.
    """
    function = op.parent_op
    type = op.value.type
    if op.uniform is None or not isinstance(function, GPUFuncOp):
        return False
    if not isinstance(type, IntegerType | FloatType) or type.width not in (32, 64):
        return False
    if not op.body.is_empty and not op.body.has_one_block:
        return False
    _AllReduce(op, function, rewriter).run()
    return True


class _AllReduce:
    """One reduction being written; ops go before `anchor`, or to the end of `block`."""

    def __init__(self, op: AllReduceOp, function: GPUFuncOp, rewriter: Rewriter) -> None:
        self.op = op
        self.rewriter = rewriter
        self.repeats = can_repeat(op)
        self.buffer = add_workgroup_attribution(
            function, MemRefType((SUBGROUP,), op.value.type, None, WORKGROUP)
        )
        self.block: Block | None = op.parent
        self.anchor: Operation | None = op

    def run(self) -> None:
        """Writes it all, and replaces the op."""
        self.rewriter.start_at(self.op)
        thread, threads = self._thread_and_threads()
        lane = self._insert(AndIOp(thread, self._i32(SUBGROUP - 1)))
        is_first = self._insert(CmpIOp("eq", lane, self._i32(0)))
        before = self._insert(SubIOp(thread, lane))
        active = self._insert(SubIOp(threads, before))
        reduced = self._reduce_subgroup(self.op.value, active)
        self._if(is_first, lambda: self._write_partial(thread, reduced))
        self.rewriter.insert(BarrierOp())
        rounded = self._insert(AddIOp(threads, self._i32(SUBGROUP - 1)))
        subgroups = self._insert(DivSIOp(rounded, self._i32(SUBGROUP)))
        is_in_first = self._insert(CmpIOp("slt", thread, subgroups))
        self._if(is_in_first, lambda: self._reduce_partials(thread, subgroups))
        self.rewriter.insert(BarrierOp())
        total = self._insert(LoadOp(self.buffer, [self.rewriter.constant(0, index)]))
        if self.repeats:  # or a fast thread would overwrite what a slow one has not read yet
            self.rewriter.insert(BarrierOp())
        self.rewriter.replace(self.op, total)

    def _insert(self, op: Op) -> Value:
        return self.rewriter.insert(op).result

    def _i32(self, number: int) -> Value:
        return self.rewriter.constant(number, i32)

    def _thread_and_threads(self) -> tuple[Value, Value]:
        """The thread's number in its block, and how many there are, as i32."""

        def read(cls: type[DimensionOp], dimension: str) -> Value:
            found = self._insert(cls(dimension))
            return self._insert(IndexCastOp(found, result_types=[i32]))

        x, y, z = (read(BlockDimOp, dimension) for dimension in "xyz")
        at_x, at_y, at_z = (read(ThreadIdOp, dimension) for dimension in "xyz")
        rows = self._insert(AddIOp(self._insert(MulIOp(at_z, y)), at_y))
        first = self._insert(MulIOp(rows, x))
        layer = self._insert(MulIOp(x, y))
        return self._insert(AddIOp(first, at_x)), self._insert(MulIOp(layer, z))

    def _write_partial(self, thread: Value, reduced: Value) -> list[Value]:
        number = self._insert(DivSIOp(thread, self._i32(SUBGROUP)))
        place = self._insert(IndexCastOp(number, result_types=[index]))
        self.rewriter.insert(StoreOp(reduced, self.buffer, [place]))
        return []

    def _reduce_partials(self, thread: Value, subgroups: Value) -> list[Value]:
        place = self._insert(IndexCastOp(thread, result_types=[index]))
        partial = self._insert(LoadOp(self.buffer, [place]))
        total = self._reduce_subgroup(partial, subgroups)
        self.rewriter.insert(StoreOp(total, self.buffer, [self.rewriter.constant(0, index)]))
        return []

    def _reduce_subgroup(self, value: Value, active: Value) -> Value:
        """The values of the first `active` lanes as one; right in the first lane."""
        partial = self._insert(CmpIOp("slt", active, self._i32(SUBGROUP)))

        def some() -> list[Value]:
            running = value
            for distance in _DISTANCES:
                made = self._shuffle(running, distance, active)
                found, own = made.shuffleResult, running
                (running,) = self._if(
                    made.valid,
                    lambda own=own, found=found: [self._combine(own, found)],  # type: ignore[misc]
                    lambda own=own: [own],  # type: ignore[misc]
                )
            return [running]

        def every() -> list[Value]:
            running = value
            all_lanes = self._i32(SUBGROUP)
            for distance in _DISTANCES:
                found = self._shuffle(running, distance, all_lanes).shuffleResult
                running = self._combine(running, found)
            return [running]

        return self._if(partial, some, every)[0]

    def _shuffle(self, value: Value, distance: int, width: Value) -> ShuffleOp:
        return self.rewriter.insert(ShuffleOp(value, self._i32(distance), width, XOR))

    def _combine(self, a: Value, b: Value) -> Value:
        if self.op.op is not None:
            return combine(self.rewriter, self.op.op.value, a, b)
        entry = self.op.body.entry
        mapping: dict[Value, Value] = dict(zip(entry.args, (a, b), strict=True))
        for inner in entry.ops:
            if isinstance(inner, YieldOp):
                return mapping.get(inner.values[0], inner.values[0])
            self.rewriter.insert(clone(inner, mapping))
        raise AssertionError("a body ends with gpu.yield")

    def _if(
        self,
        condition: Value,
        then: Callable[[], list[Value]],
        otherwise: Callable[[], list[Value]] = list,
    ) -> list[Value]:
        """Branches over new blocks; returns what both ways give. Ops go after it from then on."""
        block, after = self._split()
        region = block.parent
        assert region is not None
        ways = []
        for make in (then, otherwise):
            way = self.rewriter.create_block(region, (), after)
            self._go_to(way, None)
            values = make()
            ways.append((way, values, self.block))
        for _, values, end in ways:
            assert end is not None
            with self.rewriter.at_end(end):
                self.rewriter.insert(BranchOp(values, dest=after))
        with self.rewriter.at_end(block):
            first, second = ways[0][0], ways[1][0]
            self.rewriter.insert(CondBranchOp(condition, [], [], trueDest=first, falseDest=second))
        self._go_to(after, after.first)
        return [after.add_argument(value.type) for value in ways[0][1]]

    def _split(self) -> tuple[Block, Block]:
        """The block so far, and a new one with what follows."""
        block = self.block
        assert block is not None and block.parent is not None
        if self.anchor is not None:
            return block, self.rewriter.split_block(block, self.anchor)
        after = Block()
        block.parent.insert_after(after, block)
        return block, after

    def _go_to(self, block: Block, anchor: Operation | None) -> None:
        self.block, self.anchor = block, anchor
        self.rewriter.set_point(block, anchor)


def add_workgroup_attribution(function: GPUFuncOp, type: MemRefType) -> BlockArgument:
    """Gives a function more memory that the threads of a block share."""
    shared = len(function.workgroup_attributions)
    function.set_attribute(ATTRIBUTIONS, IntegerAttr(shared + 1, i64))
    return function.body.entry.insert_argument(len(function.type.inputs) + shared, type)


def can_repeat(op: Operation) -> bool:
    """Whether a thread can come back to `op`: its block can be reached from itself."""
    start = op.parent
    assert start is not None
    pending, seen = list(start.successors), set[Block]()
    while pending:
        block = pending.pop()
        if block is start:
            return True
        if block not in seen:
            seen.add(block)
            pending += block.successors
    return False
