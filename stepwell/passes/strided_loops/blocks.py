"""Loops over blocks of a range, and over what is in a block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stepwell.dialects.arith.integer import AddIOp, MinSIOp, SubIOp
from stepwell.dialects.scf.parallel import ParallelOp, ReduceOp
from stepwell.ir import types
from stepwell.ir.block import Block, Region
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value
from stepwell.passes.linalg_to_loops.loop_kinds import open_for
from stepwell.passes.strided_metadata.index_math import Index, IndexMath


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the range of a loop: where it starts and how many iterations it has."""

    start: Value
    count: Value


def open_parallel(
    rewriter: Rewriter, extents: Sequence[Index], steps: Sequence[int]
) -> list[Value]:
    """One parallel loop from 0 to each extent, in the body of which the rewriter then stands; the
    induction variables."""
    math = IndexMath(rewriter)
    zero = math.value(0)
    bounds = [math.value(extent) for extent in extents]
    strides = [math.value(step) for step in steps]
    body = Block([types.index] * len(extents))
    rewriter.insert(
        ParallelOp([zero] * len(extents), bounds, strides, [], body=Region([body]), result_types=[])
    )
    rewriter.set_point(body, None)
    end = rewriter.insert(ReduceOp.create())
    rewriter.set_point(body, end)
    return list(body.args)


def piece_at(rewriter: Rewriter, start: Value, extent: Index, size: Index) -> Piece:
    """The piece of the range up to `extent` from `start` on, `size` long or what is left."""
    math = IndexMath(rewriter)
    rest = rewriter.insert(SubIOp(math.value(extent), start)).result
    count = rewriter.insert(MinSIOp(rest, math.value(size))).result
    return Piece(start, count)


def open_piece(rewriter: Rewriter, piece: Piece, step: int = 1) -> Value:
    """A loop over a piece, in the body of which the rewriter then stands; where it is."""
    math = IndexMath(rewriter)
    place = open_for(rewriter, math.value(0), piece.count, math.value(step))
    return rewriter.insert(AddIOp(piece.start, place)).result


def open_range(rewriter: Rewriter, extent: Index) -> Value:
    """A loop from 0 to `extent`, in the body of which the rewriter then stands."""
    math = IndexMath(rewriter)
    return open_for(rewriter, math.value(0), math.value(extent), math.value(1))
