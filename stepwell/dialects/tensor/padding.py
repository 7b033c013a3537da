"""`tensor.pad`."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from stepwell.dialects.tensor.creation import YieldOp
from stepwell.dialects.tensor.shapes import compatible, ranked
from stepwell.ir import types
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import UNIT, DenseArrayAttr
from stepwell.ir.block import Region
from stepwell.ir.constraints import AnyRankedTensor, Index
from stepwell.ir.definition import Op
from stepwell.ir.fields import (
    OPERAND_SEGMENTS,
    operand,
    prop,
    region,
    result,
    unit_prop,
    variadic_operand,
)
from stepwell.ir.interpreter.machine import Execution, Machine, RunRegion, RuntimeValue
from stepwell.ir.operation import Operation
from stepwell.ir.property_kinds import DenseI64Array
from stepwell.ir.text.index_lists import (
    MixedIndex,
    mixed_indices,
    parse_index_list,
    print_index_list,
    runtime_indices,
)
from stepwell.ir.traits import RecursivelySpeculatable, RecursiveMemoryEffects, SingleBlock
from stepwell.ir.types import DYNAMIC, RankedTensorType
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser, RegionRequest
    from stepwell.ir.text.printer import Printer


class PadOp(
    Op,
    name="tensor.pad",
    traits=(RecursiveMemoryEffects, RecursivelySpeculatable, SingleBlock),
):
    """`%p = tensor.pad %t low[1, %a] high[2, 0] { ^bb0(%i: index, %j: index): ... } : ... to ...`.

    Adds elements before and after in each dimension; the region gives them.
    """

    source = operand(AnyRankedTensor)
    low = variadic_operand(Index)
    high = variadic_operand(Index)
    static_low = prop(DenseI64Array)
    static_high = prop(DenseI64Array)
    nofold = unit_prop()
    result_ = result(AnyRankedTensor)
    region = region()

    @property
    def mixed_low(self) -> list[MixedIndex]:
        """How many elements come before, in each dimension."""
        return mixed_indices(self.low, self.static_low.ints)

    @property
    def mixed_high(self) -> list[MixedIndex]:
        """How many elements come after, in each dimension."""
        return mixed_indices(self.high, self.static_high.ints)

    @property
    def constant_padding_value(self) -> Value | None:
        """The value of every element that is added, if it does not depend on where it is."""
        last = self.region.entry.last
        if not isinstance(last, YieldOp):
            return None
        value = last.value
        made = value.defining_op
        if made is not None and made.name == "arith.constant":
            return value
        block = value.parent_block
        return value if block is not None and block is not self.region.entry else None

    @classmethod
    def parse(cls, p: OpParser) -> Generator[RegionRequest, Region, Operation]:
        source = p.operand()
        properties: dict[str, Attribute] = {"nofold": UNIT} if p.accept("nofold") else {}
        p.literal("low")
        low, static_low = parse_index_list(p)
        p.literal("high")
        high, static_high = parse_index_list(p)
        properties["static_low"] = DenseArrayAttr.i64(static_low)
        properties["static_high"] = DenseArrayAttr.i64(static_high)
        properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32([1, len(low), len(high)])
        body = yield p.region()
        attributes = p.optional_dictionary()
        p.literal(":")
        source_type = p.type()
        p.literal("to")
        type = p.type()
        sizes = p.resolve_all([*low, *high], [types.index] * (len(low) + len(high)))
        values = [p.resolve(source, source_type), *sizes]
        return cls.create(values, [type], properties, attributes or None, (), [body])

    def print(self, p: Printer) -> Iterator[Any]:
        p.write(f" {p.name(self.source)}")
        if self.nofold is not None:
            p.write(" nofold")
        p.write(" low")
        print_index_list(p, self.low, self.static_low.ints)
        p.write(" high")
        print_index_list(p, self.high, self.static_high.ints)
        p.write(" ")
        yield p.region(self.region)
        p.attr_dict(self, ("nofold", "static_low", "static_high"))
        p.write(" : ")
        p.type(self.source.type)
        p.write(" to ")
        p.type(self.result_.type)

    def result_name(self) -> str:
        """`padded`."""
        return "padded"

    def verify_op(self) -> None:
        source, found = ranked(self.source.type), ranked(self.result_.type)
        rank = len(source.shape)
        if len(self.static_low.ints) != rank or len(self.static_high.ints) != rank:
            raise self.error(
                f"failed to infer expectedType from sourceType '{source}', specified resultType "
                f"is '{found}'"
            )
        inferred = padded_shape(source.shape, self.static_low.ints, self.static_high.ints)
        if not compatible(inferred, found.shape) or len(inferred) != len(found.shape):
            expected = RankedTensorType(inferred, source.element_type)
            raise self.error(
                f"specified type '{found}' does not match the inferred type '{expected}'"
            )
        arguments = self.region.args
        if len(arguments) != rank:
            raise self.error(f"expected the block to have {rank} arguments")
        for number, argument in enumerate(arguments, 1):
            if argument.type is not types.index:
                raise self.error(f"expected block argument {number} to be an index")
        last = self.region.entry.last
        if isinstance(last, YieldOp) and last.value.type is not found.element_type:
            raise self.error("expected yield type to match shape element type")

    def execute(self, machine: Machine, source: RuntimeValue, *sizes: RuntimeValue) -> Execution:
        """Runs the region for each element that is added; once, if it does not matter where."""
        count = len(self.low)
        low = runtime_indices(self.static_low.ints, sizes[:count])
        high = runtime_indices(self.static_high.ints, sizes[count:])
        if any(width < 0 for width in (*low, *high)):
            raise machine.undefined(self, "pads by a negative amount")
        if self.constant_padding_value is not None:
            (value,) = yield RunRegion(self.region, (0,) * len(low))
            return np.pad(source, list(zip(low, high, strict=True)), constant_values=value)
        found = np.pad(source, list(zip(low, high, strict=True)))
        inside = [range(a, a + size) for a, size in zip(low, source.shape, strict=True)]
        for point in itertools.product(*map(range, found.shape)):
            if all(i in kept for i, kept in zip(point, inside, strict=True)):
                continue
            (value,) = yield RunRegion(self.region, point)
            found[point] = value
        return found


def padded_shape(
    shape: tuple[int, ...], low: tuple[int, ...], high: tuple[int, ...]
) -> tuple[int, ...]:
    """The shape of the result, as far as it is known."""
    return tuple(
        DYNAMIC if DYNAMIC in (size, a, b) else size + a + b
        for size, a, b in zip(shape, low, high, strict=True)
    )
