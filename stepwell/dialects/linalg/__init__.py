"""The linalg dialect: tensor computations as loops over points, with what they mean known.

Structured ops are defined by data: `named_table.py` has a line for each named op, and
`structured.py` what follows from such a line.
"""

from stepwell.dialects.linalg import (
    attributes,
    contraction,
    generic,
    map_reduce,
    named,
    pack,
    softmax,
    transpose_broadcast,
)
from stepwell.ir.dialect import Dialect

DIALECT = Dialect(
    "linalg",
    attributes,
    contraction,
    generic,
    map_reduce,
    named,
    pack,
    softmax,
    transpose_broadcast,
    summary="tensor computations as structured loops",
)
