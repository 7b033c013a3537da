"""`linalg.softmax`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepwell.dialects.linalg.execution import as_elements, deliver
from stepwell.dialects.linalg.operand_lists import (
    parse_ins_outs,
    parse_result_types,
    print_ins_outs,
    print_result_types,
)
from stepwell.dialects.linalg.structured import is_memref, shape_of
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.definition import Op
from stepwell.ir.effects import Effect, read, write
from stepwell.ir.fields import operand, prop, variadic_result
from stepwell.ir.interpreter.machine import Machine, RuntimeValue
from stepwell.ir.property_kinds import I64
from stepwell.ir.types import i64
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


class SoftmaxOp(Op, name="linalg.softmax"):
    """`linalg.softmax dimension(1) ins(%a : ...) outs(%b : ...) -> ...`.

    exp(x - max(x)) / sum(exp(x - max(x))) along the dimension.
    """

    input = operand()
    output = operand()
    dimension = prop(I64)
    result_ = variadic_result()

    @property
    def dps_inputs(self) -> tuple[Value, ...]:
        """The input."""
        return (self.input,)

    @property
    def dps_inits(self) -> tuple[Value, ...]:
        """The output."""
        return (self.output,)

    @classmethod
    def parse(cls, p: OpParser) -> SoftmaxOp:
        attributes = p.optional_dictionary()
        p.literal("dimension")
        p.literal("(")
        dimension = IntegerAttr(p.integer(), i64)
        p.literal(")")
        inputs, outputs = parse_ins_outs(p)
        result_types = parse_result_types(p)
        return cls.create(
            [*inputs, *outputs], result_types, {"dimension": dimension}, attributes or None
        )

    def print(self, p: Printer) -> None:
        p.attr_dict(self, ("dimension",))
        p.write(f" dimension({self.dimension.value})")
        print_ins_outs(p, self.dps_inputs, self.dps_inits)
        print_result_types(p, self.results)

    def verify_op(self) -> None:
        shape = shape_of(self.input.type)
        if not 0 <= self.dimension.value < len(shape):
            raise self.error("incorrect dimension specified")
        if shape_of(self.output.type) != shape:
            raise self.error("incompatible output shape")

    def effects(self) -> list[Effect]:
        """Reads and writes memrefs."""
        found = [read(self.input)] if is_memref(self.input.type) else []
        return [*found, write(self.output)] if is_memref(self.output.type) else found

    def is_speculatable(self) -> bool:
        """Whether only tensors are touched."""
        return not is_memref(self.input.type) and not is_memref(self.output.type)

    def execute(self, machine: Machine, source: RuntimeValue, target: RuntimeValue) -> RuntimeValue:
        """Computes in the element type, step by step as the decomposed op does."""
        array = as_elements(source)
        axis = self.dimension.value
        shifted = np.exp(array - np.max(array, axis=axis, keepdims=True))
        result = (shifted / np.sum(shifted, axis=axis, keepdims=True)).astype(array.dtype)
        return deliver([target], [result])
