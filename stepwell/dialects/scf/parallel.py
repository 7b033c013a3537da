"""scf.parallel and the reductions at its end."""

from __future__ import annotations

import itertools
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import DenseArrayAttr, IntegerAttr
from stepwell.ir.block import Region
from stepwell.ir.constraints import Index
from stepwell.ir.definition import Op
from stepwell.ir.fields import (
    OPERAND_SEGMENTS,
    operand,
    region,
    variadic_operand,
    variadic_region,
    variadic_result,
)
from stepwell.ir.implicit_terminator import end_region_with, here
from stepwell.ir.interpreter.machine import (
    POISON,
    Execution,
    Machine,
    Results,
    RunRegion,
    RuntimeValue,
)
from stepwell.ir.operation import Operation
from stepwell.ir.region_flow import RegionSuccessor
from stepwell.ir.traits import (
    AutomaticAllocationScope,
    HasParent,
    Pure,
    RecursiveMemoryEffects,
    ReturnLike,
    SingleBlock,
    Terminator,
)
from stepwell.ir.types import index
from stepwell.ir.value import BlockArgument, Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import Operand, OpParser
    from stepwell.ir.text.printer import Printer

Parse = Generator[Any, Any, Operation]


class ReduceReturnOp(
    Op,
    name="scf.reduce.return",
    traits=(Pure, ReturnLike, Terminator, HasParent.of("scf.reduce")),
):
    """`scf.reduce.return %x : f32`: the combination of two values."""

    result_ = operand()
    syntax = "$result attr-dict `:` type($result)"

    def verify_op(self) -> None:
        region = self.parent_region
        if region is None or region.first is None or not region.first.args:
            return
        wanted = region.first.args[0].type
        if self.operand_types[0] is not wanted:
            raise self.error(f"must have type '{wanted}' (the type of the reduction inputs)")


class ReduceOp(
    Op,
    name="scf.reduce",
    traits=(RecursiveMemoryEffects, ReturnLike, Terminator, HasParent.of("scf.parallel")),
):
    """`scf.reduce(%x : f32) { ^bb0(%a: f32, %b: f32): ... }`: ends a parallel loop's body.

    Each region combines two values; the loop combines with it the operands of all iterations.
    """

    operands_ = variadic_operand()
    reductions = variadic_region()

    @classmethod
    def parse(cls, p: OpParser) -> Parse:
        operands: list[Value] = []
        regions: list[Region] = []
        if p.accept("("):
            names = p.operands()
            p.literal(":")
            operands = p.resolve_all(names, p.types())
            p.literal(")")
        for number in range(len(operands)):
            if number:
                p.literal(",")
            regions.append((yield p.region()))
        attributes = p.optional_dictionary()
        return cls.create(operands, (), None, attributes or None, (), regions)

    def print(self, p: Printer) -> Generator[Any, None, None]:
        if self._operands:
            p.write("(")
            p.operands(self._operands)
            p.write(" : ")
            p.types(self.operand_types)
            p.write(")")
        p.write(" ")
        for number, body in enumerate(self.reductions):
            p.write(", " if number else "")
            yield p.region(body)
        p.attr_dict(self)

    def verify_op(self) -> None:
        if len(self.reductions) != self.num_operands:
            raise self.error(
                f"expects number of reductions: {len(self.reductions)} to be the same as number "
                f"of operands: {self.num_operands}"
            )
        for number, (body, type) in enumerate(
            zip(self.reductions, self.operand_types, strict=True)
        ):
            if body.first is None:
                raise self.error(f"{number}-th reduction has an empty body")
            if body.first.arg_types != (type, type):
                raise self.error(
                    f"expected two block arguments with type '{type}' in the {number}-th "
                    "reduction region"
                )
            if not isinstance(body.first.last, ReduceReturnOp):
                raise self.error(
                    "reduction bodies must be terminated with an 'scf.reduce.return' op"
                )

    def forwarded_operands(self) -> list[int]:
        return []


class ParallelOp(
    Op, name="scf.parallel", traits=(AutomaticAllocationScope, RecursiveMemoryEffects, SingleBlock)
):
    """`%r = scf.parallel (%i) = (%lb) to (%ub) step (%s) init (%z) -> f32 { ... }`.

    Runs its body for all points of a box, in any order or at once.
    """

    lowerBound = variadic_operand(Index)
    upperBound = variadic_operand(Index)
    step = variadic_operand(Index)
    initVals = variadic_operand()
    results_ = variadic_result()
    body = region()

    @property
    def induction_variables(self) -> list[BlockArgument]:
        """The coordinates of a point."""
        return self.body.args

    @classmethod
    def parse(cls, p: OpParser) -> Parse:
        variables = p.comma_separated(lambda: p.argument(index), "(", ")")
        names: list[Operand] = []
        for number, word in enumerate(("=", "to", "step")):
            p.literal(word)
            names += _exactly(p, len(variables), p.operands("(", ")"))
            del number
        inits = p.operands("(", ")") if p.accept("init") else []
        types: list[Type] = p.function_results() if p.accept("->") else []
        operands = [p.resolve(name, index) for name in names]
        operands += p.resolve_all(inits, types)
        body = end_region_with((yield p.region(variables)), ReduceOp, here(p))
        attributes = p.optional_dictionary()
        count = len(variables)
        sizes = DenseArrayAttr.i32([count, count, count, len(inits)])
        properties: dict[str, Attribute] = {OPERAND_SEGMENTS: sizes}
        return cls.create(operands, types, properties, attributes or None, (), [body])

    def print(self, p: Printer) -> Generator[Any, None, None]:
        p.write(" (")
        p.operands(self.induction_variables)
        for word, values in (("=", self.lowerBound), ("to", self.upperBound), ("step", self.step)):
            p.write(f") {word} (")
            p.operands(values)
        p.write(")")
        if self.initVals:
            p.write(" init (")
            p.operands(self.initVals)
            p.write(")")
        if self.results:
            p.write(" -> ")
            p.results_type(self.result_types)
        p.write(" ")
        yield p.region(self.body, arguments=False)
        p.attr_dict(self)

    def verify_op(self) -> None:
        lower, upper, steps = self.lowerBound, self.upperBound, self.step
        if not lower or not len(lower) == len(upper) == len(steps):
            raise self.error("needs at least one tuple element for lowerBound, upperBound and step")
        self._verify_steps()
        arguments = self.induction_variables
        if len(arguments) != len(steps):
            raise self.error(
                "expects the same number of induction variables: "
                f"{len(arguments)} as bound and step values: {len(steps)}"
            )
        if any(argument.type is not index for argument in arguments):
            raise self.error("expects arguments for the induction variable to be of index type")
        last = self.body.entry.last
        if not isinstance(last, ReduceOp):
            raise self.error("expects body to terminate with 'scf.reduce'")
        self._verify_reductions(last)

    def _verify_steps(self) -> None:
        for value in self.step:
            attribute = value.defining_op.get_attribute("value") if value.defining_op else None
            if isinstance(attribute, IntegerAttr) and attribute.value <= 0:
                raise self.error("constant step operand must be positive")

    def _verify_reductions(self, reduce: ReduceOp) -> None:
        results, count = self.result_types, len(reduce.reductions)
        if len(results) != count:
            raise self.error(
                f"expects number of results: {len(results)} to be the same as number of "
                f"reductions: {count}"
            )
        if len(results) != len(self.initVals):
            raise self.error(
                f"expects number of results: {len(results)} to be the same as number of initial "
                f"values: {len(self.initVals)}"
            )
        for number, (made, given) in enumerate(zip(results, reduce.operand_types, strict=False)):
            if made is not given:
                raise reduce.error(
                    f"expects type of {number}-th reduction operand: '{given}' to be the same as "
                    f"the {number}-th result type: '{made}'"
                )

    def loop_regions(self) -> list[Region]:
        return [self.body]

    def region_successors(self, source: Region | None) -> list[RegionSuccessor]:
        return [RegionSuccessor(self.body), RegionSuccessor(None)]

    def entry_operands(self, target: Region | None) -> list[Value]:
        return []

    def execute(self, machine: Machine, *operands: RuntimeValue) -> Execution:
        count = len(self.induction_variables)
        if any(value is POISON for value in operands[: 3 * count]):
            raise machine.undefined(self, "has a poison bound or step")
        steps = operands[2 * count : 3 * count]
        if any(step <= 0 for step in steps):
            raise machine.undefined(self, f"has a step that is not positive: {list(steps)}")
        ranges = [range(operands[d], operands[count + d], steps[d]) for d in range(count)]
        reduce = self.body.entry.last
        assert reduce is not None
        totals = list(operands[3 * count :])
        for point in itertools.product(*ranges):
            values = yield RunRegion(self.body, point)
            for number, combine in enumerate(reduce.regions):
                (totals[number],) = yield RunRegion(combine, (totals[number], values[number]))
        return Results(totals)


def _exactly(p: OpParser, count: int, names: list[Operand]) -> list[Operand]:
    if len(names) != count:
        raise p.fail(f"expected {count} operands, but found {len(names)}")
    return names
