"""The derivative rule of linalg's structured ops on tensors. See `rules` for what a rule is.

What such an op computes at each point of its iteration space is a small program on numbers. The
sweep runs through that program too, at the same points; what arrives at an element of an operand
is added up.

    c[i, j] += a[i, k] * b[k, j]    ->    by_a[i, k] += g[i, j] * b[k, j]
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.floating import AddFOp
from stepwell.dialects.linalg.attributes import PARALLEL, REDUCTION
from stepwell.dialects.linalg.generic import YieldOp, generic
from stepwell.dialects.linalg.structured import StructuredOp, static_ranges
from stepwell.dialects.meta.reindex import ReindexReduceOp
from stepwell.dialects.tensor.creation import SplatOp
from stepwell.ir import types
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine.walk import used_dims
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.attribute import Type
from stepwell.ir.block import Block, Region
from stepwell.ir.clone import clone
from stepwell.ir.diagnostics import Diagnostic, PassError, Severity
from stepwell.ir.rewriting.dead_ops import DeadOps
from stepwell.ir.types import DYNAMIC, RankedTensorType
from stepwell.ir.value import Value
from stepwell.passes.derivatives.expressions import Expressions
from stepwell.passes.derivatives.rules import Derivatives, rule
from stepwell.passes.derivatives.sweep import derivatives_of


@rule(StructuredOp)
def structured(op: StructuredOp, g: Value, e: Expressions) -> Derivatives:
    """By each input, from the body; g by the init, if the body adds to it"""
    summand = _summand(op)
    found: list[Value | None] = [
        _by_input(op, number, summand, g, e) if e.is_asked_for(value) else None
        for number, value in enumerate(op.dps_inputs)
    ]
    adds = op.body.args[-1].has_uses
    return [*found, g if adds else None]


def _summand(op: StructuredOp) -> Value:
    """What the body yields, without the init that it may be added to.

    Raises:
        PassError: the init is used otherwise.
    """
    end, init = op.body.last, op.body.args[-1]
    assert end is not None
    total = end.operands[0]
    if not init.has_uses:
        return total
    made = total.defining_op
    if isinstance(made, AddFOp) and init.has_one_use and init in made.operands:
        return made.rhs if made.lhs is init else made.lhs
    text = f"'{op.name}' op has no derivative rule: its body does more with the init than add to it"
    raise PassError(Diagnostic(Severity.ERROR, text, op.place))


def _by_input(
    op: StructuredOp, number: int, summand: Value, g: Value, e: Expressions
) -> Value | None:
    """The derivative by an input: computed for the dimensions that its map uses, the others summed
    along, then brought to where the map leads."""
    value, map = op.dps_inputs[number], op.indexing_maps[number]
    body = _body(op, number, summand)
    if body is None:
        return None
    used = used_dims(map.results)
    init = _zeros(op, used, types.element_type_or_self(value.type), e)
    count = len(op.dps_inputs)
    maps = [*op.indexing_maps[:count], op.indexing_maps[count]]
    maps.append(AffineMap(map.num_dims, 0, tuple(AffineDim(dim) for dim in used)))
    kinds = [PARALLEL if dim in used else REDUCTION for dim in range(map.num_dims)]
    made = generic([*op.dps_inputs, g], [init], maps, kinds, Region([body]))
    total = e.insert(made).results[0]
    if not isinstance(value.type, RankedTensorType):
        return e.element(total, [])
    moves = map.compress_dims([dim for dim in range(map.num_dims) if dim not in used])
    if moves.is_identity:
        return total
    back = ReindexReduceOp(
        kind="add", input=total, symbols=[], sizes=e.dynamic_sizes(value), map=AffineMapAttr(moves),
        result_types=[value.type],
    )  # fmt: skip
    return e.insert(back).result


def _zeros(op: StructuredOp, dims: Sequence[int], element: Type, e: Expressions) -> Value:
    """Zeros for these dimensions of the iteration space."""
    ranges = static_ranges(op.indexing_maps, [_shape(value) for value in op.operands], op.num_loops)
    type = RankedTensorType(tuple(ranges[dim] for dim in dims), element)
    sizes = [_loop_size(op, dim, e) for dim in dims if ranges[dim] == DYNAMIC]
    zero = e.constant(0.0, element)
    return e.insert(SplatOp(zero, sizes, result_types=[type])).result


def _loop_size(op: StructuredOp, dim: int, e: Expressions) -> Value:
    """The extent of a dimension of the iteration space: that of an operand which it alone runs
    along, as every valid op has one."""
    for value, map in zip(op.operands, op.indexing_maps, strict=True):
        for place, expr in enumerate(map.results):
            if isinstance(expr, AffineDim) and expr.position == dim:
                return e.size(value, place)
    raise op.error(f"has no operand that tells the size of dimension {dim}")


def _shape(value: Value) -> tuple[int, ...]:
    return types.dims_of(value.type) if isinstance(value.type, RankedTensorType) else ()


def _body(op: StructuredOp, number: int, summand: Value) -> Block | None:
    """The body that adds the derivative of one point by input `number` to the last argument; None
    if the summand does not depend on it."""
    inputs = op.body.args[: len(op.dps_inputs)]
    given = op.body.args[-1].type
    own = inputs[number].type
    block = Block([*(one.type for one in inputs), given, own])
    mapping: dict[Value, Value] = dict(zip(inputs, block.args[:-2], strict=True))
    for inner in op.body.ops:
        if inner is not op.body.last and op.body.args[-1] not in inner.operands:
            block.append(clone(inner, mapping))
    e = Expressions()
    e.set_point(block, None)
    e.location = op._location
    target = block.args[number]
    (found,) = derivatives_of(mapping.get(summand, summand), [target], e, block.args[-2])
    if found is None:
        return None
    e.insert(YieldOp([e.add(block.args[-1], found)]))
    dead = DeadOps()
    for inner in block.ops_reversed:
        if inner is not block.last and dead.is_dead(inner):
            inner.erase()
    return block
