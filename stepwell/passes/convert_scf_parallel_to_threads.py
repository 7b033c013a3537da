"""Run parallel loops on threads

    scf.parallel (%i) = (%c0) to (%n) step (%c1) { memref.store %x, %m[%i] : memref<?xf32> }
->
    func.func private @f_parallel(%begin: i64, %end: i64, %context: !llvm.ptr) {
      ...                                    // what the body uses is loaded from %context
      scf.parallel (%i) = (%begin) to (%end) step (%c1) { ... }
    }
    ...
    call @stepwell_parallel_for(%f_parallel, %c0, %n, %context)

Loops that do the same with what they use share a function. Only loops that are worth it: what they
do is estimated as ops times iterations, when the program runs if need be. Loops with reductions
stay as they are, so that the order of their additions does. Loops inside one that runs on threads
run on its threads.

Needs: memrefs; later convert-scf-to-cf and convert-func-to-llvm. Keeps: values.
"""

from __future__ import annotations

from stepwell.dialects.arith.compare import CmpIOp
from stepwell.dialects.func.ops import FuncOp
from stepwell.dialects.scf.branches import IfOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.dialects.scf.parallel import ParallelOp
from stepwell.dialects.scf.terminators import YieldOp
from stepwell.ir.block import Block, Region
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.symbol_table import SymbolTable
from stepwell.passes.strided_metadata.index_math import Index, IndexMath
from stepwell.passes.threads.outline import (
    Outliner,
    arguments_of,
    call_here,
    call_threads,
    declare_entry,
)
from stepwell.passes.threads.work import trip_counts, work_of_point

ENOUGH_PIECES = 16


@pass_("convert-scf-parallel-to-threads", on="builtin.module")
def convert_scf_parallel_to_threads(
    op: Operation, context: PassContext, *, min_work: int = 100_000, nests: bool = False
) -> None:
    """Makes the outermost parallel loops of the functions in `op` calls of the thread pool.

    Args:
        op: a module.
        context: of the pass manager.
        min_work: how many ops a loop must run to be given to threads.
        nests: whether functions are left alone in which no loop has loops inside. These do little
            with each element that they move through memory, and are compiled faster as they are.
    """
    outliner = Outliner(SymbolTable(op))
    for function in [inner for inner in op.regions[0].entry.ops if isinstance(inner, FuncOp)]:
        loops = _outermost_loops(function)
        if nests and not any(isinstance(op, ForOp) for loop in loops for op in walk(loop)):
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
    arguments = arguments_of(math.value(trips[dim]), context, function, rewriter)
    if isinstance(work, int):
        call_threads(name, arguments, rewriter)
        rewriter.erase(loop)
        return True
    enough = rewriter.insert(CmpIOp("sge", work, math.value(min_work))).result
    many, few = Block(), Block()
    branch = IfOp.create([enough], [], regions=[Region([many]), Region([few])])
    rewriter.insert(branch)
    with rewriter.at_end(many):
        call_threads(name, arguments, rewriter)
        rewriter.insert(YieldOp.create())
    with rewriter.at_end(few):
        call_here(name, arguments, rewriter)
        rewriter.insert(YieldOp.create())
    rewriter.erase(loop)
    return True


def _best_dimension(trips: list[Index]) -> int:
    """The first with enough iterations for all threads, as far as is known; else the longest."""
    for dim, count in enumerate(trips):
        if not isinstance(count, int) or count >= ENOUGH_PIECES:
            return dim
    return max(range(len(trips)), key=lambda dim: (trips[dim], -dim))
