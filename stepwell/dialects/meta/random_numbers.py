"""`meta.random`: numbers that depend on a seed and on nothing else."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepwell.dialects.meta.bases import MetaOp, filled
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.constraints import I64, AnyFloat, Index, shaped
from stepwell.ir.dense_attributes import dtype_of
from stepwell.ir.enums import EnumAttr, enum_kind
from stepwell.ir.fields import operand, prop, result, variadic_operand
from stepwell.ir.interpreter.machine import RuntimeValue
from stepwell.ir.types import FloatType, RankedTensorType

STEP = 0x9E3779B97F4A7C15
"""2^64 divided by the golden ratio: what the counter is multiplied by."""
MIXING = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
LAST_SHIFT = 31

_PRECISIONS = {"f64": 53, "f32": 24, "f16": 11, "bf16": 8}


class Distribution(EnumAttr):
    """How the numbers are distributed."""

    name = "meta.distribution"
    cases = ("uniform", "normal")
    bracketed = False


class RandomOp(MetaOp, name="meta.random"):
    """`%r = meta.random uniform seed %seed sizes(%n) : tensor<?xf32>`.

    Numbers uniform in [0, 1), or `normal` (mean 0, deviation 1). Each is a function of the seed and
    of its place i in row-major order, so every backend gives the same numbers, in any order:

    - `mix(z)`, on 64 bits: z ^= z >>> 30; z *= 0xBF58476D1CE4E5B9; z ^= z >>> 27;
      z *= 0x94D049BB133111EB; z ^= z >>> 31 (the finaliser of SplitMix64: Steele, Lea and Flood,
      OOPSLA 2014);
    - `bits(k) = mix(mix(seed + G) + k * G)` with G = 0x9E3779B97F4A7C15, wrapping;
    - `unit(k)`: the p highest of `bits(k)` times 2^-p, p being the precision of the element type;
      it is computed in that type, or in f32 if that is wider;
    - uniform: `unit(i)`;
    - normal: `sqrt(-2 log(1 - unit(2i))) * cos(2 pi unit(2i + 1))`, each operation in that
      type; pi is rounded to it. Its last bits depend on the backend's log and cos.
    """

    distribution = prop(enum_kind(Distribution))
    seed = operand(I64)
    sizes = variadic_operand(Index)
    result_ = result(shaped(RankedTensorType, element=AnyFloat, words="ranked tensor"))
    syntax = "$distribution `seed` $seed (`sizes` `(` $sizes^ `)`)? attr-dict `:` type($result)"

    def verify_op(self) -> None:
        type = ranked(self.result_.type)
        if precision_of(type.element_type) is None:
            raise self.error(f"cannot make random numbers of type '{type.element_type}'")
        self.verify_sizes(self.sizes, type.shape)

    def compute(self, *operands: RuntimeValue) -> RuntimeValue:
        type = ranked(self.result_.type)
        shape = filled(type.shape, operands[1:])
        places = np.arange(math.prod(shape), dtype=np.uint64).reshape(shape)
        precision = precision_of(type.element_type)
        assert precision is not None and isinstance(type.element_type, FloatType)
        working = dtype_of(working_type(type.element_type))
        key = mixed(np.array(operands[0], np.int64).view(np.uint64) + np.uint64(STEP))
        if self.distribution.value == "uniform":
            numbers = _unit(key, places, precision, working)
        else:
            numbers = _normal(key, places, precision, working)
        return numbers.astype(dtype_of(type.element_type))


def precision_of(type: Type) -> int | None:
    """How many random bits a number of the type gets; None for a type that is not supported."""
    return _PRECISIONS.get(type.format) if isinstance(type, FloatType) else None


def working_type(type: FloatType) -> FloatType:
    """The type in which numbers of `type` are computed."""
    return type if type.width >= types.f32.width else types.f32


def mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """`mix` of each of the numbers."""
    for shift, factor in MIXING:
        numbers = (numbers ^ (numbers >> np.uint64(shift))) * np.uint64(factor)
    return numbers ^ (numbers >> np.uint64(LAST_SHIFT))


def _unit(
    key: NDArray[np.uint64], counters: NDArray[np.uint64], precision: int, dtype: np.dtype[Any]
) -> NDArray[Any]:
    bits = mixed(key + counters * np.uint64(STEP)) >> np.uint64(64 - precision)
    found: NDArray[Any] = bits.astype(dtype) * dtype.type(2.0**-precision)
    return found


def _normal(
    key: NDArray[np.uint64], places: NDArray[np.uint64], precision: int, dtype: np.dtype[Any]
) -> NDArray[Any]:
    first, second = places * np.uint64(2), places * np.uint64(2) + np.uint64(1)
    one, turn = dtype.type(1.0), dtype.type(2.0 * math.pi)
    radius = np.sqrt(dtype.type(-2.0) * np.log(one - _unit(key, first, precision, dtype)))
    found: NDArray[Any] = radius * np.cos(turn * _unit(key, second, precision, dtype))
    return found
