"""Conversions of scaled floats: small numbers that share a power of two (OCP microscaling).

https://www.opencompute.org/documents/ocp-microscaling-formats-mx-v1-0-spec-final-pdf
"""

from __future__ import annotations

from typing import Any, ClassVar

from stepwell.dialects.arith import float_meaning
from stepwell.dialects.arith.casts import Cast, float_width, same_dimensions
from stepwell.dialects.arith.flags import RoundingMode
from stepwell.dialects.arith.floating import FASTMATH
from stepwell.ir.constraints import FloatLike
from stepwell.ir.fields import operand, optional_prop, result
from stepwell.ir.interpreter.machine import RuntimeValue
from stepwell.ir.numbers.float_format import FloatFormat, float_format


class ScalingExtFOp(Cast, name="arith.scaling_extf"):
    """`%r = arith.scaling_extf %a, %scale : f4E2M1FN, f8E8M0FNU to f32`: %a times its scale."""

    in_ = operand(FloatLike)
    scale = operand(FloatLike)
    fastmath = optional_prop(FASTMATH)
    out = result(FloatLike)
    syntax = (
        "$in `,` $scale (`fastmath` `` $fastmath^)? attr-dict"
        " `:` type($in) `,` type($scale) `to` type($out)"
    )
    widens: ClassVar[bool] = True

    def verify_op(self) -> None:
        if not same_dimensions(self.in_.type, self.results[0].type):
            raise self.error(
                "failed to verify that input and output have the same tensor dimensions"
            )
        before, after = float_width(self.source), float_width(self.target)
        if before >= after if self.widens else before <= after:
            raise self.error(
                f"operand types '{self.in_.type}', '{self.operands[1].type}' and result type "
                f"'{self.results[0].type}' are cast incompatible"
            )

    def evaluate(self, value: Any, scale: Any) -> RuntimeValue:
        form = float_meaning.format_of(self.target)
        return float_meaning.guarded(
            self.fastmath,
            self.results[0].type,
            lambda number, by: number * power_of_two(by, form),
            value,
            scale,
        )


class ScalingTruncFOp(Cast, name="arith.scaling_truncf"):
    """`%r = arith.scaling_truncf %a, %scale : f32, f8E8M0FNU to f4E2M1FN`: %a over its scale."""

    in_ = operand(FloatLike)
    scale = operand(FloatLike)
    roundingmode = optional_prop(RoundingMode)
    fastmath = optional_prop(FASTMATH)
    out = result(FloatLike)
    syntax = (
        "$in `,` $scale ($roundingmode^)? (`fastmath` `` $fastmath^)? attr-dict"
        " `:` type($in) `,` type($scale) `to` type($out)"
    )
    widens: ClassVar[bool] = False
    verify_op = ScalingExtFOp.verify_op

    def evaluate(self, value: Any, scale: Any) -> RuntimeValue:
        wide, narrow = float_meaning.format_of(self.source), float_meaning.format_of(self.target)
        mode = None if self.roundingmode is None else RoundingMode.word(self.roundingmode)

        def compute(number: float, by: float) -> float:
            scaled = float_meaning.divide(number, power_of_two(by, wide))
            return float_meaning.round_exact(float_meaning.round_exact(scaled, wide), narrow, mode)

        return float_meaning.guarded(self.fastmath, self.results[0].type, compute, value, scale)


def power_of_two(scale: float, form: FloatFormat) -> float:
    """The scale as f8E8M0FNU holds it (its exponent, the fraction cut off), brought to `form`."""
    exponents = float_format("f8E8M0FNU")
    cut = float_meaning.round_exact(abs(scale), exponents, "toward_zero")
    return float_meaning.round_exact(cut, form)
