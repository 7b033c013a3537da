"""The vector dialect: vectors of any number of dimensions, in registers and between memory."""

from stepwell.dialects.vector import (
    attributes,
    compute,
    masking,
    memory_ops,
    printing,
    reductions,
    shapes,
    slices,
    transfers,
)
from stepwell.ir.dialect import Dialect

DIALECT = Dialect(
    "vector",
    attributes,
    compute,
    masking,
    memory_ops,
    printing,
    reductions,
    shapes,
    slices,
    transfers,
    summary="vectors in registers and between memory",
)
