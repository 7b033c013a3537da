"""Lowering math to calls of libm."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import (
    UNIT,
    DenseArrayAttr,
    FloatAttr,
    StringAttr,
    SymbolRefAttr,
    TypeAttr,
)
from stepwell.ir.block import Region
from stepwell.ir.dense_attributes import DenseElementsAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.rewriting.pattern import Rewrite
from stepwell.ir.types import FloatType, FunctionType, VectorType
from stepwell.ir.value import Value
from stepwell.passes.lowering.to_llvm import LLVMRewriter
from stepwell.passes.lowering.vector_rows import all_positions

LIBM = ConversionPatterns()

# The function of f64; that of f32 has an "f" at its end.
FUNCTIONS = {
    "math.absf": "fabs",
    "math.acos": "acos",
    "math.acosh": "acosh",
    "math.asin": "asin",
    "math.asinh": "asinh",
    "math.atan": "atan",
    "math.atan2": "atan2",
    "math.atanh": "atanh",
    "math.cbrt": "cbrt",
    "math.ceil": "ceil",
    "math.cos": "cos",
    "math.cosh": "cosh",
    "math.erf": "erf",
    "math.erfc": "erfc",
    "math.exp": "exp",
    "math.exp2": "exp2",
    "math.expm1": "expm1",
    "math.floor": "floor",
    "math.fma": "fma",
    "math.log": "log",
    "math.log10": "log10",
    "math.log1p": "log1p",
    "math.log2": "log2",
    "math.powf": "pow",
    "math.round": "round",
    "math.roundeven": "roundeven",
    "math.rsqrt": "rsqrt",
    "math.sin": "sin",
    "math.sinh": "sinh",
    "math.sqrt": "sqrt",
    "math.tan": "tan",
    "math.tanh": "tanh",
    "math.trunc": "trunc",
}


@LIBM.of(*FUNCTIONS, converts=False)
def lower_to_call(op: Operation, emit: LLVMRewriter) -> Rewrite:
    """A call, for each element."""
    type = op.result.type
    scalar = types.element_type_or_self(type)
    if not isinstance(scalar, FloatType) or scalar.format not in ("f16", "bf16", "f32", "f64"):
        return None
    name = FUNCTIONS[op.name]
    if not isinstance(type, VectorType):
        return None if isinstance(type, types.ShapedType) else _call(emit, name, op.operands)
    if any(type.scalable):
        return None
    zero = DenseElementsAttr.splat(FloatAttr.of(0.0, scalar), type)
    made: Value = emit.value("arith.constant", (), type, {"value": zero})
    for position in all_positions(type.shape):
        where: dict[str, Attribute] = {"static_position": DenseArrayAttr.i64(position)}
        parts = [emit.value("vector.extract", (v,), scalar, dict(where)) for v in op.operands]
        found = _call(emit, name, parts)
        made = emit.value("vector.insert", (found, made), type, dict(where))
    return made


def _call(emit: LLVMRewriter, name: str, operands: Sequence[Value]) -> Value:
    """A call of the function for scalars of this type."""
    type = operands[0].type
    if type is types.f64:
        return _call_of(emit, name, operands, type)
    if type is types.f32:
        return _call_of(emit, f"{name}f", operands, type)
    wide = [emit.value("arith.extf", (value,), types.f32) for value in operands]
    return emit.value("arith.truncf", (_call_of(emit, f"{name}f", wide, types.f32),), type)


def _call_of(emit: LLVMRewriter, name: str, operands: Sequence[Value], type: Type) -> Value:
    inputs = (type,) * len(operands)

    def declare() -> Operation:
        given: dict[str, Attribute] = {
            "function_type": TypeAttr(FunctionType(inputs, (type,))),
            "sym_name": StringAttr(name),
            "sym_visibility": StringAttr("private"),
        }
        readnone: dict[str, Attribute] = {"llvm.readnone": UNIT}
        return emit.op("func.func", (), (), given, attributes=readnone, regions=[Region()])

    emit.declare(name, declare)
    return emit.value("func.call", operands, type, {"callee": SymbolRefAttr(name)})
