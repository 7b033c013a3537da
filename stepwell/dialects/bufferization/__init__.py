"""The bufferization dialect: between tensors and the memory they will live in."""

from stepwell.dialects.bufferization import ops
from stepwell.ir.dialect import Dialect

DIALECT = Dialect("bufferization", ops, summary="the way from tensors to buffers")
