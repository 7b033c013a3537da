"""A pointwise producer computed where its consumer reads it.

The consumer keeps its iteration space. A point of it is, through the consumer's map of the fused
operand and the inverse of the producer's map of its result, a point of the producer's space.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stepwell.dialects.affine.values import AffineApplyOp
from stepwell.dialects.linalg.attributes import PARALLEL
from stepwell.dialects.linalg.generic import GenericOp, IndexOp, YieldOp, generic
from stepwell.dialects.linalg.structured import is_invertible
from stepwell.ir import types
from stepwell.ir.affine.expr import AffineDim, AffineExpr, AffineSymbol
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine.walk import replace, used_dims
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.clone import clone, clone_ops_into
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.pattern import NoMatch, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import RankedTensorType
from stepwell.ir.value import Value


@dataclass(frozen=True, slots=True)
class Fusion:
    """What is fused.

    Attributes:
        producer: computes one of the consumer's inputs, point by point.
        consumer: keeps its iteration space.
        number: which operand of the consumer.
        points: from points of the consumer to points of the producer.
    """

    producer: GenericOp
    consumer: GenericOp
    number: int
    points: AffineMap

    @property
    def fused_result(self) -> int:
        """Which result of the producer the consumer reads."""
        return self.consumer.operands[self.number].index

    def producer_map(self, number: int) -> AffineMap:
        """The map of one of the producer's operands, over the consumer's iteration space."""
        return self.producer.indexing_maps[number].compose(self.points)


@pattern
def fuse_elementwise(op: GenericOp, rewriter: Rewriter) -> Rewrite:
    """generic(..., generic(a, b), ...) -> generic(..., a, b, ...)"""
    reasons = []
    for number in range(len(op.inputs)):
        try:
            return _fuse(_match(op, number), rewriter)
        except NoMatch as reason:
            reasons.append(f"operand {number}: {reason}")
    raise NoMatch("; ".join(reasons) or "it has no inputs")


def _match(consumer: GenericOp, number: int) -> Fusion:
    """The fusion into an input.

    Raises:
        NoMatch: that would not be right, or would compute the producer more than once.
    """
    value = consumer.operands[number]
    producer = value.defining_op
    if not isinstance(producer, GenericOp):
        raise NoMatch("it is not made by linalg.generic")
    if not isinstance(value.type, RankedTensorType) or not producer.has_pure_tensor_semantics:
        raise NoMatch("it is no tensor")
    if sum(result.num_uses for result in producer.results) != 1:
        raise NoMatch("its producer has other uses")
    if any(kind is not PARALLEL for kind in producer.iterator_types):
        raise NoMatch("its producer reduces")
    consumer_map = consumer.indexing_maps[number]
    if consumer_map.num_results != producer.num_loops:
        raise NoMatch("its producer has a space of another rank")
    result_map = producer.indexing_maps[len(producer.inputs) + value.index]
    inverse = result_map.inverse_permutation() if result_map.is_permutation else None
    if inverse is None:
        raise NoMatch("its producer does not write each element once")
    return Fusion(producer, consumer, number, inverse.compose(consumer_map))


def _kept_results(fusion: Fusion) -> list[int]:
    """The results of the producer that the fused op must still have.

    One stays whose init is read by the body, or is needed to know the extent of the space.

    Raises:
        NoMatch: such a result would be computed more than once, or the extent is lost.
    """
    producer, start = fusion.producer, len(fusion.producer.inputs)
    kept = [n for n in range(len(producer.outputs)) if producer.body.args[start + n].has_uses]
    parallel = fusion.consumer.num_parallel_loops == fusion.consumer.num_loops
    others = [n for n in range(len(producer.outputs)) if n not in kept]
    while not is_invertible(_fused_maps(fusion, kept), fusion.consumer.num_loops):
        if not others or not parallel:
            raise NoMatch("the extent of the loops would not be known")
        kept.append(others.pop(0))
    if kept and not fusion.consumer.indexing_maps[fusion.number].is_permutation:
        raise NoMatch("an init of its producer would be updated more than once")
    return sorted(kept)


def _fused_maps(fusion: Fusion, kept: Sequence[int]) -> list[AffineMap]:
    """The maps of the fused op's operands."""
    maps = fusion.consumer.indexing_maps
    inputs, count = len(fusion.consumer.inputs), len(fusion.producer.inputs)
    return [
        *maps[: fusion.number],
        *(fusion.producer_map(number) for number in range(count)),
        *maps[fusion.number + 1 : inputs],
        *(fusion.producer_map(count + number) for number in kept),
        *maps[inputs:],
    ]


def _fuse(fusion: Fusion, rewriter: Rewriter) -> Sequence[Value]:
    producer, consumer, number = fusion.producer, fusion.consumer, fusion.number
    kept = _kept_results(fusion)
    inputs = [*consumer.inputs[:number], *producer.inputs, *consumer.inputs[number + 1 :]]
    outputs = [*(producer.outputs[n] for n in kept), *consumer.outputs]
    body = _fused_body(fusion, kept, [*inputs, *outputs])
    maps = _fused_maps(fusion, kept)
    made = generic(inputs, outputs, maps, consumer.iterator_types, Region([body]))
    rewriter.insert(made)
    return made.results[len(kept) :]


def _fused_body(fusion: Fusion, kept: Sequence[int], operands: Sequence[Value]) -> Block:
    producer, consumer, number = fusion.producer, fusion.consumer, fusion.number
    body = Block([types.element_type_or_self(value.type) for value in operands])
    count, last = len(producer.inputs), len(consumer.inputs) - 1
    moved = body.args[number : number + count]
    inits = body.args[last + count : last + count + len(kept)]
    mapping: dict[Value, Value] = dict(zip(producer.body.args, moved, strict=False))
    for init, position in zip(inits, kept, strict=True):
        mapping[producer.body.args[count + position]] = init
    _copy_producer(fusion, body, mapping)
    made = producer.body.last
    assert made is not None
    yielded = [mapping.get(value, value) for value in made.operands]
    own = [*body.args[:number], yielded[fusion.fused_result]]
    own += body.args[number + count : last + count]
    own += body.args[last + count + len(kept) :]
    mapping = dict(zip(consumer.body.args, own, strict=True))
    clone_ops_into(consumer.body, body, mapping)
    ending = consumer.body.last
    assert ending is not None
    results = [*(yielded[n] for n in kept), *(mapping.get(v, v) for v in ending.operands)]
    body.append(YieldOp.create(results, location=ending.location))
    return body


def _copy_producer(fusion: Fusion, body: Block, mapping: dict[Value, Value]) -> None:
    """Copies the producer's ops; where they are in its space is computed from the consumer's."""
    for op in fusion.producer.body.ops:
        if isinstance(op, IndexOp):
            place = fusion.points.results[op.dim.value]
            mapping[op.result] = _position(place, fusion.points.num_dims, body, op)
        elif op is not fusion.producer.body.last:
            body.append(clone(op, mapping))


def _position(place: AffineExpr, num_dims: int, body: Block, old: Operation) -> Value:
    if isinstance(place, AffineDim):
        index = IndexOp(place.position)
        index.location = old.location
        body.append(index)
        return index.result
    used = used_dims([place])
    symbols = {dim: AffineSymbol(number) for number, dim in enumerate(used)}
    linear = replace(place, [symbols.get(dim, AffineSymbol(0)) for dim in range(num_dims)])
    every = [IndexOp(dim) for dim in used]
    map = AffineMapAttr(AffineMap(0, len(used), (linear,)))
    apply = AffineApplyOp(map, [index.result for index in every])
    for op in (*every, apply):
        op.location = old.location
        body.append(op)
    return apply.result
