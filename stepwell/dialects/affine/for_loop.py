"""affine.for."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from stepwell.dialects.affine.operands import (
    operands_text,
    parse_operands,
    run_map,
    verify_operands,
)
from stepwell.dialects.affine.terminator import AffineYieldOp
from stepwell.ir.affine.expr import AffineConstant, AffineSymbol
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine_attributes import AffineMapAttr, AffineMapKind
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import DenseArrayAttr, IntegerAttr
from stepwell.ir.block import Region
from stepwell.ir.constraints import Index as IndexOperand
from stepwell.ir.definition import Op
from stepwell.ir.fields import OPERAND_SEGMENTS, prop, region, variadic_operand, variadic_result
from stepwell.ir.implicit_terminator import end_region_with, here
from stepwell.ir.interpreter.machine import Execution, Machine, Results, RunRegion, RuntimeValue
from stepwell.ir.operation import Operation
from stepwell.ir.property_kinds import Index
from stepwell.ir.region_flow import RegionSuccessor
from stepwell.ir.text import lexer
from stepwell.ir.traits import (
    AutomaticAllocationScope,
    RecursivelySpeculatable,
    RecursiveMemoryEffects,
    SingleBlock,
)
from stepwell.ir.types import index
from stepwell.ir.value import BlockArgument, Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

IDENTITY_SYMBOL = AffineMap(0, 1, (AffineSymbol(0),))


class AffineForOp(
    Op,
    name="affine.for",
    traits=(AutomaticAllocationScope, RecursiveMemoryEffects, RecursivelySpeculatable, SingleBlock),
):
    """`affine.for %i = 0 to min affine_map<(d0)[s0] -> (d0 + 8, s0)>(%j)[%n] step 2 { ... }`.

    Runs its body from the greatest of the lower bounds to below the least of the upper bounds.
    """

    lowerBoundOperands = variadic_operand(IndexOperand)
    upperBoundOperands = variadic_operand(IndexOperand)
    inits = variadic_operand()
    lowerBoundMap = prop(AffineMapKind)
    upperBoundMap = prop(AffineMapKind)
    step = prop(Index)
    results_ = variadic_result()
    body = region()

    @property
    def inline_properties(self) -> list[str]:
        """The maps that the custom syntax shows as a number or a value."""
        maps = (("lowerBoundMap", self.lowerBoundMap), ("upperBoundMap", self.upperBoundMap))
        return [name for name, map in maps if _is_short(map.map)]

    @property
    def induction_variable(self) -> BlockArgument:
        """The number of the current iteration."""
        return self.body.args[0]

    @property
    def iter_args(self) -> list[BlockArgument]:
        """The values that go from one iteration to the next."""
        return self.body.args[1:]

    @property
    def yielded(self) -> list[Value]:
        """What the body hands to the next iteration."""
        last = self.body.entry.last
        return list(last._operands) if last is not None else []

    @property
    def constant_bounds(self) -> tuple[int, int] | None:
        """The lower and upper bound, if both are constants."""
        lower, upper = self.lowerBoundMap.map, self.upperBoundMap.map
        if lower.constant_results and upper.constant_results:
            return max(lower.constant_results), min(upper.constant_results)
        return None

    @classmethod
    def parse(cls, p: OpParser) -> Generator[Any, Any, Operation]:
        variable = p.argument(index)
        p.literal("=")
        lower, lower_operands = _parse_bound(p, "max", "lower")
        p.literal("to")
        upper, upper_operands = _parse_bound(p, "min", "upper")
        step = 1
        if p.accept("step"):
            start = p.start
            step = p.integer()
            if step <= 0:
                raise p.error(
                    "expected step to be representable as a positive signed integer", start
                )
        assignments = p.comma_separated(p.assignment, "(", ")") if p.accept("iter_args") else []
        types: list[Type] = []
        if assignments:
            p.literal("->")
            types = p.function_results()
        inits = p.resolve_all([outer for _, outer in assignments], types)
        for (argument, _), type in zip(assignments, types, strict=True):
            argument.type = type
        sizes = [len(lower_operands), len(upper_operands), len(inits)]
        properties: dict[str, Attribute] = {
            OPERAND_SEGMENTS: DenseArrayAttr.i32(sizes),
            "lowerBoundMap": AffineMapAttr(lower),
            "upperBoundMap": AffineMapAttr(upper),
            "step": IntegerAttr(step, index),
        }
        body = yield p.region([variable, *(argument for argument, _ in assignments)])
        end_region_with(body, AffineYieldOp, here(p))
        attributes = p.optional_dictionary()
        operands = [*lower_operands, *upper_operands, *inits]
        return cls.create(operands, types, properties, attributes or None, (), [body])

    def print(self, p: Printer) -> Generator[Any, None, None]:
        p.write(f" {p.name(self.induction_variable)} = ")
        _print_bound(p, self.lowerBoundMap, self.lowerBoundOperands, "max")
        p.write(" to ")
        _print_bound(p, self.upperBoundMap, self.upperBoundOperands, "min")
        if self.step.value != 1:
            p.write(f" step {self.step.value}")
        if self.inits:
            pairs = zip(self.iter_args, self.inits, strict=False)
            shown = ", ".join(f"{p.name(a)} = {p.name(b)}" for a, b in pairs)
            p.write(f" iter_args({shown}) -> (")
            p.types(self.result_types)
            p.write(")")
        p.write(" ")
        yield p.region(self.body, arguments=False, terminator=bool(self.inits))
        p.attr_dict(self, ["lowerBoundMap", "upperBoundMap", "step"])

    def verify_op(self) -> None:
        arguments = self.body.args
        if not arguments or arguments[0].type is not index:
            raise self.error(
                "expected body to have a single index argument for the induction variable"
            )
        for map, values, word in (
            (self.lowerBoundMap.map, self.lowerBoundOperands, "lower"),
            (self.upperBoundMap.map, self.upperBoundOperands, "upper"),
        ):
            if map.num_results < 1:
                raise self.error(f"expected {word} bound map to have at least one result")
            if map.num_inputs != len(values):
                raise self.error(
                    "operand count must match with affine map dimension and symbol count"
                )
            verify_operands(self, values, map.num_dims)
        if len(self.inits) != len(self.results):
            raise self.error("mismatch between the number of loop-carried values and results")
        if len(arguments) - 1 != len(self.inits):
            raise self.error("mismatch between the number of basic block args and results")
        rows = zip(self.inits, self.iter_args, self.results, strict=True)
        for number, (init, argument, made) in enumerate(rows):
            if not init.type is argument.type is made.type:
                raise self.error(
                    f"types mismatch between {number}th iter operand and defined value"
                )

    def loop_regions(self) -> list[Region]:
        return [self.body]

    def region_successors(self, source: Region | None) -> list[RegionSuccessor]:
        inside = RegionSuccessor(self.body, self.iter_args)
        outside = RegionSuccessor(None, self.results)
        bounds = self.constant_bounds
        if bounds is None:
            return [inside, outside]
        lower, upper = bounds
        if source is None:
            return [inside if lower < upper else outside]
        return [outside] if lower + self.step.value >= upper else [inside, outside]

    def entry_operands(self, target: Region | None) -> list[Value]:
        return list(self.inits)

    def execute(self, machine: Machine, *operands: RuntimeValue) -> Execution:
        first = self.lowerBoundMap.map.num_inputs
        second = first + self.upperBoundMap.map.num_inputs
        lower = max(run_map(self.lowerBoundMap.map, operands[:first]))
        upper = min(run_map(self.upperBoundMap.map, operands[first:second]))
        values: Sequence[RuntimeValue] = operands[second:]
        for number in range(lower, upper, self.step.value):
            values = yield RunRegion(self.body, (number, *values))
        return Results(values)


def _parse_bound(p: OpParser, prefix: str, word: str) -> tuple[AffineMap, list[Value]]:
    """A number, a value, or a map with its operands; `prefix` must stand before several results."""
    has_prefix = p.accept(prefix)
    if p.kind == lexer.PERCENT:
        return IDENTITY_SYMBOL, [p.resolve(p.operand(), index)]
    start = p.start
    number = p.optional_integer()
    if number is not None:
        if not -(2**63) <= number < 2**63:
            raise p.error("integer constant out of range for attribute", start)
        return AffineMap.constant(number), []
    start = p.start
    map = p.attribute()
    if not isinstance(map, AffineMapAttr):
        raise p.error("expected valid affine map representation for loop bounds", start)
    operands, num_dims = parse_operands(p)
    if num_dims != map.map.num_dims:
        raise p.error("dim operand count and affine map dim count must match", start)
    if len(operands) != map.map.num_inputs:
        raise p.error("symbol operand count and affine map symbol count must match", start)
    if map.map.num_results > 1 and not has_prefix:
        raise p.error(
            f"{word} loop bound affine map with multiple results requires '{prefix}' prefix", start
        )
    return map.map, operands


def _is_short(map: AffineMap) -> bool:
    """Whether a bound is a number without inputs, or a single symbol."""
    if map.num_results != 1 or map.num_dims:
        return False
    return map is IDENTITY_SYMBOL or (not map.num_symbols and map.is_constant)


def _print_bound(p: Printer, map: AffineMapAttr, values: Sequence[Value], prefix: str) -> None:
    if map.map is IDENTITY_SYMBOL:
        p.operand(values[0])
        return
    expr = map.map.results[0]
    if _is_short(map.map) and isinstance(expr, AffineConstant):
        p.write(str(expr.value))
        return
    if map.map.num_results > 1:
        p.write(f"{prefix} ")
    p.write(p.show(map) + operands_text(p, map.map.num_dims, values))
