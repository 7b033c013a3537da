"""Transfers of vectors of several dimensions as transfers of rows, masked where these lie out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stepwell.ir import types
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import FALSE, TRUE, ArrayAttr, DenseArrayAttr, IntegerAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.rewriting.pattern import Rewrite
from stepwell.ir.types import DYNAMIC, VectorType
from stepwell.ir.value import Value
from stepwell.passes.lowering.to_llvm import LLVMRewriter
from stepwell.passes.lowering.vector_rows import Position, row_positions

TRANSFERS = ConversionPatterns()


@dataclass(slots=True)
class Nest:
    """A transfer of several dimensions.

    Args:
        op: the transfer.
        vector: its vector type.
        source: the memref.
        indices: where it starts.
        mask: None if there is none.
        dims: the dimension of the source that each of the vector goes along; None: it repeats.
        in_bounds: whether each dimension stays inside.
    """

    op: Operation
    vector: VectorType
    source: Value
    indices: list[Value]
    mask: Value | None
    dims: list[int | None]
    in_bounds: list[bool]


def nest_of(op: Operation, vector: Type, first: int, emit: LLVMRewriter) -> Nest | None:
    """The parts of a transfer that is to be split, or None if it is not."""
    assert isinstance(vector, VectorType)
    permutation, bounds = op.properties["permutation_map"], op.properties.get("in_bounds")
    sizes = op.properties["operandSegmentSizes"]
    assert isinstance(permutation, AffineMapAttr) and isinstance(sizes, DenseArrayAttr)
    if any(vector.scalable) or isinstance(op.operands[first].type, types.RankedTensorType):
        return None
    dims = [e.position if isinstance(e, AffineDim) else None for e in permutation.map.results]
    if vector.rank == 0 or (vector.rank == 1 and dims[0] is not None):
        return None
    inside = [False] * len(dims)
    if isinstance(bounds, ArrayAttr):
        inside = [isinstance(b, IntegerAttr) and bool(b.value) for b in bounds.values]
    indices = list(op.operands[first + 1 :][: sizes.ints[1 + first]])
    mask = op.operands[-1] if sizes.ints[3] else None
    return Nest(op, vector, op.operands[first], indices, mask, dims, inside)


def _number(emit: LLVMRewriter, value: int) -> Value:
    return emit.value("arith.constant", (), types.index, {"value": IntegerAttr(value, types.index)})


def _size(emit: LLVMRewriter, source: Value, dim: int) -> Value:
    shape = types.dims_of(source.type)
    if shape[dim] != DYNAMIC:
        return _number(emit, shape[dim])
    return emit.value("memref.dim", (source, _number(emit, dim)), types.index)


def _moved(emit: LLVMRewriter, nest: Nest, at: Position) -> list[Value]:
    """The indices of the row at a position of the vector."""
    found = list(nest.indices)
    for dim, by in zip(nest.dims, at, strict=False):
        if dim is not None and by:
            found[dim] = emit.value("arith.addi", (found[dim], _number(emit, by)), types.index)
    return found


def _row_mask(emit: LLVMRewriter, nest: Nest, at: Position, moved: Sequence[Value]) -> Value | None:
    """Which elements of the row exist: those of a row outside do not."""
    found: Value | None = None
    last = nest.dims[-1]
    mask_type = VectorType((nest.vector.shape[-1] if last is not None else 1,), types.i1)
    for number, _ in enumerate(at):
        dim = nest.dims[number]
        if dim is None or nest.in_bounds[number]:
            continue
        slt = {"predicate": IntegerAttr(2, types.i64)}
        operands = (moved[dim], _size(emit, nest.source, dim))
        inside: Value = emit.value("arith.cmpi", operands, types.i1, dict(slt))
        found = inside if found is None else emit.value("arith.andi", (found, inside), types.i1)
    spread: Value | None = None
    if found is not None:
        spread = emit.value("vector.broadcast", (found,), mask_type)
    if nest.mask is None:
        return spread
    own = _given_mask(emit, nest, at, mask_type)
    return own if spread is None else emit.value("arith.andi", (own, spread), mask_type)


def _given_mask(emit: LLVMRewriter, nest: Nest, at: Position, type: VectorType) -> Value:
    """The row of the mask, whose dimensions are in the order of the source's."""
    used = sorted(dim for dim in nest.dims if dim is not None)
    assert nest.mask is not None
    last = nest.dims[-1]
    where = {dim: at[n] for n, dim in enumerate(nest.dims[:-1]) if dim is not None}
    if last is None or used[-1] == last:
        position = [where[dim] for dim in used if dim != last]
        return _extract(emit, nest.mask, position, type)
    items: list[Value] = []
    for number in range(type.shape[0]):
        place = [number if dim == last else where[dim] for dim in used]
        items.append(_extract(emit, nest.mask, place, types.i1))
    return emit.value("vector.from_elements", items, type)


def _extract(emit: LLVMRewriter, vector: Value, position: Sequence[int], type: Type) -> Value:
    if not position:
        return vector
    found: Type = type
    whole = vector.type
    assert isinstance(whole, VectorType)
    if len(position) == whole.rank:
        found = whole.element_type
    given = {"static_position": DenseArrayAttr.i64(position)}
    value = emit.value("vector.extract", (vector,), found, dict(given))
    if found is not type:
        return emit.value("vector.broadcast", (value,), type)
    return value


def _row_facts(nest: Nest, indices: int, mask: Value | None, reads: bool) -> dict[str, Attribute]:
    """The properties of the transfer of a row."""
    last, rank = nest.dims[-1], len(types.dims_of(nest.source.type))
    along = last if last is not None else rank - 1
    map = AffineMap(rank, 0, (AffineDim(along),))
    inside = nest.in_bounds[-1] or last is None
    segments = (1, indices, 1, int(mask is not None))
    return {
        "in_bounds": ArrayAttr((TRUE if inside else FALSE,)),
        "operandSegmentSizes": DenseArrayAttr.i32(
            segments if reads else (1, 1, indices, int(mask is not None))
        ),
        "permutation_map": AffineMapAttr(map),
    }


@TRANSFERS.of("vector.transfer_read", converts=False)
def split_read(op: Operation, emit: LLVMRewriter) -> Rewrite:
    """vector.transfer_read of several dimensions -> reads of rows"""
    nest = nest_of(op, op.result.type, 0, emit)
    if nest is None:
        return None
    padding = op.operands[1 + len(nest.indices)]
    vector = nest.vector
    made: Value = emit.value("vector.broadcast", (padding,), vector)
    known: dict[Position, Value] = {}
    for at in row_positions(vector.shape):
        key = tuple(0 if dim is None else n for n, dim in zip(at, nest.dims, strict=False))
        if key not in known:
            known[key] = _read_row(emit, nest, key, padding)
        if not at:
            return known[key]
        given = {"static_position": DenseArrayAttr.i64(at)}
        made = emit.value("vector.insert", (known[key], made), vector, dict(given))
    return made


def _read_row(emit: LLVMRewriter, nest: Nest, at: Position, padding: Value) -> Value:
    moved = _moved(emit, nest, at)
    mask = _row_mask(emit, nest, at, moved)
    repeats = nest.dims[-1] is None
    row_type = VectorType(nest.vector.shape[-1:], nest.vector.element_type)
    type = VectorType((1,), row_type.element_type) if repeats else row_type
    found: Value = emit.value(
        "vector.transfer_read",
        [nest.source, *moved, padding, *([mask] if mask is not None else [])],
        type,
        _row_facts(nest, len(moved), mask, reads=True),
    )
    return emit.value("vector.broadcast", (found,), row_type) if repeats else found


@TRANSFERS.of("vector.transfer_write", converts=False)
def split_write(op: Operation, emit: LLVMRewriter) -> Rewrite:
    """vector.transfer_write of several dimensions -> writes of rows"""
    vector = op.operands[0].type
    nest = nest_of(op, vector, 1, emit)
    if nest is None or op.results or not isinstance(vector, VectorType):
        return None
    type = VectorType(vector.shape[-1:], vector.element_type)
    for at in row_positions(vector.shape):
        moved = _moved(emit, nest, at)
        mask = _row_mask(emit, nest, at, moved)
        part = _extract(emit, op.operands[0], at, type)
        emit.op(
            "vector.transfer_write",
            [part, nest.source, *moved, *([mask] if mask is not None else [])],
            (),
            _row_facts(nest, len(moved), mask, reads=False),
        )
    return []
