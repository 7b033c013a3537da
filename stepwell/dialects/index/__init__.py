"""The index dialect: arithmetic on index values."""

from stepwell.dialects.index import ops
from stepwell.dialects.index.constant import materialize
from stepwell.ir.dialect import Dialect

DIALECT = Dialect(
    "index", ops, materialize_constant=materialize, summary="arithmetic on index values"
)
