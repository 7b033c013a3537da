"""Canonical patterns of affine."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.affine.access import AffineAccessOp
from stepwell.dialects.affine.branch import AffineIfOp
from stepwell.dialects.affine.composition import canonical
from stepwell.dialects.affine.for_loop import AffineForOp
from stepwell.dialects.affine.linearize import AffineDelinearizeIndexOp, AffineLinearizeIndexOp
from stepwell.dialects.affine.terminator import AffineYieldOp
from stepwell.dialects.affine.values import AffineApplyOp, AffineMaxOp, AffineMinOp
from stepwell.dialects.memref.casts import CastOp
from stepwell.ir.affine.expr import AffineBinary, AffineConstant, AffineExpr
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine.set import IntegerSet
from stepwell.ir.affine_attributes import AffineMapAttr, IntegerSetAttr
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.block import Block
from stepwell.ir.fields import OPERAND_SEGMENTS
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.pattern import Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import MemRefType
from stepwell.ir.value import Value


@pattern
def simpler_map(op: AffineApplyOp | AffineMinOp | AffineMaxOp, rewriter: Rewriter) -> Rewrite:
    """The map takes in the applies of its operands, and is simplified."""
    map, operands = canonical(op, op.map.map, op._operands)
    if not isinstance(op, AffineApplyOp):
        map = _distinct_extremes(map, isinstance(op, AffineMinOp))
    if map is op.map.map and operands == op._operands:
        return None
    return type(op)(AffineMapAttr(map), operands)


def _distinct_extremes(map: AffineMap, is_min: bool) -> AffineMap:
    """Results of a minimum or maximum, each once, and those that differ by a constant as one."""
    best: dict[AffineExpr, int] = {}
    for result in map.results:
        base, shift = _base_and_shift(result)
        known = best.get(base)
        best[base] = shift if known is None else (min if is_min else max)(known, shift)
    return map.with_results([base + shift for base, shift in best.items()])


def _base_and_shift(expr: AffineExpr) -> tuple[AffineExpr, int]:
    """`e + c` as e and c."""
    if isinstance(expr, AffineConstant):
        return AffineConstant(0), expr.value
    if isinstance(expr, AffineBinary) and expr.kind == "add":
        if isinstance(expr.rhs, AffineConstant):
            return expr.lhs, expr.rhs.value
    return expr, 0


@pattern
def extreme_of_one(op: AffineMinOp | AffineMaxOp, rewriter: Rewriter) -> Rewrite:
    """The minimum or maximum of one expression is the expression."""
    if op.map.map.num_results != 1:
        return None
    return AffineApplyOp(op.map, op._operands)


@pattern
def simpler_subscripts(op: AffineAccessOp, rewriter: Rewriter) -> Rewrite:
    """The subscripts take in the applies of their operands, and are simplified."""
    before = op.map_operands
    map, operands = canonical(op, op.map.map, before)
    if map is op.map.map and operands == before:
        return None
    first = op.num_operands - len(before)
    op.set_operands([*op._operands[:first], *operands])
    op.map = AffineMapAttr(map)
    rewriter.modified(op)
    return True


@pattern
def access_of_cast(op: AffineAccessOp, rewriter: Rewriter) -> Rewrite:
    """An access of a cast is an access of its source."""
    cast = op.accessed.defining_op
    if not isinstance(cast, CastOp) or not isinstance(cast.source.type, MemRefType):
        return None
    op.set_operand(op._operands.index(op.accessed), cast.source)
    rewriter.modified(op)
    return True


@pattern
def simpler_bounds(op: AffineForOp, rewriter: Rewriter) -> Rewrite:
    """The bounds take in the applies of their operands, and are simplified."""
    lower, lower_operands = _bound(op, op.lowerBoundMap.map, op.lowerBoundOperands, False)
    upper, upper_operands = _bound(op, op.upperBoundMap.map, op.upperBoundOperands, True)
    same = lower is op.lowerBoundMap.map and upper is op.upperBoundMap.map
    before = [*op.lowerBoundOperands, *op.upperBoundOperands]
    if same and before == [*lower_operands, *upper_operands]:
        return None
    inits = list(op.inits)
    op.set_operands([*lower_operands, *upper_operands, *inits])
    op.properties["lowerBoundMap"] = AffineMapAttr(lower)
    op.properties["upperBoundMap"] = AffineMapAttr(upper)
    sizes = [len(lower_operands), len(upper_operands), len(inits)]
    op.properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32(sizes)
    rewriter.modified(op)
    return True


def _bound(
    op: AffineForOp, map: AffineMap, operands: Sequence[Value], is_min: bool
) -> tuple[AffineMap, list[Value]]:
    map, values = canonical(op, map, operands)
    known = map.constant_results
    if known:
        return AffineMap.constant(min(known) if is_min else max(known)), []
    return _distinct_extremes(map, is_min), values


@pattern
def loop_that_never_runs(op: AffineForOp, rewriter: Rewriter) -> Rewrite:
    """A loop that does not run yields its first values."""
    bounds = op.constant_bounds
    return list(op.inits) if bounds is not None and bounds[0] >= bounds[1] else None


@pattern
def loop_of_nothing(op: AffineForOp, rewriter: Rewriter) -> Rewrite:
    """A loop that only hands on values from outside yields them, if it runs at all."""
    block = op.body.entry
    if block.first is not block.last:
        return None
    if not op.results:
        rewriter.erase(op)
        return True
    if all(a is b for a, b in zip(op.yielded, op.iter_args, strict=True)):
        return list(op.inits)
    bounds = op.constant_bounds
    if bounds is None or bounds[0] >= bounds[1]:
        return None
    if any(value in block.args for value in op.yielded):
        return None
    return op.yielded


@pattern
def simpler_set(op: AffineIfOp, rewriter: Rewriter) -> Rewrite:
    """The set takes in the applies of its operands, and is simplified."""
    set, operands = canonical(op, op.condition.set, op._operands)
    if set is op.condition.set and operands == op._operands:
        return None
    op.set_operands(operands)
    op.properties["condition"] = IntegerSetAttr(set)
    rewriter.modified(op)
    return True


def _always(set: IntegerSet) -> bool | None:
    """Whether all points lie in the set, or none does; None if that is not plain."""
    verdicts: list[bool | None] = []
    for constraint, is_equality in zip(set.constraints, set.eq_flags, strict=True):
        if isinstance(constraint, AffineConstant):
            value = constraint.value
            verdicts.append(value == 0 if is_equality else value >= 0)
        else:
            verdicts.append(None)
    if False in verdicts:
        return False
    return None if None in verdicts else True


@pattern
def if_of_known_set(op: AffineIfOp, rewriter: Rewriter) -> Rewrite:
    """An if whose condition is known becomes the region that runs."""
    known = _always(op.condition.set)
    if known is None:
        return None
    chosen = op.then if known else op.otherwise
    if chosen.is_empty:
        rewriter.erase(op)
        return True
    return _inline(rewriter, op, chosen.entry)


def _inline(rewriter: Rewriter, op: Operation, block: Block) -> list[Value]:
    last = block.last
    assert isinstance(last, AffineYieldOp)
    values = list(last._operands)
    rewriter.erase(last)
    rewriter.inline_block_before(block, op)
    return values


@pattern
def empty_else(op: AffineIfOp, rewriter: Rewriter) -> Rewrite:
    """An else region that does nothing goes."""
    if op.results or not op.has_idle_else:
        return None
    rewriter.erase_block(op.otherwise.entry)
    rewriter.modified(op)
    return True


@pattern
def linearized_digits(op: AffineDelinearizeIndexOp, rewriter: Rewriter) -> Rewrite:
    """The digits of a number that was made of disjoint digits in the same bases."""
    maker = op.linear_index.defining_op
    if not isinstance(maker, AffineLinearizeIndexOp) or not maker.is_disjoint:
        return None
    if len(maker.multi_index) != len(op.results) or maker.basis != op.basis:
        return None
    return list(maker.multi_index)
