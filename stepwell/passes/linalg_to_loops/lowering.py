"""One structured op on memrefs as a loop nest around its body."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.affine.values import AffineApplyOp
from stepwell.dialects.linalg.attributes import PARALLEL
from stepwell.dialects.linalg.generic import IndexOp
from stepwell.dialects.linalg.structured import StructuredOp, shape_of
from stepwell.dialects.memref.access import DimOp
from stepwell.ir.affine.expr import AffineConstant, AffineDim, AffineExpr
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.clone import clone
from stepwell.ir.diagnostics import PassError
from stepwell.ir.operation import Operation, walk
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import DYNAMIC
from stepwell.ir.value import Value
from stepwell.passes.linalg_to_loops.loop_kinds import LoopKind
from stepwell.passes.strided_metadata.index_math import Index, IndexMath


def lower_all(root: Operation, kind: LoopKind, results_first: bool = False) -> None:
    """Lowers every structured op on memrefs inside `root`; see `lower_structured`."""
    rewriter = Rewriter()
    for op in list(walk(root)):
        if isinstance(op, StructuredOp) and op.has_pure_buffer_semantics:
            rewriter.start_at(op)
            lower_structured(op, rewriter, kind, results_first)


def lower_structured(
    op: StructuredOp, rewriter: Rewriter, kind: LoopKind, results_first: bool = False
) -> None:
    """Replaces `op` by loops.

    Args:
        results_first: whether open extents are asked of what is written before what is read.

    Raises:
        PassError: the extent of a dimension cannot be told from the operands.
    """
    maps = op.indexing_maps
    extents = [extent_of(op, maps, dim, rewriter, results_first) for dim in range(op.num_loops)]
    parallel = [iterator is PARALLEL for iterator in op.iterator_types]
    point = rewriter.block, rewriter._anchor
    variables = kind.open(rewriter, extents, parallel)
    lower_point(op, variables, rewriter, kind)
    rewriter.set_point(*point)
    rewriter.erase(op)


def extent_of(
    op: StructuredOp,
    maps: Sequence[AffineMap],
    dim: int,
    rewriter: Rewriter,
    results_first: bool = False,
) -> Index:
    """How far dimension `dim` goes: a number, or the size of an operand.

    Raises:
        PassError: it cannot be told from the operands.
    """
    open_place: tuple[Value, int] | None = None
    operands = list(zip(maps, op.operands, strict=True))
    for map, value in reversed(operands) if results_first else operands:
        for position, size in enumerate(shape_of(value.type)):
            expr = map.results[position]
            if isinstance(expr, AffineDim) and expr.position == dim:
                if size != DYNAMIC:
                    return size
                open_place = open_place or (value, position)
    if open_place is None:
        raise PassError(f"'{op.name}' op: the extent of d{dim} is that of no operand")
    value, position = open_place
    at = IndexMath(rewriter).value(position)
    return rewriter.insert(DimOp(value, at)).result


def lower_point(
    op: StructuredOp, variables: Sequence[Value], rewriter: Rewriter, kind: LoopKind
) -> None:
    """What `op` does at the point with these coordinates: loads, a copy of its body, stores."""
    maps = op.indexing_maps
    results = copy_body(op, maps, variables, rewriter, kind, {})
    first = len(op.dps_inputs)
    for number, made in enumerate(results):
        indices = indices_of(maps[first + number], variables, rewriter)
        kind.store(rewriter, made, op.dps_inits[number], indices)


def copy_body(
    op: StructuredOp,
    maps: Sequence[AffineMap],
    variables: Sequence[Value],
    rewriter: Rewriter,
    kind: LoopKind,
    mapping: dict[Value, Value],
) -> list[Value]:
    """A copy of the body for one point; what it yields.

    Args:
        variables: the point's coordinates.
        mapping: values for arguments of the body; those of the others are loaded.
    """
    for argument, map, value in zip(op.body.args, maps, op.operands, strict=True):
        if argument in mapping or not argument.has_uses:
            continue
        if shape_of(value.type) or value in op.dps_inits or not _is_scalar(value):
            indices = indices_of(map, variables, rewriter)
            mapping[argument] = kind.load(rewriter, value, indices)
        else:
            mapping[argument] = value
    for inner in op.body.ops:
        if inner is op.body.last:
            break
        if isinstance(inner, IndexOp):
            mapping[inner.results[0]] = variables[inner.dim.value]
        else:
            rewriter.insert(clone(inner, mapping))
    assert op.body.last is not None
    return [mapping.get(yielded, yielded) for yielded in op.body.last.operands]


def _is_scalar(value: Value) -> bool:
    return not hasattr(value.type, "shape")


def indices_of(map: AffineMap, variables: Sequence[Value], rewriter: Rewriter) -> list[Value]:
    """Where in an operand a point is."""
    return [_index(expr, map, variables, rewriter) for expr in map.results]


def _index(
    expr: AffineExpr, map: AffineMap, variables: Sequence[Value], rewriter: Rewriter
) -> Value:
    if isinstance(expr, AffineDim):
        return variables[expr.position]
    if isinstance(expr, AffineConstant):
        return IndexMath(rewriter).value(expr.value)
    whole = map.with_results([expr])
    used = [n for n in range(map.num_dims) if whole.is_function_of_dim(n)]
    small = whole.compress_unused_dims()
    properties = {"map": AffineMapAttr(small)}
    operands = [variables[n] for n in used]
    made = AffineApplyOp.create(operands, [variables[0].type], dict(properties))
    return rewriter.insert(made).results[0]
