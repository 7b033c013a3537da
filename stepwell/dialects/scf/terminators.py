"""The ops that end the regions of scf's ops."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.constraints import I1
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, variadic_operand
from stepwell.ir.region_flow import RegionSuccessor
from stepwell.ir.traits import HasParent, Pure, ReturnLike, Terminator

YIELD_PARENTS = ("scf.execute_region", "scf.for", "scf.if", "scf.index_switch", "scf.while")


class YieldOp(
    Op,
    name="scf.yield",
    traits=(Pure, ReturnLike, Terminator, HasParent.of(*YIELD_PARENTS)),
):
    """`scf.yield %a, %b : i32, f32`: ends a region and hands values to the op around it."""

    values = variadic_operand()
    syntax = "attr-dict ($values^ `:` type($values))?"


class ConditionOp(
    Op,
    name="scf.condition",
    traits=(Pure, ReturnLike, Terminator, HasParent.of("scf.while")),
):
    """`scf.condition(%c) %a : i32`: goes on with the loop if `%c`, else leaves it; with `%a`."""

    condition = operand(I1)
    args = variadic_operand()
    syntax = "`(` $condition `)` attr-dict ($args^ `:` type($args))?"

    def forwarded_operands(self) -> list[int]:
        return list(range(1, self.num_operands))

    def known_successors(self, constants: Sequence[Attribute | None]) -> list[RegionSuccessor]:
        loop = self.parent_op
        successors: list[RegionSuccessor] = []
        if loop is not None:
            successors = loop.region_successors(self.parent_region)  # type: ignore[attr-defined]
        known = constants[0]
        if isinstance(known, IntegerAttr):
            return [s for s in successors if (s.target is not None) == bool(known.value)]
        return successors
