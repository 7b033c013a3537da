"""Lowering math to intrinsics of LLVM."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stepwell.dialects.llvm.types import StructType
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import FALSE, IntegerAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.rewriting.pattern import Rewrite
from stepwell.ir.value import Value
from stepwell.passes.lowering.elementwise import (
    converted_results,
    elementwise,
    fastmath,
    unrolled,
)
from stepwell.passes.lowering.to_llvm import LLVMRewriter

MATH = ConversionPatterns()

elementwise(
    MATH,
    {
        "math.absf": "llvm.intr.fabs",
        "math.acos": "llvm.intr.acos",
        "math.asin": "llvm.intr.asin",
        "math.atan": "llvm.intr.atan",
        "math.atan2": "llvm.intr.atan2",
        "math.ceil": "llvm.intr.ceil",
        "math.copysign": "llvm.intr.copysign",
        "math.cos": "llvm.intr.cos",
        "math.cosh": "llvm.intr.cosh",
        "math.ctpop": "llvm.intr.ctpop",
        "math.exp": "llvm.intr.exp",
        "math.exp2": "llvm.intr.exp2",
        "math.floor": "llvm.intr.floor",
        "math.fma": "llvm.intr.fma",
        "math.fpowi": "llvm.intr.powi",
        "math.log": "llvm.intr.log",
        "math.log10": "llvm.intr.log10",
        "math.log2": "llvm.intr.log2",
        "math.powf": "llvm.intr.pow",
        "math.round": "llvm.intr.round",
        "math.roundeven": "llvm.intr.roundeven",
        "math.sin": "llvm.intr.sin",
        "math.sinh": "llvm.intr.sinh",
        "math.sqrt": "llvm.intr.sqrt",
        "math.tan": "llvm.intr.tan",
        "math.tanh": "llvm.intr.tanh",
        "math.trunc": "llvm.intr.trunc",
    },
)
elementwise(MATH, {"math.absi": "llvm.intr.abs"}, {"is_int_min_poison": FALSE})
elementwise(
    MATH,
    {"math.ctlz": "llvm.intr.ctlz", "math.cttz": "llvm.intr.cttz"},
    {"is_zero_poison": FALSE},
)

# Bits of llvm.is.fpclass: signaling and quiet NaN; -inf, +inf; -normal, +normal; all but these.
FLOAT_CLASSES = {
    "math.isnan": 0x003,
    "math.isinf": 0x204,
    "math.isnormal": 0x108,
    "math.isfinite": 0x1F8,
}

Piece = Callable[[Operation, Value, LLVMRewriter], Value]


def _composed(name: str) -> Callable[[Piece], Piece]:
    """Registers a lowering that is written for one scalar or vector."""

    def register(piece: Piece) -> Piece:
        def lower(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
            results = converted_results(op, emit)
            if results is None:
                return None

            def build(pieces: Sequence[Value], inner: Sequence[Type]) -> Sequence[Value]:
                return [piece(op, pieces[0], emit)]

            return unrolled(emit, operands, results, build)

        MATH.of(name, name=piece.__name__)(lower)
        return piece

    return register


def _float(emit: LLVMRewriter, op: Operation, name: str, a: Value, b: Value) -> Value:
    flags = fastmath(op)
    given: dict[str, Attribute] | None = {"fastmathFlags": flags} if flags is not None else None
    return emit.value(f"llvm.{name}", (a, b), a.type, given)


@_composed("math.rsqrt")
def rsqrt(op: Operation, value: Value, emit: LLVMRewriter) -> Value:
    """rsqrt x -> 1 / sqrt x"""
    one = emit.number(1.0, value.type)
    root = emit.intrinsic("sqrt", [value], value.type, fastmath(op))
    return _float(emit, op, "fdiv", one, root)


@_composed("math.expm1")
def expm1(op: Operation, value: Value, emit: LLVMRewriter) -> Value:
    """expm1 x -> exp x - 1"""
    one = emit.number(1.0, value.type)
    power = emit.intrinsic("exp", [value], value.type, fastmath(op))
    return _float(emit, op, "fsub", power, one)


def lower_log1p(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """log1p x -> log (1 + x), where the approximation is allowed."""
    results = converted_results(op, emit)
    if results is None or not emit.options.get("approximate-log1p", True):
        return None

    def build(pieces: Sequence[Value], inner: Sequence[Type]) -> Sequence[Value]:
        total = _float(emit, op, "fadd", emit.number(1.0, inner[0]), pieces[0])
        return [emit.intrinsic("log", [total], inner[0], fastmath(op))]

    return unrolled(emit, operands, results, build)


MATH.of("math.log1p")(lower_log1p)


@MATH.of("math.sincos")
def lower_sincos(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """math.sincos -> llvm.intr.sincos"""
    results = converted_results(op, emit)
    if results is None:
        return None

    def build(pieces: Sequence[Value], inner: Sequence[Type]) -> Sequence[Value]:
        both = emit.intrinsic("sincos", pieces, StructType(tuple(inner)), fastmath(op))
        return [emit.extract_value(both, 0), emit.extract_value(both, 1)]

    return unrolled(emit, operands, results, build)


@MATH.of(*FLOAT_CLASSES)
def lower_class(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """math.isnan and the like -> llvm.intr.is.fpclass"""
    results = converted_results(op, emit)
    if results is None:
        return None
    given: dict[str, Attribute] = {"bit": IntegerAttr(FLOAT_CLASSES[op.name], types.i32)}

    def build(pieces: Sequence[Value], inner: Sequence[Type]) -> Sequence[Value]:
        return [emit.value("llvm.intr.is.fpclass", pieces, inner[0], dict(given))]

    return unrolled(emit, operands, results, build)


@MATH.of("math.clampf")
def lower_clampf(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """math.clampf x to [lo, hi] -> minimum (maximum x, lo), hi"""
    results = converted_results(op, emit)
    if results is None:
        return None

    def build(pieces: Sequence[Value], inner: Sequence[Type]) -> Sequence[Value]:
        value, low, high = pieces
        raised = emit.intrinsic("maximum", [value, low], inner[0], fastmath(op))
        return [emit.intrinsic("minimum", [raised, high], inner[0], fastmath(op))]

    return unrolled(emit, operands, results, build)
