"""The affine dialect: loops and memory accesses with affine bounds and subscripts."""

from stepwell.dialects.affine import (
    access,
    branch,
    for_loop,
    linearize,
    parallel,
    terminator,
    values,
)
from stepwell.ir.dialect import Dialect

DIALECT = Dialect(
    "affine",
    access,
    branch,
    for_loop,
    linearize,
    parallel,
    terminator,
    values,
    summary="loops and memory accesses with affine bounds and subscripts",
)
