"""The lowerings of each dialect."""

from __future__ import annotations

from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.passes.lowering.arith_expansion import ARITH_EXPANSION
from stepwell.passes.lowering.arith_ops import ARITH
from stepwell.passes.lowering.control_flow import CF
from stepwell.passes.lowering.functions import FUNC
from stepwell.passes.lowering.index_ops import INDEX, UB
from stepwell.passes.lowering.math_ops import MATH
from stepwell.passes.lowering.memref_access import ACCESS
from stepwell.passes.lowering.memref_allocation import ALLOCATION
from stepwell.passes.lowering.memref_atomics import ATOMICS
from stepwell.passes.lowering.memref_views import VIEWS
from stepwell.passes.lowering.vector_arithmetic import ARITHMETIC
from stepwell.passes.lowering.vector_masks import MASKS
from stepwell.passes.lowering.vector_memory import MEMORY
from stepwell.passes.lowering.vector_printing import PRINTING
from stepwell.passes.lowering.vector_shapes import SHAPES
from stepwell.passes.lowering.vector_transfers import TRANSFERS

MEMREF = [ALLOCATION, ACCESS, VIEWS, ATOMICS]
VECTOR = [SHAPES, ARITHMETIC, MASKS, MEMORY, PRINTING, TRANSFERS]

BY_DIALECT: dict[str, list[ConversionPatterns]] = {
    "arith": [ARITH, ARITH_EXPANSION],
    "cf": [CF],
    "func": [FUNC],
    "index": [INDEX],
    "math": [MATH],
    "memref": MEMREF,
    "ub": [UB],
    "vector": VECTOR,
}
