"""affine.parallel."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from stepwell.dialects.affine.operands import (
    EMPTY,
    expressions,
    run_map,
    subscripts_text,
    verify_operands,
)
from stepwell.dialects.affine.terminator import AffineYieldOp
from stepwell.dialects.memref.atomics import KINDS, combine
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine_attributes import AffineMapAttr, AffineMapKind
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import ArrayAttr, IntegerAttr
from stepwell.ir.block import Region
from stepwell.ir.constraints import Index
from stepwell.ir.definition import Op
from stepwell.ir.dense_attributes import DenseElementsAttr, ElementsKind, dtype_of
from stepwell.ir.fields import prop, region, variadic_operand, variadic_result
from stepwell.ir.implicit_terminator import end_region_with, here
from stepwell.ir.interpreter.machine import Execution, Machine, Results, RunRegion, RuntimeValue
from stepwell.ir.interpreter.scalars import fit
from stepwell.ir.operation import Operation
from stepwell.ir.property_kinds import I64Array
from stepwell.ir.traits import (
    AutomaticAllocationScope,
    RecursivelySpeculatable,
    RecursiveMemoryEffects,
    SingleBlock,
)
from stepwell.ir.types import (
    FloatType,
    IntegerType,
    RankedTensorType,
    element_type_or_self,
    i32,
    i64,
    index,
)
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

WRITTEN_INLINE = ("lowerBoundsMap", "upperBoundsMap")
ELIDED = (
    *WRITTEN_INLINE,
    "lowerBoundsGroups",
    "upperBoundsGroups",
    "steps",
    "reductions",
)


class AffineParallelOp(
    Op,
    name="affine.parallel",
    traits=(AutomaticAllocationScope, RecursiveMemoryEffects, RecursivelySpeculatable, SingleBlock),
):
    """`%r = affine.parallel (%i) = (0) to (min(%n, 8)) step (2) reduce ("addf") -> (f32) { ... }`.

    Runs its body for all points of a box, in any order or at once, and combines what it yields.
    """

    mapOperands = variadic_operand(Index)
    lowerBoundsMap = prop(AffineMapKind)
    upperBoundsMap = prop(AffineMapKind)
    lowerBoundsGroups = prop(ElementsKind)
    upperBoundsGroups = prop(ElementsKind)
    steps = prop(I64Array)
    reductions = prop(I64Array)
    results_ = variadic_result()
    body = region()
    inline_properties = WRITTEN_INLINE

    @property
    def lower_operands(self) -> list[Value]:
        """The operands of the map of lower bounds."""
        return self._operands[: self.lowerBoundsMap.map.num_inputs]

    @property
    def upper_operands(self) -> list[Value]:
        """The operands of the map of upper bounds."""
        return self._operands[self.lowerBoundsMap.map.num_inputs :]

    @classmethod
    def parse(cls, p: OpParser) -> Generator[Any, Any, Operation]:
        variables = p.comma_separated(lambda: p.argument(index), "(", ")")
        p.literal("=")
        lower = _parse_bounds(p, "max")
        p.literal("to")
        upper = _parse_bounds(p, "min")
        steps = [1] * len(variables)
        if p.accept("step"):
            steps = p.comma_separated(p.integer, "(", ")")
        kinds = p.comma_separated(lambda: _kind(p), "(", ")") if p.accept("reduce") else []
        types: list[Type] = p.function_results() if p.accept("->") else []
        properties: dict[str, Attribute] = {
            "lowerBoundsMap": AffineMapAttr(lower[0]),
            "upperBoundsMap": AffineMapAttr(upper[0]),
            "lowerBoundsGroups": _groups_attribute(lower[2]),
            "upperBoundsGroups": _groups_attribute(upper[2]),
            "steps": _array(steps),
            "reductions": _array(kinds),
        }
        body = end_region_with((yield p.region(variables)), AffineYieldOp, here(p))
        attributes = p.optional_dictionary()
        operands = [*lower[1], *upper[1]]
        return cls.create(operands, types, properties, attributes or None, (), [body])

    def print(self, p: Printer) -> Generator[Any, None, None]:
        p.write(" (")
        p.operands(self.body.args)
        lower = self._bounds_text(p, self.lowerBoundsMap.map, self.lower_operands, "max")
        upper = self._bounds_text(p, self.upperBoundsMap.map, self.upper_operands, "min")
        p.write(f") = ({lower}) to ({upper})")
        steps = _numbers(self.steps)
        if any(step != 1 for step in steps):
            p.write(f" step ({', '.join(map(str, steps))})")
        if self.results:
            words = ", ".join(f'"{KINDS[number]}"' for number in _numbers(self.reductions))
            p.write(f" reduce ({words}) -> (")
            p.types(self.result_types)
            p.write(")")
        p.write(" ")
        yield p.region(self.body, arguments=False, terminator=bool(self.results))
        p.attr_dict(self, ELIDED)

    def _bounds_text(self, p: Printer, map: AffineMap, values: Sequence[Value], word: str) -> str:
        texts = subscripts_text(p, map, values)
        groups = self.lowerBoundsGroups if word == "max" else self.upperBoundsGroups
        shown = [
            items[0] if len(items) == 1 else f"{word}({', '.join(items)})"
            for items in _grouped(texts, groups)
        ]
        return ", ".join(shown)

    def verify_op(self) -> None:
        rank = len(self.body.args)
        for groups in (self.lowerBoundsGroups, self.upperBoundsGroups):
            if len(groups.to_numpy()) != rank or len(_numbers(self.steps)) != rank:
                raise self.error(
                    f"the number of region arguments ({rank}) and the number of map groups for "
                    f"lower ({len(self.lowerBoundsGroups.to_numpy())}) and upper bound "
                    f"({len(self.upperBoundsGroups.to_numpy())}), and the number of steps "
                    f"({len(_numbers(self.steps))}) must all match"
                )
        kinds = _numbers(self.reductions)
        if len(kinds) != len(self.results):
            raise self.error("a reduction must be specified for each output")
        if any(not 0 <= kind < len(KINDS) for kind in kinds):
            raise self.error("invalid reduction attribute")
        verify_operands(self, self.lower_operands, self.lowerBoundsMap.map.num_dims)
        verify_operands(self, self.upper_operands, self.upperBoundsMap.map.num_dims)

    def loop_regions(self) -> list[Region]:
        return [self.body]

    def execute(self, machine: Machine, *operands: RuntimeValue) -> Execution:
        split = self.lowerBoundsMap.map.num_inputs
        lower = run_map(self.lowerBoundsMap.map, operands[:split])
        upper = run_map(self.upperBoundsMap.map, operands[split:])
        starts = [max(group) for group in _grouped(lower, self.lowerBoundsGroups)]
        ends = [min(group) for group in _grouped(upper, self.upperBoundsGroups)]
        kinds = [KINDS[number] for number in _numbers(self.reductions)]
        types = self.result_types
        totals = [identity(kind, type) for kind, type in zip(kinds, types, strict=True)]
        for point in itertools.product(*map(range, starts, ends, _numbers(self.steps))):
            values = yield RunRegion(self.body, point)
            rows = zip(kinds, types, totals, values, strict=True)
            totals = [_combined(kind, type, a, b) for kind, type, a, b in rows]
        return Results(totals)


def _combined(kind: str, type: Type, a: RuntimeValue, b: RuntimeValue) -> RuntimeValue:
    element = element_type_or_self(type)
    width = element.width if isinstance(element, (IntegerType, FloatType)) else 64
    return fit(type)(combine(kind, a, b, width))


def identity(kind: str, type: Type) -> RuntimeValue:
    """The number that a reduction begins with: it changes nothing."""
    if isinstance(type, FloatType):
        infinite = np.inf if kind.startswith("min") else -np.inf
        number = {"addf": 0.0, "mulf": 1.0}.get(kind, infinite)
        return dtype_of(type).type(number)
    width = type.width if isinstance(type, IntegerType) else 64
    largest, smallest = (1 << (width - 1)) - 1, -(1 << (width - 1))
    starts = {"muli": 1, "andi": -1, "minu": -1, "mins": largest, "maxs": smallest}
    return fit(type)(starts.get(kind, 0))


def _kind(p: OpParser) -> int:
    start = p.start
    word = p.string()
    if word not in KINDS:
        raise p.error(f'invalid reduction value: "{word}"', start)
    return KINDS.index(word)


def _array(numbers: Sequence[int]) -> ArrayAttr:
    return ArrayAttr(tuple(IntegerAttr(number, i64) for number in numbers))


def _numbers(array: ArrayAttr) -> list[int]:
    return [item.value for item in array.values if isinstance(item, IntegerAttr)]


def _groups_attribute(sizes: Sequence[int]) -> DenseElementsAttr:
    array = np.array(sizes, dtype=np.int32)
    return DenseElementsAttr.from_numpy(array, RankedTensorType((len(sizes),), i32))


def _grouped(items: Sequence[Any], groups: DenseElementsAttr) -> Iterator[list[Any]]:
    following = iter(items)
    for size in groups.to_numpy().tolist():
        yield list(itertools.islice(following, int(size)))


def _parse_bounds(p: OpParser, word: str) -> tuple[AffineMap, list[Value], list[int]]:
    """`(%i, max(0, %n))`: a map, its operands, and how many results belong to each bound."""
    if p.text != "(":
        raise p.error(f"expected '(', found {p.found()}")
    text, start = p.raw_brackets()
    if not text.strip():
        return EMPTY, [], []
    groups: list[int] = []
    # The words and their brackets become blanks, so that every expression keeps its place.
    plain = list(text)
    depth, opened = 0, -1
    groups.append(1)
    for at, char in enumerate(text):
        if char == "(":
            if depth == 0 and text[:at].rstrip().endswith(word):
                first = text[:at].rstrip().rindex(word)
                plain[first : at + 1] = " " * (at + 1 - first)
                opened = depth
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == opened:
                plain[at] = " "
                opened = -1
        elif char == "," and depth == 0:
            groups.append(1)
        elif char == "," and depth == 1 and opened == 0:
            groups[-1] += 1
    map, operands = expressions(p, "".join(plain), start)
    return map, operands, groups
