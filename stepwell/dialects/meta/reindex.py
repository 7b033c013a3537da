"""`meta.reindex` and its transpose: elements moved along an affine map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepwell.dialects.meta.bases import MetaOp, dtype_of_elements, filled
from stepwell.dialects.meta.reduce import CombiningOp
from stepwell.dialects.meta.reduction_kind import combine_at, neutral_scalar
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine_attributes import AffineMapKind
from stepwell.ir.constraints import AnyRankedTensor, AnyType, Index
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.fields import operand, optional_operand, prop, result, variadic_operand
from stepwell.ir.interpreter.machine import RuntimeValue

Places = tuple["NDArray[np.int64]", ...]


class ReindexOp(MetaOp, name="meta.reindex"):
    """`%r = meta.reindex %x[#map](%s) sizes(%n) else %zero : tensor<?xf32>, f32 -> tensor<?xf32>`.

    Element d of the result is `x[map(d)]` where that place is inside x, else the value after
    `else`. Without `else` every place must be inside. `(%s)` are the map's symbols; there is a size
    for each open size of the result.
    """

    input = operand(AnyRankedTensor)
    symbols = variadic_operand(Index)
    sizes = variadic_operand(Index)
    otherwise = optional_operand(AnyType)
    map = prop(AffineMapKind)
    result_ = result(AnyRankedTensor)
    syntax = (
        "$input `[` $map `]` (`` `(` $symbols^ `)`)? (`sizes` `(` $sizes^ `)`)? "
        "(`else` $otherwise^)? attr-dict `:` type($input) (`,` type($otherwise)^)? `->` "
        "type($result)"
    )

    def verify_op(self) -> None:
        source, target = ranked(self.input.type), ranked(self.result_.type)
        _verify_map(self, self.map.map, len(target.shape), len(source.shape), self.symbols)
        self.verify_element_type(source, target)
        self.verify_sizes(self.sizes, target.shape)
        if self.otherwise is not None and self.otherwise.type is not source.element_type:
            raise self.error(
                f"expected a '{source.element_type}' after 'else', found '{self.otherwise.type}'"
            )

    def compute(self, *operands: RuntimeValue) -> RuntimeValue:
        symbols, sizes = len(self.symbols), len(self.sizes)
        array = operands[0]
        shape = filled(ranked(self.result_.type).shape, operands[1 + symbols :][:sizes])
        places = mapped_places(self.map.map, shape, operands[1 : 1 + symbols])
        inside = is_inside(places, array.shape)
        if self.otherwise is None:
            if not inside.all():
                raise InterpreterError("reads outside of its input and has no 'else'")
            return np.array(np.broadcast_to(array[places], shape))
        found = np.full(shape, operands[-1], array.dtype)
        inside = np.broadcast_to(inside, shape)
        chosen = tuple(np.broadcast_to(place, shape)[inside] for place in places)
        found[inside] = array[chosen]
        return found


class ReindexReduceOp(CombiningOp, name="meta.reindex_reduce"):
    """`%r = meta.reindex_reduce add %x[#map](%s) sizes(%n) : tensor<?x?xf32> -> tensor<?xf32>`.

    The transpose of `meta.reindex`: element d of the input is combined into place `map(d)` of the
    result; places outside are dropped, and what nothing arrives at is the neutral element. The
    order is not specified. There is a size for each open size of the result.
    """

    input = operand(AnyRankedTensor)
    symbols = variadic_operand(Index)
    sizes = variadic_operand(Index)
    map = prop(AffineMapKind)
    result_ = result(AnyRankedTensor)
    syntax = (
        "$kind $input `[` $map `]` (`` `(` $symbols^ `)`)? (`sizes` `(` $sizes^ `)`)? "
        "attr-dict `:` type($input) `->` type($result)"
    )

    def verify_op(self) -> None:
        source, target = ranked(self.input.type), ranked(self.result_.type)
        _verify_map(self, self.map.map, len(source.shape), len(target.shape), self.symbols)
        self.verify_element_type(source, target)
        self.verify_sizes(self.sizes, target.shape)
        self.verify_kind(source)

    def compute(self, *operands: RuntimeValue) -> RuntimeValue:
        symbols, array = len(self.symbols), operands[0]
        type = ranked(self.result_.type)
        shape = filled(type.shape, operands[1 + symbols :])
        start = neutral_scalar(self.kind.value, type.element_type)
        found = np.full(shape, start, dtype_of_elements(type))
        places = mapped_places(self.map.map, array.shape, operands[1 : 1 + symbols])
        inside = is_inside(places, shape)
        inside = np.broadcast_to(inside, array.shape)
        chosen = tuple(np.broadcast_to(place, array.shape)[inside] for place in places)
        combine_at(self.kind.value, found, chosen, array[inside], type.element_type)
        return found


def mapped_places(map: AffineMap, shape: Sequence[int], symbols: Sequence[int]) -> Places:
    """For each result of the map, its value at each place of the shape; arrays of that rank.

    Raises:
        InterpreterError: the map divides by zero.
    """
    grid = [
        np.arange(size, dtype=np.int64).reshape([-1 if d == dim else 1 for d in range(len(shape))])
        for dim, size in enumerate(shape)
    ]
    try:
        values: Sequence[Any] = map.evaluate(grid, symbols)
    except ZeroDivisionError:
        raise InterpreterError("its map divides by zero") from None
    ones = np.zeros((1,) * len(shape), np.int64)
    return tuple(np.asarray(value, np.int64) + ones for value in values)


def is_inside(places: Places, shape: Sequence[int]) -> NDArray[np.bool_]:
    """Where all coordinates are within the shape; True for a shape without dimensions."""
    inside: Any = np.True_
    for place, size in zip(places, shape, strict=True):
        inside = inside & (place >= 0) & (place < size)
    return np.asarray(inside)


def _verify_map(
    op: MetaOp, map: AffineMap, dims: int, results: int, symbols: Sequence[object]
) -> None:
    if map.num_dims != dims:
        raise op.error(f"expected a map with {dims} dimensions, found {map.num_dims}")
    if map.num_results != results:
        raise op.error(f"expected a map with {results} results, found {map.num_results}")
    if map.num_symbols != len(symbols):
        raise op.error(f"expected {map.num_symbols} symbols, found {len(symbols)}")
