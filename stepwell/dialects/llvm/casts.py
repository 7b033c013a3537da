"""Conversions between types, of the llvm dialect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepwell.dialects.llvm.arithmetic import overflow_text, parse_overflow, width_of
from stepwell.dialects.llvm.attributes import NO_FLAGS, NSW, NUW
from stepwell.dialects.llvm.layout import store_size
from stepwell.dialects.llvm.memory import Memory, memory_of
from stepwell.dialects.llvm.types import (
    FloatLike,
    IntegerLike,
    LLVMType,
    PointerLike,
    PointerType,
)
from stepwell.ir import types
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, prop, result, unit_prop
from stepwell.ir.interpreter.machine import POISON, Machine, RuntimeValue
from stepwell.ir.numbers.integers import to_signed, to_unsigned
from stepwell.ir.property_kinds import I32
from stepwell.ir.traits import Elementwise, Pure
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

_SYNTAX = "$arg attr-dict `:` type($arg) `to` type($res)"
_NNEG = "(`nneg` $nonNeg^)? $arg attr-dict `:` type($arg) `to` type($res)"


def _element_width(value: Value) -> int:
    type = types.element_type_or_self(value.type)
    return type.width if isinstance(type, (types.IntegerType, types.FloatType)) else 64


class TruncOp(Op, name="llvm.trunc", traits=(Pure, Elementwise)):
    """`%r = llvm.trunc %a overflow<nsw> : i64 to i32`: the lowest bits."""

    arg = operand(IntegerLike)
    overflowFlags = prop(I32, NO_FLAGS)
    res = result(IntegerLike)

    @classmethod
    def parse(cls, p: OpParser) -> TruncOp:
        name = p.operand()
        flags = parse_overflow(p)
        attributes = p.optional_dictionary()
        p.literal(":")
        value = p.resolve(name, p.type())
        p.literal("to")
        return cls.create([value], [p.type()], {"overflowFlags": flags}, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.arg)}")
        flags = overflow_text(self.overflowFlags)
        p.write(f" {flags}" if flags else "")
        p.attr_dict(self, ("overflowFlags",))
        p.write(f" : {p.show(self.arg.type)} to {p.show(self.res.type)}")

    def evaluate(self, value: int) -> RuntimeValue:
        flags, width, source = self.overflowFlags.value, width_of(self.res), width_of(self.arg)
        if flags & NSW and to_signed(value, width) != to_signed(value, source):
            return POISON
        if flags & NUW and to_unsigned(value, width) != to_unsigned(value, source):
            return POISON
        return value


class ZExtOp(Op, name="llvm.zext", traits=(Pure, Elementwise)):
    """`%r = llvm.zext nneg %a : i32 to i64`: fills with zeros; nneg: poison if negative."""

    arg = operand(IntegerLike)
    nonNeg = unit_prop()
    res = result(IntegerLike)
    syntax = _NNEG

    def verify_op(self) -> None:
        if _element_width(self.arg) >= _element_width(self.res):
            raise self.error(
                "integer width of the output type is smaller or equal to the integer width of "
                "the input type"
            )

    def evaluate(self, value: int) -> RuntimeValue:
        width = width_of(self.arg)
        if self.nonNeg is not None and to_signed(value, width) < 0:
            return POISON
        return to_unsigned(value, width)


class SExtOp(Op, name="llvm.sext", traits=(Pure, Elementwise)):
    """`%r = llvm.sext %a : i32 to i64`: fills with the sign."""

    arg = operand(IntegerLike)
    res = result(IntegerLike)
    syntax = _SYNTAX

    def verify_op(self) -> None:
        if _element_width(self.arg) >= _element_width(self.res):
            raise self.error(
                "integer width of the output type is smaller or equal to the integer width of "
                "the input type"
            )

    def evaluate(self, value: int) -> int:
        return to_signed(value, width_of(self.arg))


class SIToFPOp(Op, name="llvm.sitofp", traits=(Pure, Elementwise)):
    """`%r = llvm.sitofp %a : i32 to f32`: the nearest float to a signed number."""

    arg = operand(IntegerLike)
    res = result(FloatLike)
    syntax = _SYNTAX

    def evaluate(self, value: int) -> RuntimeValue:
        return nearest(to_signed(value, width_of(self.arg)), _element_width(self.res))


class UIToFPOp(Op, name="llvm.uitofp", traits=(Pure, Elementwise)):
    """`%r = llvm.uitofp nneg %a : i32 to f32`: the nearest float to an unsigned number."""

    arg = operand(IntegerLike)
    nonNeg = unit_prop()
    res = result(FloatLike)
    syntax = _NNEG

    def evaluate(self, value: int) -> RuntimeValue:
        width = width_of(self.arg)
        if self.nonNeg is not None and to_signed(value, width) < 0:
            return POISON
        return nearest(to_unsigned(value, width), _element_width(self.res))


def nearest(value: int, width: int) -> float:
    """A double that rounds to the float of `width` bits nearest to `value`.

    A large number is first cut to 53 bits with a sticky last bit, so that rounding twice does no
    harm.
    """
    excess = abs(value).bit_length() - 53
    if excess <= 0 or width == 64:
        return float(value)
    kept = abs(value) >> excess
    kept |= abs(value) & ((1 << excess) - 1) != 0
    found = float(kept) * 2.0**excess if excess < 970 else float("inf")
    return -found if value < 0 else found


def _to_integer(value: RuntimeValue, low: int, high: int) -> RuntimeValue:
    number = float(value)
    if number != number or number in (float("inf"), float("-inf")):
        return POISON
    whole = int(number)
    return whole if low <= whole <= high else POISON


class FPToSIOp(Op, name="llvm.fptosi", traits=(Pure, Elementwise)):
    """`%r = llvm.fptosi %a : f32 to i32`: rounds to zero; poison if it does not fit."""

    arg = operand(FloatLike)
    res = result(IntegerLike)
    syntax = _SYNTAX

    def evaluate(self, value: RuntimeValue) -> RuntimeValue:
        half = 1 << (width_of(self.res) - 1)
        return _to_integer(value, -half, half - 1)


class FPToUIOp(Op, name="llvm.fptoui", traits=(Pure, Elementwise)):
    """`%r = llvm.fptoui %a : f32 to i32`: rounds to zero; poison if it does not fit."""

    arg = operand(FloatLike)
    res = result(IntegerLike)
    syntax = _SYNTAX

    def evaluate(self, value: RuntimeValue) -> RuntimeValue:
        return _to_integer(value, 0, (1 << width_of(self.res)) - 1)


class FPExtOp(Op, name="llvm.fpext", traits=(Pure, Elementwise)):
    """`%r = llvm.fpext %a : f32 to f64`: the same number."""

    arg = operand(FloatLike)
    res = result(FloatLike)
    syntax = _SYNTAX

    def evaluate(self, value: RuntimeValue) -> RuntimeValue:
        return float(value)


class FPTruncOp(Op, name="llvm.fptrunc", traits=(Pure, Elementwise)):
    """`%r = llvm.fptrunc %a : f64 to f32`: the nearest number of fewer bits."""

    arg = operand(FloatLike)
    res = result(FloatLike)
    syntax = _SYNTAX

    def evaluate(self, value: RuntimeValue) -> RuntimeValue:
        return float(value)


class BitcastOp(Op, name="llvm.bitcast", traits=(Pure,)):
    """`%r = llvm.bitcast %a : f32 to i32`: the same bits as another type."""

    arg = operand(LLVMType)
    res = result(LLVMType)
    syntax = _SYNTAX

    def evaluate(self, value: RuntimeValue) -> RuntimeValue:
        if isinstance(self.arg.type, PointerType):
            return value
        memory = Memory()
        place = memory.allocate(max(store_size(self.arg.type), store_size(self.res.type)))
        memory.store(place, value, self.arg.type)
        return memory.load(place, self.res.type)


class AddrSpaceCastOp(Op, name="llvm.addrspacecast", traits=(Pure,)):
    """`%r = llvm.addrspacecast %a : !llvm.ptr to !llvm.ptr<3>`: the same place, seen otherwise."""

    arg = operand(PointerLike)
    res = result(PointerLike)
    syntax = _SYNTAX

    def evaluate(self, value: RuntimeValue) -> RuntimeValue:
        return value


class PtrToIntOp(Op, name="llvm.ptrtoint", traits=(Pure,)):
    """`%r = llvm.ptrtoint %p : !llvm.ptr to i64`: the address as a number."""

    arg = operand(PointerLike)
    res = result(IntegerLike)
    syntax = _SYNTAX

    def evaluate(self, value: RuntimeValue) -> RuntimeValue:
        if isinstance(value, np.ndarray):
            return np.array([p.address for p in value.reshape(-1)], np.int64).reshape(value.shape)
        return value.address


class IntToPtrOp(Op, name="llvm.inttoptr", traits=(Pure,)):
    """`%p = llvm.inttoptr %a : i64 to !llvm.ptr`: the pointer with that address."""

    arg = operand(IntegerLike)
    res = result(PointerLike)
    syntax = _SYNTAX

    def execute(self, machine: Machine, value: RuntimeValue) -> RuntimeValue:
        memory = memory_of(machine)
        if value is POISON:
            return POISON
        if not isinstance(value, np.ndarray):
            return memory.at(to_unsigned(value, width_of(self.arg)))
        found = np.empty(value.shape, object)
        for lane, address in enumerate(value.reshape(-1)):
            found.reshape(-1)[lane] = memory.at(int(address))
        return found
