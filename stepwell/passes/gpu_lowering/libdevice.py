"""Lowering math to calls of libdevice, NVIDIA's library of such functions for GPUs.

What the GPU does itself (square roots, rounding, absolute values, fused multiplication) stays with
LLVM's intrinsics: they are exact, and need no library.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir import types
from stepwell.ir.operation import Operation
from stepwell.ir.value import Value
from stepwell.passes.lowering.driver import Lower, LoweringSet
from stepwell.passes.lowering.symbols import declare_function

LIBDEVICE = LoweringSet()
FUNCTIONS = {
    "arith.remf": "fmod",
    "math.acos": "acos", "math.acosh": "acosh", "math.asin": "asin", "math.asinh": "asinh",
    "math.atan": "atan", "math.atan2": "atan2", "math.atanh": "atanh", "math.cbrt": "cbrt",
    "math.cos": "cos", "math.cosh": "cosh", "math.erf": "erf", "math.erfc": "erfc",
    "math.exp": "exp", "math.exp2": "exp2", "math.expm1": "expm1", "math.log": "log",
    "math.log10": "log10", "math.log1p": "log1p", "math.log2": "log2", "math.powf": "pow",
    "math.rsqrt": "rsqrt", "math.sin": "sin", "math.sinh": "sinh", "math.tan": "tan",
    "math.tanh": "tanh",
}  # fmt: skip


@LIBDEVICE.of(*FUNCTIONS)
def lower_to_call(op: Operation, operands: Sequence[Value], emit: Lower) -> Value | None:
    """math.exp %x : f32 -> llvm.call @__nv_expf(%x); f16 and bf16 are widened for it."""
    type = op.results[0].type
    if not isinstance(type, types.FloatType) or type.width not in (16, 32, 64):
        return None
    wide = types.f64 if type is types.f64 else types.f32
    name = f"__nv_{FUNCTIONS[op.name]}{'' if wide is types.f64 else 'f'}"
    declare_function(emit, name, wide, [wide] * len(operands))
    given = [v if v.type is wide else emit.cast("fpext", v, wide) for v in operands]
    made = emit.call(name, given, wide)
    assert made is not None
    return made if wide is type else emit.cast("fptrunc", made, type)
