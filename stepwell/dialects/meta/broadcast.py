"""`meta.broadcast`: repeating a tensor along new dimensions."""

from __future__ import annotations

import numpy as np

from stepwell.dialects.meta.bases import MetaOp, filled
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir.constraints import AnyRankedTensor, Index
from stepwell.ir.fields import operand, prop, result, variadic_operand
from stepwell.ir.interpreter.machine import RuntimeValue
from stepwell.ir.property_kinds import DenseI64Array


class BroadcastOp(MetaOp, name="meta.broadcast"):
    """`%r = meta.broadcast %x sizes(%n) dimensions = [0] : tensor<?xf32> -> tensor<?x?xf32>`.

    The input repeated along `dimensions`: those of the result that the input lacks, in order. There
    is a size for each of them whose size the type leaves open.
    """

    input = operand(AnyRankedTensor)
    sizes = variadic_operand(Index)
    dimensions = prop(DenseI64Array)
    result_ = result(AnyRankedTensor)
    syntax = (
        "$input (`sizes` `(` $sizes^ `)`)? `dimensions` `=` $dimensions attr-dict `:` "
        "type($input) `->` type($result)"
    )

    @property
    def kept_dimensions(self) -> list[int]:
        """The dimensions of the result that the input has, in order."""
        added = self.dimensions.ints
        return [dim for dim in range(len(ranked(self.result_.type).shape)) if dim not in added]

    def verify_op(self) -> None:
        source, target = ranked(self.input.type).shape, ranked(self.result_.type).shape
        added = self.dimensions.ints
        self.verify_dimensions(added, len(target))
        if len(source) + len(added) != len(target):
            raise self.error(
                f"expected a result with {len(source) + len(added)} dimensions, found {len(target)}"
            )
        self.verify_element_type(self.input.type, self.result_.type)
        expected = list(target)
        for dim, size in zip(self.kept_dimensions, source, strict=True):
            expected[dim] = size
        self.verify_shape(expected, self.result_.type)
        self.verify_sizes(self.sizes, [target[dim] for dim in added])

    def compute(self, *operands: RuntimeValue) -> RuntimeValue:
        array, sizes = operands[0], operands[1:]
        added = self.dimensions.ints
        target = ranked(self.result_.type).shape
        shape = list(target)
        new = filled([target[dim] for dim in added], sizes)
        for dim, size in [*zip(added, new, strict=True),
                          *zip(self.kept_dimensions, array.shape, strict=True)]:  # fmt: skip
            shape[dim] = size
        aligned = np.expand_dims(array, tuple(added))
        return np.array(np.broadcast_to(aligned, shape))
