"""affine.if."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from stepwell.dialects.affine.operands import operands_text, parse_operands, verify_operands
from stepwell.dialects.affine.terminator import AffineYieldOp
from stepwell.ir.affine_attributes import IntegerSetAttr, IntegerSetKind
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.conditional import ConditionalOp
from stepwell.ir.constraints import Index
from stepwell.ir.fields import prop, region, variadic_operand, variadic_result
from stepwell.ir.interpreter.machine import POISON, Execution, Machine, RunRegion, RuntimeValue
from stepwell.ir.operation import Operation
from stepwell.ir.traits import RecursivelySpeculatable, RecursiveMemoryEffects, SingleBlock

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


class AffineIfOp(
    ConditionalOp,
    name="affine.if",
    traits=(RecursiveMemoryEffects, RecursivelySpeculatable, SingleBlock),
):
    """`affine.if affine_set<(d0) : (d0 - 1 >= 0)>(%i) { ... } else { ... }`.

    Runs its first region if the point lies in the set, else the second one.
    """

    condition = prop(IntegerSetKind)
    inputs = variadic_operand(Index)
    results_ = variadic_result()
    then = region()
    otherwise = region()

    @classmethod
    def parse(cls, p: OpParser) -> Generator[Any, Any, Operation]:
        start = p.start
        condition = p.attribute()
        if not isinstance(condition, IntegerSetAttr):
            raise p.error(f"expected IntegerSet attribute, found '{condition}'", start)
        operands, num_dims = parse_operands(p)
        if num_dims != condition.set.num_dims or len(operands) != condition.set.num_inputs:
            raise p.fail("symbol operand count and integer set symbol count must match")
        types: list[Type] = p.function_results() if p.accept("->") else []
        regions = yield from cls.parse_regions(p, AffineYieldOp)
        attributes = p.optional_dictionary()
        properties: dict[str, Attribute] = {"condition": condition}
        return cls.create(operands, types, properties, attributes or None, (), regions)

    def print(self, p: Printer) -> Generator[Any, None, None]:
        shown = operands_text(p, self.condition.set.num_dims, self._operands)
        p.write(f" {p.show(self.condition)}{shown}")
        if self.results:
            p.write(" -> ")
            p.results_type(self.result_types)
        yield from self.print_regions(p)
        p.attr_dict(self, ["condition"])

    def verify_op(self) -> None:
        if self.condition.set.num_inputs != self.num_operands:
            raise self.error(
                "operand count and condition integer set dimension and symbol count must match"
            )
        verify_operands(self, self._operands, self.condition.set.num_dims)
        self.check_else()

    def execute(self, machine: Machine, *operands: RuntimeValue) -> Execution:
        if any(operand is POISON for operand in operands):
            raise machine.undefined(self, "has a poison operand")
        num_dims = self.condition.set.num_dims
        inside = self.condition.set.contains(operands[:num_dims], operands[num_dims:])
        chosen = self.then if inside else self.otherwise
        return (yield RunRegion(chosen)) if not chosen.is_empty else ()
