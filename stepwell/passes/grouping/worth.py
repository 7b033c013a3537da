"""What it costs to compute a pointwise op again, by what its body holds."""

from __future__ import annotations

from enum import IntEnum

from stepwell.dialects.arith.division import DivSIOp, RemSIOp
from stepwell.dialects.arith.floating import DivFOp, RemFOp
from stepwell.dialects.linalg.generic import GenericOp, YieldOp
from stepwell.dialects.math.exponential import RsqrtOp, SqrtOp
from stepwell.ir.operation import walk
from stepwell.ir.types import FloatType

_MEDIUM = (DivFOp, RemFOp, DivSIOp, RemSIOp, SqrtOp, RsqrtOp)
_LIGHT_LIMIT = 16


class Cost(IntEnum):
    """MOVEMENT: no numbers are computed. LIGHT: a few instructions. MEDIUM: divisions and roots,
    which the machine does and may do once for a whole loop. HEAVY: functions that are called."""

    MOVEMENT = 0
    LIGHT = 1
    MEDIUM = 2
    HEAVY = 3


def cost_of(op: GenericOp) -> Cost:
    """The cost of one element."""
    cost, count = Cost.MOVEMENT, 0
    for inner in walk(op):
        if inner is op or isinstance(inner, YieldOp):
            continue
        count += 1
        if isinstance(inner, _MEDIUM):
            cost = max(cost, Cost.MEDIUM)
        elif inner.name.startswith("math.") and not inner.name.startswith("math.abs"):
            return Cost.HEAVY
        elif inner.name.startswith("arith.") and _computes_floats(inner.result_types):
            if inner.operands:
                cost = max(cost, Cost.LIGHT)
    if count > _LIGHT_LIMIT and cost is Cost.LIGHT:
        return Cost.MEDIUM
    return cost


def _computes_floats(types: tuple[object, ...]) -> bool:
    return any(isinstance(type, FloatType) for type in types)
