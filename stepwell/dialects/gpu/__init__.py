"""The gpu dialect: kernels, and the threads that run them."""

from stepwell.dialects.gpu import (
    attributes,
    collectives,
    function,
    indexing,
    launch,
    matrices,
    streams,
)
from stepwell.ir.dialect import Dialect

DIALECT = Dialect(
    "gpu",
    attributes,
    collectives,
    function,
    indexing,
    launch,
    matrices,
    streams,
    summary="kernels: launching them, and what their threads do together",
)
