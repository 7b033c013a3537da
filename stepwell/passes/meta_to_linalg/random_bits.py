"""`meta.random` in arithmetic on i64: the numbers that the op's docstring specifies."""

from __future__ import annotations

import math
from collections.abc import Sequence

from stepwell.dialects.arith.casts import IndexCastOp, SIToFPOp, TruncFOp, TruncIOp
from stepwell.dialects.arith.floating import MulFOp, SubFOp
from stepwell.dialects.arith.integer import AddIOp, MulIOp, ShRUIOp, XOrIOp
from stepwell.dialects.math.exponential import LogOp, SqrtOp
from stepwell.dialects.math.trigonometric import CosOp
from stepwell.dialects.meta.random_numbers import (
    LAST_SHIFT,
    MIXING,
    STEP,
    RandomOp,
    precision_of,
    working_type,
)
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir import types
from stepwell.ir.builder import Builder
from stepwell.ir.numbers.integers import to_signed
from stepwell.ir.rewriting.pattern import Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import FloatType
from stepwell.ir.value import Value
from stepwell.passes.meta_to_linalg.loops import place, pointwise
from stepwell.passes.meta_to_linalg.sizes import Size, result_shape, size_value

_NARROW = 31
"""So many bits are a number that is not negative in i32, which converts faster than i64."""


@pattern
def random_to_generic(op: RandomOp, rewriter: Rewriter) -> Rewrite:
    """meta.random -> linalg.generic that mixes the seed with its place"""
    type = ranked(op.result_.type)
    element = type.element_type
    assert isinstance(element, FloatType)
    shape = result_shape(type, op.sizes)
    seed = rewriter.insert(AddIOp(op.seed, _number(rewriter, STEP))).result
    numbers = _Numbers(_mixed(rewriter, seed), element)

    def number(b: Builder, arguments: Sequence[Value]) -> Value:
        counter = _linear_place(b, shape)
        if op.distribution.value == "uniform":
            return numbers.narrowed(b, numbers.unit(b, counter))
        return numbers.narrowed(b, numbers.normal(b, counter))

    return pointwise(rewriter, [], [], shape, element, number)


def _number(b: Rewriter, value: int) -> Value:
    return b.constant(to_signed(value, 64), types.i64)


def _mixed(b: Rewriter, value: Value) -> Value:
    """`mix` of the op's docstring."""
    for shift, factor in MIXING:
        value = _folded(b, value, shift)
        value = b.insert(MulIOp(value, _number(b, factor))).result
    return _folded(b, value, LAST_SHIFT)


def _folded(b: Rewriter, value: Value, shift: int) -> Value:
    shifted = b.insert(ShRUIOp(value, _number(b, shift))).result
    return b.insert(XOrIOp(value, shifted)).result


def _linear_place(b: Rewriter, shape: Sequence[Size]) -> Value:
    """The place in row-major order, as an i64."""
    total: Value | None = None
    for index, size in zip(place(b, len(shape)), shape, strict=True):
        if total is not None:
            total = b.insert(MulIOp(total, size_value(size, b))).result
            index = b.insert(AddIOp(total, index)).result
        total = index
    if total is None:
        return _number(b, 0)
    return b.insert(IndexCastOp(total, result_types=[types.i64])).result


class _Numbers:
    """The numbers that a key gives.

    Args:
        key: the mixed seed.
        element: the type of the numbers; they are computed in its working type.
    """

    def __init__(self, key: Value, element: FloatType) -> None:
        self.key = key
        self.element = element
        self.type = working_type(element)
        self.precision = precision_of(element) or 0

    def unit(self, b: Rewriter, counter: Value) -> Value:
        """`unit` of the op's docstring."""
        step = b.insert(MulIOp(counter, _number(b, STEP))).result
        bits = _mixed(b, b.insert(AddIOp(self.key, step)).result)
        high = b.insert(ShRUIOp(bits, _number(b, 64 - self.precision))).result
        if self.precision <= _NARROW:
            high = b.insert(TruncIOp(high, result_types=[types.i32])).result
        whole = b.insert(SIToFPOp(high, result_types=[self.type])).result
        return b.insert(MulFOp(whole, b.constant(2.0**-self.precision, self.type))).result

    def normal(self, b: Rewriter, counter: Value) -> Value:
        """A normal number: the Box-Muller transform of two uniform ones."""
        first = b.insert(MulIOp(counter, _number(b, 2))).result
        second = b.insert(AddIOp(first, _number(b, 1))).result
        one = b.constant(1.0, self.type)
        rest = b.insert(SubFOp(one, self.unit(b, first))).result
        log = b.insert(LogOp(rest)).result
        radius = b.insert(SqrtOp(b.insert(MulFOp(b.constant(-2.0, self.type), log)).result)).result
        turn = b.constant(2.0 * math.pi, self.type)
        angle = b.insert(MulFOp(turn, self.unit(b, second))).result
        return b.insert(MulFOp(radius, b.insert(CosOp(angle)).result)).result

    def narrowed(self, b: Rewriter, value: Value) -> Value:
        """The number in the element type."""
        if self.type is self.element:
            return value
        return b.insert(TruncFOp(value, result_types=[self.element])).result
