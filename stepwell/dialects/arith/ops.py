"""Ops of the arith dialect."""

from __future__ import annotations

from stepwell.ir.constraints import SignlessIntegerLike, Var
from stepwell.ir.definition import Op
from stepwell.ir.enums import FlagsAttr, enum_kind
from stepwell.ir.fields import operand, prop, result
from stepwell.ir.traits import Commutative, Elementwise, Pure


class OverflowFlags(FlagsAttr):
    """Promises that an integer op does not overflow."""

    name = "arith.overflow"
    cases = ("nsw", "nuw")


class AddIOp(Op, name="arith.addi", traits=(Pure, Commutative, Elementwise)):
    """`%r = arith.addi %a, %b : i32`: adds integers; wraps on overflow."""

    T = Var("T", SignlessIntegerLike)
    lhs = operand(T)
    rhs = operand(T)
    overflowFlags = prop(enum_kind(OverflowFlags), OverflowFlags())
    sum = result(T)
    syntax = "$lhs `,` $rhs (`overflow` `` $overflowFlags^)? attr-dict `:` type($sum)"

    def evaluate(self, lhs: int, rhs: int) -> int:
        return lhs + rhs
