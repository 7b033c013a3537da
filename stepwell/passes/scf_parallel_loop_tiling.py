"""Tile parallel loops

    scf.parallel (%i) = (%lb) to (%ub) step (%s) { "a"(%i) }
    // -> scf.parallel (%o) = (%lb) to (%ub) step (%s * 16) {
    //      scf.parallel (%n) = (0) to (min(%s * 16, %ub - %o)) step (%s) { "a"(%n + %o) } }

Needs: nothing. Keeps: meaning. Loops with reductions stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.affine.values import AffineMinOp
from stepwell.dialects.arith.compare import CmpIOp
from stepwell.dialects.arith.integer import AddIOp, AndIOp, MulIOp
from stepwell.dialects.scf.branches import IfOp
from stepwell.dialects.scf.parallel import ParallelOp, ReduceOp
from stepwell.dialects.scf.terminators import YieldOp
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.diagnostics import PassError
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import i1, index
from stepwell.ir.value import Value

_D0, _D1, _D2 = AffineDim(0), AffineDim(1), AffineDim(2)
_SMALLER = AffineMapAttr(AffineMap(3, 0, (_D0, _D1 - _D2)))


@pass_("scf-parallel-loop-tiling", title="ParallelLoopTilingPass")
def scf_parallel_loop_tiling(
    op: Operation,
    context: PassContext,
    *,
    parallel_loop_tile_sizes: list[int] | None = None,
    no_min_max_bounds: bool = False,
) -> None:
    """Tiles the innermost parallel loops without reductions.

    Options: parallel-loop-tile-sizes (1 where there is none), no-min-max-bounds (inner loops always
    run over a whole tile, and ask inside whether they are past the end).

    Raises:
        PassError: a tile size is 0.
    """
    sizes = parallel_loop_tile_sizes or []
    if 0 in sizes:
        raise PassError("tile size cannot be 0")
    loops = [loop for loop in walk(op) if isinstance(loop, ParallelOp)]
    for loop in loops:
        nested = any(isinstance(inner, ParallelOp) and inner is not loop for inner in walk(loop))
        if not nested and not loop.initVals:
            tile(loop, sizes, no_min_max_bounds)


def tile(
    loop: ParallelOp, sizes: Sequence[int], guard_inside: bool
) -> tuple[ParallelOp, ParallelOp]:
    """Replaces a loop by one over tiles and one inside each tile, which are returned.

    Args:
        loop: has no reductions.
        sizes: of the tiles, by dimension; 1 for those beyond.
        guard_inside: see `no-min-max-bounds`.
    """
    rewriter = Rewriter()
    rewriter.start_at(loop)
    dims = range(len(loop.step))
    wanted = [sizes[d] if d < len(sizes) else 1 for d in dims]
    zero = rewriter.constant(0, index)
    tiles = [rewriter.constant(size, index) for size in wanted]
    steps = [
        rewriter.insert(MulIOp(step, size)).result
        for step, size in zip(loop.step, tiles, strict=True)
    ]
    outer = _loop(rewriter, loop.lowerBound, loop.upperBound, steps)
    rewriter.set_point(outer.body.entry, None)
    exact = [_tiles_exactly(loop, d, wanted[d]) for d in dims]
    ends = list(steps)
    if not guard_inside:
        for d in dims:
            if not exact[d]:
                given = [steps[d], loop.upperBound[d], outer.induction_variables[d]]
                ends[d] = rewriter.insert(AffineMinOp(map=_SMALLER, mapOperands=given)).result
    inner = _loop(rewriter, [zero] * len(steps), ends, loop.step)
    rewriter.insert(ReduceOp.create())
    _move_body(loop, outer, inner, rewriter, guard_inside and not all(exact))
    loop.erase()
    return outer, inner


def _loop(
    rewriter: Rewriter, lower: Sequence[Value], upper: Sequence[Value], steps: Sequence[Value]
) -> ParallelOp:
    body = Region([Block([index] * len(steps))])
    return rewriter.insert(ParallelOp(list(lower), list(upper), list(steps), [], body=body,
                                      result_types=[]))  # fmt: skip


def _tiles_exactly(loop: ParallelOp, dim: int, size: int) -> bool:
    """Whether the number of iterations is known, and a multiple of the tile size."""
    known = [_constant(v[dim]) for v in (loop.lowerBound, loop.upperBound, loop.step)]
    lower, upper, step = known
    if lower is None or upper is None or step is None:
        return False
    return bool(-(-(upper - lower) // step) % size == 0)


def _constant(value: Value) -> int | None:
    attribute = value.defining_op.get_attribute("value") if value.defining_op else None
    return attribute.value if isinstance(attribute, IntegerAttr) else None


def _move_body(
    loop: ParallelOp, outer: ParallelOp, inner: ParallelOp, rewriter: Rewriter, guard: bool
) -> None:
    target = inner.body.entry
    rewriter.set_point(target, None)
    pairs = zip(inner.induction_variables, outer.induction_variables, strict=True)
    places = [rewriter.insert(AddIOp(near, far)).result for near, far in pairs]
    if guard:
        branch = rewriter.insert(_guard(loop, outer, inner, rewriter))
        target = branch.regions[0].entry
    for argument, place in zip(loop.induction_variables, places, strict=True):
        argument.replace_all_uses_with(place)
    for op in list(loop.body.entry.ops):
        if isinstance(op, ReduceOp):
            inner.body.entry.append(op.detach())
        else:
            target.append(op.detach())
    if guard:
        target.append(YieldOp.create(location=loop._location))


def _guard(loop: ParallelOp, outer: ParallelOp, inner: ParallelOp, rewriter: Rewriter) -> IfOp:
    """Asks whether the place is before the end in all dimensions."""
    inside: Value = rewriter.constant(1, i1)
    for d, upper in enumerate(loop.upperBound):
        near, far = inner.induction_variables[d], outer.induction_variables[d]
        scaled = rewriter.insert(MulIOp(near, loop.step[d])).result
        place = rewriter.insert(AddIOp(scaled, far)).result
        before = rewriter.insert(CmpIOp("ult", place, upper)).result
        inside = rewriter.insert(AndIOp(inside, before)).result
    return IfOp.create([inside], [], regions=[Region([Block()]), Region()])
