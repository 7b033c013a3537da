"""Ops of the cf dialect: https://mlir.llvm.org/docs/Dialects/ControlFlowDialect/"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.cf.switch import SwitchOp
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.block import Block
from stepwell.ir.constraints import I1
from stepwell.ir.definition import Op
from stepwell.ir.effects import Effect, write
from stepwell.ir.fields import (
    operand,
    optional_prop,
    prop,
    successor,
    variadic_operand,
)
from stepwell.ir.interpreter.machine import POISON, Branch, Machine, RuntimeValue
from stepwell.ir.property_kinds import DenseI32Array, Str
from stepwell.ir.traits import Pure, Terminator

__all__ = ["AssertOp", "BranchOp", "CondBranchOp", "SwitchOp"]


class BranchOp(Op, name="cf.br", traits=(Pure, Terminator)):
    """`cf.br ^block(%a : i32)`: goes on with a block."""

    destOperands = variadic_operand()
    dest = successor()
    syntax = "$dest (`(` $destOperands^ `:` type($destOperands) `)`)? attr-dict"

    def successor_operands(self, index: int) -> tuple[int, int]:
        """The range of operands that are passed to successor `index`."""
        return 0, self.num_operands

    def execute(self, machine: Machine, *operands: RuntimeValue) -> Branch:
        return Branch(self.dest, operands)


class CondBranchOp(Op, name="cf.cond_br", traits=(Pure, Terminator)):
    """`cf.cond_br %c, ^then(%a : i32), ^else`: goes on with one of two blocks."""

    condition = operand(I1)
    trueDestOperands = variadic_operand()
    falseDestOperands = variadic_operand()
    branch_weights = optional_prop(DenseI32Array)
    trueDest = successor()
    falseDest = successor()
    syntax = (
        "$condition (`weights` `(` $branch_weights^ `)`)? `,`"
        " $trueDest (`(` $trueDestOperands^ `:` type($trueDestOperands) `)`)? `,`"
        " $falseDest (`(` $falseDestOperands^ `:` type($falseDestOperands) `)`)? attr-dict"
    )

    def successor_operands(self, index: int) -> tuple[int, int]:
        """The range of operands that are passed to successor `index`."""
        middle = 1 + len(self.trueDestOperands)
        return (1, middle) if index == 0 else (middle, self.num_operands)

    def known_successor(self, constants: Sequence[Attribute | None]) -> Block | None:
        """The block that a constant condition leads to."""
        known = constants[0]
        if not isinstance(known, IntegerAttr):
            return None
        return self.trueDest if known.value else self.falseDest

    def verify_op(self) -> None:
        weights = self.branch_weights
        if weights is not None and len(weights.values) != 2:
            raise self.error(f"expects number of branch weights to match number of successors: "
                             f"{len(weights.values)} vs 2")  # fmt: skip

    def execute(self, machine: Machine, *operands: RuntimeValue) -> Branch:
        if operands[0] is POISON:
            raise machine.undefined(self, "the branch depends on poison")
        taken = 0 if operands[0] else 1
        start, stop = self.successor_operands(taken)
        return Branch(self.successors[taken], operands[start:stop])


class AssertOp(Op, name="cf.assert"):
    """`cf.assert %c, "message"`: ends the program with the message unless %c holds."""

    arg = operand(I1)
    msg = prop(Str)
    syntax = "$arg `,` $msg attr-dict"

    def effects(self) -> list[Effect]:
        """Counts as a write, so that it stays where it is."""
        return [write()]

    def execute(self, machine: Machine, holds: RuntimeValue) -> RuntimeValue:
        if holds is POISON:
            raise machine.undefined(self, "the assertion depends on poison")
        if not holds:
            raise machine.undefined(self, f"assertion failed: {self.msg.value}")
        return None
