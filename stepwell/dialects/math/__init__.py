"""The math dialect: functions beyond arithmetic."""

from stepwell.dialects.arith.constant import materialize
from stepwell.dialects.math import ops
from stepwell.ir.dialect import Dialect

DIALECT = Dialect(
    "math", ops, materialize_constant=materialize, summary="functions beyond arithmetic"
)
