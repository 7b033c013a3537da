"""Loops that put elements into a tensor one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stepwell.dialects.arith.compare import CmpIOp, SelectOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.dialects.scf.terminators import YieldOp
from stepwell.dialects.tensor.elements import InsertOp
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir import types
from stepwell.ir.block import Block, Region
from stepwell.ir.builder import Builder
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value
from stepwell.passes.meta_to_linalg.loops import combined, extracted, filled, neutral
from stepwell.passes.meta_to_linalg.sizes import Size, size_value

Arrival = Callable[[Rewriter, Sequence[Value]], tuple[Value, list[Value]]]


@dataclass(frozen=True, slots=True)
class Scatter:
    """What is put where.

    Attributes:
        kind: how elements are combined.
        source: the tensor that they come from.
        extents: its sizes.
        shape: that of the result.
        arrival: for a place in the source, whether it arrives anywhere (an i1), and where.
    """

    kind: str
    source: Value
    extents: Sequence[Size]
    shape: Sequence[Size]
    arrival: Arrival


def scatter(rewriter: Rewriter, plan: Scatter) -> Value:
    """The result: the neutral element with everything from the source combined into it."""
    start = neutral(rewriter, plan.kind, ranked(plan.source.type).element_type)
    target = filled(rewriter, start, plan.shape)
    if not plan.extents:
        return _step(rewriter, plan, [], target, start)
    bounds = [size_value(size, rewriter) for size in plan.extents]
    bounds[0] = _nothing_into_nothing(rewriter, bounds[0], plan.shape)
    zero, one = rewriter.constant(0, types.index), rewriter.constant(1, types.index)
    loops: list[ForOp] = []
    b = rewriter
    carried = target
    for bound in bounds:
        body = Block([types.index, target.type])
        loop = b.insert(
            ForOp(zero, bound, one, [carried], body=Region([body]), result_types=[target.type])
        )
        loops.append(loop)
        b, carried = Builder.into(body, loop.location), body.args[1]
    at = [loop.induction_variable for loop in loops]
    b.insert(YieldOp.create([_step(b, plan, at, carried, start)]))
    for outer, inner in zip(loops, loops[1:], strict=False):
        Builder.into(outer.body.entry, outer.location).insert(YieldOp.create(inner.results))
    return loops[0].results[0]


def _nothing_into_nothing(b: Rewriter, bound: Value, shape: Sequence[Size]) -> Value:
    """The bound, or 0 if the result has no elements: then there is no place to combine into."""
    zero = b.constant(0, types.index)
    for size in shape:
        if size != 0 and isinstance(size, int):
            continue
        none = b.insert(CmpIOp("eq", size_value(size, b), zero)).result
        bound = b.insert(SelectOp(none, zero, bound)).result
    return bound


def _step(b: Rewriter, plan: Scatter, at: Sequence[Value], into: Value, start: Value) -> Value:
    """Combines one element; one that arrives nowhere counts as neutral, at the first place."""
    arrives, indices = plan.arrival(b, at)
    zero = b.constant(0, types.index)
    safe = [b.insert(SelectOp(arrives, index, zero)).result for index in indices]
    element = extracted(b, plan.source, at)
    value = b.insert(SelectOp(arrives, element, start)).result
    old = extracted(b, into, safe)
    new = combined(b, plan.kind, old, value)
    return b.insert(InsertOp(new, into, safe, result_types=[into.type])).result
