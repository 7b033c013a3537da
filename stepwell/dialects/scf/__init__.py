"""The scf dialect: structured control flow."""

from stepwell.dialects.scf import branches, forall, loops, parallel, terminators
from stepwell.ir.dialect import Dialect

DIALECT = Dialect(
    "scf",
    branches,
    forall,
    loops,
    parallel,
    terminators,
    summary="structured control flow: loops, branches, parallel loops",
)
