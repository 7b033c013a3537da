"""The arith dialect: arithmetic on integers and floats."""

from stepwell.dialects.arith import ops
from stepwell.dialects.arith.constant import materialize
from stepwell.ir.dialect import Dialect

DIALECT = Dialect(
    "arith", ops, materialize_constant=materialize, summary="arithmetic on integers and floats"
)
