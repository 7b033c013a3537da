"""The sizes of tensors, traced to where they come from.

A `tensor.dim` of a tensor is a use of it, and a tensor with two uses is not fused away. So the size
of what an op makes is looked for in the sizes of what it is made from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stepwell.dialects.linalg.structured import StructuredOp
from stepwell.dialects.meta.broadcast import BroadcastOp
from stepwell.dialects.meta.gather import GatherOp, ScatterReduceOp
from stepwell.dialects.meta.gradient import StopGradientOp
from stepwell.dialects.meta.random_numbers import RandomOp
from stepwell.dialects.meta.reduce import ReduceOp
from stepwell.dialects.meta.reindex import ReindexOp, ReindexReduceOp
from stepwell.dialects.tensor.creation import EmptyOp, SplatOp
from stepwell.dialects.tensor.elements import CastOp, DimOp
from stepwell.dialects.tensor.reshapes import ExpandShapeOp
from stepwell.dialects.tensor.shapes import num_dynamic
from stepwell.ir import types
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.traits import Elementwise
from stepwell.ir.types import DYNAMIC, RankedTensorType
from stepwell.ir.value import OpResult, Value

Size = Value | int
Origin = tuple[Value, int] | Size | None
"""A dimension of another tensor, a size, or None where nothing is known."""


def size_of(value: Value, dim: int, rewriter: Rewriter) -> Size:
    """The size of a dimension: a number if the type tells it, else a value of type index."""
    found = traced(value, dim)
    if not isinstance(found, tuple):
        return found
    index = rewriter.constant(IntegerAttr(found[1], types.index), types.index)
    return rewriter.insert(DimOp(found[0], index)).result


def traced(value: Value, dim: int) -> tuple[Value, int] | Size:
    """The size of a dimension, or the dimension of another tensor that has the same size."""
    while True:
        size = types.dims_of(value.type)[dim]
        if size != DYNAMIC:
            return size
        origin = _origin(value, dim)
        if origin is None:
            return value, dim
        if not isinstance(origin, tuple):
            return origin
        value, dim = origin


def shape_of_value(value: Value, rewriter: Rewriter) -> list[Size]:
    """`size_of` for each dimension."""
    return [size_of(value, dim, rewriter) for dim in range(len(types.dims_of(value.type)))]


def size_value(size: Size, rewriter: Rewriter) -> Value:
    """A size as a value."""
    if isinstance(size, Value):
        return size
    return rewriter.constant(IntegerAttr(size, types.index), types.index)


def result_shape(type: RankedTensorType, sizes: Sequence[Value]) -> list[Size]:
    """The sizes of a result whose open ones are given."""
    following = iter(sizes)
    return [next(following) if size == DYNAMIC else size for size in type.shape]


def is_same_size(a: Size, b: Size) -> bool:
    """Whether two sizes are known to be equal."""
    if a is b or (isinstance(a, int) and a == b):
        return True
    return _dim_key(a) is not None and _dim_key(a) == _dim_key(b)


def _dim_key(size: Size) -> tuple[Value, int] | None:
    made = size.defining_op if isinstance(size, Value) else None
    if not isinstance(made, DimOp) or made.constant_index is None:
        return None
    return made.source, made.constant_index


def _origin(value: Value, dim: int) -> Origin:
    made = value.defining_op
    if made is None or not isinstance(value, OpResult):
        return None
    for classes, step in _STEPS:
        if isinstance(made, classes):
            return step(made, dim)
    if isinstance(made, StructuredOp):
        return made.dps_inits[value.index], dim
    if made.has_trait(Elementwise):
        tensors = [v for v in made.operands if isinstance(v.type, RankedTensorType)]
        return (tensors[0], dim) if tensors else None
    return None


def _given(made: Operation, sizes: Sequence[Value], dim: int) -> Origin:
    return sizes[num_dynamic(types.dims_of(made.result.type)[:dim])]


def _of_broadcast(made: BroadcastOp, dim: int) -> Origin:
    added = made.dimensions.ints
    if dim not in added:
        return made.input, made.kept_dimensions.index(dim)
    shape = types.dims_of(made.result.type)
    return made.sizes[num_dynamic([shape[other] for other in added if other < dim])]


def _of_reduce(made: ReduceOp, dim: int) -> Origin:
    rank, reduced = len(types.dims_of(made.input.type)), made.dimensions.ints
    return made.input, [other for other in range(rank) if other not in reduced][dim]


def _of_gather(made: GatherOp, dim: int) -> Origin:
    batch = len(types.dims_of(made.indices.type))
    return (made.indices, dim) if dim < batch else (made.input, dim - batch + 1)


def _of_scatter(made: ScatterReduceOp, dim: int) -> Origin:
    batch = len(types.dims_of(made.indices.type))
    return made.sizes[0] if dim == 0 else (made.input, batch + dim - 1)


_STEPS: tuple[tuple[tuple[type[Operation], ...], Callable[..., Origin]], ...] = (
    ((BroadcastOp,), _of_broadcast),
    ((ReduceOp,), _of_reduce),
    ((ReindexOp, ReindexReduceOp, RandomOp), lambda made, dim: _given(made, made.sizes, dim)),
    ((GatherOp,), _of_gather),
    ((ScatterReduceOp,), _of_scatter),
    ((StopGradientOp,), lambda made, dim: (made.input, dim)),
    ((CastOp,), lambda made, dim: (made.source, dim)),
    ((EmptyOp, SplatOp), lambda made, dim: _given(made, made.dynamic_sizes, dim)),
    ((ExpandShapeOp,), lambda made, dim: made.mixed_output_shape[dim]),
)
