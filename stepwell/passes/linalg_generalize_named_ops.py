"""Convert named ops into generic ops

    %0 = linalg.matmul ins(%a, %b : ...) outs(%c : ...) -> tensor<4x8xf32>
->
    %0 = linalg.generic {indexing_maps = [...], iterator_types = ["parallel", ...]}
           ins(%a, %b : ...) outs(%c : ...) {
         ^bb0(%in: f32, %in_0: f32, %out: f32):
           %1 = arith.mulf %in, %in_0 : f32
           %2 = arith.addf %out, %1 : f32
           linalg.yield %2 : f32
         } -> tensor<4x8xf32>

Needs: nothing. Keeps: everything but the names.
"""

from __future__ import annotations

from stepwell.dialects.linalg.generic import GenericOp, generic
from stepwell.dialects.linalg.structured import StructuredOp, verify_structure
from stepwell.ir.block import Region
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.greedy import apply_patterns_greedily
from stepwell.ir.rewriting.pattern import NoMatch, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter


@pattern()
def generalize(op: StructuredOp, rewriter: Rewriter) -> Rewrite:
    """A structured op -> linalg.generic with its maps and its region"""
    if isinstance(op, GenericOp):
        raise NoMatch("it is a generic op already")
    return rewriter.insert(as_generic(op))


def as_generic(op: StructuredOp) -> GenericOp:
    """A `linalg.generic` that does what `op` does; takes over its region.

    Raises:
        VerifyError: the op is not valid.
    """
    verify_structure(op)
    body = op.regions[0].entry
    op.regions[0].detach(body)
    made = generic(op.dps_inputs, op.dps_inits, op.indexing_maps, op.iterator_types, Region([body]))
    made.location = op.location
    return made


@pass_("linalg-generalize-named-ops", title="LinalgGeneralizeNamedOpsPass")
def linalg_generalize_named_ops(op: Operation, context: PassContext) -> None:
    """Makes every structured op inside `op` a `linalg.generic`."""
    apply_patterns_greedily(op, [generalize])
