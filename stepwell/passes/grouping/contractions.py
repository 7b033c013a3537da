"""Which ops are sums of products whose factors are shared, as those of matrices are.

Each element of a factor goes into many products. So what computes a factor is not done again for
each product; what only moves elements is, for the lowering of contractions packs them anyway.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.floating import AddFOp, MulFOp
from stepwell.dialects.linalg.attributes import PARALLEL
from stepwell.dialects.linalg.generic import GenericOp, IndexOp
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.operation import walk
from stepwell.ir.value import BlockArgument, Value


def is_contraction(op: GenericOp) -> bool:
    """Whether `op` sums products of two factors, neither of which all parallel loops have."""
    kinds = op.iterator_types
    factors = _factors(op)
    if factors is None:
        return False
    a, b = (_loops(value, map) for value, map in factors)
    rows = [loop for loop in a - b if kinds[loop] is PARALLEL]
    columns = [loop for loop in b - a if kinds[loop] is PARALLEL]
    return bool(rows and columns)


Factor = tuple[Value, AffineMap]


def _factors(op: GenericOp) -> Sequence[Factor] | None:
    """The tensors whose elements are multiplied, and where they are read."""
    total = _yielded(op)
    if not isinstance(total, AddFOp) or all(kind is PARALLEL for kind in op.iterator_types):
        return None
    out = op.body.args[-1]
    summands = [value for value in total.operands if value is not out]
    if len(summands) != 1:
        return None
    place = AffineMap.identity(op.num_loops)
    found = _argument(op, summands[0], place)
    if found is not None:
        producer = found[0].defining_op
        inverse = None
        if isinstance(producer, GenericOp) and producer.has_pure_tensor_semantics:
            inverse = producer.indexing_maps[-1].inverse_permutation()
        if inverse is None:
            return None
        assert isinstance(producer, GenericOp)
        op, place = producer, inverse.compose(found[1])
        product = _yielded(op)
    else:
        product = summands[0].defining_op
    if not isinstance(product, MulFOp):
        return None
    pair = [_argument(op, value, place) for value in product.operands]
    return [one for one in pair if one is not None] if None not in pair else None


def _yielded(op: GenericOp) -> object:
    ending = op.body.last
    return ending.operands[0].defining_op if ending is not None else None


def _argument(op: GenericOp, value: Value, place: AffineMap) -> Factor | None:
    """The input that a value in the body is an element of."""
    if not isinstance(value, BlockArgument) or value.index >= len(op.inputs):
        return None
    return op.inputs[value.index], op.indexing_maps[value.index].compose(place)


def _loops(value: Value, map: AffineMap) -> set[int]:
    """The loops on which an element depends; those of an op that only knows where it is are the
    ones that it asks for."""
    used = [dim for dim in range(map.num_dims) if map.is_function_of_dim(dim)]
    producer = value.defining_op
    if not isinstance(producer, GenericOp) or producer.inputs or map.num_dims != len(map.results):
        return set(used)
    asked = {inner.dim.value for inner in walk(producer) if isinstance(inner, IndexOp)}
    own = [producer.indexing_maps[-1].results[dim] for dim in range(len(map.results))]
    positions = {expr.dim_bound - 1: place for place, expr in enumerate(own)}
    results = [map.results[positions[dim]] for dim in asked]
    return {dim for dim in used if any(expr.uses_dim(dim) for expr in results)}
