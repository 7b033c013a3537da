"""What threads take out of an exchange, once all have published: `published` has a place each."""

from __future__ import annotations

from dataclasses import dataclass

from stepwell.dialects.gpu.attributes import AllReduceOperationAttr
from stepwell.dialects.gpu.collectives import (
    AllReduceOp,
    RotateOp,
    ShuffleOp,
    SubgroupBroadcastOp,
    SubgroupReduceOp,
)
from stepwell.dialects.gpu.threads import SUBGROUP_SIZE
from stepwell.dialects.scf.terminators import YieldOp
from stepwell.ir.clone import clone
from stepwell.ir.operation import Operation
from stepwell.ir.value import Value
from stepwell.passes.gpu_emulation.arithmetic import Arithmetic


@dataclass(frozen=True, slots=True)
class Crowd:
    """The threads of a block.

    Attributes:
        make: for ops at the insertion point.
        published: the array of what they brought.
        count: how many there are.
    """

    make: Arithmetic
    published: Value
    count: Value


def reduced(op: AllReduceOp, crowd: Crowd, known: dict[Value, Value]) -> Value:
    """What gpu.all_reduce gives; `known` maps what its body uses from around."""
    make = crowd.make
    first, one = make.index(0), make.index(1)
    return _fold(op, op.op, crowd, (first, one, crowd.count, one), known)


def fetched(op: Operation, linear: Value, crowd: Crowd, known: dict[Value, Value]) -> list[Value]:
    """The results of an exchange within subgroups, for the thread with the number `linear`."""
    make = crowd.make
    lane = make.rem(linear, SUBGROUP_SIZE)
    start = make.sub(linear, lane)
    if isinstance(op, SubgroupReduceOp):
        return [_of_subgroup(op, crowd, start, lane)]
    if isinstance(op, SubgroupBroadcastOp):
        place = start
        if op.lane is not None:
            place = make.add(start, make.to_index(known[op.lane]))
        return [make.load(crowd.published, place)]
    if isinstance(op, RotateOp):
        width = make.index(op.width.value)
        inside = make.rem(make.add(make.rem(lane, width), op.offset.value), width)
        source = make.add(make.sub(lane, make.rem(lane, width)), inside)
        exists = _exists(crowd, start, source)
        value = _value_of(crowd, exists, start, source, linear)
        return [value, make.compare("slt", lane, width)]
    assert isinstance(op, ShuffleOp)
    width = make.to_index(known[op.width])
    first = make.sub(lane, make.rem(lane, width))
    source = _source(op, make, known[op.offset], lane, first, width)
    below = make.compare("sle", first, source)
    above = make.compare("slt", source, make.add(first, width))
    valid = make.both(below, above, _exists(crowd, start, source))
    return [_value_of(crowd, valid, start, source, linear), valid]


def _source(
    op: ShuffleOp, make: Arithmetic, offset: Value, lane: Value, first: Value, width: Value
) -> Value:
    """From which lane a shuffle takes its value."""
    match op.mode.value:
        case "xor":
            return make.xor(lane, make.to_index(offset))
        case "up":
            return make.sub(lane, make.to_index(offset))
        case "down":
            return make.add(lane, make.to_index(offset))
    return make.add(first, make.rem(make.to_index(offset, signed=False), width))


def _exists(crowd: Crowd, start: Value, lane: Value) -> Value:
    """Whether the subgroup that begins at `start` has this lane."""
    make = crowd.make
    in_group = make.compare("ult", lane, SUBGROUP_SIZE)
    return make.both(in_group, make.compare("slt", make.add(start, lane), crowd.count))


def _value_of(crowd: Crowd, valid: Value, start: Value, lane: Value, linear: Value) -> Value:
    """What that lane published, or what the thread itself did."""
    make = crowd.make
    return make.load(crowd.published, make.select(valid, make.add(start, lane), linear))


def _of_subgroup(op: SubgroupReduceOp, crowd: Crowd, start: Value, lane: Value) -> Value:
    make = crowd.make
    end = make.smaller(make.add(start, SUBGROUP_SIZE), crowd.count)
    first, step = start, make.index(op.cluster_stride.value)
    if op.cluster_size is not None:
        span = op.cluster_stride.value * op.cluster_size.value
        base = make.sub(lane, make.rem(lane, span))
        first = make.add(start, make.add(base, make.rem(lane, step)))
        end = make.smaller(end, make.add(make.add(start, base), span))
    return _fold(op, op.op, crowd, (first, make.add(first, step), end, step), {})


def _fold(
    op: Operation,
    kind: AllReduceOperationAttr | None,
    crowd: Crowd,
    places: tuple[Value, Value, Value, Value],
    known: dict[Value, Value],
) -> Value:
    """Combines, in order, what was published at the first place and in a loop over others."""
    first, lower, upper, step = places
    make, rewriter = crowd.make, crowd.make.rewriter
    loop, body = make.loop(lower, upper, step, [make.load(crowd.published, first)])
    with rewriter.at_end(body):
        other = make.load(crowd.published, body.args[0])
        if kind is not None:
            total = make.combine(kind.value, body.args[1], other)
        else:
            total = _by_region(op, body.args[1], other, make, known)
        rewriter.insert(YieldOp([total]))
    return loop.results[0]


def _by_region(
    op: Operation, total: Value, other: Value, make: Arithmetic, known: dict[Value, Value]
) -> Value:
    block = op.regions[0].entry
    if block.next is not None or block.last is None:
        raise op.error("has branches in its body; it cannot run on the CPU")
    mapping = dict(known)
    mapping |= zip(block.args, (total, other), strict=True)
    for inner in block.ops:
        if inner is not block.last:
            make.rewriter.insert(clone(inner, mapping))
    result = block.last._operands[0]
    return mapping.get(result, result)
