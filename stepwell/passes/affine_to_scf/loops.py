"""Affine loops and branches as those of scf."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.affine.branch import AffineIfOp
from stepwell.dialects.affine.for_loop import AffineForOp
from stepwell.dialects.affine.parallel import AffineParallelOp
from stepwell.dialects.affine.terminator import AffineYieldOp
from stepwell.dialects.arith.compare import CmpIOp
from stepwell.dialects.arith.integer import AddIOp, AndIOp, MaxSIOp, MinSIOp, MulIOp
from stepwell.dialects.memref.atomics import KINDS
from stepwell.dialects.scf.branches import IfOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.dialects.scf.parallel import ParallelOp, ReduceOp, ReduceReturnOp
from stepwell.dialects.scf.terminators import YieldOp
from stepwell.ir import dialect, types
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import ArrayAttr, DenseArrayAttr, IntegerAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.dense_attributes import DenseElementsAttr
from stepwell.ir.fields import OPERAND_SEGMENTS
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value
from stepwell.passes.affine_to_scf.expressions import Expander, expand_extreme
from stepwell.passes.affine_to_scf.neutral import neutral_element


def multiply_add(rewriter: Rewriter, a: Value, b: Value, c: Value) -> Value:
    """a * b + c."""
    product = rewriter.insert(MulIOp(a, b, overflowFlags="nsw")).result
    return rewriter.insert(AddIOp(product, c)).result


def _moved(region: Region) -> Region:
    """A fresh region with the blocks of `region`, whose affine.yield is now an scf.yield."""
    made = Region()
    made.take_body(region)
    if made.first is not None:
        last = made.entry.last
        assert isinstance(last, AffineYieldOp)
        values, location = last.operands, last._location
        last.erase()
        made.entry.append(YieldOp.create(values, location=location))
    return made


def lower_for(op: AffineForOp, rewriter: Rewriter) -> None:
    """`affine.for` as `scf.for`."""
    lower = expand_extreme(op.lowerBoundMap.map, op.lowerBoundOperands, rewriter, MaxSIOp)
    upper = expand_extreme(op.upperBoundMap.map, op.upperBoundOperands, rewriter, MinSIOp)
    step = rewriter.constant(IntegerAttr(op.step.value, types.index), types.index)
    body = _moved(op.body)
    made = ForOp.create(
        [lower, upper, step, *op.inits],
        op.result_types,
        None,
        dict(op.attributes),
        (),
        [body],
    )
    rewriter.replace(op, rewriter.insert(made))


def lower_if(op: AffineIfOp, rewriter: Rewriter) -> None:
    """`affine.if` as `scf.if` on the conjunction of the constraints."""
    found = op.condition.set
    dims, symbols = op.operands[: found.num_dims], op.operands[found.num_dims :]
    expander = Expander(rewriter, dims, symbols)
    zero = expander.constant(0)
    condition: Value | None = None
    for expr, is_equality in zip(found.constraints, found.eq_flags, strict=True):
        predicate = "eq" if is_equality else "sge"
        holds = rewriter.insert(CmpIOp(predicate, expander.expand(expr), zero)).result
        both = holds if condition is None else rewriter.insert(AndIOp(condition, holds)).result
        condition = both
    if condition is None:
        condition = rewriter.constant(IntegerAttr(1, types.i1), types.i1)
    regions = [_moved(region) for region in op.regions]
    made = IfOp.create([condition], op.result_types, None, dict(op.attributes), (), regions)
    rewriter.replace(op, rewriter.insert(made))


def lower_parallel(op: AffineParallelOp, rewriter: Rewriter) -> None:
    """`affine.parallel` as `scf.parallel`; its reductions get bodies."""
    lower = _bounds(
        op.lowerBoundsMap.map, op.lower_operands, op.lowerBoundsGroups, rewriter, MaxSIOp
    )
    upper = _bounds(
        op.upperBoundsMap.map, op.upper_operands, op.upperBoundsGroups, rewriter, MinSIOp
    )
    steps = [
        rewriter.constant(IntegerAttr(step, types.index), types.index) for step in _ints(op.steps)
    ]
    kinds = [KINDS[number] for number in _ints(op.reductions)]
    inits = [
        _neutral(kind, type, rewriter) for kind, type in zip(kinds, op.result_types, strict=True)
    ]
    body = Region()
    body.take_body(op.body)
    last = body.entry.last
    assert isinstance(last, AffineYieldOp)
    values = last.operands
    last.erase()
    reductions = [_reduction(k, v.type) for k, v in zip(kinds, values, strict=True)]
    body.entry.append(ReduceOp.create(values, regions=reductions, location=op._location))
    sizes = DenseArrayAttr.i32([len(lower), len(upper), len(steps), len(inits)])
    made = ParallelOp.create(
        [*lower, *upper, *steps, *inits],
        op.result_types,
        {OPERAND_SEGMENTS: sizes},
        dict(op.attributes),
        (),
        [body],
    )
    rewriter.replace(op, rewriter.insert(made))


def _ints(array: ArrayAttr) -> list[int]:
    return [item.value for item in array.values if isinstance(item, IntegerAttr)]


def _bounds(
    map: AffineMap,
    operands: Sequence[Value],
    groups: DenseElementsAttr,
    rewriter: Rewriter,
    extreme: type[MaxSIOp] | type[MinSIOp],
) -> list[Value]:
    """One bound for each dimension: the extreme of its group of results."""
    found: list[Value] = []
    start = 0
    for size in groups.to_numpy().tolist():
        part = map.with_results(map.results[start : start + size])
        found.append(expand_extreme(part, operands, rewriter, extreme))
        start += size
    return found


def _neutral(kind: str, type: Type, rewriter: Rewriter) -> Value:
    """What a reduction starts from."""
    return rewriter.constant(neutral_element(kind, type), type)


def _reduction(kind: str, type: Type) -> Region:
    block = Block([type, type])
    cls = dialect.find_op(f"arith.{kind}")
    assert cls is not None
    combined = cls(*block.args)
    block.append(combined)
    block.append(ReduceReturnOp.create([combined.results[0]]))
    return Region([block])
