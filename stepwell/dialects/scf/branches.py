"""scf.if, scf.index_switch and scf.execute_region."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from stepwell.dialects.scf.terminators import YieldOp
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import UNIT, DenseArrayAttr, IntegerAttr
from stepwell.ir.block import Region
from stepwell.ir.conditional import ConditionalOp
from stepwell.ir.constraints import I1, Index
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, prop, region, unit_prop, variadic_region, variadic_result
from stepwell.ir.implicit_terminator import end_region_with, here
from stepwell.ir.interpreter.machine import POISON, Execution, Machine, RunRegion, RuntimeValue
from stepwell.ir.operation import Operation
from stepwell.ir.property_kinds import DenseI64Array
from stepwell.ir.region_flow import RegionSuccessor
from stepwell.ir.traits import (
    RecursivelySpeculatable,
    RecursiveMemoryEffects,
    SingleBlock,
)
from stepwell.ir.types import i1, index
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

Parse = Generator[Any, Any, Operation]


class IfOp(
    ConditionalOp,
    name="scf.if",
    traits=(RecursiveMemoryEffects, RecursivelySpeculatable, SingleBlock),
):
    """`%r = scf.if %c -> (i32) { ... } else { ... }`: runs one of its regions."""

    condition = operand(I1)
    results_ = variadic_result()
    then = region()
    otherwise = region()

    @classmethod
    def parse(cls, p: OpParser) -> Parse:
        condition = p.resolve(p.operand(), i1)
        types = p.function_results() if p.accept("->") else []
        regions = yield from cls.parse_regions(p, YieldOp)
        attributes = p.optional_dictionary()
        return cls.create([condition], types, None, attributes or None, (), regions)

    def print(self, p: Printer) -> Generator[Any, None, None]:
        p.write(f" {p.name(self.condition)}")
        if self.results:
            p.write(" -> (")
            p.types(self.result_types)
            p.write(")")
        yield from self.print_regions(p)
        p.attr_dict(self)

    def verify_op(self) -> None:
        self.check_else()
        for block in (self.then.first, self.otherwise.first):
            if block is not None and block.args:
                raise self.error("region should have no arguments")

    def known_successors(self, constants: Sequence[Attribute | None]) -> list[RegionSuccessor]:
        both = self.region_successors(None)
        known = constants[0]
        return [both[0 if known.value else 1]] if isinstance(known, IntegerAttr) else both

    def execute(self, machine: Machine, condition: RuntimeValue) -> Execution:
        if condition is POISON:
            raise machine.undefined(self, "has a poison condition")
        chosen = self.then if condition else self.otherwise
        return (yield RunRegion(chosen)) if not chosen.is_empty else ()


class IndexSwitchOp(
    Op,
    name="scf.index_switch",
    traits=(RecursiveMemoryEffects, RecursivelySpeculatable, SingleBlock),
):
    """`scf.index_switch %i -> i32 case 2 { ... } default { ... }`: runs the region of a number."""

    arg = operand(Index)
    cases = prop(DenseI64Array)
    results_ = variadic_result()
    default = region()
    case_regions = variadic_region()

    @classmethod
    def parse(cls, p: OpParser) -> Parse:
        argument = p.resolve(p.operand(), index)
        attributes = p.optional_dictionary()
        types = _result_types(p) if p.accept("->") else []
        numbers: list[int] = []
        regions: list[Region] = []
        while p.accept("case"):
            numbers.append(p.integer())
            regions.append((yield p.region()))
        p.literal("default")
        default = end_region_with((yield p.region()), YieldOp, here(p))
        properties: dict[str, Attribute] = {"cases": DenseArrayAttr.i64(numbers)}
        return cls.create(
            [argument], types, properties, attributes or None, (), [default, *regions]
        )

    def print(self, p: Printer) -> Generator[Any, None, None]:
        p.write(f" {p.name(self.arg)}")
        p.attr_dict(self, ["cases"])
        if self.results:
            p.write(" -> ")
            p.types(self.result_types)
        p.write(" ")
        for number, body in zip(self.cases.ints, self.case_regions, strict=False):
            p.line()
            p.write(f"case {number} ")
            yield p.region(body, arguments=False)
        p.line()
        p.write("default ")
        yield p.region(self.default, terminator=bool(self.results))

    def verify_op(self) -> None:
        numbers = self.cases.ints
        if len(numbers) != len(self.case_regions):
            raise self.error(
                f"has {len(self.case_regions)} case regions but {len(numbers)} case values"
            )
        seen: set[int] = set()
        for number in numbers:
            if number in seen:
                raise self.error(f"has duplicate case value: {number}")
            seen.add(number)
        self._verify_region(self.default, "default region")
        for place, body in enumerate(self.case_regions):
            self._verify_region(body, f"case region #{place}")

    def _verify_region(self, body: Region, name: str) -> None:
        last = body.first.last if body.first is not None else None
        if not isinstance(last, YieldOp):
            found = last.name if last is not None else "nothing"
            raise self.error(f"expected region to end with scf.yield, but got {found}")
        wanted, found_types = self.result_types, last.operand_types
        if len(wanted) != len(found_types):
            raise self.error(
                f"expected each region to return {len(wanted)} values, but {name} returns "
                f"{len(found_types)}"
            )
        for place, (want, found_type) in enumerate(zip(wanted, found_types, strict=True)):
            if want is not found_type:
                raise self.error(
                    f"expected result #{place} of each region to be '{want}' but {name} returns "
                    f"'{found_type}'"
                )

    def region_successors(self, source: Region | None) -> list[RegionSuccessor]:
        if source is not None:
            return [RegionSuccessor(None, self.results)]
        return [RegionSuccessor(body) for body in self.regions]

    def entry_operands(self, target: Region | None) -> list[Value]:
        return []

    def known_successors(self, constants: Sequence[Attribute | None]) -> list[RegionSuccessor]:
        known = constants[0]
        if isinstance(known, IntegerAttr):
            return [RegionSuccessor(self.region_for(known.value))]
        return self.region_successors(None)

    def region_for(self, number: int) -> Region:
        """The region that runs for a number."""
        numbers = self.cases.ints
        return self.case_regions[numbers.index(number)] if number in numbers else self.default

    def execute(self, machine: Machine, number: RuntimeValue) -> Execution:
        if number is POISON:
            raise machine.undefined(self, "switches on poison")
        return (yield RunRegion(self.region_for(number)))


def _result_types(p: OpParser) -> list[Type]:
    """Types after the arrow; several may stand without parentheses."""
    return p.function_results() if p.text == "(" else p.types()


class ExecuteRegionOp(Op, name="scf.execute_region", traits=(RecursiveMemoryEffects,)):
    """`%r = scf.execute_region -> i32 { ... }`: runs its region once.

    The region may have many blocks.
    """

    results_ = variadic_result()
    no_inline = unit_prop()
    body = region()

    @classmethod
    def parse(cls, p: OpParser) -> Parse:
        types = p.function_results() if p.accept("->") else []
        properties: dict[str, Attribute] = {"no_inline": UNIT} if p.accept("no_inline") else {}
        body = yield p.region()
        attributes = p.optional_dictionary()
        return cls.create((), types, properties or None, attributes or None, (), [body])

    def print(self, p: Printer) -> Generator[Any, None, None]:
        if self.results:
            p.write(" -> ")
            p.results_type(self.result_types)
        p.write(" no_inline " if self.no_inline is not None else " ")
        yield p.region(self.body, arguments=False)
        p.attr_dict(self, ["no_inline"])

    def verify_op(self) -> None:
        if self.body.first is None:
            raise self.error("region needs to have at least one block")
        if self.body.first.args:
            raise self.error("region cannot have any arguments")

    def region_successors(self, source: Region | None) -> list[RegionSuccessor]:
        if source is not None:
            return [RegionSuccessor(None, self.results)]
        return [RegionSuccessor(self.body)]

    def entry_operands(self, target: Region | None) -> list[Value]:
        return []

    def execute(self, machine: Machine) -> Execution:
        return (yield RunRegion(self.body))
