"""scf.forall and the ops that combine the results of its threads."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import ArrayAttr, DenseArrayAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.constraints import AnyRankedTensor, Index
from stepwell.ir.definition import Op
from stepwell.ir.fields import (
    OPERAND_SEGMENTS,
    optional_prop,
    prop,
    region,
    variadic_operand,
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
from stepwell.ir.interpreter.shared_output import SharedOutput
from stepwell.ir.operation import Operation
from stepwell.ir.property_kinds import Array, DenseI64Array
from stepwell.ir.region_flow import RegionSuccessor
from stepwell.ir.text.index_lists import (
    MixedIndex,
    mixed_indices,
    parse_index_list,
    print_index_list,
    runtime_indices,
)
from stepwell.ir.traits import (
    AutomaticAllocationScope,
    HasParent,
    NoTerminator,
    Pure,
    RecursiveMemoryEffects,
    SingleBlock,
    Terminator,
)
from stepwell.ir.types import DYNAMIC, index
from stepwell.ir.value import BlockArgument, Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import Operand, OpParser
    from stepwell.ir.text.printer import Printer

Parse = Generator[Any, Any, Operation]

COMBINING = "combines_in_parallel"
"""The attribute of op classes that may stand in `scf.forall.in_parallel`: True."""


class InParallelOp(
    Op,
    name="scf.forall.in_parallel",
    traits=(Pure, NoTerminator, SingleBlock, Terminator, HasParent.of("scf.forall")),
):
    """`scf.forall.in_parallel { ... }`: what each thread puts into the shared outputs."""

    region_ = region()

    @classmethod
    def parse(cls, p: OpParser) -> Parse:
        body = yield p.region()
        _with_block(body)
        attributes = p.optional_dictionary()
        return cls.create((), (), None, attributes or None, (), [body])

    def print(self, p: Printer) -> Generator[Any, None, None]:
        p.write(" ")
        yield p.region(self.regions[0], arguments=False)
        p.attr_dict(self)

    def verify_op(self) -> None:
        forall = self.parent_op
        for block in self.regions[0].blocks:
            for op in block.ops:
                if op.is_registered and not getattr(op, COMBINING, False):
                    raise self.error("expected only ParallelCombiningOpInterface ops")
                target = getattr(op, "dest", None)
                owner = target.parent_block if isinstance(target, Value) else None
                if owner is not None and isinstance(forall, ForallOp):
                    if owner is not forall.body.first:
                        raise op.error("may only insert into an output block argument")

    def forwarded_operands(self) -> list[int]:
        return []

    def execute(self, machine: Machine) -> Execution:
        yield RunRegion(self.regions[0])


class ForallOp(
    Op, name="scf.forall", traits=(AutomaticAllocationScope, RecursiveMemoryEffects, SingleBlock)
):
    """`%r = scf.forall (%i) in (%n) shared_outs(%o = %t) -> (tensor<8xf32>) { ... }`.

    Runs its body once for each point of a box, as threads that may run at once. A thread sees the
    shared outputs as they were at the start; what `in_parallel` inserts shows in the results.
    """

    dynamicLowerBound = variadic_operand(Index)
    dynamicUpperBound = variadic_operand(Index)
    dynamicStep = variadic_operand(Index)
    outputs = variadic_operand(AnyRankedTensor)
    staticLowerBound = prop(DenseI64Array)
    staticUpperBound = prop(DenseI64Array)
    staticStep = prop(DenseI64Array)
    mapping = optional_prop(Array)
    results_ = variadic_result(AnyRankedTensor)
    body = region()

    @property
    def rank(self) -> int:
        """How many dimensions the box has."""
        return len(self.staticUpperBound.values)

    @property
    def induction_variables(self) -> list[BlockArgument]:
        """The coordinates of a point."""
        return self.body.args[: self.rank]

    @property
    def output_arguments(self) -> list[BlockArgument]:
        """The shared outputs as the body sees them."""
        return self.body.args[self.rank :]

    @property
    def mixed_lower_bound(self) -> list[MixedIndex]:
        """Where the box begins."""
        return mixed_indices(self.dynamicLowerBound, self.staticLowerBound.ints)

    @property
    def mixed_upper_bound(self) -> list[MixedIndex]:
        """Where it ends (exclusively)."""
        return mixed_indices(self.dynamicUpperBound, self.staticUpperBound.ints)

    @property
    def mixed_step(self) -> list[MixedIndex]:
        """How far apart the points are."""
        return mixed_indices(self.dynamicStep, self.staticStep.ints)

    @property
    def is_normalized(self) -> bool:
        """Whether the box begins at 0 and all its points belong to it."""
        lower, step = self.staticLowerBound.ints, self.staticStep.ints
        return all(n == 0 for n in lower) and all(n == 1 for n in step)

    @classmethod
    def parse(cls, p: OpParser) -> Parse:
        variables = p.comma_separated(lambda: p.argument(index), "(", ")")
        lists = _parse_bounds(p, len(variables))
        assignments = p.comma_separated(p.assignment, "(", ")") if p.accept("shared_outs") else []
        types = []
        if assignments:
            p.literal("->")
            types = p.function_results()
        operands = [p.resolve(name, index) for names, _ in lists for name in names]
        operands += p.resolve_all([outer for _, outer in assignments], types)
        for (argument, _), type in zip(assignments, types, strict=True):
            argument.type = type
        sizes = [len(names) for names, _ in lists] + [len(assignments)]
        properties: dict[str, Attribute] = {OPERAND_SEGMENTS: DenseArrayAttr.i32(sizes)}
        for name, (_, numbers) in zip(BOUNDS, lists, strict=True):
            properties[name] = DenseArrayAttr.i64(numbers)
        body = yield p.region([*variables, *(argument for argument, _ in assignments)])
        end_region_with(body, InParallelOp, here(p))
        attributes = p.optional_dictionary()
        if "mapping" in attributes:
            properties["mapping"] = attributes.pop("mapping")
        return cls.create(operands, types, properties, attributes or None, (), [body])

    def print(self, p: Printer) -> Generator[Any, None, None]:
        p.write(" (")
        p.operands(self.induction_variables)
        if self.is_normalized:
            p.write(") in ")
            print_index_list(p, self.dynamicUpperBound, self.staticUpperBound.ints, "(", ")")
        else:
            p.write(") = ")
            print_index_list(p, self.dynamicLowerBound, self.staticLowerBound.ints, "(", ")")
            p.write(" to ")
            print_index_list(p, self.dynamicUpperBound, self.staticUpperBound.ints, "(", ")")
            p.write(" step ")
            print_index_list(p, self.dynamicStep, self.staticStep.ints, "(", ")")
        p.write(" ")
        if self.outputs:
            pairs = zip(self.output_arguments, self.outputs, strict=False)
            shown = ", ".join(f"{p.name(a)} = {p.name(b)}" for a, b in pairs)
            p.write(f"shared_outs({shown}) -> (")
            p.types(self.result_types)
            p.write(") ")
        last = self.body.first.last if self.body.first is not None else None
        filled = isinstance(last, InParallelOp) and last.regions[0].entry.first is not None
        yield p.region(self.body, arguments=False, terminator=bool(self.results) or filled)
        p.attr_dict(self, BOUNDS)

    def verify_op(self) -> None:
        rank = self.rank
        for name, word in zip(BOUNDS, ("lower bound", "upper bound", "step"), strict=True):
            numbers = self._numbers(name)
            if len(numbers) != rank:
                raise self.error(f"expected {rank} {word} values, got {len(numbers)}")
        for name, values, word in zip(
            BOUNDS,
            (self.dynamicLowerBound, self.dynamicUpperBound, self.dynamicStep),
            ("lower bound", "upper bound", "step"),
            strict=True,
        ):
            dynamic = sum(number == DYNAMIC for number in self._numbers(name))
            if dynamic != len(values):
                raise self.error(f"expected {dynamic} dynamic {word} values")
        self._verify_body()

    def _numbers(self, name: str) -> Sequence[int]:
        numbers = self.properties.get(name)
        return numbers.ints if isinstance(numbers, DenseArrayAttr) else ()

    def _verify_body(self) -> None:
        arguments, rank = self.body.args, self.rank
        if len(self.results) != len(self.outputs):
            raise self.error(
                f"produces {len(self.results)} results, but has only {len(self.outputs)} outputs"
            )
        if len(arguments) != rank + len(self.outputs):
            raise self.error("region expects " + f"{rank + len(self.outputs)} arguments")
        for number, argument in enumerate(arguments[:rank]):
            if argument.type is not index:
                raise self.error(f"expects {number}-th block argument to be an index")
        rows = zip(self.outputs, self.result_types, self.output_arguments, strict=True)
        for number, (output, type, argument) in enumerate(rows):
            if output.type is not type:
                raise self.error(
                    f"type mismatch between {number}-th output and corresponding block argument"
                    if argument.type is type
                    else f"type mismatch between result {number} ('{type}') and its output "
                    f"('{output.type}')"
                )
            if argument.type is not type:
                raise self.error(
                    f"type mismatch between {number}-th output and corresponding block argument"
                )
        if self.mapping is not None and len(self.mapping.values) != rank:
            raise self.error("mapping attribute size must match op rank")
        if not isinstance(self.body.entry.last, InParallelOp):
            raise self.error("expects the body to end with 'scf.forall.in_parallel'")

    def loop_regions(self) -> list[Region]:
        return [self.body]

    def region_successors(self, source: Region | None) -> list[RegionSuccessor]:
        return [RegionSuccessor(self.body), RegionSuccessor(None)]

    def entry_operands(self, target: Region | None) -> list[Value]:
        return []

    def execute(self, machine: Machine, *operands: RuntimeValue) -> Execution:
        following = iter(operands)
        lower, upper, step = (runtime_indices(self._numbers(name), following) for name in BOUNDS)
        if any(value is POISON for value in operands):
            raise machine.undefined(self, "has a poison bound or step")
        if any(number <= 0 for number in step):
            raise machine.undefined(self, f"has a step that is not positive: {step}")
        shared = [SharedOutput.of(output) for output in following]
        for point in itertools.product(*map(range, lower, upper, step)):
            yield RunRegion(self.body, (*point, *shared))
        return Results(np.asarray(output.accumulator) for output in shared)


BOUNDS = ("staticLowerBound", "staticUpperBound", "staticStep")


def _parse_bounds(p: OpParser, rank: int) -> list[tuple[list[Operand], list[int]]]:
    """`in (upper)` or `= (lower) to (upper) step (steps)`: the three lists."""
    if p.accept("in"):
        start = p.start
        upper = parse_index_list(p, "(", ")")
        if len(upper[1]) != rank:
            raise p.error(f"expected {rank} upper bound values, got {len(upper[1])}", start)
        return [([], [0] * rank), upper, ([], [1] * rank)]
    lists = []
    for word in ("=", "to", "step"):
        p.literal(word)
        lists.append(parse_index_list(p, "(", ")"))
    return lists


def _with_block(body: Region) -> None:
    if body.first is None:
        body.append(Block())


def mapping_of(op: ForallOp) -> tuple[Attribute, ...]:
    """What each dimension is mapped to (`#gpu.thread<x>`); empty if nothing is said."""
    return op.mapping.values if isinstance(op.mapping, ArrayAttr) else ()
