"""`tensor.gather` and `tensor.scatter`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir.constraints import AnyRankedTensor
from stepwell.ir.definition import Op
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.fields import operand, prop, result, unit_prop
from stepwell.ir.interpreter.machine import RuntimeValue
from stepwell.ir.property_kinds import DenseI64Array
from stepwell.ir.traits import Pure
from stepwell.ir.types import RankedTensorType


class CoordinateOp(Op):
    """Base of gather and scatter."""

    def verify_coordinates(
        self, words: str, side: str, dims: Sequence[int], whole: RankedTensorType
    ) -> None:
        """Checks the list of dimensions.

        Raises:
            VerifyError: it is not a list of dimensions of `whole`.
        """
        indices = ranked(self.operands[-1].type)
        if not dims:
            raise self.error(f"{words}_dims must be non-empty")
        if len(dims) > len(whole.shape):
            raise self.error(f"{words}_dims overflow {side} rank")
        for dim in dims:
            if dim < 0:
                raise self.error(f"{words}_dims value must be non-negative")
            if dim >= len(whole.shape):
                raise self.error(f"{words}_dims value must be smaller than {side} rank")
        if any(a >= b for a, b in zip(dims, dims[1:], strict=False)):
            raise self.error(f"{words}_dims values must be strictly increasing")
        if indices.shape[-1] != len(dims):
            raise self.error(
                f"{words}_dims length must match the size of last dimension of indices"
            )

    def verify_part(
        self, what: str, dims: Sequence[int], whole: RankedTensorType, found: RankedTensorType
    ) -> None:
        """Checks the type of what is gathered or scattered.

        Raises:
            VerifyError: it does not follow from the other types.
        """
        batch = ranked(self.operands[-1].type).shape[:-1]
        kept = [1 if dim in dims else size for dim, size in enumerate(whole.shape)]
        reduced = [size for dim, size in enumerate(whole.shape) if dim not in dims]
        full = RankedTensorType((*batch, *kept), whole.element_type)
        short = RankedTensorType((*batch, *reduced), whole.element_type)
        if found is not full and found is not short:
            raise self.error(
                f"{what} type mismatch: expected '{full}' or its rank-reduced variant '{short}' "
                f"(got: '{found}')"
            )


def _places(
    indices: RuntimeValue, dims: Sequence[int], shape: Sequence[int]
) -> list[tuple[tuple[int, ...], tuple[int | slice, ...]]]:
    """For each place in the batch, the part of the whole that it stands for.

    Raises:
        InterpreterError: a coordinate is out of bounds.
    """
    found = []
    for place in np.ndindex(*indices.shape[:-1]):
        part: list[int | slice] = [slice(None)] * len(shape)
        for number, dim in enumerate(dims):
            at = int(indices[(*place, number)])
            if not 0 <= at < shape[dim]:
                raise InterpreterError(f"out-of-bounds index {at} for dimension {dim}")
            part[dim] = at
        found.append((place, tuple(part)))
    return found


class GatherOp(CoordinateOp, name="tensor.gather", traits=(Pure,)):
    """`%g = tensor.gather %t[%at] gather_dims([0, 1]) unique : (...) -> ...`.

    The parts of the source at the coordinates in the last dimension of the indices.
    """

    source = operand(AnyRankedTensor)
    indices = operand(AnyRankedTensor)
    gather_dims = prop(DenseI64Array)
    unique = unit_prop()
    result_ = result(AnyRankedTensor)
    syntax = (
        "$source `[` $indices `]` `gather_dims` `(` $gather_dims `)` (`unique` $unique^)? "
        "attr-dict `:` functional-type(operands, results)"
    )

    def result_name(self) -> str:
        """`gather`."""
        return "gather"

    def verify_op(self) -> None:
        dims, whole = self.gather_dims.ints, ranked(self.source.type)
        self.verify_coordinates("gather", "source", dims, whole)
        self.verify_part("result", dims, whole, ranked(self.result_.type))

    def evaluate(self, source: RuntimeValue, indices: RuntimeValue) -> RuntimeValue:
        rest = ranked(self.result_.type).shape[indices.ndim - 1 :]
        dims = self.gather_dims.ints
        sizes = [n for dim, n in enumerate(source.shape) if dim not in dims]
        found = np.empty((*indices.shape[:-1], *sizes), source.dtype)
        for place, part in _places(indices, dims, source.shape):
            found[place] = source[part]
        if len(rest) == source.ndim:
            sizes = [1 if dim in dims else n for dim, n in enumerate(source.shape)]
        return found.reshape((*indices.shape[:-1], *sizes))


class ScatterOp(CoordinateOp, name="tensor.scatter", traits=(Pure,)):
    """`%u = tensor.scatter %s into %t[%at] scatter_dims([0, 1]) unique : (...) -> ...`.

    The destination with the parts at the coordinates replaced.
    """

    source = operand(AnyRankedTensor)
    dest = operand(AnyRankedTensor)
    indices = operand(AnyRankedTensor)
    scatter_dims = prop(DenseI64Array)
    unique = unit_prop()
    result_ = result(AnyRankedTensor)
    syntax = (
        "$source `into` $dest `[` $indices `]` `scatter_dims` `(` $scatter_dims `)` "
        "(`unique` $unique^)? attr-dict `:` functional-type(operands, results)"
    )

    def result_name(self) -> str:
        """`scatter`."""
        return "scatter"

    def verify_op(self) -> None:
        dims, whole = self.scatter_dims.ints, ranked(self.dest.type)
        self.verify_coordinates("scatter", "dest", dims, whole)
        if self.unique is None:
            raise self.error("requires 'unique' attribute to be set")
        self.verify_part("source", dims, whole, ranked(self.source.type))

    def evaluate(
        self, source: RuntimeValue, dest: RuntimeValue, indices: RuntimeValue
    ) -> RuntimeValue:
        dims = self.scatter_dims.ints
        found = np.array(dest)
        sizes = [n for dim, n in enumerate(dest.shape) if dim not in dims]
        parts = source.reshape((*indices.shape[:-1], *sizes))
        for place, part in _places(indices, dims, dest.shape):
            found[part] = parts[place]
        return found
