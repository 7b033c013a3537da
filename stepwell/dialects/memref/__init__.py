"""The memref dialect: memory, and strided looks into it."""

from stepwell.dialects.memref import (
    access,
    allocation,
    atomics,
    casts,
    dma,
    globals,
    reassociation,
    views,
)
from stepwell.ir.dialect import Dialect

DIALECT = Dialect(
    "memref",
    access,
    allocation,
    atomics,
    casts,
    dma,
    globals,
    reassociation,
    views,
    summary="memory: allocation, access, strided views",
)
