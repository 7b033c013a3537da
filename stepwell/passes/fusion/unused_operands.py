"""Operands and results of `linalg.generic` that do nothing, or the same as others."""

from __future__ import annotations

from collections.abc import Callable

from stepwell.dialects.linalg.generic import GenericOp, YieldOp, generic
from stepwell.dialects.linalg.structured import is_invertible
from stepwell.dialects.tensor.creation import EmptyOp
from stepwell.dialects.tensor.elements import DimOp
from stepwell.ir import types
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.clone import clone_ops_into
from stepwell.ir.effects import is_pure
from stepwell.ir.rewriting.pattern import NoMatch, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import DYNAMIC, RankedTensorType
from stepwell.ir.value import Value


@pattern
def init_without_readers(op: GenericOp, rewriter: Rewriter) -> Rewrite:
    """generic outs(t), with a body that does not read t -> generic outs(tensor.empty)"""

    def empty_like(value: Value, type: RankedTensorType) -> Value:
        open_dims = [dim for dim, size in enumerate(type.shape) if size == DYNAMIC]
        sizes = [_size(value, dim, rewriter) for dim in open_dims]
        return rewriter.insert(EmptyOp(sizes, result_types=[type])).result

    return replace_unread_inits(op, rewriter, empty_like)


def replace_unread_inits(
    op: GenericOp, rewriter: Rewriter, empty_like: Callable[[Value, RankedTensorType], Value]
) -> Rewrite:
    """Gives `op` an empty tensor for each init that its body does not read.

    Args:
        op: what is changed.
        rewriter: is told.
        empty_like: makes the empty tensor for an init of that type.

    Raises:
        NoMatch: there is nothing to replace.
    """
    changed = False
    for number, value in enumerate(op.outputs, len(op.inputs)):
        if not isinstance(value.type, RankedTensorType) or op.body.args[number].has_uses:
            continue
        if value.type.encoding is not None or isinstance(value.defining_op, EmptyOp):
            continue
        op.set_operand(number, empty_like(value, value.type))
        changed = True
    if not changed:
        raise NoMatch("each init is read, or empty already")
    rewriter.modified(op)
    return True


def _size(value: Value, dim: int, rewriter: Rewriter) -> Value:
    index = rewriter.constant(IntegerAttr(dim, types.index), types.index, dialects=("arith",))
    return rewriter.insert(DimOp(value, index)).result


@pattern
def init_feeding_only_itself(op: GenericOp, rewriter: Rewriter) -> Rewrite:
    """a body that yields g(init), of which no result is used -> a body that yields init"""
    for position, result in enumerate(op.results):
        argument = op.body.args[len(op.inputs) + position]
        if result.has_uses or not argument.has_one_use:
            continue
        ((user, _),) = argument.uses
        if user.parent is not op.body or len(user.results) != 1 or user is op.body.last:
            continue
        if is_pure(user) and list(user.result.uses) == [(op.body.last, position)]:
            rewriter.replace(user, [argument])
            rewriter.modified(op)
            return True
    raise NoMatch("each init is used by others, or its result is")


@pattern
def operands_without_use(op: GenericOp, rewriter: Rewriter) -> Rewrite:
    """generic(a, a, b), with a body that does not use b -> generic(a)"""
    plan = _Plan(op)
    if len(plan.kept) == op.num_operands:
        raise NoMatch("every operand and result has a use of its own")
    body = _smaller_body(op, plan)
    inputs, outputs = plan.inputs, plan.outputs
    made = generic(
        [op.operands[number] for number in inputs],
        [op.operands[number] for number in outputs],
        [op.indexing_maps[number] for number in plan.kept],
        op.iterator_types,
        Region([body]),
    )
    made.attributes.update(op.attributes)
    rewriter.insert(made)
    if not op.results:
        rewriter.erase(op)
        return True
    places = {number: place for place, number in enumerate(outputs)}
    start = len(op.inputs)
    found = [plan.same.get(start + n, start + n) for n in range(len(op.outputs))]
    for old, number in zip(op.results, found, strict=True):
        if number in places:
            rewriter.replace_all_uses(old, made.results[places[number]])
    rewriter.erase(op)
    return True


class _Plan:
    """Which operands stay, and which others stand for those that go.

    Attributes:
        kept: the numbers of the operands that stay.
        same: for operands that go because another is the same, the number of that one.
    """

    def __init__(self, op: GenericOp) -> None:
        self.op = op
        self.kept = list(range(op.num_operands))
        self.same: dict[int, int] = {}
        self._drop_outputs()
        self._drop_inputs()

    @property
    def inputs(self) -> list[int]:
        return [number for number in self.kept if number < len(self.op.inputs)]

    @property
    def outputs(self) -> list[int]:
        return [number for number in self.kept if number >= len(self.op.inputs)]

    def _drop_inputs(self) -> None:
        first: dict[tuple[Value, AffineMap], int] = {}
        for number, value in enumerate(self.op.inputs):
            key = value, self.op.indexing_maps[number]
            if not self.op.body.args[number].has_uses and self._try_to_drop(number):
                continue
            if first.setdefault(key, number) != number:
                self.same[number] = first[key]
                self.kept.remove(number)

    def _drop_outputs(self) -> None:
        op, first = self.op, dict[tuple[Value, AffineMap, Value], int]()
        if not op.has_pure_tensor_semantics or op.body.last is None:
            return
        yielded = op.body.last.operands
        for position, value in enumerate(op.outputs):
            number = len(op.inputs) + position
            argument = op.body.args[number]
            if not op.results[position].has_uses and self._is_for_itself(position):
                if self._try_to_drop(number):
                    continue
            if argument.has_uses:
                continue
            key = value, op.indexing_maps[number], yielded[position]
            if first.setdefault(key, number) != number:
                self.same[number] = first[key]
                self.kept.remove(number)

    def _is_for_itself(self, position: int) -> bool:
        """Whether the body reads the init only to yield it again, or not at all."""
        body = self.op.body
        uses = list(body.args[len(self.op.inputs) + position].uses)
        return not uses or uses == [(body.last, position)]

    def _try_to_drop(self, number: int) -> bool:
        """Drops an operand unless it says how large the space is."""
        maps = self.op.indexing_maps
        rest = [maps[other] for other in self.kept if other != number]
        if not is_invertible(rest, self.op.num_loops):
            return False
        self.kept.remove(number)
        return True


def _smaller_body(op: GenericOp, plan: _Plan) -> Block:
    old = op.body
    body = Block([old.args[number].type for number in plan.kept])
    mapping: dict[Value, Value] = {
        old.args[number]: argument for number, argument in zip(plan.kept, body.args, strict=True)
    }
    for number, other in plan.same.items():
        mapping[old.args[number]] = mapping[old.args[other]]
    clone_ops_into(old, body, mapping)
    ending = old.last
    assert ending is not None
    start = len(op.inputs)
    values = [ending.operands[number - start] for number in plan.outputs]
    body.append(YieldOp.create([mapping.get(v, v) for v in values], location=ending.location))
    return body
