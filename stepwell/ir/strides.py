"""Strides and offsets of memref types.

>>> from stepwell.ir.types import MemRefType, f32
>>> strides_and_offset(MemRefType((4, 8), f32))
((8, 1), 0)
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir.affine.expr import AffineBinary, AffineExpr, post_order
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine.walk import evaluate
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import StridedLayoutAttr
from stepwell.ir.types import DYNAMIC, MemRefType

Strides = tuple[int, ...]


def row_major_strides(shape: Sequence[int]) -> Strides:
    """The strides of a dense array whose last index runs fastest; DYNAMIC where not known."""
    strides = [1] * len(shape)
    for position in range(len(shape) - 2, -1, -1):
        strides[position] = product(strides[position + 1], shape[position + 1])
    return tuple(strides)


def product(a: int, b: int) -> int:
    """a * b, which is DYNAMIC if either is (unless the other is 0)."""
    if 0 in (a, b):
        return 0
    return DYNAMIC if DYNAMIC in (a, b) else a * b


def total(a: int, b: int) -> int:
    """a + b, which is DYNAMIC if either is."""
    return DYNAMIC if DYNAMIC in (a, b) else a + b


def strides_and_offset(type: MemRefType) -> tuple[Strides, int] | None:
    """The strides and the offset of a memref type, or None if its layout is not strided."""
    if type.layout is None:
        return row_major_strides(type.shape), 0
    if isinstance(type.layout, StridedLayoutAttr):
        return type.layout.strides, type.layout.offset
    if isinstance(type.layout, AffineMapAttr):
        return _of_map(type.layout.map, type.shape)
    return None


def _of_map(map: AffineMap, shape: Sequence[int]) -> tuple[Strides, int] | None:
    """Of a layout map with as many results as the canonical layout: one, or a permutation."""
    if map.num_results != 1:
        if map.num_results != len(shape) or DYNAMIC in shape or not map.is_permutation:
            return None
        positions = map.dim_positions or ()
        inner = row_major_strides([shape[position] for position in positions])
        strides = [0] * len(shape)
        for position, stride in zip(positions, inner, strict=True):
            strides[position] = stride
        return tuple(strides), 0
    return _of_expression(map.results[0], map.num_dims, map.num_symbols)


def _of_expression(expr: AffineExpr, num_dims: int, num_symbols: int) -> tuple[Strides, int] | None:
    """Coefficients of a linear expression; those that involve symbols are DYNAMIC."""
    for part in post_order(expr):
        if isinstance(part, AffineBinary) and part.kind not in ("add", "mul"):
            return None
    # A linear function is known from its values at the origin and at the unit points; a coefficient
    # depends on symbols if it changes with them.
    probes = [[0] * num_symbols, [1] * num_symbols, [2 + 3 * i for i in range(num_symbols)]]
    found: list[list[int]] = []
    for symbols in probes:
        origin = evaluate(expr, [0] * num_dims, symbols)
        units = [[int(i == d) for i in range(num_dims)] for d in range(num_dims)]
        found.append([origin, *(evaluate(expr, unit, symbols) - origin for unit in units)])
    known = [values[0] if len(set(values)) == 1 else DYNAMIC for values in zip(*found, strict=True)]
    return tuple(known[1:]), known[0]


def strided_layout(shape: Sequence[int], strides: Sequence[int], offset: int) -> Attribute | None:
    """The layout of a memref type with these strides: None where that is the row-major one."""
    if offset == 0 and tuple(strides) == row_major_strides(shape) and DYNAMIC not in strides:
        return None
    return StridedLayoutAttr(tuple(strides), offset)
