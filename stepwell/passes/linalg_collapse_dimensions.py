"""Make one dimension of neighbouring ones that all operands have side by side

    linalg.add ins(%a, %b : memref<?x?xf32>, memref<?x?xf32>) outs(%c : memref<?x?xf32>)
->
    %d = memref.collapse_shape %a [[0, 1]] : memref<?x?xf32> into memref<?xf32>
    ...
    linalg.generic {iterator_types = ["parallel"]} ins(%d, ...) outs(...) { ... }

A loop over one dimension needs no division to find the place of its n-th element. An operand has
two dimensions side by side if its map has them so, and all of its elements lie in order. Memory
that a reduction writes keeps its dimensions, so that loops which use it can still become one; with
`alone`, so does all that two ops use.

Needs: linalg on memrefs. Keeps: values.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.linalg.generic import IndexOp, generic
from stepwell.dialects.linalg.structured import StructuredOp
from stepwell.dialects.memref.reassociation import CollapseShapeOp
from stepwell.ir.affine.expr import AffineDim, AffineExpr
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.attributes import ArrayAttr, IntegerAttr
from stepwell.ir.block import Region
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import MemRefType, i64
from stepwell.ir.value import Value
from stepwell.passes.lowering.memref_access import is_contiguous


@pass_("linalg-collapse-dimensions")
def linalg_collapse_dimensions(op: Operation, context: PassContext, *, alone: bool = False) -> None:
    """Collapses the dimensions of all structured ops on memrefs inside `op` that allow it.

    Option alone: only where no operand is used by another structured op.
    """
    ops = [inner for inner in walk(op) if isinstance(inner, StructuredOp)]
    reduced = {
        init for inner in ops if inner.num_parallel_loops < inner.num_loops
        for init in inner.dps_inits
    }  # fmt: skip
    if alone:
        reduced |= {value for inner in ops for value in inner.operands if _is_shared(value)}
    for inner in ops:
        groups = _groups(inner, reduced)
        if inner.has_pure_buffer_semantics and len(groups) < inner.num_loops:
            _collapse(inner, groups)
            context.statistic("num-collapsed", "Number of ops with fewer dimensions", 1)


def _is_shared(value: Value) -> bool:
    return sum(isinstance(user, StructuredOp) for user in value.users) > 1


def _groups(op: StructuredOp, kept: set[Value]) -> list[list[int]]:
    """The dimensions of `op`, those together that become one."""
    if any(isinstance(inner, IndexOp) for inner in walk(op)):
        return [[dim] for dim in range(op.num_loops)]
    groups: list[list[int]] = []
    for dim in range(op.num_loops):
        if groups and _are_together(op, groups[-1][-1], dim, kept):
            groups[-1].append(dim)
        else:
            groups.append([dim])
    return groups


def _are_together(op: StructuredOp, first: int, second: int, kept: set[Value]) -> bool:
    """Whether dimension `second` comes right after `first` wherever one of them is used."""
    if op.iterator_types[first] is not op.iterator_types[second]:
        return False
    for map, value in zip(op.indexing_maps, op.operands, strict=True):
        if not (map.is_function_of_dim(first) or map.is_function_of_dim(second)):
            continue
        dims = [expr.position if isinstance(expr, AffineDim) else None for expr in map.results]
        if value in kept or not is_contiguous(value.type) or None in dims:
            return False
        places = [n for n, dim in enumerate(dims) if dim in (first, second)]
        if len(places) != 2 or [dims[n] for n in places] != [first, second]:
            return False
        if places[1] != places[0] + 1:
            return False
    return True


def _collapse(op: StructuredOp, groups: Sequence[Sequence[int]]) -> None:
    """Replaces `op` by one with a dimension for each group."""
    rewriter = Rewriter()
    rewriter.start_at(op)
    count = len(op.dps_inputs)
    kinds = [op.iterator_types[group[0]] for group in groups]
    number_of = {group[0]: number for number, group in enumerate(groups)}
    seen: dict[tuple[Value, AffineMap], tuple[Value, AffineMap]] = {}
    for map, value in zip(op.indexing_maps, op.operands, strict=True):
        if (value, map) not in seen:
            seen[value, map] = _operand(value, map, groups, number_of, rewriter)
    made = [seen[value, map] for map, value in zip(op.indexing_maps, op.operands, strict=True)]
    values, maps = [value for value, _ in made], [map for _, map in made]
    body = op.body
    op.regions[0].detach(body)
    ins, outs = values[:count], values[count:]
    fewer = rewriter.insert(generic(ins, outs, maps, kinds, Region([body])))
    fewer.location = op.location
    rewriter.erase(op)


def _operand(
    value: Value,
    map: AffineMap,
    groups: Sequence[Sequence[int]],
    number_of: dict[int, int],
    rewriter: Rewriter,
) -> tuple[Value, AffineMap]:
    """An operand with its groups of dimensions collapsed, and its map."""
    joined: list[list[int]] = []
    results: list[AffineExpr] = []
    inner = {dim for group in groups for dim in group[1:]}
    for place, expr in enumerate(map.results):
        if isinstance(expr, AffineDim) and expr.position in inner:
            joined[-1].append(place)
            continue
        joined.append([place])
        results.append(_renumbered(expr, number_of, len(groups)))
    new = AffineMap(len(groups), 0, tuple(results))
    if len(joined) == len(map.results) or not isinstance(value.type, MemRefType):
        return value, new
    reassociation = ArrayAttr(
        tuple(ArrayAttr(tuple(IntegerAttr(n, i64) for n in group)) for group in joined)
    )
    return rewriter.insert(CollapseShapeOp(value, reassociation)).result_, new


def _renumbered(expr: AffineExpr, number_of: dict[int, int], count: int) -> AffineExpr:
    """The expression over the new dimensions; it uses only first ones of groups."""
    old = max(number_of) + 1
    dims = [AffineDim(number_of.get(dim, 0)) for dim in range(old)]
    return AffineMap(old, 0, (expr,)).replace(dims, (), count, 0).results[0]
