"""Lower Affine operations to a combination of Arith and SCF operations

    %0 = affine.apply affine_map<(d0) -> (d0 + 1)>(%i)    ->   %0 = arith.addi %i, %c1 : index
    affine.for %i = 0 to 8 { ... }                        ->   scf.for %i = %c0 to %c8 step %c1 {
    ... }

Needs: nothing. Keeps: values, memory.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stepwell.dialects.affine.access import (
    AffineLoadOp,
    AffinePrefetchOp,
    AffineStoreOp,
    AffineVectorLoadOp,
    AffineVectorStoreOp,
)
from stepwell.dialects.affine.branch import AffineIfOp
from stepwell.dialects.affine.for_loop import AffineForOp
from stepwell.dialects.affine.linearize import AffineDelinearizeIndexOp, AffineLinearizeIndexOp
from stepwell.dialects.affine.parallel import AffineParallelOp
from stepwell.dialects.affine.values import AffineApplyOp, AffineMaxOp, AffineMinOp
from stepwell.dialects.arith.integer import MaxSIOp, MinSIOp
from stepwell.dialects.memref.access import LoadOp, PrefetchOp, StoreOp
from stepwell.ir import dialect
from stepwell.ir.operation import Operation, walk_post_order
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value
from stepwell.passes.affine_to_scf import loops
from stepwell.passes.affine_to_scf.expressions import Expander, expand_extreme, expand_map


@pass_("lower-affine", title="LowerAffinePass")
def lower_affine(op: Operation, context: PassContext) -> None:
    """Lowers every affine op inside `op`."""
    rewriter = Rewriter()
    for found in list(walk_post_order(op)):
        lower = _LOWERINGS.get(type(found))
        if lower is not None:
            rewriter.start_at(found)
            lower(found, rewriter)


def _apply(op: AffineApplyOp, rewriter: Rewriter) -> None:
    rewriter.replace(op, expand_map(op.map.map, op.operands, rewriter))


def _minimum(op: AffineMinOp, rewriter: Rewriter) -> None:
    rewriter.replace(op, expand_extreme(op.map.map, op.operands, rewriter, MinSIOp))


def _maximum(op: AffineMaxOp, rewriter: Rewriter) -> None:
    rewriter.replace(op, expand_extreme(op.map.map, op.operands, rewriter, MaxSIOp))


def _load(op: AffineLoadOp, rewriter: Rewriter) -> None:
    indices = expand_map(op.map.map, op.indices, rewriter)
    rewriter.replace(op, rewriter.insert(LoadOp(op.memref, indices)))


def _store(op: AffineStoreOp, rewriter: Rewriter) -> None:
    indices = expand_map(op.map.map, op.indices, rewriter)
    rewriter.insert(StoreOp(op.value, op.memref, indices))
    rewriter.erase(op)


def _vector_load(op: AffineVectorLoadOp, rewriter: Rewriter) -> None:
    indices = expand_map(op.map.map, op.indices, rewriter)
    cls = dialect.find_op("vector.load")
    assert cls is not None
    made = rewriter.insert(cls.create([op.memref, *indices], op.result_types))
    rewriter.replace(op, made)


def _vector_store(op: AffineVectorStoreOp, rewriter: Rewriter) -> None:
    indices = expand_map(op.map.map, op.indices, rewriter)
    cls = dialect.find_op("vector.store")
    assert cls is not None
    rewriter.insert(cls.create([op.value, op.memref, *indices]))
    rewriter.erase(op)


def _prefetch(op: AffinePrefetchOp, rewriter: Rewriter) -> None:
    indices = expand_map(op.map.map, op.indices, rewriter)
    facts = op.isWrite, op.localityHint, op.isDataCache
    rewriter.insert(PrefetchOp(op.memref, indices, *facts))
    rewriter.erase(op)


def _delinearize(op: AffineDelinearizeIndexOp, rewriter: Rewriter) -> None:
    expander = Expander(rewriter, (), ())
    inner = op.basis[1:] if op.has_outer_bound else op.basis
    rest = op.linear_index
    digits: list[Value] = []
    for base in reversed(inner):
        divisor = base if isinstance(base, Value) else expander.constant(base)
        digits.append(expander.modulo(rest, divisor))
        rest = expander.floor_divide(rest, divisor)
    rewriter.replace(op, [rest, *reversed(digits)])


def _linearize(op: AffineLinearizeIndexOp, rewriter: Rewriter) -> None:
    basis = op.basis
    digits = op.multi_index
    if len(basis) == len(digits):
        basis = basis[1:]
    expander = Expander(rewriter, (), ())
    total: Value = digits[0] if digits else expander.constant(0)
    for base, digit in zip(basis, digits[1:], strict=True):
        factor = base if isinstance(base, Value) else expander.constant(base)
        total = loops.multiply_add(rewriter, total, factor, digit)
    rewriter.replace(op, total)


_LOWERINGS: dict[type[Operation], Callable[[Any, Rewriter], None]] = {
    AffineApplyOp: _apply,
    AffineMinOp: _minimum,
    AffineMaxOp: _maximum,
    AffineLoadOp: _load,
    AffineStoreOp: _store,
    AffineVectorLoadOp: _vector_load,
    AffineVectorStoreOp: _vector_store,
    AffinePrefetchOp: _prefetch,
    AffineDelinearizeIndexOp: _delinearize,
    AffineLinearizeIndexOp: _linearize,
    AffineForOp: loops.lower_for,
    AffineIfOp: loops.lower_if,
    AffineParallelOp: loops.lower_parallel,
}
