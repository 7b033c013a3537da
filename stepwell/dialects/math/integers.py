"""Functions on integers: absolute value, counting bits, powers."""

from __future__ import annotations

from stepwell.dialects.arith.constant import int_of
from stepwell.dialects.arith.integer import Constants
from stepwell.dialects.arith.integer_meaning import width_of
from stepwell.dialects.math.bases import IntegerUnary
from stepwell.ir.constraints import SignlessIntegerLike
from stepwell.ir.definition import Op
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.fields import operand, result
from stepwell.ir.numbers.integers import to_signed, to_unsigned
from stepwell.ir.rewriting.folding import Fold
from stepwell.ir.traits import Elementwise, Pure, SameOperandsAndResultType


class AbsIOp(IntegerUnary, name="math.absi"):
    """`%r = math.absi %a : i32`: the absolute value; the smallest number stays as it is."""

    def evaluate(self, value: int) -> int:
        return abs(to_signed(value, self.width))


class CtlzOp(IntegerUnary, name="math.ctlz"):
    """`%r = math.ctlz %a : i32`: how many zeros stand before the highest one."""

    def evaluate(self, value: int) -> int:
        return self.width - to_unsigned(value, self.width).bit_length()


class CttzOp(IntegerUnary, name="math.cttz"):
    """`%r = math.cttz %a : i32`: how many zeros stand after the lowest one."""

    def evaluate(self, value: int) -> int:
        bits = to_unsigned(value, self.width)
        return (bits & -bits).bit_length() - 1 if bits else self.width


class CtpopOp(IntegerUnary, name="math.ctpop"):
    """`%r = math.ctpop %a : i32`: how many bits are one."""

    def evaluate(self, value: int) -> int:
        return to_unsigned(value, self.width).bit_count()


class IPowIOp(Op, name="math.ipowi", traits=(Pure, Elementwise, SameOperandsAndResultType)):
    """`%r = math.ipowi %a, %b : i32`: signed power; wraps; 1 / a power if %b is negative."""

    lhs = operand(SignlessIntegerLike)
    rhs = operand(SignlessIntegerLike)
    out = result(SignlessIntegerLike)
    syntax = "$lhs `,` $rhs attr-dict `:` type($out)"

    def evaluate(self, base: int, exponent: int) -> int:
        width = width_of(self.results[0].type)
        base, exponent = to_signed(base, width), to_signed(exponent, width)
        if exponent >= 0:
            return pow(base, exponent, 1 << width)
        if base == 0:
            raise InterpreterError("zero to a negative power")
        if abs(base) == 1:
            return base if exponent & 1 else 1
        return 0

    def fold(self, operands: Constants) -> Fold:
        return self.lhs if int_of(operands[1]) == 1 else None
