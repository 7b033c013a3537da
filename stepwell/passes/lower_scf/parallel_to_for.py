"""Parallel loops as nests of sequential ones."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.scf.forall import ForallOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.dialects.scf.parallel import ParallelOp, ReduceOp
from stepwell.dialects.scf.terminators import YieldOp
from stepwell.ir import types
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.clone import clone
from stepwell.ir.diagnostics import PassError
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value

Bounds = Sequence[tuple[Value, Value, Value]]


def build_nest(
    rewriter: Rewriter, bounds: Bounds, inits: Sequence[Value]
) -> tuple[list[Value], list[Value], Block, list[ForOp]]:
    """A nest of `scf.for` that hands `inits` inwards and the values of each loop outwards.

    Returns:
        The induction variables, the iteration arguments of the innermost loop, its block (which
        still needs a terminator), and the loops, outermost first.
    """
    variables: list[Value] = []
    loops: list[ForOp] = []
    carried = list(inits)
    with rewriter.at(rewriter.block, rewriter._anchor):
        for lower, upper, step in bounds:
            body = Block([types.index, *(value.type for value in carried)])
            loop = ForOp.create(
                [lower, upper, step, *carried],
                [value.type for value in carried],
                regions=[Region([body])],
            )
            rewriter.insert(loop)
            if loops:
                rewriter.set_point(loop.parent, None)  # type: ignore[arg-type]
                rewriter.insert(YieldOp.create(loop.results))
            loops.append(loop)
            variables.append(body.args[0])
            carried = list(body.args[1:])
            rewriter.set_point(body, None)
    return variables, carried, loops[-1].body.entry, loops


def parallel_to_for(op: ParallelOp, rewriter: Rewriter) -> ForOp | None:
    """Replaces a parallel loop by a nest; its reductions become iteration arguments."""
    bounds = list(zip(op.lowerBound, op.upperBound, op.step, strict=True))
    variables, carried, inner, loops = build_nest(rewriter, bounds, op.initVals)
    old = op.regions[0].entry
    reduce = old.last
    assert isinstance(reduce, ReduceOp)
    _move_body(old, inner, variables, rewriter)
    yielded: list[Value] = []
    for value, so_far, region in zip(reduce.operands, carried, reduce.reductions, strict=True):
        yielded.append(_combine(region, so_far, value, inner, reduce))
    reduce.erase()
    inner.append(YieldOp.create(yielded, location=op._location))
    rewriter.replace(op, list(loops[0].results))
    return loops[0]


def _combine(region: Region, so_far: Value, value: Value, block: Block, before: Operation) -> Value:
    """The ops of a reduction, copied to before `before`; the combined value."""
    mapping: dict[Value, Value] = dict(zip(region.entry.args, (so_far, value), strict=True))
    for op in region.entry.ops:
        if op is region.entry.last:
            result = op._operands[0]
            return mapping.get(result, result)
        block.insert_before(clone(op, mapping), before)
    raise PassError("a reduction has no terminator")


def _move_body(old: Block, new: Block, variables: Sequence[Value], rewriter: Rewriter) -> None:
    for argument, variable in zip(old.args, variables, strict=False):
        argument.replace_all_uses_with(variable)
    for op in old.ops:
        old.detach(op)
        new.append(op)


def forall_to_for(op: ForallOp, rewriter: Rewriter) -> ForOp:
    """Replaces a forall on memrefs by a nest.

    Raises:
        PassError: it has shared outputs (bufferize first).
    """
    if op.outputs:
        raise PassError("scf.forall with shared outputs must be bufferized before it is lowered")

    def value(entry: Value | int) -> Value:
        if isinstance(entry, Value):
            return entry
        return rewriter.constant(IntegerAttr(entry, types.index), types.index)

    lists = (op.mixed_lower_bound, op.mixed_upper_bound, op.mixed_step)
    bounds = [(value(a), value(b), value(c)) for a, b, c in zip(*lists, strict=True)]
    variables, _, inner, loops = build_nest(rewriter, bounds, ())
    old = op.body.entry
    assert old.last is not None
    old.last.erase()
    _move_body(old, inner, variables, rewriter)
    inner.append(YieldOp.create(location=op._location))
    rewriter.erase(op)
    return loops[0]
