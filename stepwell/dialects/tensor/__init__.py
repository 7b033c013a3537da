"""The tensor dialect: making, reading and reshaping tensors that are values."""

from stepwell.dialects.arith.constant import materialize
from stepwell.dialects.tensor import creation, elements, gather, padding, reshapes, slices
from stepwell.ir.dialect import Dialect

DIALECT = Dialect(
    "tensor",
    creation,
    elements,
    gather,
    padding,
    reshapes,
    slices,
    materialize_constant=materialize,
    summary="creation and manipulation of tensors",
)
