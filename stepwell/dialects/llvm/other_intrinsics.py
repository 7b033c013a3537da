"""Intrinsics that tell the optimiser something, stop the program, or read variadic arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepwell.dialects.llvm.attributes import NO_BUNDLES
from stepwell.dialects.llvm.calls import parse_bundles, print_bundles
from stepwell.dialects.llvm.types import AnyPointer, LLVMType
from stepwell.ir.attribute import Attribute
from stepwell.ir.constraints import I1, Var
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, optional_prop, prop, result, variadic_operand
from stepwell.ir.interpreter.machine import POISON, Machine, RuntimeValue
from stepwell.ir.property_kinds import Array, DenseI32Array
from stepwell.ir.traits import Pure
from stepwell.ir.types import i1

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


class AssumeOp(Op, name="llvm.intr.assume"):
    """`llvm.intr.assume %c ["align"(%p, %n : !llvm.ptr, i64)] : i1`.

    `%c` is true, or all is lost.
    """

    cond = operand(I1)
    op_bundle_operands = variadic_operand()
    op_bundle_sizes = prop(DenseI32Array, NO_BUNDLES)
    op_bundle_tags = optional_prop(Array)

    @classmethod
    def parse(cls, p: OpParser) -> AssumeOp:
        name = p.operand()
        bundles = parse_bundles(p)
        attributes = p.optional_dictionary()
        p.literal(":")
        p.type()
        properties: dict[str, Attribute] = {}
        values = [p.resolve(name, i1), *bundles.resolve(p, properties)]
        return cls.create(values, (), properties, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.cond)}")
        print_bundles(self, p)
        p.attr_dict(self, ("op_bundle_sizes", "op_bundle_tags"))
        p.write(f" : {p.show(self.cond.type)}")

    def execute(self, machine: Machine, condition: RuntimeValue, *rest: RuntimeValue) -> None:
        if condition is POISON or not condition:
            raise machine.undefined(self, "assumes something that is false")


class ExpectOp(Op, name="llvm.intr.expect", traits=(Pure,)):
    """`%r = llvm.intr.expect %v, %likely : i32`: the value, with a guess."""

    T = Var("T", LLVMType)
    val = operand(T)
    expected = operand(T)
    res = result(T)
    syntax = "$val `,` $expected attr-dict `:` type($val)"

    def evaluate(self, value: RuntimeValue, expected: RuntimeValue) -> RuntimeValue:
        return value


class _TrapOp(Op):
    """Base of the ops that stop the program."""

    syntax = "attr-dict"

    def execute(self, machine: Machine) -> None:
        raise machine.undefined(self, "stopped the program")


class TrapOp(_TrapOp, name="llvm.intr.trap"):
    """`llvm.intr.trap`: stops the program."""


class DebugTrapOp(_TrapOp, name="llvm.intr.debugtrap"):
    """`llvm.intr.debugtrap`: stops the program in a debugger."""


class _VariadicListOp(Op):
    """Base of the ops on a list of variadic arguments."""

    arg_list = operand(AnyPointer)
    syntax = "$arg_list attr-dict `:` type($arg_list)"

    def execute(self, machine: Machine, pointer: RuntimeValue) -> None:
        raise machine.undefined(self, "reads variadic arguments, which the interpreter has not")


class VaStartOp(_VariadicListOp, name="llvm.intr.vastart"):
    """`llvm.intr.vastart %list : !llvm.ptr`: begins to read variadic arguments."""


class VaEndOp(_VariadicListOp, name="llvm.intr.vaend"):
    """`llvm.intr.vaend %list : !llvm.ptr`: ends it."""
