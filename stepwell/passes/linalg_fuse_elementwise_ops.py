"""Fuse elementwise operations on tensors

    %1 = linalg.generic {#pointwise} ins(%a) outs(%e) { arith.negf }
    %2 = linalg.generic {#pointwise} ins(%1, %b) outs(%e) { arith.addf }
->
    %2 = linalg.generic {#pointwise} ins(%a, %b) outs(%e) { arith.negf, arith.addf }

A `linalg.generic` without reductions is computed where its only user reads it; the user may reduce.
Inputs that are constants or fills become values in the body, unused operands and results go, and
reshapes between generic ops are moved out of the way.

Needs: linalg.generic on tensors. Keeps: values.
"""

from __future__ import annotations

from stepwell.dialects.linalg.canonicalize import fills, structured
from stepwell.dialects.tensor.canonicalize import reshapes
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.canonical import patterns_among
from stepwell.ir.rewriting.greedy import GreedyOptions, apply_patterns_greedily
from stepwell.passes.fusion import elementwise, expansion, known_inputs, unused_operands

_MODULES = (elementwise, known_inputs, unused_operands, expansion, fills, structured, reshapes)


@pass_("linalg-fuse-elementwise-ops", title="LinalgElementwiseOpFusionPass")
def linalg_fuse_elementwise_ops(op: Operation, context: PassContext) -> None:
    """Fuses the pointwise `linalg.generic` ops inside `op` into their only users."""
    patterns = patterns_among(value for module in _MODULES for value in vars(module).values())
    apply_patterns_greedily(op, patterns, GreedyOptions(top_down=True))
