"""Single elements, sizes, and casts of tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from stepwell.dialects.tensor.shapes import are_cast_compatible, compatible, ranked
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.constraints import AnyRankedTensor, AnyTensor, Index, Var, element_of
from stepwell.ir.definition import Op
from stepwell.ir.dense_attributes import DenseElementsAttr, dtype_of
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.fields import operand, result, variadic_operand
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.traits import NoMemoryEffect, Pure
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.rewriting.folding import Fold


def place_of(indices: Sequence[RuntimeValue], shape: Sequence[int]) -> tuple[int, ...]:
    """The indices, all of which must lie within the shape.

    Raises:
        InterpreterError: one does not.
    """
    for number, (index, size) in enumerate(zip(indices, shape, strict=True)):
        if index is POISON or not 0 <= index < size:
            raise InterpreterError(
                f"out-of-bounds index {index} for dimension {number} of size {size}"
            )
    return tuple(int(index) for index in indices)


class ExtractOp(Op, name="tensor.extract", traits=(Pure,)):
    """`%x = tensor.extract %t[%i, %j] : tensor<4x?xf32>`: one element."""

    T = Var("T", AnyRankedTensor)
    tensor = operand(T)
    indices = variadic_operand(Index)
    result_ = result(element_of(T))
    syntax = "$tensor `[` $indices `]` attr-dict `:` type($tensor)"

    def result_name(self) -> str:
        """`extracted`."""
        return "extracted"

    def verify_op(self) -> None:
        if len(self.indices) != len(ranked(self.tensor.type).shape):
            raise self.error("incorrect number of indices for extract_element")

    def evaluate(self, tensor: RuntimeValue, *indices: RuntimeValue) -> RuntimeValue:
        found = tensor[place_of(indices, tensor.shape)]
        return int(found) if found.dtype.kind in "iub" else found

    def fold(self, operands: Sequence[Attribute | None]) -> Fold:
        """From a splat, wherever; from `from_elements` and `splat`, what they were given."""
        tensor = operands[0]
        if isinstance(tensor, DenseElementsAttr) and tensor.is_splat:
            return tensor.element(0)
        made = self.tensor.defining_op
        if made is None:
            return None
        if made.name == "tensor.splat":
            return made.operands[0]
        if made.name == "tensor.from_elements":
            return self._given(made.operands, operands[1:])
        return None

    def _given(self, elements: Sequence[Value], known: Sequence[Attribute | None]) -> Fold:
        shape = ranked(self.tensor.type).shape
        at = 0
        for index, size in zip(known, shape, strict=True):
            if not isinstance(index, IntegerAttr) or not 0 <= index.value < size:
                return None
            at = at * size + index.value
        return elements[at]


class InsertOp(Op, name="tensor.insert", traits=(Pure,)):
    """`%u = tensor.insert %x into %t[%i, %j] : tensor<4x?xf32>`: the tensor with a new element."""

    T = Var("T", AnyRankedTensor)
    scalar = operand(element_of(T))
    dest = operand(T)
    indices = variadic_operand(Index)
    result_ = result(T)
    syntax = "$scalar `into` $dest `[` $indices `]` attr-dict `:` type($dest)"

    def result_name(self) -> str:
        """`inserted`."""
        return "inserted"

    def verify_op(self) -> None:
        if len(self.indices) != len(ranked(self.dest.type).shape):
            raise self.error("incorrect number of indices")

    def evaluate(
        self, scalar: RuntimeValue, dest: RuntimeValue, *indices: RuntimeValue
    ) -> RuntimeValue:
        place = place_of(indices, dest.shape)
        found = np.array(dest)
        found[place] = scalar
        return found


class DimOp(Op, name="tensor.dim", traits=(NoMemoryEffect,)):
    """`%n = tensor.dim %t, %i : tensor<?x4xf32>`: one size."""

    source = operand(AnyTensor)
    index = operand(Index)
    result_ = result(Index)
    syntax = "attr-dict $source `,` $index `:` type($source)"

    def result_name(self) -> str:
        """`dim`."""
        return "dim"

    def evaluate(self, source: RuntimeValue, index: RuntimeValue) -> RuntimeValue:
        return source.shape[place_of([index], [source.ndim])[0]]

    def is_speculatable(self) -> bool:
        """Whether the index is known to be in range."""
        number = self.constant_index
        type = self.source.type
        return number is not None and types.is_ranked(type) and number < len(types.dims_of(type))

    @property
    def constant_index(self) -> int | None:
        """The dimension, if it is a constant."""
        made = self.index.defining_op
        value = made.get_attribute("value") if made and made.name == "arith.constant" else None
        return value.value if isinstance(value, IntegerAttr) else None

    def fold(self, operands: Sequence[Attribute | None]) -> Fold:
        """A size that the type tells, or that the op which made the tensor was given."""
        if not isinstance(operands[1], IntegerAttr) or not types.is_ranked(self.source.type):
            return None
        number, shape = operands[1].value, types.dims_of(self.source.type)
        if not 0 <= number < len(shape):
            return None
        if shape[number] != types.DYNAMIC:
            return IntegerAttr(shape[number], types.index)
        made = self.source.defining_op
        if made is None or made.name not in ("tensor.empty", "tensor.generate"):
            return None
        return made.operands[sum(size == types.DYNAMIC for size in shape[:number])]


class RankOp(Op, name="tensor.rank", traits=(Pure,)):
    """`%r = tensor.rank %t : tensor<*xf32>`: how many dimensions."""

    tensor = operand(AnyTensor)
    result_ = result(Index)
    syntax = "$tensor attr-dict `:` type($tensor)"

    def result_name(self) -> str:
        """`rank`."""
        return "rank"

    def evaluate(self, tensor: RuntimeValue) -> RuntimeValue:
        return tensor.ndim

    def fold(self, operands: Sequence[Attribute | None]) -> Fold:
        """Known from the type."""
        type = self.tensor.type
        if not types.is_ranked(type):
            return None
        return IntegerAttr(len(types.dims_of(type)), types.index)


class CastOp(Op, name="tensor.cast", traits=(Pure,)):
    """`%u = tensor.cast %t : tensor<4xf32> to tensor<?xf32>`: the same tensor, known otherwise."""

    source = operand(AnyTensor)
    dest = result(AnyTensor)
    syntax = "$source attr-dict `:` type($source) `to` type($dest)"

    def result_name(self) -> str:
        """`cast`."""
        return "cast"

    def verify_op(self) -> None:
        if not are_cast_compatible(self.source.type, self.dest.type):
            raise self.error(
                f"operand type '{self.source.type}' and result type '{self.dest.type}' are cast "
                "incompatible"
            )

    def evaluate(self, source: RuntimeValue) -> RuntimeValue:
        if types.is_ranked(self.dest.type) and not compatible(
            types.dims_of(self.dest.type), source.shape
        ):
            raise InterpreterError(f"has a tensor of shape {source.shape} for '{self.dest.type}'")
        return source

    def fold(self, operands: Sequence[Attribute | None]) -> Fold:
        """Nothing changes; or a cast back."""
        if self.source.type is self.dest.type:
            return self.source
        made = self.source.defining_op
        if isinstance(made, CastOp) and made.source.type is self.dest.type:
            return made.source
        return None


def _bits(type: Type) -> int | None:
    element = types.element_type_or_self(type)
    return element.width if isinstance(element, (types.IntegerType, types.FloatType)) else None


class BitcastOp(Op, name="tensor.bitcast", traits=(Pure,)):
    """`%u = tensor.bitcast %t : tensor<4xi32> to tensor<4xf32>`: the same bits."""

    source = operand(AnyTensor)
    dest = result(AnyTensor)
    syntax = "$source attr-dict `:` type($source) `to` type($dest)"

    def verify_op(self) -> None:
        source, dest = self.source.type, self.dest.type
        both = types.is_ranked(source) and types.is_ranked(dest)
        same = _bits(source) is not None and _bits(source) == _bits(dest)
        if not same or (both and types.dims_of(source) != types.dims_of(dest)):
            raise self.error(
                f"operand type '{source}' and result type '{dest}' are cast incompatible"
            )

    def evaluate(self, source: RuntimeValue) -> RuntimeValue:
        return np.ascontiguousarray(source).view(
            dtype_of(types.element_type_or_self(self.dest.type))
        )

    def fold(self, operands: Sequence[Attribute | None]) -> Fold:
        """Nothing changes."""
        return self.source if self.source.type is self.dest.type else None
