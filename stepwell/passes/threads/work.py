"""How much a parallel loop does, as a number or as ops that compute it before the loop."""

from __future__ import annotations

from collections.abc import Collection

from stepwell.dialects.arith.division import CeilDivSIOp
from stepwell.dialects.arith.integer import MinSIOp, SubIOp
from stepwell.dialects.func.ops import CallOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.dialects.scf.parallel import ParallelOp
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.block import Block
from stepwell.ir.operation import Operation, walk
from stepwell.ir.rewriting.folding import constant_of
from stepwell.ir.value import Value
from stepwell.passes.strided_metadata.index_math import Index, IndexMath

UNKNOWN_TRIPS = 16
"""For an inner loop whose bounds are computed in the body of the parallel one."""

CALL = 512
"""How many ops a function that is called runs, by and large: the tile of a contraction."""


def blocks_inside(op: Operation) -> set[Block]:
    """The blocks of `op` and of all ops in it."""
    return {block for inner in walk(op) for region in inner.regions for block in region}


def trip_count(lower: Value, upper: Value, step: Value, math: IndexMath) -> Index:
    """How often a loop runs; perhaps a negative number if it does not."""
    known = [_known(value) for value in (lower, upper, step)]
    first, last, each = known
    if first is not None and last is not None and each is not None:
        return max(0, -((first - last) // each))
    extent: Index = upper
    if first != 0:
        extent = math.rewriter.insert(SubIOp(upper, lower)).result
    if each is None:
        return math.rewriter.insert(CeilDivSIOp(math.value(extent), step)).result
    return math.divide(math.add(extent, each - 1), each)


def trip_counts(op: ParallelOp, math: IndexMath) -> list[Index]:
    """How often each dimension runs."""
    bounds = zip(op.lowerBound, op.upperBound, op.step, strict=True)
    return [trip_count(*bound, math) for bound in bounds]


def work_of_point(op: ParallelOp, math: IndexMath) -> Index:
    """How many ops the body runs for one point, inner loops included."""
    inside = blocks_inside(op)
    times: dict[Operation, Index] = {op: 1}
    counts: dict[Operation, int] = {op: 0}
    for inner in walk(op):
        if inner is op:
            continue
        around = next(ancestor for ancestor in inner.ancestors() if ancestor in times)
        counts[around] += CALL if isinstance(inner, CallOp) else 1
        if isinstance(inner, (ForOp, ParallelOp)):
            times[inner] = math.multiply(times[around], _trips_inside(inner, inside, math))
            counts[inner] = 0
    total: Index = 0
    for loop, number in counts.items():
        total = math.add(total, math.multiply(times[loop], number))
    return total


def _trips_inside(op: ForOp | ParallelOp, inside: Collection[Block], math: IndexMath) -> Index:
    bounds = op.operands[:3] if isinstance(op, ForOp) else op.operands
    if isinstance(op, ForOp):
        piece = _size_of_piece(op.upperBound, inside, math)
        if piece is not None and _known(op.lowerBound) == 0:
            return trip_count(op.lowerBound, piece, op.step, math)
    if any(value.parent_block in inside and _known(value) is None for value in bounds):
        return UNKNOWN_TRIPS
    if isinstance(op, ForOp):
        return trip_count(op.lowerBound, op.upperBound, op.step, math)
    return math.product(trip_counts(op, math))


def _size_of_piece(upper: Value, inside: Collection[Block], math: IndexMath) -> Value | None:
    """For a bound that is what is left of a range, but no more than a piece: the size of the piece,
    or of the range if that is smaller."""
    least = upper.defining_op
    if not isinstance(least, MinSIOp) or upper.parent_block not in inside:
        return None
    rest, most = least.lhs.defining_op, least.rhs
    if not isinstance(rest, SubIOp) or rest.lhs.parent_block in inside:
        return None
    known = _known(most)
    if known is None and most.parent_block in inside:
        return None
    size = most if known is None else math.value(known)
    return math.rewriter.insert(MinSIOp(rest.lhs, size)).result


def _known(value: Value) -> int | None:
    attribute = constant_of(value)
    return attribute.value if isinstance(attribute, IntegerAttr) else None
