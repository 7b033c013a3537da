"""Lowering vector.print to calls of the runtime."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.llvm.types import PointerType, VoidType
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import StringAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.rewriting.pattern import Rewrite
from stepwell.ir.value import Value
from stepwell.passes.lowering.strings import text_address
from stepwell.passes.lowering.symbols import declare_function
from stepwell.passes.lowering.to_llvm import LLVMRewriter
from stepwell.passes.lowering.vector_rows import Position, element, shape_of

PRINTING = ConversionPatterns()
_PUNCTUATION = {
    "newline": "printNewline",
    "comma": "printComma",
    "open": "printOpen",
    "close": "printClose",
}


@PRINTING.of("vector.print")
def lower_print(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.print -> calls of printF32, printComma, ..."""
    text = op.properties.get("stringLiteral")
    if isinstance(text, StringAttr):
        name = declare_function(emit, "printString", VoidType(), [PointerType()])
        emit.call(name, [text_address(emit, text.value, "vector_print_str")], VoidType())
    elif operands:
        old = op.operands[0].type
        scalar = types.element_type_or_self(old)
        if _printer(scalar) is None:
            return None
        _print_parts(emit, operands[0], scalar, shape_of(old))
    word = str(getattr(op.properties.get("punctuation"), "value", "newline"))
    if word in _PUNCTUATION:
        _mark(emit, _PUNCTUATION[word])
    return []


def _mark(emit: LLVMRewriter, function: str) -> None:
    emit.call(declare_function(emit, function, VoidType(), []), [], VoidType())


def _print_parts(emit: LLVMRewriter, value: Value, scalar: Type, shape: Sequence[int]) -> None:
    """The elements in nested parentheses."""
    pending: list[Position | str] = [()]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            _mark(emit, item)
        elif len(item) == len(shape):
            _print_scalar(emit, element(emit, value, item) if shape else value, scalar)
        else:
            parts: list[Position | str] = ["printOpen"]
            for number in range(shape[len(item)]):
                parts += ["printComma"] if number else []
                parts.append((*item, number))
            pending += reversed([*parts, "printClose"])


def _printer(scalar: Type) -> tuple[str, Type] | None:
    """The function that prints a scalar, and the type that it takes."""
    match scalar:
        case types.FloatType(format="f32" | "f64"):
            return f"print{scalar.format.upper()}", scalar
        case types.FloatType(format="f16" | "bf16"):
            return f"print{scalar.format.upper()}", types.i16
        case types.IndexType():
            return "printU64", types.i64
        case types.IntegerType() if scalar.width <= 64:
            return "printU64" if scalar.signedness == "u" else "printI64", types.i64
    return None


def _print_scalar(emit: LLVMRewriter, value: Value, scalar: Type) -> None:
    found = _printer(scalar)
    assert found is not None
    name, type = found
    if isinstance(scalar, types.FloatType) and type is not scalar:
        value = emit.cast("bitcast", value, type)
    elif isinstance(scalar, types.IntegerType) and scalar.width < 64:
        unsigned = scalar.width == 1 or scalar.signedness == "u"
        value = emit.cast("zext" if unsigned else "sext", value, type)
    emit.call(declare_function(emit, name, VoidType(), [type]), [value], VoidType())
