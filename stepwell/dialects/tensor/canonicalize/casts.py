"""Casts that come before other ops on tensors, or after them."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.tensor.canonicalize.static_sizes import recast
from stepwell.dialects.tensor.creation import EmptyOp
from stepwell.dialects.tensor.elements import CastOp, DimOp, ExtractOp
from stepwell.dialects.tensor.shapes import compatible, ranked
from stepwell.dialects.tensor.slices import ExtractSliceOp, InsertSliceOp
from stepwell.ir.rewriting.pattern import NoMatch, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import DYNAMIC, RankedTensorType
from stepwell.ir.value import Value


def source_of_cast(value: Value) -> Value | None:
    """What is cast to make `value`, if that has a rank and tells at least as much; else None."""
    made = value.defining_op
    if not isinstance(made, CastOp):
        return None
    source, found = made.source.type, value.type
    if not isinstance(source, RankedTensorType) or not isinstance(found, RankedTensorType):
        return None
    if source.encoding is not found.encoding or len(source.shape) != len(found.shape):
        return None
    more = all(b in (DYNAMIC, a) for a, b in zip(source.shape, found.shape, strict=True))
    return made.source if more else None


@pattern
def dim_of_cast(op: DimOp, rewriter: Rewriter) -> Rewrite:
    """tensor.dim(tensor.cast(t), i) -> tensor.dim(t, i)"""
    made = op.source.defining_op
    if not isinstance(made, CastOp):
        raise NoMatch("its source is not a cast")
    return rewriter.insert(DimOp(made.source, op.index))


@pattern
def dim_of_destination(op: DimOp, rewriter: Rewriter) -> Rewrite:
    """tensor.dim of the result of an op that writes to an init -> tensor.dim of the init"""
    made = op.source.defining_op
    inits: Sequence[Value] = getattr(made, "dps_inits", ())
    if made is None or len(inits) != len(made.results):
        raise NoMatch("its source is not made from an init")
    return rewriter.insert(DimOp(inits[op.source.index], op.index))


@pattern
def extract_of_cast(op: ExtractOp, rewriter: Rewriter) -> Rewrite:
    """tensor.extract(tensor.cast(t)) -> tensor.extract(t)"""
    made = op.tensor.defining_op
    if not isinstance(made, CastOp) or not isinstance(made.source.type, RankedTensorType):
        raise NoMatch("its tensor is not a cast of a ranked tensor")
    return rewriter.insert(ExtractOp(made.source, op.indices, result_types=op.result_types))


@pattern
def cast_of_cast(op: CastOp, rewriter: Rewriter) -> Rewrite:
    """tensor.cast(tensor.cast(t)) -> tensor.cast(t), if the one between checks nothing more"""
    made = op.source.defining_op
    if not isinstance(made, CastOp):
        raise NoMatch("its source is not a cast")
    types = (made.source.type, made.dest.type, op.dest.type)
    shapes = [type.shape for type in types if isinstance(type, RankedTensorType)]
    if len(shapes) != 3 or len({len(shape) for shape in shapes}) != 1:
        raise NoMatch("a tensor has no rank")
    for first, middle, last in zip(*shapes, strict=True):
        if middle != DYNAMIC and DYNAMIC in (first, last) and first == last:
            raise NoMatch("the cast between checks a size")
    if not compatible(shapes[0], shapes[2]):
        raise NoMatch("the types do not fit")
    return rewriter.insert(CastOp(made.source, result_types=op.result_types))


@pattern
def cast_of_empty(op: CastOp, rewriter: Rewriter) -> Rewrite:
    """tensor.cast(tensor.empty(%n) : tensor<?>) : tensor<4> -> tensor.empty : tensor<4>"""
    made = op.source.defining_op
    if not isinstance(made, EmptyOp) or not isinstance(op.dest.type, RankedTensorType):
        raise NoMatch("its source is not tensor.empty")
    sizes: list[Value] = []
    for wanted, size in zip(op.dest.type.shape, made.mixed_sizes, strict=True):
        if isinstance(size, int) and wanted != size:
            raise NoMatch("the result knows less")
        if wanted == DYNAMIC and isinstance(size, Value):
            sizes.append(size)
    return rewriter.insert(EmptyOp(sizes, result_types=op.result_types))


@pattern
def cast_of_slice(op: CastOp, rewriter: Rewriter) -> Rewrite:
    """tensor.cast(tensor.extract_slice) to a static type -> tensor.extract_slice of static sizes"""
    made, type = op.source.defining_op, op.dest.type
    if not isinstance(made, ExtractSliceOp) or not isinstance(type, RankedTensorType):
        raise NoMatch("its source is not a slice")
    if not type.has_static_shape or ranked(op.source.type).shape == type.shape:
        raise NoMatch("the type tells nothing new")
    dropped = made.dropped_dims
    following = iter(type.shape)
    sizes = [1 if dim in dropped else next(following) for dim in range(len(made.full_shape))]
    return rewriter.insert(
        ExtractSliceOp(
            made.source,
            made.offsets,
            (),
            made.strides,
            made.static_offsets,
            sizes,
            made.static_strides,
            result_types=[type],
        )
    )


@pattern
def slice_of_cast(op: ExtractSliceOp, rewriter: Rewriter) -> Rewrite:
    """tensor.extract_slice(tensor.cast(t)) -> tensor.extract_slice(t)"""
    source = source_of_cast(op.source)
    if source is None:
        raise NoMatch("its source is not a cast that forgets sizes")
    made = ExtractSliceOp.create(
        [source, *op.operands[1:]], op.result_types, dict(op.properties), op._attributes
    )
    return rewriter.insert(made)


@pattern
def insert_of_casts(op: InsertSliceOp, rewriter: Rewriter) -> Rewrite:
    """tensor.insert_slice of casts -> tensor.insert_slice of what was cast, then a cast"""
    source, dest = source_of_cast(op.source), source_of_cast(op.dest)
    if source is not None and not compatible(ranked(source.type).shape, [n for n in op.full_shape]):
        source = None
    if source is None and dest is None:
        raise NoMatch("neither operand is a cast that forgets sizes")
    into = dest if dest is not None else op.dest
    part = source if source is not None else op.source
    if not _fits(op, ranked(part.type)):
        raise NoMatch("the sizes of the slice would not fit its type")
    made = InsertSliceOp.create(
        [part, into, *op.operands[2:]], [into.type], dict(op.properties), op._attributes
    )
    return recast(rewriter.insert(made).result, ranked(op.result_.type), rewriter)


def _fits(op: InsertSliceOp, part: RankedTensorType) -> bool:
    """Whether the slice's sizes say the type of what is inserted."""
    return part.shape == op.full_shape or part.shape == ranked(op.source.type).shape
