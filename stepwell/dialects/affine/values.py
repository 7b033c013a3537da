"""affine.apply, affine.min and affine.max: what a map makes of indices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stepwell.dialects.affine.operands import (
    operands_text,
    parse_operands,
    run_map,
    verify_operands,
)
from stepwell.ir.affine.expr import AffineConstant, AffineDim, AffineSymbol
from stepwell.ir.affine_attributes import AffineMapAttr, AffineMapKind
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.constraints import Index
from stepwell.ir.definition import Op
from stepwell.ir.fields import prop, result, variadic_operand
from stepwell.ir.traits import Pure
from stepwell.ir.types import index
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


class MapOp(Op):
    """Base of the ops that make one index of a map and its operands."""

    map = prop(AffineMapKind)
    mapOperands = variadic_operand(Index)
    result_ = result(Index)

    @classmethod
    def parse(cls, p: OpParser) -> MapOp:
        start = p.start
        map = p.attribute()
        if not isinstance(map, AffineMapAttr):
            raise p.error(f"expected AffineMap attribute, found '{map}'", start)
        operands, num_dims = parse_operands(p)
        if num_dims != map.map.num_dims or len(operands) != map.map.num_inputs:
            raise p.fail("dimension or symbol index mismatch")
        attributes = p.optional_dictionary()
        properties: dict[str, Attribute] = {"map": map}
        return cls.create(operands, [index], properties, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f" {p.show(self.map)}{operands_text(p, self.map.map.num_dims, self._operands)}")
        p.attr_dict(self, ["map"])

    def verify_op(self) -> None:
        verify_operand_count(self)
        verify_operands(self, self._operands, self.map.map.num_dims)

    def only_operand(self) -> Value | None:
        """The operand that the only result of the map is, if it is one."""
        if self.map.map.num_results != 1:
            return None
        expr = self.map.map.results[0]
        if isinstance(expr, AffineDim):
            return self._operands[expr.position]
        if isinstance(expr, AffineSymbol):
            return self._operands[self.map.map.num_dims + expr.position]
        return None

    def fold(self, operands: Sequence[Attribute | None]) -> Value | Attribute | None:
        only = self.only_operand()
        if only is not None:
            return only
        expr = self.map.map.results[0]
        if self.map.map.num_results == 1 and isinstance(expr, AffineConstant):
            return IntegerAttr(expr.value, index)
        return None


def verify_operand_count(op: MapOp) -> None:
    """Checks the number of operands; those of min and max may be any index, as upstream has it."""
    if op.map.map.num_inputs != op.num_operands:
        raise op.error("operand count and affine map dimension and symbol count must match")


class AffineApplyOp(MapOp, name="affine.apply", traits=(Pure,)):
    """`%r = affine.apply affine_map<(d0)[s0] -> (d0 + s0)>(%i)[%n]`: the result of a map."""

    def verify_op(self) -> None:
        super().verify_op()
        if self.map.map.num_results != 1:
            raise self.error("mapping must produce one value")

    def evaluate(self, *operands: int) -> int:
        return run_map(self.map.map, operands)[0]


class AffineMinOp(MapOp, name="affine.min", traits=(Pure,)):
    """`%r = affine.min affine_map<(d0)[s0] -> (d0, s0)>(%i)[%n]`: the least result of a map."""

    def verify_op(self) -> None:
        verify_operand_count(self)

    def evaluate(self, *operands: int) -> int:
        return min(run_map(self.map.map, operands))


class AffineMaxOp(MapOp, name="affine.max", traits=(Pure,)):
    """`%r = affine.max affine_map<(d0)[s0] -> (d0, s0)>(%i)[%n]`: the greatest result of a map."""

    def verify_op(self) -> None:
        verify_operand_count(self)

    def evaluate(self, *operands: int) -> int:
        return max(run_map(self.map.map, operands))
