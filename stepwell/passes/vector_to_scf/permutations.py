"""Transfers whose maps permute or repeat dimensions, as plain ones and ops on vectors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stepwell.dialects.vector.masking import MaskOp
from stepwell.dialects.vector.shapes import BroadcastOp, TransposeOp
from stepwell.dialects.vector.transfers import TransferReadOp, TransferWriteOp
from stepwell.ir.affine.expr import AffineConstant, AffineDim, AffineExpr
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import FALSE, TRUE, ArrayAttr, DenseArrayAttr
from stepwell.ir.rewriting.pattern import NoMatch, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import VectorType
from stepwell.ir.value import Value
from stepwell.passes.vector_to_scf.first_dimension import Transfer

_NOT_PERMUTED = "its map is not one of the last dimensions in another order"


def order_of(map: AffineMap) -> list[int] | None:
    """Where each result of a map stands in the order of the memory's dimensions.

    None if a result is neither a dimension of the last ones nor a repetition; those take the
    places that the dimensions leave free.
    """
    first = max(map.num_inputs - map.num_results, 0)
    lead = max(map.num_results - map.num_inputs, 0)
    places: dict[int, int] = {}
    for number, expr in enumerate(map.results):
        if isinstance(expr, AffineDim):
            if expr.position < first:
                return None
            places[number] = expr.position - first + lead
    taken = set(places.values())
    free = iter(n for n in range(map.num_inputs + map.num_results) if n not in taken)
    return [places[n] if n in places else next(free) for n in range(map.num_results)]


def _permuted(values: Sequence[Attribute], order: Sequence[int]) -> ArrayAttr:
    """The values at the places that `order` gives them."""
    found = dict(zip(order, values, strict=True))
    return ArrayAttr(tuple(found[n] for n in range(len(order))))


def _check(op: Transfer) -> AffineMap:
    map = op.permutation_map.map
    if map.num_results == 0:
        raise NoMatch("it is a transfer without dimensions")
    if isinstance(op.parent_op, MaskOp):
        raise NoMatch("it is masked from outside")
    return map


def _flags(type: VectorType) -> Sequence[bool]:
    return type.scalable or (False,) * type.rank


@pattern
def read_in_order(op: TransferReadOp, rewriter: Rewriter) -> Rewrite:
    """transfer_read of permuted dimensions -> transfer_read, transpose"""
    map = _check(op)
    order = order_of(map)
    if order is None or order == sorted(order):
        raise NoMatch(_NOT_PERMUTED if order is None else "its dimensions are in order")
    return _read_in_order(op, order, rewriter)


@pattern
def masked_read_in_order(op: TransferReadOp, rewriter: Rewriter) -> Rewrite:
    """Masked transfer_read of any dimensions, permuted -> transfer_read, transpose

    The dimensions of a mask are in the order of the memory's. Taking a transfer apart needs them in
    the order of the vector's.
    """
    map = _check(op)
    slots = [n for n, expr in enumerate(map.results) if isinstance(expr, AffineDim)]
    dims = [expr.position for expr in map.results if isinstance(expr, AffineDim)]
    if op.mask is None or order_of(map) is not None or dims == sorted(dims):
        raise NoMatch("it has no mask, or its dimensions are in order")
    order = list(range(map.num_results))
    for slot, dim in zip(slots, dims, strict=True):
        order[slot] = slots[sorted(dims).index(dim)]
    return _read_in_order(op, order, rewriter)


def _read_in_order(op: TransferReadOp, order: Sequence[int], rewriter: Rewriter) -> Rewrite:
    """The read with each dimension at the place that `order` gives it, and then put back."""
    map = op.permutation_map.map
    back = [order.index(n) for n in range(len(order))]
    vector = op.vector_type
    flags = _flags(vector)
    type = VectorType(
        tuple(vector.shape[n] for n in back), vector.element_type, tuple(flags[n] for n in back)
    )
    properties = dict(op.properties)
    properties["permutation_map"] = AffineMapAttr(map.with_results([map.results[n] for n in back]))
    properties["in_bounds"] = _permuted(op.in_bounds.values, order)
    read = rewriter.insert(TransferReadOp.create(op.operands, [type], properties))
    return TransposeOp(read.results[0], DenseArrayAttr.i64(order), result_types=[vector])


@pattern
def write_in_order(op: TransferWriteOp, rewriter: Rewriter) -> Rewrite:
    """transfer_write of permuted dimensions -> transpose, transfer_write"""
    map = _check(op)
    order = order_of(map)
    if order is None or map.is_minor_identity:
        raise NoMatch(_NOT_PERMUTED if order is None else "its dimensions are in order")
    back = [order.index(n) for n in range(len(order))]
    vector = _transposed(rewriter, op.valueToStore, back)
    properties = dict(op.properties)
    minor = AffineMap.minor_identity(map.num_dims, map.num_results)
    properties["permutation_map"] = AffineMapAttr(minor)
    properties["in_bounds"] = _permuted(op.in_bounds.values, order)
    return TransferWriteOp.create(
        [vector, *op.operands[1:]], [result.type for result in op.results], properties
    )


@pattern
def write_of_scattered_dimensions(op: TransferWriteOp, rewriter: Rewriter) -> Rewrite:
    """transfer_write along others than the last dimensions -> one with dimensions of size 1"""
    map = _check(op)
    if order_of(map) is not None:
        raise NoMatch("it goes along the last dimensions")
    used = {expr.position for expr in map.results if isinstance(expr, AffineDim)}
    missing = [dim for dim in range(min(used), map.num_dims) if dim not in used]
    vector = _extended(rewriter, op.valueToStore, len(missing))
    masks = [] if op.mask is None else [_extended_mask(rewriter, op.mask, used, missing)]
    exprs: list[AffineExpr] = [AffineDim(dim) for dim in missing]
    properties = dict(op.properties)
    properties["permutation_map"] = AffineMapAttr(map.with_results([*exprs, *map.results]))
    inside = [TRUE] * len(missing) + [TRUE if known else FALSE for known in op.bounds]
    properties["in_bounds"] = ArrayAttr(tuple(inside))
    operands = [vector, op.base, *op.indices, *masks]
    return TransferWriteOp.create(operands, [result.type for result in op.results], properties)


@pattern
def read_without_leading_repetition(op: TransferReadOp, rewriter: Rewriter) -> Rewrite:
    """transfer_read of an outer dimension that repeats -> transfer_read of the inner, broadcast"""
    map = _check(op)
    lead = 0
    while lead < map.num_results and isinstance(map.results[lead], AffineConstant):
        lead += 1
    inner = map.with_results(map.results[lead:])
    if not lead or not _is_minor_with_repetitions(inner):
        raise NoMatch("no outer dimension repeats, or the inner ones are not in order")
    vector = op.vector_type
    type = VectorType(vector.shape[lead:], vector.element_type, tuple(_flags(vector)[lead:]))
    properties = dict(op.properties)
    properties["permutation_map"] = AffineMapAttr(inner)
    properties["in_bounds"] = ArrayAttr(tuple(op.in_bounds.values[lead:]))
    read = rewriter.insert(TransferReadOp.create(op.operands, [type], properties))
    return BroadcastOp(read.results[0], result_types=[vector])


def _is_minor_with_repetitions(map: AffineMap) -> bool:
    first = map.num_dims - map.num_results
    return first >= 0 and all(
        isinstance(expr, AffineConstant)
        or (isinstance(expr, AffineDim) and expr.position == first + number)
        for number, expr in enumerate(map.results)
    )


def _transposed(rewriter: Rewriter, vector: Value, order: Sequence[int]) -> Value:
    type = vector.type
    assert isinstance(type, VectorType)
    flags = _flags(type)
    target = VectorType(
        tuple(type.shape[n] for n in order), type.element_type, tuple(flags[n] for n in order)
    )
    made = TransposeOp(vector, DenseArrayAttr.i64(order), result_types=[target])
    return rewriter.insert(made).results[0]


def _extended(rewriter: Rewriter, vector: Value, count: int) -> Value:
    """The vector with `count` more outer dimensions of size 1."""
    type = vector.type
    assert isinstance(type, VectorType)
    target = VectorType(
        (1,) * count + type.shape, type.element_type, (False,) * count + tuple(_flags(type))
    )
    return rewriter.insert(BroadcastOp(vector, result_types=[target])).results[0]


def _extended_mask(
    rewriter: Rewriter, mask: Value, used: Iterable[int], missing: Sequence[int]
) -> Value:
    """The mask with dimensions of size 1 where the memory has dimensions that are missing."""
    wide = _extended(rewriter, mask, len(missing))
    place = {dim: n for n, dim in enumerate([*missing, *sorted(used)])}
    return _transposed(rewriter, wide, [place[dim] for dim in sorted(place)])


PERMUTATIONS = [
    read_in_order,
    masked_read_in_order,
    write_in_order,
    write_of_scattered_dimensions,
    read_without_leading_repetition,
]
