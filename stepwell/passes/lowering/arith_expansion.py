"""Divisions that round up or down, in terms of other ops of arith."""

from __future__ import annotations

from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.dense_attributes import DenseElementsAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.rewriting.pattern import Rewrite
from stepwell.ir.value import Value
from stepwell.passes.lowering.emit import ICMP
from stepwell.passes.lowering.to_llvm import LLVMRewriter

ARITH_EXPANSION = ConversionPatterns()


class Arith:
    """Writes ops of arith on values of one type."""

    def __init__(self, emit: LLVMRewriter, type: Type) -> None:
        self.emit = emit
        self.type = type

    def number(self, value: int) -> Value:
        """A constant of the type."""
        element = types.element_type_or_self(self.type)
        scalar: Attribute = IntegerAttr(value, element)
        if isinstance(self.type, types.ShapedType):
            scalar = DenseElementsAttr.splat(scalar, self.type)
        return self.emit.value("arith.constant", (), self.type, {"value": scalar})

    def op(self, name: str, a: Value, b: Value) -> Value:
        """`arith.<name>` of two values."""
        return self.emit.value(f"arith.{name}", (a, b), a.type)

    def compare(self, predicate: str, a: Value, b: Value) -> Value:
        """`arith.cmpi`."""
        number = IntegerAttr(ICMP.index(predicate), types.i64)
        result = types.with_element(a.type, types.i1)
        return self.emit.value("arith.cmpi", (a, b), result, {"predicate": number})

    def select(self, condition: Value, a: Value, b: Value) -> Value:
        """`arith.select`."""
        return self.emit.value("arith.select", (condition, a, b), a.type)


@ARITH_EXPANSION.of("arith.ceildivui", converts=False)
def expand_ceildivui(op: Operation, emit: LLVMRewriter) -> Rewrite:
    """ceildivui n, m -> n == 0 ? 0 : (n - 1) / m + 1, which does not wrap."""
    n, m = op.operands
    arith = Arith(emit, op.result.type)
    zero = arith.number(0)
    is_zero = arith.compare("eq", n, zero)
    one = arith.number(1)
    quotient = arith.op("divui", arith.op("subi", n, one), m)
    return arith.select(is_zero, zero, arith.op("addi", quotient, one))


@ARITH_EXPANSION.of("arith.ceildivsi", converts=False)
def expand_ceildivsi(op: Operation, emit: LLVMRewriter) -> Rewrite:
    """ceildivsi n, m -> n / m, plus 1 if it is inexact and the signs agree."""
    n, m = op.operands
    arith = Arith(emit, op.result.type)
    zero, one = arith.number(0), arith.number(1)
    quotient = arith.op("divsi", n, m)
    inexact = arith.compare("ne", n, arith.op("muli", quotient, m))
    agree = arith.compare("eq", arith.compare("slt", n, zero), arith.compare("slt", m, zero))
    return arith.select(arith.op("andi", inexact, agree), arith.op("addi", quotient, one), quotient)


@ARITH_EXPANSION.of("arith.floordivsi", converts=False)
def expand_floordivsi(op: Operation, emit: LLVMRewriter) -> Rewrite:
    """floordivsi n, m -> n / m, minus 1 if it is inexact and the signs differ."""
    n, m = op.operands
    arith = Arith(emit, op.result.type)
    quotient = arith.op("divsi", n, m)
    inexact = arith.compare("ne", n, arith.op("muli", quotient, m))
    zero = arith.number(0)
    differ = arith.compare("ne", arith.compare("slt", n, zero), arith.compare("slt", m, zero))
    rounds = arith.op("andi", inexact, differ)
    return arith.select(rounds, arith.op("addi", quotient, arith.number(-1)), quotient)
