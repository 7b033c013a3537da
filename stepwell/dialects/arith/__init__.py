"""The arith dialect: arithmetic on integers and floats."""

from stepwell.dialects.arith import ops
from stepwell.ir.dialect import Dialect

DIALECT = Dialect("arith", ops, summary="arithmetic on integers and floats")
