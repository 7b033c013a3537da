"""Split reductions of everything into pieces that can run in parallel

    linalg.generic {iterator_types = ["reduction"]} ins(%x : memref<?xf32>) outs(%sum : memref<f32>)
->
    %part = memref.alloca() : memref<64xf32>
    scf.parallel (%p) = (%c0) to (%pieces) step (%c1) {
      %part[%p] = sum of a piece of %x
    }
    scf.for %p = ... { %sum += %part[%p] }

There are up to 64 pieces, but none of fewer than some thousand elements. How many depends on the
sizes alone, and so does the order of all additions: any number of threads gives the same bits.

Needs: linalg on memrefs, whose combination may be taken in any order: of integers, a minimum or
maximum, or `fastmath<reassoc>`.  Keeps: values, but for rounding.
"""

from __future__ import annotations

import math

from stepwell.dialects.arith.division import CeilDivSIOp
from stepwell.dialects.arith.floating import AddFOp, MaximumFOp, MinimumFOp, MulFOp
from stepwell.dialects.arith.integer import (
    AddIOp,
    AndIOp,
    MaxSIOp,
    MulIOp,
    OrIOp,
    XOrIOp,
)
from stepwell.dialects.linalg.attributes import PARALLEL
from stepwell.dialects.linalg.generic import IndexOp
from stepwell.dialects.linalg.structured import StructuredOp, shape_of
from stepwell.dialects.memref.allocation import AllocaOp
from stepwell.ir import types
from stepwell.ir.clone import clone
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import MemRefType
from stepwell.ir.value import Value
from stepwell.passes.linalg_to_loops.loop_kinds import ParallelLoops
from stepwell.passes.linalg_to_loops.lowering import copy_body, extent_of
from stepwell.passes.strided_loops.blocks import open_parallel, open_piece, open_range, piece_at
from stepwell.passes.strided_metadata.index_math import Index, IndexMath

PIECES = 64
LEAST = 4096  # elements

NEUTRAL: dict[type[Operation], float | int] = {
    AddFOp: -0.0,
    MulFOp: 1.0,
    MaximumFOp: -math.inf,
    MinimumFOp: math.inf,
    AddIOp: 0,
    MulIOp: 1,
    AndIOp: -1,
    OrIOp: 0,
    XOrIOp: 0,
}
ROUNDED = (AddFOp, MulFOp)


@pass_("linalg-split-reductions", on="any")
def linalg_split_reductions(op: Operation, context: PassContext) -> None:
    """Splits the structured ops inside `op` that reduce all of their dimensions."""
    for inner in [one for one in walk(op) if isinstance(one, StructuredOp)]:
        combination = _combination(inner)
        if combination is not None:
            _split(inner, combination)
            context.statistic("num-split", "Number of reductions split", 1)


def _combination(op: StructuredOp) -> Operation | None:
    """The op of the body that combines a result with one more element, if it may be split."""
    kinds = op.iterator_types
    if not op.has_pure_buffer_semantics or not kinds or PARALLEL in kinds:
        return None
    if len(op.dps_inits) != 1 or shape_of(op.dps_inits[0].type):
        return None
    ending, total = op.body.last, op.body.args[-1]
    made = ending.operands[0].defining_op if ending is not None else None
    if made is None or made.parent is not op.body or type(made) not in NEUTRAL:
        return None
    if list(total.users) != [made]:
        return None
    if isinstance(made, ROUNDED) and "reassoc" not in made.fastmath.flags:
        return None
    if list(made.operands).count(total) != 1 or any(isinstance(i, IndexOp) for i in walk(op)):
        return None
    return made


def _split(op: StructuredOp, combination: Operation) -> None:
    rewriter = Rewriter(location=op.location)
    rewriter.start_at(op)
    maps, result = op.indexing_maps, op.dps_inits[0]
    element = types.element_type_or_self(result.type)
    part = rewriter.insert(AllocaOp([], [], result_types=[MemRefType((PIECES,), element)])).results[
        0
    ]
    extents = [extent_of(op, maps, dim, rewriter) for dim in range(op.num_loops)]
    rows = _rows(extents, rewriter)
    count = rewriter.insert(CeilDivSIOp(IndexMath(rewriter).value(extents[0]), rows)).result
    _pieces(op, combination, part, extents, rows, count, rewriter)
    rewriter.start_at(op)
    place = open_range(rewriter, count)
    loops = ParallelLoops()
    before = loops.load(rewriter, result, [])
    one = loops.load(rewriter, part, [place])
    swap = combination.operands[0] is not op.body.args[-1]
    joined = clone(combination, dict(zip(combination.operands, [one, before] if swap
                                         else [before, one], strict=True)))  # fmt: skip
    loops.store(rewriter, rewriter.insert(joined).results[0], result, [])
    op.erase()


def _rows(extents: list[Index], rewriter: Rewriter) -> Value:
    """How many iterations of the first loop are a piece: the first of many enough for PIECES to do
    all, and for a piece to have LEAST elements."""
    math = IndexMath(rewriter)
    first, inner = math.value(extents[0]), math.value(math.product(extents[1:]))
    even = rewriter.insert(CeilDivSIOp(first, math.value(PIECES))).result
    some = rewriter.insert(MaxSIOp(inner, math.value(1))).result
    enough = rewriter.insert(CeilDivSIOp(math.value(LEAST), some)).result
    return rewriter.insert(MaxSIOp(even, enough)).result


def _pieces(
    op: StructuredOp,
    combination: Operation,
    part: Value,
    extents: list[Index],
    rows: Value,
    count: Value,
    rewriter: Rewriter,
) -> None:
    """A parallel loop over the pieces, each of which goes to a place of `part`."""
    loops, math = ParallelLoops(), IndexMath(rewriter)
    (number,) = open_parallel(rewriter, [count], [1])
    neutral = rewriter.constant(NEUTRAL[type(combination)], types.element_type_or_self(part.type))
    loops.store(rewriter, neutral, part, [number])
    piece = piece_at(rewriter, math.value(math.multiply(number, rows)), extents[0], rows)
    variables = [open_piece(rewriter, piece)]
    variables += [open_range(rewriter, extent) for extent in extents[1:]]
    mapping: dict[Value, Value] = {op.body.args[-1]: loops.load(rewriter, part, [number])}
    (total,) = copy_body(op, op.indexing_maps, variables, rewriter, loops, mapping)
    loops.store(rewriter, total, part, [number])
