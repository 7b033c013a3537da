"""Ops of the ub dialect: https://mlir.llvm.org/docs/Dialects/UBOps/"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from stepwell.ir.attribute import Attribute, Show
from stepwell.ir.definition import Op
from stepwell.ir.fields import prop, result
from stepwell.ir.interpreter.machine import POISON, Machine, RuntimeValue
from stepwell.ir.property_kinds import Kind
from stepwell.ir.traits import ConstantLike, Pure, Terminator

if TYPE_CHECKING:
    from stepwell.ir.text.reader import Reader


class PoisonAttr(Attribute):
    """`#ub.poison`: a value of which nothing may be known."""

    name = "ub.poison"

    def text(self, show: Show) -> str:
        return "#ub.poison"

    @classmethod
    def parse_body(cls, reader: Reader) -> Self:
        return cls()


POISON_ATTRIBUTE = PoisonAttr()
PoisonKind: Kind[PoisonAttr] = Kind(PoisonAttr, "PoisonAttrInterface instance")


class PoisonOp(Op, name="ub.poison", traits=(Pure, ConstantLike)):
    """`%p = ub.poison : i32`: poison; using it in a way that matters is undefined."""

    value = prop(PoisonKind, POISON_ATTRIBUTE)
    out = result()
    syntax = "attr-dict (`<` $value^ `>`)? `:` type($out)"

    def evaluate(self) -> RuntimeValue:
        return POISON


class UnreachableOp(Op, name="ub.unreachable", traits=(Terminator,)):
    """`ub.unreachable`: control never comes here."""

    syntax = "attr-dict"

    def execute(self, machine: Machine) -> RuntimeValue:
        raise machine.undefined(self, "control came to 'ub.unreachable'")
