"""The builtin dialect: the module, and casts between type systems that are under way."""

from stepwell.dialects.builtin import ops
from stepwell.ir.dialect import Dialect

DIALECT = Dialect("builtin", ops, summary="modules and pending casts")
