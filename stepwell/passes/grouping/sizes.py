"""The sizes of tensors, told without their values where that can be."""

from __future__ import annotations

from stepwell.dialects.linalg.structured import StructuredOp
from stepwell.dialects.tensor.creation import EmptyOp
from stepwell.dialects.tensor.elements import DimOp
from stepwell.ir import types
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import DYNAMIC
from stepwell.ir.value import Value


def size_of(value: Value, dim: int, rewriter: Rewriter) -> Value | int:
    """The size of a tensor along a dimension: that of the init which it was made from."""
    shape = types.dims_of(value.type)
    if shape[dim] != DYNAMIC:
        return shape[dim]
    made = value.defining_op
    while isinstance(made, StructuredOp):
        value = made.dps_inits[value.index]
        made = value.defining_op
    if isinstance(made, EmptyOp):
        return made.dynamic_sizes[shape[:dim].count(DYNAMIC)]
    place = rewriter.constant(IntegerAttr(dim, types.index), types.index, dialects=("arith",))
    return rewriter.insert(DimOp(value, place)).result
