"""Lowering arith."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.llvm.types import StructType
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.rewriting.pattern import Rewrite
from stepwell.ir.value import Value
from stepwell.passes.lowering.elementwise import (
    carried,
    converted_results,
    elementwise,
    unrolled,
)
from stepwell.passes.lowering.emit import FCMP, ICMP
from stepwell.passes.lowering.to_llvm import LLVMRewriter

ARITH = ConversionPatterns()

elementwise(
    ARITH,
    {
        "arith.addi": "llvm.add",
        "arith.subi": "llvm.sub",
        "arith.muli": "llvm.mul",
        "arith.divsi": "llvm.sdiv",
        "arith.divui": "llvm.udiv",
        "arith.remsi": "llvm.srem",
        "arith.remui": "llvm.urem",
        "arith.andi": "llvm.and",
        "arith.ori": "llvm.or",
        "arith.xori": "llvm.xor",
        "arith.shli": "llvm.shl",
        "arith.shrsi": "llvm.ashr",
        "arith.shrui": "llvm.lshr",
        "arith.maxsi": "llvm.intr.smax",
        "arith.maxui": "llvm.intr.umax",
        "arith.minsi": "llvm.intr.smin",
        "arith.minui": "llvm.intr.umin",
        "arith.addf": "llvm.fadd",
        "arith.subf": "llvm.fsub",
        "arith.mulf": "llvm.fmul",
        "arith.divf": "llvm.fdiv",
        "arith.remf": "llvm.frem",
        "arith.negf": "llvm.fneg",
        "arith.maximumf": "llvm.intr.maximum",
        "arith.minimumf": "llvm.intr.minimum",
        "arith.maxnumf": "llvm.intr.maxnum",
        "arith.minnumf": "llvm.intr.minnum",
        "arith.extui": "llvm.zext",
        "arith.extsi": "llvm.sext",
        "arith.trunci": "llvm.trunc",
        "arith.extf": "llvm.fpext",
        "arith.sitofp": "llvm.sitofp",
        "arith.uitofp": "llvm.uitofp",
        "arith.fptosi": "llvm.fptosi",
        "arith.fptoui": "llvm.fptoui",
        "arith.select": "llvm.select",
    },
)
# By the number that arith gives a rounding, that of the llvm dialect.
ROUNDINGS = {0: 1, 1: 3, 2: 2, 3: 0, 4: 4}


@ARITH.of("arith.constant")
def lower_constant(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Value | None:
    """arith.constant -> llvm.mlir.constant."""
    type = emit.types.convert_type(op.result.type)
    if type is None:
        return None
    given = {"value": op.properties["value"]}
    return emit.op("llvm.mlir.constant", (), [type], given).result


@ARITH.of("arith.bitcast")
def lower_bitcast(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """arith.bitcast -> llvm.bitcast, or nothing between formats that LLVM knows as bits."""
    results = converted_results(op, emit)
    if results is None:
        return None
    if results[0] is operands[0].type:
        return operands[0]

    def build(pieces: Sequence[Value], inner: Sequence[Type]) -> Sequence[Value]:
        return [emit.cast("bitcast", pieces[0], inner[0])]

    return unrolled(emit, operands, results, build)


@ARITH.of("arith.truncf")
def lower_truncf(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """arith.truncf -> llvm.fptrunc, or a constrained intrinsic if the rounding is given."""
    results = converted_results(op, emit)
    element = types.element_type_or_self(op.result.type)
    if results is None or not isinstance(element, types.FloatType) or element.width <= 8:
        return None
    rounding = op.properties.get("roundingmode")
    properties = carried(op)
    name = "llvm.fptrunc"
    if isinstance(rounding, IntegerAttr):
        name = "llvm.intr.experimental.constrained.fptrunc"
        properties = {
            "roundingmode": IntegerAttr(ROUNDINGS[rounding.value], types.i64),
            "fpExceptionBehavior": IntegerAttr(0, types.i64),
        }

    def build(pieces: Sequence[Value], inner: Sequence[Type]) -> Sequence[Value]:
        return [emit.value(name, pieces, inner[0], dict(properties))]

    return unrolled(emit, operands, results, build)


@ARITH.of("arith.index_cast", "arith.index_castui")
def lower_index_cast(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """arith.index_cast -> llvm.sext or llvm.trunc, as the widths demand."""
    results = converted_results(op, emit)
    if results is None:
        return None
    widen = "zext" if op.name.endswith("ui") else "sext"
    return resize(emit, operands[0], results[0], widen)


def resize(emit: LLVMRewriter, value: Value, result: Type, widen: str) -> Sequence[Value]:
    """An integer (or vector) with the width of `result`; wider by "sext" or "zext"."""
    if value.type is result:
        return [value]

    def build(pieces: Sequence[Value], inner: Sequence[Type]) -> Sequence[Value]:
        shrinks = bits(inner[0]) < bits(pieces[0].type)
        return [emit.cast("trunc" if shrinks else widen, pieces[0], inner[0])]

    return unrolled(emit, [value], [result], build)


def bits(type: Type) -> int:
    """The width of an integer type, or of the elements of a vector of them."""
    element = types.element_type_or_self(type)
    assert isinstance(element, types.IntegerType)
    return element.width


@ARITH.of("arith.cmpi", "arith.cmpf")
def lower_compare(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """arith.cmpi -> llvm.icmp and arith.cmpf -> llvm.fcmp; their predicates have one order."""
    results = converted_results(op, emit)
    element = types.element_type_or_self(op.operands[0].type)
    if results is None or (isinstance(element, types.FloatType) and element.width <= 8):
        return None
    integers = op.name == "arith.cmpi"
    predicate = op.properties["predicate"]
    assert isinstance(predicate, IntegerAttr) and predicate.value < len(ICMP if integers else FCMP)
    properties: dict[str, Attribute] = {"predicate": predicate}
    if not integers:
        properties |= carried(op)

    def build(pieces: Sequence[Value], inner: Sequence[Type]) -> Sequence[Value]:
        name = "llvm.icmp" if integers else "llvm.fcmp"
        return [emit.value(name, pieces, inner[0], dict(properties))]

    return unrolled(emit, operands, results, build)


@ARITH.of("arith.addui_extended")
def lower_addui_extended(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """arith.addui_extended -> llvm.intr.uadd.with.overflow."""
    results = converted_results(op, emit)
    if results is None:
        return None

    def build(pieces: Sequence[Value], inner: Sequence[Type]) -> Sequence[Value]:
        both = emit.value("llvm.intr.uadd.with.overflow", pieces, StructType(tuple(inner)))
        return [emit.extract_value(both, 0), emit.extract_value(both, 1)]

    return unrolled(emit, operands, results, build)


@ARITH.of("arith.mulsi_extended", "arith.mului_extended")
def lower_mul_extended(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """A product of twice the width, cut in two."""
    results = converted_results(op, emit)
    if results is None:
        return None
    widen = "sext" if op.name == "arith.mulsi_extended" else "zext"

    def build(pieces: Sequence[Value], inner: Sequence[Type]) -> Sequence[Value]:
        width = bits(inner[0])
        wide = types.with_element(inner[0], types.IntegerType(2 * width))
        a, b = (emit.cast(widen, piece, wide) for piece in pieces)
        both = emit.binary("mul", a, b)
        low = emit.cast("trunc", both, inner[0])
        high = emit.binary("lshr", both, emit.number(width, wide))
        return [low, emit.cast("trunc", high, inner[0])]

    return unrolled(emit, operands, results, build)
