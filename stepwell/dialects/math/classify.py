"""Questions about a float: is it NaN, infinite, finite, normal?"""

from __future__ import annotations

import math

from stepwell.dialects.arith.float_meaning import format_of
from stepwell.dialects.math.bases import FloatTest


class IsNaNOp(FloatTest, name="math.isnan"):
    """`%r = math.isnan %a : f32`: whether it is NaN."""

    def holds(self, value: float) -> bool:
        return math.isnan(value)


class IsInfOp(FloatTest, name="math.isinf"):
    """`%r = math.isinf %a : f32`: whether it is an infinity."""

    def holds(self, value: float) -> bool:
        return math.isinf(value)


class IsFiniteOp(FloatTest, name="math.isfinite"):
    """`%r = math.isfinite %a : f32`: whether it is neither NaN nor an infinity."""

    def holds(self, value: float) -> bool:
        return math.isfinite(value)


class IsNormalOp(FloatTest, name="math.isnormal"):
    """`%r = math.isnormal %a : f32`: whether it is finite and neither zero nor subnormal."""

    def holds(self, value: float) -> bool:
        smallest = math.ldexp(1.0, format_of(self.operand_.type).minimum_exponent)
        return math.isfinite(value) and abs(value) >= smallest
