"""`arith.constant`, and reading and making constant attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import FloatAttr, IntegerAttr
from stepwell.ir.definition import Op
from stepwell.ir.dense_attributes import DenseElementsAttr, DenseResourceAttr, SparseElementsAttr
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.fields import prop, result
from stepwell.ir.interpreter.constants import value_of
from stepwell.ir.interpreter.machine import RuntimeValue
from stepwell.ir.property_kinds import TypedAttr
from stepwell.ir.traits import ConstantLike, Pure

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

ELEMENTS = (DenseElementsAttr, DenseResourceAttr, SparseElementsAttr)
HOLDABLE = (IntegerAttr, FloatAttr, *ELEMENTS)


class ConstantOp(Op, name="arith.constant", traits=(Pure, ConstantLike)):
    """`%c = arith.constant 1 : i32`: the value of an integer, float or elements attribute."""

    value = prop(TypedAttr)
    out = result()

    @classmethod
    def infer_result_types(
        cls, operands: object, properties: dict[str, Attribute], regions: object
    ) -> list[Type]:
        return [_type_of(properties["value"])]

    def compatible_result_types(self, inferred: list[Type], found: list[Type]) -> bool:
        """Leaves the check of the type to `verify_op`, which has upstream's words for it."""
        return True

    @classmethod
    def parse(cls, p: OpParser) -> ConstantOp:
        attributes = p.optional_dictionary()
        start = p.start
        value = p.attribute()
        if getattr(value, "type", None) is None:
            raise p.error("invalid kind of attribute specified", start)
        return cls.create((), [_type_of(value)], {"value": value}, attributes or None)

    def print(self, p: Printer) -> None:
        p.attr_dict(self, ("value",))
        p.write(" ")
        p.attribute(self.value)

    def result_name(self) -> str:
        value, type = self.value, self.results[0].type
        if not isinstance(value, IntegerAttr):
            return "cst"
        if type is types.i1:
            return "true" if value.value else "false"
        return (
            f"c{value.value}_{type}" if isinstance(type, types.IntegerType) else f"c{value.value}"
        )

    def verify_op(self) -> None:
        type = self.results[0].type
        if _type_of(self.value) is not type:
            raise self.error("failed to verify that all of {value, result} have same type")
        if isinstance(type, types.IntegerType) and not type.is_signless:
            raise self.error("integer return type must be signless")
        if not isinstance(self.value, HOLDABLE):
            raise self.error("value must be an integer, float, or elements attribute")
        if isinstance(type, types.VectorType) and any(type.scalable):
            if not (isinstance(self.value, DenseElementsAttr) and self.value.is_splat):
                raise self.error(
                    "intializing scalable vectors with elements attribute is not supported unless "
                    "it's a vector splat"
                )

    def evaluate(self) -> RuntimeValue:
        value = value_of(self.value, self.results[0].type)
        if value is None:
            raise InterpreterError(f"the constant {self.value} cannot be evaluated")
        return value


def _type_of(value: Attribute) -> Type:
    type = getattr(value, "type", None)
    if not isinstance(type, Type):
        raise TypeError("arith.constant needs an attribute that has a type")
    return type


def materialize(value: Attribute, type: Type) -> ConstantOp | None:
    """The op that yields `value` as a `type`, if arith has one."""
    if not isinstance(value, HOLDABLE) or value.type is not type:
        return None
    element = types.element_type_or_self(type)
    if isinstance(type, types.IntegerType) and not type.is_signless:
        return None
    return None if isinstance(element, types.ComplexType) else ConstantOp(value)


def scalar_of(attribute: Attribute | None) -> Attribute | None:
    """The attribute if it is a scalar, its one element if it is a splat, else None."""
    if isinstance(attribute, DenseElementsAttr):
        return attribute.element(0) if attribute.is_splat and attribute.type.num_elements else None
    return attribute


def int_of(attribute: Attribute | None) -> int | None:
    """The integer that a constant is, or has in every element."""
    scalar = scalar_of(attribute) if attribute is not None else None
    return scalar.value if isinstance(scalar, IntegerAttr) else None


def float_of(attribute: Attribute | None) -> float | None:
    """The float that a constant is, or has in every element."""
    scalar = scalar_of(attribute) if attribute is not None else None
    return scalar.value if isinstance(scalar, FloatAttr) else None


def int_like(value: int, type: Type) -> Attribute | None:
    """The integer constant of a type, a splat if it is shaped; None if the shape is not static."""
    element = types.element_type_or_self(type)
    scalar = IntegerAttr(value, element)
    if not isinstance(type, types.ShapedType):
        return scalar
    return DenseElementsAttr.splat(scalar, type) if type.has_static_shape else None


def float_like(value: float, type: Type) -> Attribute | None:
    """The float constant of a type, a splat if it is shaped; None if the shape is not static."""
    scalar = FloatAttr.of(value, types.element_type_or_self(type))
    if not isinstance(type, types.ShapedType):
        return scalar
    return DenseElementsAttr.splat(scalar, type) if type.has_static_shape else None
