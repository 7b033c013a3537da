"""Convert Math dialect to libm calls

`%r = math.erf %x : f32` becomes a call of `erff`. Vectors are taken apart; f16 and bf16 go through
f32.
Needs: nothing.  Keeps: meaning.
"""

from __future__ import annotations

from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.lowering.libm import LIBM
from stepwell.passes.lowering.to_llvm import lower


@pass_("convert-math-to-libm", on="builtin.module", title="ConvertMathToLibmPass")
def convert_math_to_libm(op: Operation, context: PassContext) -> None:
    """Replaces the ops of the math dialect that libm has."""
    lower(op, [LIBM])
