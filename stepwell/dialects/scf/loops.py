"""scf.for and scf.while."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from stepwell.dialects.scf.terminators import ConditionOp, YieldOp
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import UNIT, IntegerAttr
from stepwell.ir.block import Region
from stepwell.ir.constraints import AnySignlessIntegerOrIndex, Var
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, region, unit_prop, variadic_operand, variadic_result
from stepwell.ir.implicit_terminator import end_region_with, here
from stepwell.ir.interpreter.machine import (
    POISON,
    Execution,
    Machine,
    Results,
    RunRegion,
    RuntimeValue,
)
from stepwell.ir.interpreter.scalars import fit
from stepwell.ir.numbers.integers import to_unsigned
from stepwell.ir.operation import Operation
from stepwell.ir.region_flow import RegionSuccessor
from stepwell.ir.traits import AutomaticAllocationScope, RecursiveMemoryEffects, SingleBlock
from stepwell.ir.types import IntegerType, index
from stepwell.ir.value import BlockArgument, Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

Parse = Generator[Any, Any, Operation]


class ForOp(
    Op, name="scf.for", traits=(AutomaticAllocationScope, RecursiveMemoryEffects, SingleBlock)
):
    """`%r = scf.for %i = %lb to %ub step %s iter_args(%x = %init) -> (f32) { ... }`.

    Runs its body for lb, lb + step, ... below ub; the values that the body yields are its iteration
    arguments next time, and in the end the results. Bounds are compared as signed numbers, or with
    `unsigned` as unsigned ones. The step must be positive.
    """

    T = Var("T", AnySignlessIntegerOrIndex)
    lowerBound = operand(T)
    upperBound = operand(T)
    step = operand(T)
    initArgs = variadic_operand()
    results_ = variadic_result()
    unsignedCmp = unit_prop()
    body = region()

    @property
    def induction_variable(self) -> BlockArgument:
        """The number of the current iteration."""
        return self.body.args[0]

    @property
    def iter_args(self) -> list[BlockArgument]:
        """The values that go from one iteration to the next."""
        return self.body.args[1:]

    @property
    def inits(self) -> list[Value]:
        """What the iteration arguments are at first."""
        return self._operands[3:]

    @property
    def yielded(self) -> list[Value]:
        """What the body hands to the next iteration."""
        last = self.body.entry.last
        return list(last._operands) if last is not None else []

    @classmethod
    def parse(cls, p: OpParser) -> Parse:
        properties: dict[str, Attribute] = {"unsignedCmp": UNIT} if p.accept("unsigned") else {}
        variable = p.argument(index)
        p.literal("=")
        lower = p.operand()
        p.literal("to")
        upper = p.operand()
        p.literal("step")
        bounds = [lower, upper, p.operand()]
        assignments = p.comma_separated(p.assignment, "(", ")") if p.accept("iter_args") else []
        types: list[Type] = []
        if assignments:
            p.literal("->")
            types = p.function_results()
        if p.accept(":"):
            variable.type = p.type()
        operands = [p.resolve(bound, variable.type) for bound in bounds]
        operands += p.resolve_all([outer for _, outer in assignments], types)
        for (argument, _), type in zip(assignments, types, strict=True):
            argument.type = type
        body = yield p.region([variable, *(argument for argument, _ in assignments)])
        end_region_with(body, YieldOp, here(p))
        attributes = p.optional_dictionary()
        return cls.create(operands, types, properties or None, attributes or None, (), [body])

    def print(self, p: Printer) -> Generator[Any, None, None]:
        unsigned = "unsigned " if self.unsignedCmp is not None else ""
        lower, upper, step = (p.name(value) for value in self._operands[:3])
        variable = p.name(self.induction_variable)
        p.write(f" {unsigned}{variable} = {lower} to {upper} step {step} ")
        if self.inits:
            print_assignments(p, "iter_args", self.iter_args, self.inits)
            p.write(" -> (")
            p.types(self.result_types)
            p.write(") ")
        if self.lowerBound.type is not index:
            p.write(" : ")
            p.type(self.lowerBound.type)
            p.write(" ")
        yield p.region(self.body, arguments=False, terminator=bool(self.inits))
        p.attr_dict(self, ["unsignedCmp"])

    def verify_op(self) -> None:
        arguments = self.body.args
        if not arguments or arguments[0].type is not self.lowerBound.type:
            raise self.error("expected induction variable to be same type as bounds and step")
        inits, count = self.inits, len(self.inits)
        if len(self.results) != count:
            raise self.error("mismatch in number of loop-carried values and defined values")
        if len(arguments) - 1 != count:
            raise self.error(
                f"different number of inits and region iter_args: {count} != {len(arguments) - 1}"
            )
        if self.body.has_one_block and len(self.yielded) == count:
            self._verify_types(inits)
        _verify_ends_with(self, self.body, YieldOp)

    def _verify_types(self, inits: list[Value]) -> None:
        rows = zip(inits, self.iter_args, self.results, self.yielded, strict=True)
        for number, (init, argument, made, given) in enumerate(rows):
            for first, one, second, other in (
                ("init", init, "region iter_arg", argument),
                ("region iter_arg", argument, "loop result", made),
                ("region iter_arg", argument, "yielded value", given),
            ):
                if one.type is not other.type:
                    raise self.error(
                        f"{number}-th {first} and {number}-th {second} have different type: "
                        f"'{one.type}' != '{other.type}'"
                    )

    def loop_regions(self) -> list[Region]:
        return [self.body]

    def region_successors(self, source: Region | None) -> list[RegionSuccessor]:
        return [RegionSuccessor(self.body, self.iter_args), RegionSuccessor(None, self.results)]

    def entry_operands(self, target: Region | None) -> list[Value]:
        return self.inits

    def known_successors(self, constants: Sequence[Attribute | None]) -> list[RegionSuccessor]:
        both = self.region_successors(None)
        lower, upper = constants[:2]
        if not isinstance(lower, IntegerAttr) or not isinstance(upper, IntegerAttr):
            return both
        entered = self.compared(lower.value) < self.compared(upper.value)
        return [both[0] if entered else both[1]]

    def is_speculatable(self) -> bool:
        """Whether the loop surely ends: its step is 1 (upstream's rule)."""
        attribute = self.step.defining_op
        value = attribute.get_attribute("value") if attribute is not None else None
        return isinstance(value, IntegerAttr) and value.value == 1

    def compared(self, bound: int) -> int:
        """A bound as the loop compares it."""
        if self.unsignedCmp is None:
            return bound
        type = self.lowerBound.type
        return to_unsigned(bound, type.width if isinstance(type, IntegerType) else 64)

    def execute(
        self,
        machine: Machine,
        lower: RuntimeValue,
        upper: RuntimeValue,
        step: RuntimeValue,
        *inits: RuntimeValue,
    ) -> Execution:
        if POISON in (lower, upper, step):
            raise machine.undefined(self, "has a poison bound or step")
        if self.compared(step) <= 0:
            raise machine.undefined(self, f"has the step {step}, which is not positive")
        values: Sequence[RuntimeValue] = inits
        now, end = self.compared(lower), self.compared(upper)
        bring = fit(self.lowerBound.type)
        while now < end:
            values = yield RunRegion(self.body, (bring(now), *values))
            now += self.compared(step)
        return Results(values)


class WhileOp(Op, name="scf.while", traits=(RecursiveMemoryEffects, SingleBlock)):
    """`%r = scf.while (%x = %init) : (i32) -> i32 { ... } do { ... }`.

    Runs the first region, which ends with `scf.condition(%c) %values`. While `%c` holds, the second
    region gets the values, and what it yields goes to the first one again. When it does not hold,
    the values are the results.
    """

    inits = variadic_operand()
    results_ = variadic_result()
    before = region()
    after = region()

    @classmethod
    def parse(cls, p: OpParser) -> Parse:
        assignments = p.comma_separated(p.assignment, "(", ")") if p.text == "(" else []
        p.literal(":")
        p.literal("(")
        inputs = [] if p.text == ")" else p.types()
        p.literal(")")
        p.literal("->")
        types = p.function_results()
        if len(assignments) != len(inputs):
            raise p.fail(
                f"expected as many input types as operands (expected {len(assignments)} got "
                f"{len(inputs)})"
            )
        operands = p.resolve_all([outer for _, outer in assignments], inputs)
        for (argument, _), type in zip(assignments, inputs, strict=True):
            argument.type = type
        before = yield p.region([argument for argument, _ in assignments])
        p.literal("do")
        after = yield p.region()
        attributes = p.dictionary() if p.accept("attributes") else {}
        return cls.create(operands, types, None, attributes or None, (), [before, after])

    def print(self, p: Printer) -> Generator[Any, None, None]:
        if self._operands:
            p.write(" ")
            print_assignments(p, "", self.before.args, self._operands)
        p.write(" : ")
        p.function_type(self.operand_types, self.result_types)
        p.write(" ")
        yield p.region(self.before, arguments=False)
        p.write(" do ")
        yield p.region(self.after)
        p.attr_dict(self, keyword=True)

    def verify_op(self) -> None:
        _verify_ends_with(self, self.before, ConditionOp, "before")
        _verify_ends_with(self, self.after, YieldOp, "after")

    def loop_regions(self) -> list[Region]:
        return [self.before, self.after]

    def region_successors(self, source: Region | None) -> list[RegionSuccessor]:
        if source is self.before:
            return [
                RegionSuccessor(None, self.results),
                RegionSuccessor(self.after, self.after.args),
            ]
        return [RegionSuccessor(self.before, self.before.args)]

    def entry_operands(self, target: Region | None) -> list[Value]:
        return list(self._operands)

    def execute(self, machine: Machine, *inits: RuntimeValue) -> Execution:
        values: Sequence[RuntimeValue] = inits
        while True:
            condition, *forwarded = yield RunRegion(self.before, values)
            if condition is POISON:
                raise machine.undefined(self, "has a poison condition")
            if not condition:
                return Results(forwarded)
            values = yield RunRegion(self.after, forwarded)


def print_assignments(
    p: Printer, word: str, inner: Sequence[Value], outer: Sequence[Value]
) -> None:
    """Writes `word(%inner = %outer, ...)`."""
    pairs = zip(inner, outer, strict=False)
    p.write(f"{word}({', '.join(f'{p.name(a)} = {p.name(b)}' for a, b in pairs)})")


def _verify_ends_with(op: Op, region: Region, cls: type[Op], name: str = "") -> None:
    last = region.first.last if region.first is not None else None
    if isinstance(last, cls):
        return
    which = f"the '{name}' region" if name else "region"
    found = f", but got {last.name}" if last is not None and not name else ""
    raise op.error(f"expects {which} to terminate with '{cls.name}'{found}")
