"""Branches of the llvm dialect."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from stepwell.dialects.llvm.attributes import LoopAnnotationAttr
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.block import Block
from stepwell.ir.constraints import I1, SignlessInteger
from stepwell.ir.definition import Op
from stepwell.ir.dense_attributes import DenseElementsAttr, ElementsKind
from stepwell.ir.fields import (
    OPERAND_SEGMENTS,
    operand,
    optional_prop,
    prop,
    successor,
    variadic_operand,
    variadic_successor,
)
from stepwell.ir.interpreter.machine import POISON, Branch, Machine, RuntimeValue
from stepwell.ir.numbers.dense import DenseData
from stepwell.ir.property_kinds import DenseI32Array, instance_of
from stepwell.ir.traits import Pure, Terminator
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


class BrOp(Op, name="llvm.br", traits=(Pure, Terminator)):
    """`llvm.br ^block(%a : i32)`: goes on with the block."""

    destOperands = variadic_operand()
    loop_annotation = optional_prop(instance_of(LoopAnnotationAttr))
    dest = successor()
    syntax = "$dest (`(` $destOperands^ `:` type($destOperands) `)`)? attr-dict"

    def successor_operands(self, index: int) -> tuple[int, int]:
        """Which operands go to successor `index`."""
        return 0, self.num_operands

    def execute(self, machine: Machine, *operands: RuntimeValue) -> Branch:
        return Branch(self.dest, operands)


class CondBrOp(Op, name="llvm.cond_br", traits=(Pure, Terminator)):
    """`llvm.cond_br %c, ^then(%a : i32), ^else`: goes on with one of two blocks."""

    condition = operand(I1)
    trueDestOperands = variadic_operand()
    falseDestOperands = variadic_operand()
    branch_weights = optional_prop(DenseI32Array)
    loop_annotation = optional_prop(instance_of(LoopAnnotationAttr))
    trueDest = successor()
    falseDest = successor()
    syntax = (
        "$condition (`weights` `(` $branch_weights^ `)`)? `,` "
        "$trueDest (`(` $trueDestOperands^ `:` type($trueDestOperands) `)`)? `,` "
        "$falseDest (`(` $falseDestOperands^ `:` type($falseDestOperands) `)`)? attr-dict"
    )

    def successor_operands(self, index: int) -> tuple[int, int]:
        """Which operands go to successor `index`."""
        middle = 1 + len(self.trueDestOperands)
        return (1, middle) if index == 0 else (middle, self.num_operands)

    def execute(self, machine: Machine, *operands: RuntimeValue) -> Branch:
        if operands[0] is POISON:
            raise machine.undefined(self, "branches on poison")
        index = 0 if operands[0] else 1
        start, stop = self.successor_operands(index)
        return Branch(self.successors[index], operands[start:stop])


class SwitchOp(Op, name="llvm.switch", traits=(Pure, Terminator)):
    """`llvm.switch %v : i32, ^default [ 1: ^a, 2: ^b(%x : i32) ]`: a block for a value."""

    value = operand(SignlessInteger)
    defaultOperands = variadic_operand()
    caseOperands = variadic_operand()
    case_values = optional_prop(ElementsKind)
    case_operand_segments = prop(DenseI32Array)
    branch_weights = optional_prop(DenseI32Array)
    defaultDestination = successor()
    caseDestinations = variadic_successor()

    @property
    def cases(self) -> list[int]:
        """The values that have a block of their own."""
        return [int(v) for v in self.case_values.to_numpy()] if self.case_values else []

    @classmethod
    def parse(cls, p: OpParser) -> SwitchOp:
        name = p.operand()
        p.literal(":")
        type = p.type()
        value = p.resolve(name, type)
        p.literal(",")
        blocks: list[Block] = []
        operands: list[list[Value]] = []
        values: list[int] = []

        def destination() -> None:
            block, arguments = p.successor_with_arguments()
            blocks.append(block)
            operands.append(arguments)

        def case() -> None:
            values.append(p.integer())
            p.literal(":")
            destination()

        destination()
        p.comma_separated(case, "[", "]")
        sizes = [len(arguments) for arguments in operands]
        segments = (1, sizes[0], sum(sizes[1:]))
        properties: dict[str, Attribute] = {
            OPERAND_SEGMENTS: DenseArrayAttr.i32(segments),
            "case_operand_segments": DenseArrayAttr.i32(sizes[1:]),
        }
        if values:
            properties["case_values"] = _case_values(values, type)
        attributes = p.optional_dictionary()
        if "branch_weights" in attributes:
            properties["branch_weights"] = attributes.pop("branch_weights")
        flat = [value, *(argument for group in operands for argument in group)]
        return cls.create(flat, (), properties, attributes or None, blocks)

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.value)} : {p.show(self.value.type)}, ")
        p.successor(self.defaultDestination, self.defaultOperands)
        p.write(" [")
        for number, value in enumerate(self.cases):
            start, stop = self.successor_operands(number + 1)
            p.write("," if number else "")
            p.line()
            p.write(f"  {value}: ")
            p.successor(self.successors[number + 1], self._operands[start:stop])
        p.line()
        p.write("]")
        p.attr_dict(self, ("case_values", "case_operand_segments"))

    def verify_op(self) -> None:
        if len(self.cases) != len(self.successors) - 1:
            raise self.error("expects number of case values to match number of case destinations")
        values = self.case_values
        if values is not None and values.element_type is not self.value.type:
            raise self.error("expects case value type to match condition value type")

    def successor_operands(self, index: int) -> tuple[int, int]:
        """Which operands go to successor `index` (0 is the default)."""
        default = 1 + len(self.defaultOperands)
        if index == 0:
            return 1, default
        ends = [default, *accumulate(self.case_operand_segments.ints, initial=default)]
        return ends[index], ends[index + 1]

    def execute(self, machine: Machine, *operands: RuntimeValue) -> Branch:
        if operands[0] is POISON:
            raise machine.undefined(self, "branches on poison")
        cases = self.cases
        index = cases.index(operands[0]) + 1 if operands[0] in cases else 0
        start, stop = self.successor_operands(index)
        return Branch(self.successors[index], operands[start:stop])


def _case_values(values: list[int], type: Type) -> DenseElementsAttr:
    vector = types.VectorType((len(values),), type)
    data = DenseData.from_scalars(str(type), vector.shape, values)
    return DenseElementsAttr(data, vector)
