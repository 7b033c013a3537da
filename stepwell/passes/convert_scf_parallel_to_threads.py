"""Run parallel loops on threads

    scf.parallel (%i) = (%c0) to (%n) step (%c1) { memref.load ... memref.store ... }
->
    func.func private @f_parallel(%begin: i64, %end: i64, %context: !llvm.ptr) {
      ...                                    // what the body uses is loaded from %context
      scf.parallel (%i) = (%begin) to (%end) step (%c1) { ... }
    }
    ...
    call @stepwell_parallel_for(%f_parallel, %c0, %n, %context, %threads)

Loops that do the same with what they use share a function. What a loop does is estimated as ops
times iterations, when the program runs if need be, and so is %threads, the most threads that it is
worth; with 1, the call is one of the body. Loops with reductions stay as they are, so that the
order of their additions does. Loops inside one that runs on threads run on its threads; and a loop
that only fills memory runs on one, which does that as fast as memory goes.

Needs: memrefs; later convert-scf-to-cf and convert-func-to-llvm. Keeps: values.
"""

from __future__ import annotations

from stepwell.dialects.func.ops import FuncOp
from stepwell.dialects.memref.access import StoreOp
from stepwell.dialects.scf.parallel import ParallelOp
from stepwell.ir.loops import is_defined_inside
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.symbol_table import SymbolTable
from stepwell.passes.strided_metadata.index_math import Index, IndexMath
from stepwell.passes.threads.outline import Outliner, call_threads, declare_entry
from stepwell.passes.threads.work import trip_counts, work_of_point

ENOUGH_PIECES = 16


@pass_("convert-scf-parallel-to-threads", on="builtin.module")
def convert_scf_parallel_to_threads(
    op: Operation, context: PassContext, *, min_work: int = 100_000
) -> None:
    """Makes the outermost parallel loops of the functions in `op` calls of the thread pool.

    Args:
        op: a module.
        context: of the pass manager.
        min_work: how many ops a loop must run to be given to two threads; with more, each thread
            has at least half of that to do.
    """
    outliner = Outliner(SymbolTable(op))
    for function in [inner for inner in op.regions[0].entry.ops if isinstance(inner, FuncOp)]:
        loops = _outermost_loops(function)
        if all(_fills(loop) for loop in loops):
            continue
        for loop in loops:
            if _to_threads(loop, function, outliner, min_work):
                context.statistic("num-threaded", "Number of loops given to threads", 1)


def _outermost_loops(function: FuncOp) -> list[ParallelOp]:
    """The parallel loops without results that are in no other such loop."""
    found: dict[Operation, ParallelOp] = {}
    for op in walk(function):
        if isinstance(op, ParallelOp) and not op.initVals:
            if not any(ancestor in found for ancestor in op.ancestors()):
                found[op] = op
    return list(found.values())


def _fills(loop: ParallelOp) -> bool:
    """Whether all that `loop` does is to store a value from outside."""
    first, last = loop.body.entry.first, loop.body.entry.last
    return (
        isinstance(first, StoreOp)
        and first.next is last
        and not is_defined_inside(first.value, loop.body)
    )


def _to_threads(loop: ParallelOp, function: FuncOp, outliner: Outliner, min_work: int) -> bool:
    rewriter = Rewriter()
    rewriter.start_at(loop)
    math = IndexMath(rewriter)
    trips = trip_counts(loop, math)
    work = math.multiply(math.product(trips), work_of_point(loop, math))
    if isinstance(work, int) and work < min_work:
        return False
    dim = _best_dimension(trips)
    context = outliner.context_of(loop, dim)
    if context is None:
        return False
    name = outliner.outline(loop, dim, context, function)
    declare_entry(outliner.table, function)
    worth = 1 if _fills(loop) else math.quotient(work, max(1, min_work // 2))
    trip_count = math.value(trips[dim])
    call_threads(name, trip_count, math.value(worth), context, function, rewriter)
    rewriter.erase(loop)
    return True


def _best_dimension(trips: list[Index]) -> int:
    """The first with enough iterations for all threads, as far as is known; else the longest."""
    for dim, count in enumerate(trips):
        if not isinstance(count, int) or count >= ENOUGH_PIECES:
            return dim
    return max(range(len(trips)), key=lambda dim: (trips[dim], -dim))
