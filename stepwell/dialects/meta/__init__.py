"""The meta dialect: whole-tensor operators that upstream's dialects lack.

The tensor library composes all of its functions from these and from `arith` and `math` on tensors.
All of them are pure. `raise-meta-to-linalg` finds contractions among them, `convert-meta-to-linalg`
lowers the rest, and `differentiate` expands `meta.gradient`.
"""

from stepwell.dialects.meta import (
    broadcast,
    gather,
    gradient,
    random_numbers,
    reduce,
    reduction_kind,
    reindex,
    scan,
)
from stepwell.ir.dialect import Dialect

DIALECT = Dialect(
    "meta",
    broadcast,
    gather,
    gradient,
    random_numbers,
    reduce,
    reduction_kind,
    reindex,
    scan,
    summary="whole-tensor operators: broadcast, reduce, scan, reindex, gather, random, gradient",
)
