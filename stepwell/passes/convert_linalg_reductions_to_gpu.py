"""Share out the reductions of linalg among the threads of a GPU

    linalg.generic {iterator_types = ["parallel", "reduction"]} ins(%x : memref<?x?xf32>)
      outs(%y : memref<?xf32>) { ... arith.addf ... }
->
    gpu.launch blocks(%row, ...) threads(%t, ...) {     // a block for each row
      %own = scf.for %i = %t to %m step %threads iter_args(...) { ... }
      %total = gpu.all_reduce add %own uniform {} : (f32) -> f32
      scf.if %is_first_thread { ... memref.store ... } }

What has no rows, as the sum of everything, is done in two launches: each block of the first leaves
a partial result in a buffer, one block of the second combines these. Where neighbours in memory
belong to different results, as in the sum of each column, slices of the rows are combined first, by
a thread for each column of each slice, then the slices. There are no atomics, so the same input
gives the same bytes. Where a `linalg.fill` says what to start from, it goes.

Needs: linalg on memrefs. Keeps: values, up to the order in which elements are combined. Products of
matrices, windows, elements that are not of 32 or 64 bits, and what is in kernels or parallel loops,
stay.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.division import CeilDivUIOp
from stepwell.dialects.arith.integer import MaxUIOp, MinUIOp
from stepwell.dialects.gpu.function import GPUFuncOp
from stepwell.dialects.gpu.launch import LaunchOp
from stepwell.dialects.linalg.named import FillOp
from stepwell.dialects.linalg.structured import StructuredOp, is_memref
from stepwell.dialects.memref.access import LoadOp, StoreOp
from stepwell.dialects.memref.allocation import AllocOp, DeallocOp
from stepwell.dialects.scf.parallel import ParallelOp, ReduceOp
from stepwell.ir.block import Block, Region
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import DYNAMIC, MemRefType, index
from stepwell.ir.value import Value
from stepwell.passes.gpu_lowering.combining import neutral
from stepwell.passes.gpu_lowering.launch_of_blocks import LaunchOfBlocks, accumulate
from stepwell.passes.gpu_lowering.linear_places import coordinates
from stepwell.passes.gpu_lowering.reduction_form import ReductionForm, reduction_form
from stepwell.passes.linalg_to_loops.loop_kinds import ParallelLoops
from stepwell.passes.linalg_to_loops.lowering import copy_body, extent_of, indices_of
from stepwell.passes.strided_metadata.index_math import Index, IndexMath

_THREADS = 256
_SUBGROUP = 32
_PER_THREAD = 8  # elements that are worth a block, or a slice, of their own
_MOST_BLOCKS = 1024
_MOST_SLICES = 64
_KIND = ParallelLoops()


@pass_("convert-linalg-reductions-to-gpu")
def convert_linalg_reductions_to_gpu(op: Operation, context: PassContext) -> None:
    """Replaces the reductions inside `op` whose work threads can share."""
    for inner in list(walk(op)):
        form = reduction_form(inner) if isinstance(inner, StructuredOp) else None
        if form is not None and not _in_parallel(inner):
            _Reduction(form).run()


def _in_parallel(op: Operation) -> bool:
    """Whether threads share out what is around already."""
    kinds = (ParallelOp, LaunchOp, GPUFuncOp)
    return any(isinstance(around, kinds) for around in op.ancestors())


def _fill_before(op: StructuredOp) -> FillOp | None:
    """What fills the memory that `op` reduces into, if nothing reads that before `op` does."""
    init = op.dps_inits[0]
    if not isinstance(init.defining_op, AllocOp) or init.parent_block is not op.parent:
        return None
    if any(is_memref(result.type) for user in init.users for result in user.results):
        return None  # another name for the memory
    before = op.prev
    while before is not None and not any(init in inner._operands for inner in walk(before)):
        before = before.prev
    return before if isinstance(before, FillOp) and init in before.dps_inits else None


class _Reduction:
    """One reduction being rewritten; `host` stands before it."""

    def __init__(self, form: ReductionForm) -> None:
        self.form = form
        self.host = Rewriter()
        self.host.start_at(form.op)
        self.start = _fill_before(form.op)
        self.math = IndexMath(self.host)
        maps = form.op.indexing_maps
        self.extents = [extent_of(form.op, maps, n, self.host) for n in range(form.op.num_loops)]
        self.width = self.math.product([self.extents[n] for n in form.reduced])
        self.neutral = self.host.constant(neutral(form.kind, form.type), form.type)

    def run(self) -> None:
        """Writes it all, and erases the op."""
        if not self.form.rows:
            self._of_everything()
        elif self.form.neighbours_reduced:
            self._of_rows()
        else:
            self._of_columns()
        self.form.op.erase()
        if self.start is not None:
            self.start.erase()

    # What the host does.

    def _of_rows(self) -> None:
        rows = self.math.product([self.extents[n] for n in self.form.rows])
        block = LaunchOfBlocks(self.host, rows, self._threads())
        row = self._row(block.inside, block.block)
        own = self._combined(block.inside, block.thread, self.width, block.threads, row)
        total = block.all_reduce(self.form.kind, own)
        with block.first_thread():
            self._finish(block.inside, total, row)

    def _of_everything(self) -> None:
        blocks = self._parts(_PER_THREAD * _THREADS, _MOST_BLOCKS)
        partial = self._buffer([blocks])
        first = LaunchOfBlocks(self.host, blocks, _THREADS)
        math = IndexMath(first.inside)
        all_threads = math.value(math.multiply(blocks, _THREADS))
        start = math.value(math.add(math.multiply(first.block, _THREADS), first.thread))
        own = self._combined(first.inside, start, self.width, all_threads, [])
        total = first.all_reduce(self.form.kind, own)
        with first.first_thread():
            first.inside.insert(StoreOp(total, partial, [first.block]))
        second = LaunchOfBlocks(self.host, 1, _THREADS)
        own = self._combined_partials(
            second.inside, partial, [second.thread], blocks, second.threads
        )
        total = second.all_reduce(self.form.kind, own)
        with second.first_thread():
            self._finish(second.inside, total, [])
        self.host.insert(DeallocOp(partial))

    def _of_columns(self) -> None:
        slices = self._parts(_PER_THREAD, _MOST_SLICES)
        columns = [self.extents[n] for n in self.form.rows]
        partial = self._buffer([slices, *columns])
        inside, (number, *row) = self._parallel([slices, *columns])
        step = IndexMath(inside).value(slices)
        own = self._combined(inside, number, self.width, step, row)
        inside.insert(StoreOp(own, partial, [number, *row]))
        inside, row = self._parallel(columns)
        zero, one = IndexMath(inside).value(0), IndexMath(inside).value(1)
        own = self._combined_partials(inside, partial, [zero, *row], slices, one)
        self._finish(inside, own, row)
        self.host.insert(DeallocOp(partial))

    def _parts(self, elements: int, most: int) -> Index:
        """Into how many parts the elements of a result are cut: of about so many, at least one."""
        if isinstance(self.width, int):
            return min(max(-(-self.width // elements), 1), most)
        size, one, limit = map(self.math.value, (elements, 1, most))
        parts = self.host.insert(CeilDivUIOp(self.width, size)).result
        some = self.host.insert(MaxUIOp(parts, one)).result
        return self.host.insert(MinUIOp(some, limit)).result

    def _threads(self) -> Index:
        """As many threads as a row can use, in whole subgroups."""
        if isinstance(self.width, int):
            return min(max(-(-self.width // _SUBGROUP), 1) * _SUBGROUP, _THREADS)
        size, one = self.math.value(_SUBGROUP), self.math.value(1)
        subgroups = self.host.insert(CeilDivUIOp(self.width, size)).result
        some = self.host.insert(MaxUIOp(subgroups, one)).result
        few = self.host.insert(MinUIOp(some, self.math.value(_THREADS // _SUBGROUP))).result
        return self.math.multiply(few, _SUBGROUP)

    def _buffer(self, sizes: Sequence[Index]) -> Value:
        shape = tuple(size if isinstance(size, int) else DYNAMIC for size in sizes)
        open_sizes = [size for size in sizes if isinstance(size, Value)]
        made = AllocOp(open_sizes, [], result_types=[MemRefType(shape, self.form.type)])
        return self.host.insert(made).memref

    def _parallel(self, extents: Sequence[Index]) -> tuple[Rewriter, list[Value]]:
        """A parallel loop, to be mapped later: what writes its body, and its variables."""
        count = len(extents)
        zeros, ones = [self.math.value(0)] * count, [self.math.value(1)] * count
        uppers = [self.math.value(extent) for extent in extents]
        body = Block([index] * count)
        self.host.insert(ParallelOp(zeros, uppers, ones, [], body=Region([body]), result_types=[]))
        inside = Rewriter(location=self.form.op.location)
        inside.set_point(body, None)
        inside.set_point(body, inside.insert(ReduceOp.create()))
        return inside, list(body.args)

    # What a thread does.

    def _row(self, inside: Rewriter, number: Value) -> list[Value]:
        return coordinates(inside, number, [self.extents[n] for n in self.form.rows])

    def _combined(
        self, inside: Rewriter, start: Value, end: Index, step: Value, row: Sequence[Value]
    ) -> Value:
        """Every `step`-th of the elements of a row, from `start` on, as one."""

        def element(place: Value, so_far: Value) -> Value:
            reduced = coordinates(inside, place, [self.extents[n] for n in self.form.reduced])
            point = dict(zip(self.form.reduced, reduced, strict=True))
            point |= dict(zip(self.form.rows, row, strict=True))
            op = self.form.op
            variables = [point[n] for n in range(op.num_loops)]
            given: dict[Value, Value] = {op.body.args[-1]: so_far}
            return copy_body(op, op.indexing_maps, variables, inside, _KIND, given)[0]

        return accumulate(inside, (start, IndexMath(inside).value(end), step), self.neutral,
                           element)  # fmt: skip

    def _combined_partials(
        self, inside: Rewriter, partial: Value, at: Sequence[Value], count: Index, step: Value
    ) -> Value:
        """Every `step`-th of the partial results from the place `at` on, as one."""

        def element(place: Value, so_far: Value) -> Value:
            one = inside.insert(LoadOp(partial, [place, *at[1:]])).result
            return self._combine(inside, so_far, one)

        return accumulate(inside, (at[0], IndexMath(inside).value(count), step), self.neutral,
                           element)  # fmt: skip

    def _combine(self, inside: Rewriter, a: Value, b: Value) -> Value:
        combiner = self.form.combiner
        made = type(combiner).create(
            [a, b], [self.form.type], dict(combiner.properties), location=combiner._location
        )
        return inside.insert(made).results[0]

    def _finish(self, inside: Rewriter, total: Value, row: Sequence[Value]) -> None:
        """Combines a result with what was there before, and stores it."""
        op, init = self.form.op, self.form.op.dps_inits[0]
        variables = dict(zip(self.form.rows, row, strict=True))
        point = [variables.get(n, total) for n in range(op.num_loops)]
        places = indices_of(op.indexing_maps[-1], point, inside)
        if self.start is not None:
            before = self.start.inputs[0]
        else:
            before = inside.insert(LoadOp(init, places)).result
        inside.insert(StoreOp(self._combine(inside, before, total), init, places))
