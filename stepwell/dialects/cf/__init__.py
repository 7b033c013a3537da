"""The cf dialect: branches between blocks."""

from stepwell.dialects.cf import ops
from stepwell.ir.dialect import Dialect

DIALECT = Dialect("cf", ops, summary="branches between blocks")
