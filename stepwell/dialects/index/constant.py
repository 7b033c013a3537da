"""Constants, and the size of an index."""

from __future__ import annotations

from stepwell.dialects.arith.integer_meaning import INDEX_WIDTH
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.constraints import I1, Index
from stepwell.ir.definition import Op
from stepwell.ir.fields import prop, result
from stepwell.ir.operation import Operation
from stepwell.ir.property_kinds import Bool
from stepwell.ir.property_kinds import Index as IndexKind
from stepwell.ir.traits import ConstantLike, Pure


class ConstantOp(Op, name="index.constant", traits=(Pure, ConstantLike)):
    """`%c = index.constant 42`: an index."""

    value = prop(IndexKind)
    out = result(Index)
    syntax = "attr-dict $value"

    def result_name(self) -> str:
        return f"idx{self.value.value}"

    def evaluate(self) -> int:
        return self.value.value


class BoolConstantOp(Op, name="index.bool.constant", traits=(Pure, ConstantLike)):
    """`%t = index.bool.constant true`: an i1."""

    value = prop(Bool)
    out = result(I1)
    syntax = "attr-dict $value"

    def result_name(self) -> str:
        return "true" if self.value.value else "false"

    def evaluate(self) -> int:
        return self.value.value


class SizeOfOp(Op, name="index.sizeof", traits=(Pure,)):
    """`%s = index.sizeof`: the bits of an index: 64."""

    out = result(Index)
    syntax = "attr-dict"

    def evaluate(self) -> int:
        return INDEX_WIDTH


def materialize(value: Attribute, type: Type) -> Operation | None:
    """The op that yields `value` as a `type`, if the dialect has one."""
    if not isinstance(value, IntegerAttr) or value.type is not type:
        return None
    if type is types.i1:
        return BoolConstantOp(value)
    return ConstantOp(value) if type is types.index else None
