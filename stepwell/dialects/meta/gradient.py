"""What differentiation reads: `meta.gradient` and `meta.stop_gradient`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stepwell.dialects.meta.bases import MetaOp
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.block import Region
from stepwell.ir.constraints import AnyFloat, AnyRankedTensor, Var, shaped
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.fields import operand, result, variadic_operand, variadic_result
from stepwell.ir.interpreter.machine import Machine, RuntimeValue
from stepwell.ir.types import RankedTensorType
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

FloatTensor = shaped(RankedTensorType, element=AnyFloat, words="ranked tensor")


class GradientOp(MetaOp, name="meta.gradient"):
    """`%g:2 = meta.gradient %loss by %w, %b : tensor<f32> by tensor<?x?xf32>, tensor<?xf32>`.

    The derivatives of the sum of the elements of `%loss` by the values `%w` and `%b`: any values of
    the same block, which need not be arguments. A value that `%loss` does not depend on has the
    derivative 0. The pass `differentiate` puts the ops that compute it in its place; the op itself
    cannot be run.
    """

    loss = operand(FloatTensor)
    values = variadic_operand(FloatTensor)
    gradients = variadic_result(FloatTensor)

    @classmethod
    def parse(cls, p: OpParser) -> GradientOp:
        loss = p.operand()
        p.literal("by")
        values = p.operands()
        attributes = p.optional_dictionary()
        p.literal(":")
        loss_type = p.type()
        p.literal("by")
        types = p.types()
        operands = [p.resolve(loss, loss_type), *p.resolve_all(values, types)]
        return cls.create(operands, types, None, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.loss)} by ")
        p.operands(self.values)
        p.attr_dict(self)
        p.write(" : ")
        p.type(self.loss.type)
        p.write(" by ")
        p.types([value.type for value in self.values])

    @classmethod
    def infer_result_types(
        cls,
        operands: Sequence[Value],
        properties: dict[str, Attribute],
        regions: Sequence[Region],
    ) -> list[Type]:
        return [value.type for value in operands[1:]]

    def verify_op(self) -> None:
        for value, gradient in zip(self.values, self.gradients, strict=True):
            if ranked(value.type) is not gradient.type:
                raise self.error(
                    f"expected a derivative of type '{value.type}', found '{gradient.type}'"
                )

    def execute(self, machine: Machine, *operands: RuntimeValue) -> RuntimeValue:
        """Refuses: there is nothing yet that computes it."""
        raise InterpreterError("has no meaning of its own; run the pass 'differentiate' first")


class StopGradientOp(MetaOp, name="meta.stop_gradient"):
    """`%r = meta.stop_gradient %x : tensor<?xf32>`: the same tensor.

    To `differentiate` the result is a constant; afterwards the op is removed.
    """

    T = Var("T", AnyRankedTensor)
    input = operand(T)
    result_ = result(T)
    syntax = "$input attr-dict `:` type($input)"

    def compute(self, *operands: RuntimeValue) -> RuntimeValue:
        return operands[0]
