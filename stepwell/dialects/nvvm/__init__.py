"""The nvvm dialect: what NVIDIA's GPUs have beyond LLVM."""

from stepwell.dialects.nvvm import attributes, ops, registers
from stepwell.ir.dialect import Dialect

DIALECT = Dialect(
    "nvvm",
    attributes,
    ops,
    summary="NVIDIA's GPUs: special registers, barriers, shuffles",
)
DIALECT.ops.update(registers.OPS)
