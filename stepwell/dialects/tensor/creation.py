"""Ops that make tensors from sizes and scalars."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from stepwell.dialects.tensor.shapes import fill_sizes, ranked, verify_dynamic_sizes
from stepwell.ir import types
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import FloatAttr, IntegerAttr
from stepwell.ir.block import Region
from stepwell.ir.constraints import AnyRankedTensor, Index
from stepwell.ir.definition import Op
from stepwell.ir.dense_attributes import DenseElementsAttr, dtype_of
from stepwell.ir.fields import operand, region, result, variadic_operand
from stepwell.ir.interpreter.machine import (
    POISON,
    Execution,
    Machine,
    RunRegion,
    RuntimeValue,
)
from stepwell.ir.interpreter.memory import MemRef
from stepwell.ir.interpreter.scalars import fit
from stepwell.ir.operation import Operation
from stepwell.ir.traits import Pure, RecursiveMemoryEffects, ReturnLike, SingleBlock, Terminator
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.rewriting.folding import Fold
    from stepwell.ir.text.op_parser import OpParser, RegionRequest
    from stepwell.ir.text.printer import Printer


class EmptyOp(Op, name="tensor.empty", traits=(Pure,)):
    """`%t = tensor.empty(%n) : tensor<?x4xf32>`: a tensor whose elements are not specified."""

    dynamic_sizes = variadic_operand(Index)
    result_ = result(AnyRankedTensor)
    syntax = "`(` $dynamic_sizes `)` attr-dict `:` type($result)"

    def verify_op(self) -> None:
        verify_dynamic_sizes(self, self.result_.type, self.num_operands)

    def execute(self, machine: Machine, *sizes: RuntimeValue) -> RuntimeValue:
        """What fresh memory holds, so that a program that reads it shows it."""
        type = ranked(self.result_.type)
        return MemRef.allocate(fill_sizes(type.shape, sizes), type.element_type).to_numpy()

    @property
    def mixed_sizes(self) -> list[Value | int]:
        """Each size: a number or a value."""
        following = iter(self.operands)
        shape = ranked(self.result_.type).shape
        return [next(following) if size == types.DYNAMIC else size for size in shape]


class FromElementsOp(Op, name="tensor.from_elements", traits=(Pure,)):
    """`%t = tensor.from_elements %a, %b : tensor<2xf32>`: a tensor of these elements."""

    elements = variadic_operand()
    result_ = result(AnyRankedTensor)

    @classmethod
    def parse(cls, p: OpParser) -> FromElementsOp:
        names = p.operands()
        attributes = p.optional_dictionary()
        p.literal(":")
        start = p.start
        type = p.type()
        if not isinstance(type, types.RankedTensorType) or not type.has_static_shape:
            raise p.error("custom op 'tensor.from_elements' 'result' must be statically shaped "
                          f"tensor of any type values, but got '{type}'", start)  # fmt: skip
        values = p.resolve_all(names, [type.element_type] * type.num_elements)
        return cls.create(values, [type], None, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(" ")
        p.operands(self.elements)
        p.attr_dict(self)
        p.write(" : ")
        p.type(self.result_.type)

    def result_name(self) -> str:
        """`from_elements`."""
        return "from_elements"

    def verify_op(self) -> None:
        type = ranked(self.result_.type)
        if not type.has_static_shape or type.num_elements != self.num_operands:
            raise self.error("number of elements must match the number of elements of the type")

    def evaluate(self, *elements: RuntimeValue) -> RuntimeValue:
        type = ranked(self.result_.type)
        return np.array(elements, dtype_of(type.element_type)).reshape(type.shape)


class SplatOp(Op, name="tensor.splat", traits=(Pure,)):
    """`%t = tensor.splat %x[%n] : tensor<?x4xf32>`: every element is the scalar."""

    input = operand()
    dynamic_sizes = variadic_operand(Index)
    aggregate = result(AnyRankedTensor)

    @classmethod
    def parse(cls, p: OpParser) -> SplatOp:
        name = p.operand()
        sizes = p.operands("[", "]") if p.text == "[" else []
        attributes = p.optional_dictionary()
        p.literal(":")
        type = p.type()
        element = p.resolve(name, types.element_type_or_self(type))
        values = [element, *p.resolve_all(sizes, [types.index] * len(sizes))]
        return cls.create(values, [type], None, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.input)}")
        if self.dynamic_sizes:
            p.write("[")
            p.operands(self.dynamic_sizes)
            p.write("]")
        p.attr_dict(self)
        p.write(" : ")
        p.type(self.aggregate.type)

    def result_name(self) -> str:
        """`splat`."""
        return "splat"

    def verify_op(self) -> None:
        verify_dynamic_sizes(self, self.aggregate.type, len(self.dynamic_sizes))

    def execute(
        self, machine: Machine, element: RuntimeValue, *sizes: RuntimeValue
    ) -> RuntimeValue:
        """A full array."""
        type = ranked(self.aggregate.type)
        return np.full(fill_sizes(type.shape, sizes), element, dtype_of(type.element_type))

    def fold(self, operands: Sequence[Attribute | None]) -> Fold:
        """Of a constant with a known shape: a dense constant."""
        value, type = operands[0], ranked(self.aggregate.type)
        if isinstance(value, (IntegerAttr, FloatAttr)) and type.has_static_shape:
            return DenseElementsAttr.splat(value, type)
        return None


class YieldOp(Op, name="tensor.yield", traits=(Pure, ReturnLike, Terminator)):
    """`tensor.yield %x : f32`: the element at the point for which the region is run."""

    value = operand()
    syntax = "$value attr-dict `:` type($value)"


class GenerateOp(Op, name="tensor.generate", traits=(RecursiveMemoryEffects, SingleBlock)):
    """`%t = tensor.generate %n { ^bb0(%i: index): ... tensor.yield %x : f32 } : tensor<?xf32>`.

    Runs the region for each element.
    """

    dynamic_extents = variadic_operand(Index)
    result_ = result(AnyRankedTensor)
    body = region()

    @classmethod
    def parse(cls, p: OpParser) -> Generator[RegionRequest, Region, Operation]:
        names = p.operands()
        body = yield p.region()
        attributes = p.optional_dictionary()
        p.literal(":")
        type = p.type()
        values = p.resolve_all(names, [types.index] * len(names))
        return cls.create(values, [type], None, attributes or None, (), [body])

    def print(self, p: Printer) -> Iterator[Any]:
        p.write(" ")
        p.operands(self.dynamic_extents)
        p.write(" ")
        yield p.region(self.body)
        p.attr_dict(self)
        p.write(" : ")
        p.type(self.result_.type)

    def result_name(self) -> str:
        """`generated`."""
        return "generated"

    def verify_op(self) -> None:
        type = ranked(self.result_.type)
        verify_dynamic_sizes(self, type, self.num_operands)
        arguments = self.body.args
        if any(argument.type is not types.index for argument in arguments):
            raise self.error("all body arguments must be index")
        if len(arguments) != len(type.shape):
            raise self.error("must have one body argument per input dimension")
        last = self.body.entry.last
        if not isinstance(last, YieldOp) or last.value.type is not type.element_type:
            raise self.error(
                "body must be terminated with a `yield` operation of the tensor element type"
            )

    def execute(self, machine: Machine, *sizes: RuntimeValue) -> Execution:
        """Runs the region point by point."""
        type = ranked(self.result_.type)
        shape = fill_sizes(type.shape, sizes)
        found = np.zeros(shape, dtype_of(type.element_type))
        for point in itertools.product(*map(range, shape)):
            (value,) = yield RunRegion(self.body, point)
            if value is POISON:
                raise machine.undefined(self, "an element is poison")
            found[point] = fit(type.element_type)(value)
        return found
