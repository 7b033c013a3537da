"""`cf.switch`: a branch by the value of an integer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from stepwell.ir import types
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import DenseArrayAttr, IntegerAttr
from stepwell.ir.block import Block
from stepwell.ir.constraints import AnyInteger
from stepwell.ir.definition import Op
from stepwell.ir.dense_attributes import DenseElementsAttr, ElementsKind, dtype_of
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
from stepwell.ir.numbers.integers import to_signed, to_unsigned
from stepwell.ir.property_kinds import DenseI32Array
from stepwell.ir.traits import Pure, Terminator
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


class SwitchOp(Op, name="cf.switch", traits=(Pure, Terminator)):
    """`cf.switch %flag : i32, [default: ^a(%x : i32), 42: ^b]`: goes on with the case's block."""

    flag = operand(AnyInteger)
    defaultOperands = variadic_operand()
    caseOperands = variadic_operand()
    case_values = optional_prop(ElementsKind)
    case_operand_segments = prop(DenseI32Array, DenseArrayAttr.i32(()))
    defaultDestination = successor()
    caseDestinations = variadic_successor()

    @property
    def cases(self) -> list[int]:
        """The values of the cases."""
        values = self.case_values
        return [] if values is None else [int(value) for value in values.to_numpy().ravel()]

    def successor_operands(self, index: int) -> tuple[int, int]:
        """The range of operands that are passed to successor `index`; 0 is the default."""
        start = 1 + len(self.defaultOperands)
        if index == 0:
            return 1, start
        sizes = self.case_operand_segments.ints
        start += sum(sizes[: index - 1])
        return start, start + sizes[index - 1]

    def known_successor(self, constants: Sequence[Attribute | None]) -> Block | None:
        """The block that a constant flag leads to."""
        known = constants[0]
        if not isinstance(known, IntegerAttr):
            return None
        for number, case in enumerate(self.cases):
            if case == known.value:
                return self.successors[number + 1]
        return self.defaultDestination

    def arguments(self, index: int) -> tuple[Value, ...]:
        """The operands that are passed to successor `index`."""
        start, stop = self.successor_operands(index)
        return self.operands[start:stop]

    @classmethod
    def build(
        cls,
        flag: Value,
        default: tuple[Block, Sequence[Value]],
        cases: Sequence[tuple[int, Block, Sequence[Value]]],
    ) -> SwitchOp:
        """A switch from its branches."""
        passed = [value for _, _, values in cases for value in values]
        properties: dict[str, Attribute] = {
            OPERAND_SEGMENTS: DenseArrayAttr.i32((1, len(default[1]), len(passed))),
            "case_operand_segments": DenseArrayAttr.i32([len(case[2]) for case in cases]),
        }
        if cases:
            properties["case_values"] = _values([case[0] for case in cases], flag)
        blocks = [default[0], *(block for _, block, _ in cases)]
        return cls.create([flag, *default[1], *passed], (), properties, None, blocks)

    @classmethod
    def parse(cls, p: OpParser) -> SwitchOp:
        name = p.operand()
        p.literal(":")
        start = p.start
        type = p.type()
        if not isinstance(type, types.IntegerType):
            raise p.error(
                f"invalid kind of type specified: expected builtin.integer, but found '{type}'",
                start,
            )
        p.literal(",")
        p.literal("[")
        p.literal("default")
        p.literal(":")
        default = p.successor_with_arguments()
        cases: list[tuple[int, Block, Sequence[Value]]] = []
        while p.accept(","):
            value = p.integer()
            p.literal(":")
            cases.append((value, *p.successor_with_arguments()))
        p.literal("]")
        made = cls.build(p.resolve(name, type), default, cases)
        for key, value_ in p.optional_dictionary().items():
            made.attributes[key] = value_
        return made

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.flag)} : ")
        p.type(self.flag.type)
        p.write(", [")
        p.line()
        p.write("  default: ")
        p.successor(self.defaultDestination, self.defaultOperands)
        width = _width(self.flag)
        for number, value in enumerate(self.cases):
            p.write(",")
            p.line()
            p.write(f"  {to_unsigned(value, width)}: ")
            p.successor(self.caseDestinations[number], self.arguments(number + 1))
        if self.cases:
            p.line()
        p.write("]")
        p.attr_dict(self, ("case_values", "case_operand_segments"))

    def verify_op(self) -> None:
        count, values = len(self.caseDestinations), self.case_values
        if values is None:
            if count:
                raise self.error("number of case values should match number of case destinations")
            return
        if values.element_type is not self.flag.type:
            raise self.error(
                f"'flag' type ('{self.flag.type}') should match case value type "
                f"('{values.element_type}')"
            )
        if len(self.cases) != count:
            raise self.error(
                f"number of case values ({len(self.cases)}) should match number of case "
                f"destinations ({count})"
            )

    def execute(self, machine: Machine, *operands: RuntimeValue) -> Branch:
        if operands[0] is POISON:
            raise machine.undefined(self, "the branch depends on poison")
        width = _width(self.flag)
        wanted = to_unsigned(operands[0], width)
        found = (n for n, v in enumerate(self.cases) if to_unsigned(v, width) == wanted)
        taken = next(found, -1) + 1
        start, stop = self.successor_operands(taken)
        return Branch(self.successors[taken], operands[start:stop])


def _width(flag: Value) -> int:
    assert isinstance(flag.type, types.IntegerType)
    return flag.type.width


def _values(cases: Sequence[int], flag: Value) -> DenseElementsAttr:
    type = types.VectorType((len(cases),), flag.type)
    dtype: np.dtype[Any] = dtype_of(flag.type)
    wrapped = [to_signed(value, _width(flag)) for value in cases]
    return DenseElementsAttr.from_numpy(np.array(wrapped).astype(dtype), type)
