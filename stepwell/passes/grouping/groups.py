"""Which pointwise ops are computed inside which op."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field

from stepwell.dialects.linalg.attributes import PARALLEL
from stepwell.dialects.linalg.generic import GenericOp
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.operation import Operation
from stepwell.ir.value import Value
from stepwell.passes.grouping.contractions import is_contraction
from stepwell.passes.grouping.worth import Cost, cost_of

Member = tuple[GenericOp, AffineMap]
"""An op, and the point of its space for each point of the group's space."""


@dataclass(slots=True)
class Group:
    """An op and the pointwise ops computed inside it.

    Attributes:
        root: gives the group its space.
        members: in any order, without the root.
        is_contraction: whether the root sums products of shared factors.
    """

    root: GenericOp
    members: list[Member] = field(default_factory=list)
    is_contraction: bool = False

    @property
    def is_pointwise(self) -> bool:
        """Whether the root computes each element of its result once."""
        return all(kind is PARALLEL for kind in self.root.iterator_types)


def group_of(root: GenericOp, positions: Mapping[Operation, int]) -> Group:
    """The largest group of `root`.

    Args:
        positions: the numbers of the ops of the block, in order.
    """
    group = Group(root, is_contraction=is_contraction(root))
    taken: dict[GenericOp, list[AffineMap]] = {root: [AffineMap.identity(root.num_loops)]}
    pending: list[tuple[int, Value]] = []
    seen: set[Value] = set()
    _push_inputs(root, positions, pending, seen)
    while pending:
        _, value = heapq.heappop(pending)
        producer = value.defining_op
        assert isinstance(producer, GenericOp)
        maps = _maps_of_uses(producer, taken, group)
        if maps is None:
            continue
        taken[producer] = maps
        group.members += [(producer, map) for map in maps]
        _push_inputs(producer, positions, pending, seen)
    return group


def _push_inputs(
    op: GenericOp,
    positions: Mapping[Operation, int],
    pending: list[tuple[int, Value]],
    seen: set[Value],
) -> None:
    """Later producers come first, so that all users of one are known when its turn comes."""
    for value in op.inputs:
        producer = value.defining_op
        if value not in seen and isinstance(producer, GenericOp) and producer in positions:
            seen.add(value)
            heapq.heappush(pending, (-positions[producer], value))


def is_pointwise_producer(op: GenericOp) -> bool:
    """Whether the op computes one new tensor, each element once and from its inputs alone."""
    if len(op.results) != 1 or not op.has_pure_tensor_semantics:
        return False
    if any(kind is not PARALLEL for kind in op.iterator_types):
        return False
    return op.indexing_maps[-1].is_permutation and not op.body.args[-1].has_uses


def _maps_of_uses(
    producer: GenericOp, taken: Mapping[GenericOp, list[AffineMap]], group: Group
) -> list[AffineMap] | None:
    """The maps under which the group needs the producer, if it is to be computed inside."""
    if not is_pointwise_producer(producer):
        return None
    inverse = producer.indexing_maps[-1].inverse_permutation()
    assert inverse is not None
    maps: dict[AffineMap, None] = {}
    outside = False
    for user, number in producer.results[0].uses:
        if not isinstance(user, GenericOp) or user not in taken:
            outside = True
            continue
        if number >= len(user.inputs):
            outside = outside or user.body.args[number].has_uses
            continue
        used = inverse.compose(user.indexing_maps[number])
        maps.update(dict.fromkeys(used.compose(map) for map in taken[user]))
    return list(maps) if _is_worth_it(producer, list(maps), outside, group) else None


def _is_worth_it(producer: GenericOp, maps: list[AffineMap], outside: bool, group: Group) -> bool:
    """Whether computing the producer inside costs no more than storing its result would."""
    cost = cost_of(producer)
    if _is_reread_copy(producer, maps, group):
        return False
    if cost is Cost.MOVEMENT:
        return not (outside and group.is_pointwise and _is_copy(group.root))
    if outside or len(maps) > 1:
        return False
    once = len(maps[0].dim_positions or ()) == group.root.num_loops
    if once:
        return True
    if group.is_contraction:
        return False
    return cost <= (Cost.MEDIUM if group.is_pointwise else Cost.LIGHT)


def _is_reread_copy(producer: GenericOp, maps: list[AffineMap], group: Group) -> bool:
    """Whether a sum reads a copy that is smaller than its loops, such as a padded image.

    The copy is made so that the sum need not ask at each place whether it is inside.
    """
    if group.is_pointwise or group.is_contraction:
        return False
    if not any(inner.regions for inner in producer.body.ops):
        return False
    return any(map.dim_positions is None for map in maps)


def _is_copy(op: GenericOp) -> bool:
    return cost_of(op) is Cost.MOVEMENT
