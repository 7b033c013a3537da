"""`meta.gather` and its transpose: whole rows moved by a tensor of indices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepwell.dialects.meta.bases import MetaOp, filled
from stepwell.dialects.meta.reduce import CombiningOp
from stepwell.dialects.meta.reduction_kind import combine_at, neutral_scalar
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir.constraints import AnyRankedTensor, AnySignlessIntegerOrIndex, Index, shaped
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.fields import operand, result, variadic_operand
from stepwell.ir.interpreter.machine import RuntimeValue
from stepwell.ir.types import RankedTensorType

IndexTensor = shaped(RankedTensorType, element=AnySignlessIntegerOrIndex, words="ranked tensor")


class GatherOp(MetaOp, name="meta.gather"):
    """`%r = meta.gather %x at %i : tensor<?x?xf32>, tensor<?xi32> -> tensor<?x?xf32>`.

    `r[i..., rest...] = x[indices[i...], rest...]`: indices count along dimension 0 of x. An index
    outside of [0, n) is an error.
    """

    input = operand(AnyRankedTensor)
    indices = operand(IndexTensor)
    result_ = result(AnyRankedTensor)
    syntax = "$input `at` $indices attr-dict `:` type($input) `,` type($indices) `->` type($result)"

    def verify_op(self) -> None:
        source, indices = ranked(self.input.type), ranked(self.indices.type)
        if not source.shape:
            raise self.error("expected an input with at least one dimension")
        self.verify_element_type(source, self.result_.type)
        self.verify_shape((*indices.shape, *source.shape[1:]), self.result_.type)

    def compute(self, *operands: RuntimeValue) -> RuntimeValue:
        array, indices = operands
        return array[checked(indices, len(array))]


class ScatterReduceOp(CombiningOp, name="meta.scatter_reduce"):
    """`%r = meta.scatter_reduce add %y at %i sizes(%n) : tensor<?xf32>, tensor<?xi32> -> ...`.

    The transpose of `meta.gather`: `y[i..., rest...]` is combined into `r[indices[i...], rest...]`;
    what nothing arrives at is the neutral element. The order is not specified. There is a size if
    that of dimension 0 of the result is open. An index outside of [0, n) is an error.
    """

    input = operand(AnyRankedTensor)
    indices = operand(IndexTensor)
    sizes = variadic_operand(Index)
    result_ = result(AnyRankedTensor)
    syntax = (
        "$kind $input `at` $indices (`sizes` `(` $sizes^ `)`)? attr-dict `:` "
        "type($input) `,` type($indices) `->` type($result)"
    )

    def verify_op(self) -> None:
        source, indices = ranked(self.input.type), ranked(self.indices.type)
        target, batch = ranked(self.result_.type), len(indices.shape)
        if source.shape[:batch] != indices.shape:
            raise self.error("expected an input whose first dimensions are those of the indices")
        if not target.shape:
            raise self.error("expected a result with at least one dimension")
        self.verify_element_type(source, target)
        self.verify_shape((target.shape[0], *source.shape[batch:]), target)
        self.verify_sizes(self.sizes, target.shape[:1])
        self.verify_kind(source)

    def compute(self, *operands: RuntimeValue) -> RuntimeValue:
        array, indices, sizes = operands[0], operands[1], operands[2:]
        type = ranked(self.result_.type)
        shape = _scattered_shape(type.shape, array.shape[indices.ndim :], sizes)
        found = np.full(shape, neutral_scalar(self.kind.value, type.element_type), array.dtype)
        places = checked(indices, shape[0])
        combine_at(self.kind.value, found, (places,), array, type.element_type)
        return found


def _scattered_shape(
    shape: Sequence[int], rest: Sequence[int], sizes: Sequence[int]
) -> tuple[int, ...]:
    return (*filled(shape[:1], sizes), *rest)


def checked(indices: NDArray[Any], size: int) -> NDArray[np.int64]:
    """The indices as they are used.

    Raises:
        InterpreterError: one is outside of [0, size).
    """
    found = indices.astype(np.int64)
    wrong = found[(found < 0) | (found >= size)]
    if wrong.size:
        raise InterpreterError(f"index {int(wrong[0])} is outside of [0, {size})")
    return found
