"""One `linalg.generic` for a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stepwell.dialects.affine.values import AffineApplyOp
from stepwell.dialects.arith.flags import FastMathFlags
from stepwell.dialects.arith.floating import AddFOp, MulFOp
from stepwell.dialects.linalg.generic import GenericOp, IndexOp, YieldOp, generic
from stepwell.dialects.linalg.named import FillOp
from stepwell.dialects.tensor.creation import EmptyOp
from stepwell.ir import types
from stepwell.ir.affine.expr import AffineDim, AffineExpr
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.clone import clone
from stepwell.ir.operation import Operation, walk
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import DYNAMIC, RankedTensorType
from stepwell.ir.value import BlockArgument, Value
from stepwell.passes.grouping.groups import Group, Member
from stepwell.passes.grouping.order import loop_order, permuted
from stepwell.passes.meta_to_linalg.sizes import size_of

_CONTRACTED = FastMathFlags(("reassoc", "contract"))
Input = tuple[Value, AffineMap]
"""A tensor, and where it is read for each point of the group's space."""


def build(
    group: Group,
    positions: Mapping[Operation, int],
    rewriter: Rewriter,
    innermost: int | None = None,
) -> GenericOp:
    """The op that replaces the root of a group; it is inserted before the root.

    Args:
        positions: the numbers of the ops of the block, in order.
        innermost: the loop that is best inside, as far as the operands do not say it.
    """
    made = _Building(group, rewriter).run(positions, innermost)
    made.location = group.root.location
    return rewriter.insert(made)


class _Building:
    def __init__(self, group: Group, rewriter: Rewriter) -> None:
        self.group = group
        self.root = group.root
        self.rewriter = rewriter
        self.body = Block()
        self.out = self.body.add_argument(group.root.body.args[-1].type)
        self.inputs: dict[Input, BlockArgument] = {}
        self.values: dict[Member, Value] = {}

    def run(self, positions: Mapping[Operation, int], innermost: int | None) -> GenericOp:
        for op, map in sorted(self.group.members, key=lambda member: positions[member[0]]):
            self.values[op, map] = self._copied(op, map)
        result = self._copied(self.root, AffineMap.identity(self.root.num_loops))
        _allow_contraction(result)
        self.body.append(YieldOp([result]))
        init = self._init()
        inputs = [pair for pair, argument in self.inputs.items() if argument.has_uses]
        self._add_window(inputs)
        body = self._with_arguments_for(inputs)
        maps = [*(map for _, map in inputs), self.root.indexing_maps[-1]]
        order = loop_order(maps, self.root.iterator_types, innermost)
        _renumber(body, order)
        return generic(
            [value for value, _ in inputs],
            [init],
            [permuted(map, order) for map in maps],
            [self.root.iterator_types[dim] for dim in order],
            Region([body]),
        )

    def _copied(self, op: GenericOp, map: AffineMap) -> Value:
        """Appends a copy of the body of an op at the points `map`; what it yields."""
        mapping: dict[Value, Value] = {op.body.args[-1]: self.out}
        for value, argument, own in zip(op.inputs, op.body.args, op.indexing_maps, strict=False):
            if argument.has_uses:
                mapping[argument] = self._element(value, own.compose(map))
        ending = op.body.last
        assert ending is not None
        for inner in op.body.ops:
            if isinstance(inner, IndexOp):
                mapping[inner.result] = _position(map.results[inner.dim.value], self.body)
            elif inner is not ending:
                made = clone(inner, mapping)
                self.body.append(made)
                _replace_inner_indices(made, map)
        return mapping.get(ending.operands[0], ending.operands[0])

    def _element(self, value: Value, place: AffineMap) -> Value:
        """An element of an input: what a member yields, a single number, or an argument."""
        if not isinstance(value.type, RankedTensorType):
            return value
        element = value.type.element_type
        producer = value.defining_op
        if isinstance(producer, FillOp) and producer.inputs[0].type is element:
            return producer.inputs[0]
        if isinstance(producer, GenericOp):
            inverse = producer.indexing_maps[-1].inverse_permutation()
            known = self.values.get((producer, inverse.compose(place))) if inverse else None
            if known is not None:
                return known
        argument = self.inputs.get((value, place))
        if argument is None:
            argument = self.inputs[value, place] = self.body.add_argument(element)
        return argument

    def _init(self) -> Value:
        """What the result is written over: if it is not read, an input of no further use."""
        given = self.root.outputs[0]
        if self.out.has_uses:
            return self._own_fill(given)
        ops = {self.root, *(op for op, _ in self.group.members)}
        for (value, map), argument in self.inputs.items():
            own = map is self.root.indexing_maps[-1] and value.type is given.type
            if own and value.defining_op is not None and set(value.users) <= ops:
                if all(value is not other for other, at in self.inputs if at is not map):
                    argument.replace_all_uses_with(self.out)
                    return value
        return given if isinstance(given.defining_op, EmptyOp) else self._empty_like(given)

    def _own_fill(self, init: Value) -> Value:
        """The init, or if others start from the same fill, a fill of its own: each is written."""
        fill = init.defining_op
        if not isinstance(fill, FillOp) or init.has_one_use:
            return init
        empty = self._empty_like(fill.outputs[0])
        return self.rewriter.insert(FillOp.of([fill.inputs[0]], [empty])).results[0]

    def _empty_like(self, value: Value) -> Value:
        shape = types.dims_of(value.type)
        sizes = [size_of(value, d, self.rewriter) for d, s in enumerate(shape) if s == DYNAMIC]
        return self._empty(sizes, value.type)

    def _empty(self, sizes: Sequence[Value | int], type: Type) -> Value:
        values = [size for size in sizes if isinstance(size, Value)]
        return self.rewriter.insert(EmptyOp(values, result_types=[type])).result

    def _add_window(self, inputs: list[Input]) -> None:
        """An empty tensor as input, for loops whose extent no other operand tells."""
        maps = [*(map for _, map in inputs), self.root.indexing_maps[-1]]
        told = {e.position for map in maps for e in map.results if isinstance(e, AffineDim)}
        missing = [dim for dim in range(self.root.num_loops) if dim not in told]
        if not missing:
            return
        sizes = [self._extent(dim) for dim in missing]
        shape = tuple(DYNAMIC if isinstance(size, Value) else size for size in sizes)
        window = self._empty(sizes, RankedTensorType(shape, self.out.type))
        place = AffineMap(self.root.num_loops, 0, tuple(AffineDim(dim) for dim in missing))
        self.inputs[window, place] = self.body.add_argument(self.out.type)
        inputs.append((window, place))

    def _extent(self, dim: int) -> Value | int:
        for value, map in zip(self.root.inputs, self.root.indexing_maps, strict=False):
            for place, expr in enumerate(map.results):
                if isinstance(expr, AffineDim) and expr.position == dim:
                    return size_of(value, place, self.rewriter)
        raise AssertionError("the maps of a valid op tell all extents")

    def _with_arguments_for(self, inputs: Sequence[Input]) -> Block:
        """The body with an argument for each input, and one for the init."""
        arguments = [*(self.inputs[pair] for pair in inputs), self.out]
        body = Block([argument.type for argument in arguments])
        for old, new in zip(arguments, body.args, strict=True):
            old.replace_all_uses_with(new)
        for op in list(self.body.ops):
            body.append(op.detach())
        return body


def _allow_contraction(total: Value) -> None:
    """Lets a product and the sum it goes into be one instruction, if the order of the sum is open
    anyway."""
    add = total.defining_op
    if not isinstance(add, AddFOp) or "reassoc" not in add.fastmath.flags:
        return
    products = [v.defining_op for v in add.operands if isinstance(v.defining_op, MulFOp)]
    if len(products) == 1:
        for op in (add, products[0]):
            assert op is not None
            op.set_attribute("fastmath", _CONTRACTED)


def _position(place: AffineExpr, body: Block) -> Value:
    """Where the group is in a dimension of a member."""
    if isinstance(place, AffineDim):
        index = IndexOp(place.position)
        body.append(index)
        return index.result
    every = [IndexOp(dim) for dim in range(place.dim_bound)]
    map = AffineMapAttr(AffineMap(len(every), 0, (place,)))
    apply = AffineApplyOp(map, [index.result for index in every])
    for op in (*every, apply):
        body.append(op)
    return apply.result


def _replace_inner_indices(op: Operation, map: AffineMap) -> None:
    """Makes the positions asked for inside regions of a copy those of the group's space."""
    for inner in list(walk(op)) if op.regions else ():
        if isinstance(inner, IndexOp):
            block = Block()
            value = _position(map.results[inner.dim.value], block)
            for new in list(block.ops):
                new.move_before(inner)
            inner.result.replace_all_uses_with(value)
            inner.erase()


def _renumber(body: Block, order: Sequence[int]) -> None:
    """Makes `linalg.index` ops speak of the loops in their new order."""
    if list(order) == sorted(order):
        return
    for op in body.ops:
        for inner in walk(op):
            if isinstance(inner, IndexOp):
                number = IntegerAttr(order.index(inner.dim.value), types.i64)
                inner.properties["dim"] = number
