"""`meta.scan`: the elements up to each place along a dimension combined."""

from __future__ import annotations

import numpy as np

from stepwell.dialects.meta.reduce import CombiningOp
from stepwell.dialects.meta.reduction_kind import scanned
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir.constraints import AnyRankedTensor, Var
from stepwell.ir.fields import operand, prop, result, unit_prop
from stepwell.ir.interpreter.machine import RuntimeValue
from stepwell.ir.property_kinds import I64


class ScanOp(CombiningOp, name="meta.scan"):
    """`%r = meta.scan add %x along 1 : tensor<?x?xf32>`.

    Element i of the result, along the dimension, is the elements 0 to i combined, one after the
    other; with `reverse`, those from the last one down to i. See `ReductionKind` for the kinds.
    """

    T = Var("T", AnyRankedTensor)
    input = operand(T)
    dimension = prop(I64)
    reverse = unit_prop()
    result_ = result(T)
    syntax = "$kind $input `along` $dimension (`reverse` $reverse^)? attr-dict `:` type($input)"

    def verify_op(self) -> None:
        source = ranked(self.input.type)
        self.verify_dimensions([self.dimension.value], len(source.shape))
        self.verify_kind(source)

    def compute(self, *operands: RuntimeValue) -> RuntimeValue:
        axis, element = self.dimension.value, ranked(self.input.type).element_type
        if self.reverse is None:
            return scanned(self.kind.value, operands[0], axis, element)
        turned = scanned(self.kind.value, np.flip(operands[0], axis), axis, element)
        return np.ascontiguousarray(np.flip(turned, axis))
