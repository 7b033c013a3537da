"""`meta.reduce`: combining the elements along dimensions."""

from __future__ import annotations

from stepwell.dialects.meta.bases import MetaOp
from stepwell.dialects.meta.reduction_kind import KindKind, is_defined, reduce_axes
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir.constraints import AnyRankedTensor
from stepwell.ir.fields import operand, prop, result
from stepwell.ir.interpreter.machine import RuntimeValue
from stepwell.ir.property_kinds import DenseI64Array
from stepwell.ir.types import RankedTensorType


class CombiningOp(MetaOp):
    """Base of the ops with a kind of reduction."""

    kind = prop(KindKind)

    def verify_kind(self, type: RankedTensorType) -> None:
        """Checks that elements of `type` can be combined.

        Raises:
            VerifyError: they cannot.
        """
        if not is_defined(self.kind.value, type.element_type):
            raise self.error(f"'{self.kind.value}' is not defined on '{type.element_type}'")


class ReduceOp(CombiningOp, name="meta.reduce"):
    """`%r = meta.reduce add %x dimensions = [1] : tensor<?x?xf32> -> tensor<?xf32>`.

    The elements combined along the dimensions, starting from the neutral element, in an order that
    is not specified. See `ReductionKind` for the kinds.
    """

    input = operand(AnyRankedTensor)
    dimensions = prop(DenseI64Array)
    result_ = result(AnyRankedTensor)
    syntax = (
        "$kind $input `dimensions` `=` $dimensions attr-dict `:` type($input) `->` type($result)"
    )

    def verify_op(self) -> None:
        source, reduced = ranked(self.input.type), self.dimensions.ints
        self.verify_dimensions(reduced, len(source.shape))
        self.verify_element_type(source, self.result_.type)
        kept = [size for dim, size in enumerate(source.shape) if dim not in reduced]
        self.verify_shape(kept, self.result_.type)
        self.verify_kind(source)

    def compute(self, *operands: RuntimeValue) -> RuntimeValue:
        element = ranked(self.input.type).element_type
        return reduce_axes(self.kind.value, operands[0], tuple(self.dimensions.ints), element)
