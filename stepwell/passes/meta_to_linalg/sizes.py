"""The sizes of tensors, traced to where they come from.

A `tensor.dim` of a tensor is a use of it, and a tensor with two uses is not fused away. So the size
of what an op makes is looked for in the sizes of what it is made from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stepwell.dialects.func.ops import FuncOp
from stepwell.dialects.linalg.structured import StructuredOp
from stepwell.dialects.meta.broadcast import BroadcastOp
from stepwell.dialects.meta.gather import GatherOp, ScatterReduceOp
from stepwell.dialects.meta.gradient import StopGradientOp
from stepwell.dialects.meta.random_numbers import RandomOp
from stepwell.dialects.meta.reduce import ReduceOp
from stepwell.dialects.meta.reindex import ReindexOp, ReindexReduceOp
from stepwell.dialects.meta.scan import ScanOp
from stepwell.dialects.tensor.creation import EmptyOp, FromElementsOp, SplatOp
from stepwell.dialects.tensor.elements import CastOp, DimOp
from stepwell.dialects.tensor.reshapes import ExpandShapeOp, ReshapeOp
from stepwell.dialects.tensor.shapes import num_dynamic
from stepwell.dialects.tensor.slices import ExtractSliceOp, InsertSliceOp
from stepwell.ir import types
from stepwell.ir.attributes import ArrayAttr, DenseArrayAttr, DictionaryAttr, IntegerAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.traits import Elementwise
from stepwell.ir.types import DYNAMIC, RankedTensorType
from stepwell.ir.value import OpResult, Value

SIZES = "meta.sizes"

Size = Value | int
Extent = tuple[Value, int] | Size
"""A size, or the dimension of a tensor that has it."""


def size_of(value: Value, dim: int, rewriter: Rewriter) -> Size:
    """The size of a dimension: a number if its type tells it, else a value of type index."""
    found = as_size(traced(value, dim), rewriter)
    if isinstance(found, int) and types.dims_of(value.type)[dim] == DYNAMIC:
        return size_value(found, rewriter)
    return found


def as_size(extent: Extent, rewriter: Rewriter) -> Size:
    """A size, read from its tensor if need be."""
    if not isinstance(extent, tuple):
        return extent
    index = rewriter.constant(IntegerAttr(extent[1], types.index), types.index)
    return rewriter.insert(DimOp(extent[0], index)).result


def traced(value: Value, dim: int) -> Extent:
    """The size of a dimension, or the dimension of another tensor that has the same size."""
    while True:
        size = types.dims_of(value.type)[dim]
        if size != DYNAMIC:
            return size
        origin = _origin(value, dim)
        if origin is None:
            return _of_argument(value, dim)
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


def is_same_size(a: Extent, b: Extent) -> bool:
    """Whether two sizes are known to be equal."""
    return _root(a) == _root(b)


def _root(extent: Extent) -> Extent:
    """Where a size comes from in the end."""
    while isinstance(extent, Value):
        made = extent.defining_op
        if not isinstance(made, DimOp) or made.constant_index is None:
            break
        extent = traced(made.source, made.constant_index)
    return extent


def _origin(value: Value, dim: int) -> Extent | None:
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


def _of_argument(value: Value, dim: int) -> tuple[Value, int] | Size:
    """What a function says of the size of its argument `value` in `meta.sizes`: for each dimension
    a pair of numbers, the argument and the dimension of it that have the same size; with -1 for the
    dimension the argument is the size."""
    block = value.parent_block
    function = block.parent_op if block is not None and value.defining_op is None else None
    if not isinstance(function, FuncOp) or not isinstance(function.arg_attrs, ArrayAttr):
        return value, dim
    facts = function.arg_attrs.values[value.index]
    pairs = facts.as_dict().get(SIZES) if isinstance(facts, DictionaryAttr) else None
    if not isinstance(pairs, DenseArrayAttr):
        return value, dim
    number, other = pairs.ints[2 * dim : 2 * dim + 2]
    argument = function.body.entry.args[number]
    return argument if other < 0 else (argument, other)


def _of_reshape(made: ReshapeOp, dim: int) -> Extent | None:
    shape = made.shape.defining_op
    return shape.elements[dim] if isinstance(shape, FromElementsOp) else None


def _of_slice(made: ExtractSliceOp, dim: int) -> Extent | None:
    sizes = made.mixed_sizes
    if len(sizes) != len(types.dims_of(made.result.type)):
        kept = [size for size in sizes if isinstance(size, Value)]
        return kept[dim] if len(kept) == len(types.dims_of(made.result.type)) else None
    return sizes[dim]


def _given(made: Operation, sizes: Sequence[Value], dim: int) -> Extent | None:
    return sizes[num_dynamic(types.dims_of(made.result.type)[:dim])]


def _of_broadcast(made: BroadcastOp, dim: int) -> Extent | None:
    added = made.dimensions.ints
    if dim not in added:
        return made.input, made.kept_dimensions.index(dim)
    shape = types.dims_of(made.result.type)
    return made.sizes[num_dynamic([shape[other] for other in added if other < dim])]


def _of_reduce(made: ReduceOp, dim: int) -> Extent | None:
    rank, reduced = len(types.dims_of(made.input.type)), made.dimensions.ints
    return made.input, [other for other in range(rank) if other not in reduced][dim]


def _of_gather(made: GatherOp, dim: int) -> Extent | None:
    batch = len(types.dims_of(made.indices.type))
    return (made.indices, dim) if dim < batch else (made.input, dim - batch + 1)


def _of_scatter(made: ScatterReduceOp, dim: int) -> Extent | None:
    batch = len(types.dims_of(made.indices.type))
    return made.sizes[0] if dim == 0 else (made.input, batch + dim - 1)


_STEPS: tuple[tuple[tuple[type[Operation], ...], Callable[..., Extent | None]], ...] = (
    ((BroadcastOp,), _of_broadcast),
    ((ReduceOp,), _of_reduce),
    ((ReindexOp, ReindexReduceOp, RandomOp), lambda made, dim: _given(made, made.sizes, dim)),
    ((GatherOp,), _of_gather),
    ((ScatterReduceOp,), _of_scatter),
    ((StopGradientOp, ScanOp), lambda made, dim: (made.input, dim)),
    ((CastOp,), lambda made, dim: (made.source, dim)),
    ((EmptyOp, SplatOp), lambda made, dim: _given(made, made.dynamic_sizes, dim)),
    ((InsertSliceOp,), lambda made, dim: (made.dest, dim)),
    ((ExtractSliceOp,), _of_slice),
    ((ReshapeOp,), _of_reshape),
    ((ExpandShapeOp,), lambda made, dim: made.mixed_output_shape[dim]),
)
