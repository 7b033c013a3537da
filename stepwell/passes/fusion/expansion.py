"""Reshapes moved out of the way of fusion, by giving a generic op more dimensions.

A `tensor.collapse_shape` that feeds a generic op, or a `tensor.expand_shape` of its result, goes
when the op runs over the dimensions that are joined or split.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stepwell.dialects.affine.values import AffineApplyOp
from stepwell.dialects.linalg.generic import GenericOp, IndexOp, YieldOp, generic
from stepwell.dialects.tensor.elements import DimOp
from stepwell.dialects.tensor.reassociation import groups_attribute
from stepwell.dialects.tensor.reshapes import CollapseShapeOp, ExpandShapeOp
from stepwell.ir import types
from stepwell.ir.affine.expr import AffineConstant, AffineDim, AffineExpr, AffineSymbol
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.attributes import DenseArrayAttr, IntegerAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.clone import clone
from stepwell.ir.operation import walk
from stepwell.ir.rewriting.pattern import NoMatch, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import DYNAMIC, RankedTensorType
from stepwell.ir.value import Value

Size = Value | int
Groups = Sequence[Sequence[int]]


@pattern
def input_is_collapsed(op: GenericOp, rewriter: Rewriter) -> Rewrite:
    """generic(collapse_shape(a), b) -> collapse_shape(generic(a, expand_shape(b)))"""
    for number, value in enumerate(op.inputs):
        made = value.defining_op
        if isinstance(made, CollapseShapeOp) and value.has_one_use and _can_expand(op, number):
            sizes = _sizes_of(made.src, rewriter)
            return _expand(op, number, made.groups, sizes, made.src, rewriter)
    raise NoMatch("no input is a collapse_shape with this one use")


@pattern
def result_is_expanded(op: ExpandShapeOp, rewriter: Rewriter) -> Rewrite:
    """expand_shape(generic(a)) -> generic(expand_shape(a))"""
    made = op.src.defining_op
    if not isinstance(made, GenericOp) or sum(r.num_uses for r in made.results) != 1:
        raise NoMatch("its source is not made by a generic op for it alone")
    number = len(made.inputs) + op.src.index
    if not _can_expand(made, number):
        raise NoMatch("the maps of the generic op are not all projected permutations")
    results = _expand(made, number, op.groups, list(op.mixed_output_shape), None, rewriter)
    collapsed = results[op.src.index].defining_op
    return collapsed.src if isinstance(collapsed, CollapseShapeOp) else results[op.src.index]


def _can_expand(op: GenericOp, number: int) -> bool:
    maps = op.indexing_maps
    permuted = all(map.is_projected_permutation() for map in maps)
    return op.has_pure_tensor_semantics and permuted and maps[number].num_results > 0


def _sizes_of(value: Value, rewriter: Rewriter) -> list[Size]:
    found: list[Size] = []
    for dim, size in enumerate(types.dims_of(value.type)):
        if size == DYNAMIC:
            index = rewriter.constant(IntegerAttr(dim, types.index), types.index)
            found.append(rewriter.insert(DimOp(value, index)).result)
        else:
            found.append(size)
    return found


@dataclass(frozen=True, slots=True)
class Expansion:
    """The larger iteration space.

    Attributes:
        groups: the new dimensions that each old one becomes.
        sizes: the extents of the new dimensions of old ones that become several.
    """

    groups: tuple[tuple[int, ...], ...]
    sizes: dict[int, Size]

    @property
    def num_dims(self) -> int:
        return sum(len(group) for group in self.groups)

    def changes(self, map: AffineMap) -> bool:
        """Whether an operand with this map gets another shape."""
        return any(len(self.groups[dim]) != 1 for dim in map.dim_positions or ())

    def expanded(self, map: AffineMap) -> AffineMap:
        """The map of the operand in its new shape."""
        dims = [AffineDim(n) for d in map.dim_positions or () for n in self.groups[d]]
        return AffineMap(self.num_dims, 0, tuple(dims))

    def operand_groups(self, map: AffineMap) -> list[list[int]]:
        """Which dimensions of the new shape each dimension of an operand becomes."""
        found: list[list[int]] = []
        place = 0
        for dim in map.dim_positions or ():
            count = len(self.groups[dim])
            found.append(list(range(place, place + count)))
            place += count
        return found


def _expansion(op: GenericOp, number: int, groups: Groups, sizes: Sequence[Size]) -> Expansion:
    positions = op.indexing_maps[number].dim_positions or ()
    split = dict(zip(positions, groups, strict=True))
    found: list[tuple[int, ...]] = []
    extents: dict[int, Size] = {}
    place = 0
    for dim in range(op.num_loops):
        count = len(split.get(dim, (0,)))
        found.append(tuple(range(place, place + count)))
        if dim in split:
            extents |= {place + n: sizes[old] for n, old in enumerate(split[dim])}
        place += count
    return Expansion(tuple(found), extents)


def _expand(
    op: GenericOp,
    number: int,
    groups: Groups,
    sizes: Sequence[Size],
    source: Value | None,
    rewriter: Rewriter,
) -> list[Value]:
    """The expanded op; returns values like the old op's results.

    Args:
        op: what to expand.
        number: the operand that says how.
        groups: the dimensions of `source` that each of its dimensions is made of.
        sizes: of `source`.
        source: what the operand is collapsed from, if it is.
        rewriter: stands where the new op goes.
    """
    expansion = _expansion(op, number, groups, sizes)
    body = _expanded_body(op, expansion)
    operands: list[Value] = []
    for place, (value, map) in enumerate(zip(op.operands, op.indexing_maps, strict=True)):
        given = source if place == number else None
        operands.append(given or _expanded_operand(value, map, expansion, rewriter))
    maps = [expansion.expanded(map) for map in op.indexing_maps]
    kinds = [op.iterator_types[dim] for dim, group in enumerate(expansion.groups) for _ in group]
    count = len(op.inputs)
    made = generic(operands[:count], operands[count:], maps, kinds, Region([body]))
    made.location = op.location
    rewriter.insert(made)
    found: list[Value] = []
    for old, new, map in zip(op.results, made.results, op.indexing_maps[count:], strict=True):
        if not expansion.changes(map):
            found.append(new)
            continue
        attribute = groups_attribute(expansion.operand_groups(map))
        back = CollapseShapeOp(new, attribute, result_types=[old.type])
        found.append(rewriter.insert(back).result)
    return found


def _expanded_operand(
    value: Value, map: AffineMap, expansion: Expansion, rewriter: Rewriter
) -> Value:
    if not expansion.changes(map):
        return value
    assert isinstance(value.type, RankedTensorType)
    shape: list[Size] = []
    for place, dim in enumerate(map.dim_positions or ()):
        group = expansion.groups[dim]
        if len(group) > 1 or group[0] in expansion.sizes:
            shape += [expansion.sizes[new] for new in group]
        elif value.type.shape[place] != DYNAMIC:
            shape.append(value.type.shape[place])
        else:
            index = rewriter.constant(IntegerAttr(place, types.index), types.index)
            shape.append(rewriter.insert(DimOp(value, index)).result)
    static = [size if isinstance(size, int) else DYNAMIC for size in shape]
    made = ExpandShapeOp(
        value,
        [size for size in shape if isinstance(size, Value)],
        groups_attribute(expansion.operand_groups(map)),
        DenseArrayAttr.i64(static),
        result_types=[RankedTensorType(tuple(static), value.type.element_type)],
    )
    return rewriter.insert(made).result


def _expanded_body(op: GenericOp, expansion: Expansion) -> Block:
    """The body, with the old positions computed from the new ones.

    Raises:
        NoMatch: that needs the extent of a dimension that is not known.
    """
    body = Block(op.body.arg_types)
    mapping: dict[Value, Value] = dict(zip(op.body.args, body.args, strict=True))
    for inner in op.body.ops:
        if not isinstance(inner, IndexOp):
            if any(isinstance(nested, IndexOp) for nested in walk(inner)):
                raise NoMatch("a position is used in a region inside")
            body.append(clone(inner, mapping))
            continue
        group = expansion.groups[inner.dim.value]
        indices = [IndexOp(dim) for dim in reversed(group)]
        for index in indices:
            index.location = inner.location
            body.append(index)
        mapping[inner.result] = indices[0].result
        if len(group) > 1:
            values = [index.result for index in indices]
            apply = AffineApplyOp(AffineMapAttr(_linear(group, expansion)), values)
            apply.location = inner.location
            body.append(apply)
            mapping[inner.result] = apply.result
    assert isinstance(body.last, YieldOp)
    return body


def _linear(group: Sequence[int], expansion: Expansion) -> AffineMap:
    """The old position, of the new ones, the last of which is the first symbol."""
    total: AffineExpr = AffineConstant(0)
    stride = 1
    for place, dim in enumerate(reversed(group)):
        total = total + AffineSymbol(place) * stride
        size = expansion.sizes[dim]
        if isinstance(size, int):
            stride *= size
        elif place != len(group) - 1:
            raise NoMatch("a position needs an extent that is not known")
    return AffineMap(0, len(group), (total,))
