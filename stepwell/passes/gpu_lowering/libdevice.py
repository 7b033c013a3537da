"""Lowering math to calls of libdevice, NVIDIA's library of such functions for GPUs.

What the GPU does itself (square roots, rounding, absolute values, fused multiplication) stays with
LLVM's intrinsics: they are exact, and need no library.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir import types
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.types import element_type_or_self
from stepwell.ir.value import Value
from stepwell.passes.lowering.symbols import declare_function
from stepwell.passes.lowering.to_llvm import LLVMRewriter

LIBDEVICE = ConversionPatterns()
FUNCTIONS = {
    "arith.remf": "fmod",
    "math.acos": "acos", "math.acosh": "acosh", "math.asin": "asin", "math.asinh": "asinh",
    "math.atan": "atan", "math.atan2": "atan2", "math.atanh": "atanh", "math.cbrt": "cbrt",
    "math.cos": "cos", "math.cosh": "cosh", "math.erf": "erf", "math.erfc": "erfc",
    "math.exp": "exp", "math.exp2": "exp2", "math.expm1": "expm1", "math.log": "log",
    "math.log10": "log10", "math.log1p": "log1p", "math.log2": "log2", "math.powf": "pow",
    "math.rsqrt": "rsqrt", "math.sin": "sin", "math.sinh": "sinh", "math.tan": "tan",
    "math.tanh": "tanh", "math.fpowi": "powi",
}  # fmt: skip


@LIBDEVICE.of(*FUNCTIONS)
def lower_to_call(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Value | None:
    """math.exp %x : f32 -> llvm.call @__nv_expf(%x); f16 and bf16 are widened for it.

    Vectors of one dimension are taken apart.
    """
    type = op.results[0].type
    element = type.element_type if isinstance(type, types.VectorType) else type
    if not isinstance(element, types.FloatType) or element.width not in (16, 32, 64):
        return None
    if op.name == "math.fpowi" and element_type_or_self(operands[1].type) is not types.i32:
        return None
    if not isinstance(type, types.VectorType):
        return _call(emit, FUNCTIONS[op.name], operands, element)
    if type.rank != 1 or any(type.scalable):
        return None
    whole: Value = emit.poison(type)
    for place in range(type.shape[0]):
        parts = [emit.element(value, place) for value in operands]
        whole = emit.set_element(whole, _call(emit, FUNCTIONS[op.name], parts, element), place)
    return whole


def _call(
    emit: LLVMRewriter, function: str, operands: Sequence[Value], type: types.FloatType
) -> Value:
    wide = types.f64 if type is types.f64 else types.f32
    name = f"__nv_{function}{'' if wide is types.f64 else 'f'}"
    given = [
        emit.cast("fpext", value, wide)
        if isinstance(value.type, types.FloatType) and value.type is not wide
        else value
        for value in operands
    ]
    declare_function(emit, name, wide, [value.type for value in given])
    made = emit.call(name, given, wide)
    assert made is not None
    return made if wide is type else emit.cast("fptrunc", made, type)
