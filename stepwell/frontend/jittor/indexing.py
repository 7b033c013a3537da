"""Keys of `x[...]` and the part that numbers, slices, None and an ellipsis name.

Keys with arrays of places or truth values are for `item_access`, which stands on this.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import EllipsisType

from stepwell.frontend.jittor import operations as ops
from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.node import Node, Shape
from stepwell.ir.affine.expr import AffineDim, AffineExpr, AffineSymbol
from stepwell.ir.affine.map import AffineMap

Basic = int | slice | None


@dataclass(slots=True)
class Part:
    """A part of an array.

    Attributes:
        starts, counts, steps: the elements of each dimension; where `steps` is negative, `starts`
            counts from the end, backwards.
        dropped: the dimensions of which a number names one element.
        shape: of the part; a single element has the shape `[1]`.
    """

    starts: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    shape: list[int] = field(default_factory=list)

    @property
    def turned(self) -> set[int]:
        """The dimensions that are read from their end."""
        return {dim for dim, step in enumerate(self.steps) if step < 0}

    @property
    def sizes(self) -> tuple[int, ...]:
        """Starts, counts and steps after those dimensions are turned around."""
        return (*self.starts, *self.counts, *(abs(step) for step in self.steps))


def index(a: Node, key: object) -> Node:
    """The part of `a` that `key` names; a single element has the shape `[1]`.

    Raises:
        TensorError: a number is out of range, or the key is of an unsupported kind.
    """
    part = part_of(a.shape, key)
    made = turned_around(a, part.turned)
    if any(part.starts) or tuple(part.counts) != a.shape or part.dropped:
        ends = (part.starts, part.counts, [abs(step) for step in part.steps], part.dropped)
        made = ops.slice_of(made, *(tuple(one) for one in ends))
    wanted = tuple(part.shape or [1])
    return ops.reshape(made, wanted) if made.shape != wanted else made


def part_of(shape: Shape, key: object) -> Part:
    """Where the part of an array of `shape` is that `key` names; raises as `index` does."""
    part = Part()
    for item in aligned(key, len(shape)):
        if item is None:
            part.shape.append(1)
        else:
            _add(part, shape[len(part.starts)], _basic(item))
    return part


def _add(part: Part, size: int, item: int | slice) -> None:
    """The next dimension, of `size`."""
    dim = len(part.starts)
    if isinstance(item, slice):
        first, stop, step = item.indices(size)
        count = len(range(first, stop, step))
        part.shape.append(count)
    else:
        first, count, step = place_in(item, size, dim), 1, 1
        part.dropped.append(dim)
    part.starts.append(first if step > 0 else size - 1 - first)
    part.counts.append(count)
    part.steps.append(step)


def turned_around(a: Node, dims: set[int]) -> Node:
    """The elements in reverse order along `dims`."""
    if not dims:
        return a
    rank = len(a.shape)
    exprs: list[AffineExpr] = [
        AffineSymbol(d) - AffineDim(d) - 1 if d in dims else AffineDim(d) for d in range(rank)
    ]
    return ops.reindexed(a, a.shape, AffineMap(rank, rank, tuple(exprs)), None, a.shape)


def place_in(number: int, size: int, dim: int) -> int:
    """The place that `number` names, from the end if it is negative; raises TensorError."""
    if not -size <= number < size:
        raise TensorError(f"index {number} is out of range for dimension {dim} of size {size}")
    return number % size


def aligned(key: object, rank: int, ranks: Sequence[int] = ()) -> list[object]:
    """The items of a key, with slices in place of the ellipsis and of what is missing.

    Args:
        key: what stands between the brackets.
        rank: of the array.
        ranks: how many dimensions each item is for, where that is not one for each.

    Raises:
        TensorError: there are more items than dimensions.
    """
    given = key if isinstance(key, tuple) else (key,)
    named = sum(ranks) or sum(one is not None and one is not Ellipsis for one in given)
    if named > rank:
        raise TensorError(f"{named} indices for {rank} dimensions")
    missing: list[object] = [slice(None)] * (rank - named)
    items: list[object] = []
    for one in given:
        if isinstance(one, EllipsisType):
            items += missing
            missing = []
        else:
            items.append(one)
    return items + missing


def _basic(one: object) -> int | slice:
    if isinstance(one, slice):
        return one
    if isinstance(one, bool) or not hasattr(one, "__index__"):
        raise TensorError(f"indexing by {type(one).__name__} is not supported")
    return operator.index(one)
