"""affine.yield."""

from __future__ import annotations

from stepwell.ir.definition import Op
from stepwell.ir.fields import variadic_operand
from stepwell.ir.traits import HasParent, Pure, ReturnLike, Terminator

PARENTS = ("affine.for", "affine.if", "affine.parallel")


class AffineYieldOp(
    Op, name="affine.yield", traits=(Pure, ReturnLike, Terminator, HasParent.of(*PARENTS))
):
    """`affine.yield %a : f32`: ends a region and hands values to the op around it."""

    values = variadic_operand()
    syntax = "attr-dict ($values^ `:` type($values))?"

    def verify_op(self) -> None:
        parent = self.parent_op
        if parent is None:
            return
        if len(parent.results) != self.num_operands:
            raise self.error(
                "parent of yield must have same number of results as the yield operands"
            )
        if parent.result_types != self.operand_types:
            raise self.error("types mismatch between yield op and its parent")
