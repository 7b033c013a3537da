"""The fields of an op definition: operands, results, properties, regions, successors.

Each is a descriptor: on the class it gives the field, on an op the part of the op that it names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar, overload

from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.constraints import AnyType, Constraint
from stepwell.ir.operation import Operation
from stepwell.ir.property_kinds import Kind, Unit
from stepwell.ir.value import OpResult, Value

A = TypeVar("A", bound=Attribute)

ONE, OPTIONAL, VARIADIC = "one", "optional", "variadic"
OPERAND_SEGMENTS, RESULT_SEGMENTS = "operandSegmentSizes", "resultSegmentSizes"


class Field:
    """Base of the things a class body lists. `name` is set when the class is made."""

    name: str
    arity: str = ONE

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name.removesuffix("_")


class TypedField(Field):
    """An operand or result field.

    `number` is its place among its like; `position` the index of its value, or -1 where that
    depends on how many values the fields before it have. `behind` is how many values stand behind
    those of a field that is the only one of variable size, else -1.
    """

    def __init__(self, constraint: Constraint) -> None:
        self.constraint = constraint
        self.number = 0
        self.position = 0
        self.behind = -1


def segment_bounds(
    op: Operation, fields: Sequence[TypedField], total: int, sizes_name: str
) -> list[int]:
    """Where each field's values begin among `total` values; one more entry for the end.

    With several fields of variable size the sizes stand in the property `sizes_name`, unless all
    have the same size (`SameVariadicSizes`); with one, it takes what the others leave.
    """
    stated = op._properties.get(sizes_name) if op._properties else None
    if isinstance(stated, DenseArrayAttr):
        sizes = list(stated.ints)
    else:
        fixed = sum(1 for field in fields if field.arity == ONE)
        share = (total - fixed) // max(1, len(fields) - fixed)
        sizes = [1 if field.arity == ONE else share for field in fields]
    bounds = [0]
    for size in sizes:
        bounds.append(bounds[-1] + size)
    return bounds


def operand_segment(op: Operation, field: TypedField) -> list[Value]:
    """The operands that belong to `field`."""
    if field.behind >= 0:
        return op._operands[field.number : len(op._operands) - field.behind]
    stated = op._properties.get(OPERAND_SEGMENTS) if op._properties else None
    if isinstance(stated, DenseArrayAttr):  # as below, without a list
        sizes = stated.ints
        start = sum(sizes[: field.number])
        return op._operands[start : start + sizes[field.number]]
    bounds = segment_bounds(op, op.operand_fields, len(op._operands), OPERAND_SEGMENTS)
    return op._operands[bounds[field.number] : bounds[field.number + 1]]


def result_segment(op: Operation, field: TypedField) -> tuple[OpResult, ...]:
    """The results that belong to `field`."""
    if field.behind >= 0:
        return op.results[field.number : len(op.results) - field.behind]
    bounds = segment_bounds(op, op.result_fields, len(op.results), RESULT_SEGMENTS)
    return op.results[bounds[field.number] : bounds[field.number + 1]]


class OperandField(TypedField):
    """Made by `operand`."""

    @overload
    def __get__(self, op: None, owner: type) -> OperandField: ...
    @overload
    def __get__(self, op: Operation, owner: type) -> Value: ...
    def __get__(self, op: Operation | None, owner: type) -> Value | OperandField:
        if op is None:
            return self
        if self.position >= 0:
            return op._operands[self.position]
        return operand_segment(op, self)[0]


class OptionalOperandField(TypedField):
    """Made by `optional_operand`."""

    arity = OPTIONAL

    @overload
    def __get__(self, op: None, owner: type) -> OptionalOperandField: ...
    @overload
    def __get__(self, op: Operation, owner: type) -> Value | None: ...
    def __get__(self, op: Operation | None, owner: type) -> Value | OptionalOperandField | None:
        if op is None:
            return self
        found = operand_segment(op, self)
        return found[0] if found else None


class VariadicOperandField(TypedField):
    """Made by `variadic_operand`."""

    arity = VARIADIC

    @overload
    def __get__(self, op: None, owner: type) -> VariadicOperandField: ...
    @overload
    def __get__(self, op: Operation, owner: type) -> tuple[Value, ...]: ...
    def __get__(
        self, op: Operation | None, owner: type
    ) -> tuple[Value, ...] | VariadicOperandField:
        return self if op is None else tuple(operand_segment(op, self))


class ResultField(TypedField):
    """Made by `result`."""

    @overload
    def __get__(self, op: None, owner: type) -> ResultField: ...
    @overload
    def __get__(self, op: Operation, owner: type) -> OpResult: ...
    def __get__(self, op: Operation | None, owner: type) -> OpResult | ResultField:
        if op is None:
            return self
        if self.position >= 0:
            return op.results[self.position]
        return result_segment(op, self)[0]


class OptionalResultField(TypedField):
    """Made by `optional_result`."""

    arity = OPTIONAL

    @overload
    def __get__(self, op: None, owner: type) -> OptionalResultField: ...
    @overload
    def __get__(self, op: Operation, owner: type) -> OpResult | None: ...
    def __get__(self, op: Operation | None, owner: type) -> OpResult | OptionalResultField | None:
        if op is None:
            return self
        found = result_segment(op, self)
        return found[0] if found else None


class VariadicResultField(TypedField):
    """Made by `variadic_result`."""

    arity = VARIADIC

    @overload
    def __get__(self, op: None, owner: type) -> VariadicResultField: ...
    @overload
    def __get__(self, op: Operation, owner: type) -> tuple[OpResult, ...]: ...
    def __get__(
        self, op: Operation | None, owner: type
    ) -> tuple[OpResult, ...] | VariadicResultField:
        return self if op is None else result_segment(op, self)


class PropertyField(Field, Generic[A]):
    """Made by `prop`: always there (or equal to its default)."""

    def __init__(self, kind: Kind[A], default: A | None = None) -> None:
        self.kind = kind
        self.default = default

    @overload
    def __get__(self, op: None, owner: type) -> PropertyField[A]: ...
    @overload
    def __get__(self, op: Operation, owner: type) -> A: ...
    def __get__(self, op: Operation | None, owner: type) -> A | PropertyField[A]:
        if op is None:
            return self
        found = op._properties.get(self.name) if op._properties else None
        return self.default if found is None else found  # type: ignore[return-value]

    def __set__(self, op: Operation, value: A | int | float | str) -> None:
        op.properties[self.name] = self.kind.coerce(value)


class OptionalPropertyField(Field, Generic[A]):
    """Made by `optional_prop`: may be missing."""

    arity = OPTIONAL

    def __init__(self, kind: Kind[A]) -> None:
        self.kind = kind
        self.default: A | None = None

    @overload
    def __get__(self, op: None, owner: type) -> OptionalPropertyField[A]: ...
    @overload
    def __get__(self, op: Operation, owner: type) -> A | None: ...
    def __get__(self, op: Operation | None, owner: type) -> A | OptionalPropertyField[A] | None:
        if op is None:
            return self
        return op._properties.get(self.name) if op._properties else None  # type: ignore[return-value]

    def __set__(self, op: Operation, value: A | int | float | str | None) -> None:
        if value is None:
            op.properties.pop(self.name, None)
        else:
            op.properties[self.name] = self.kind.coerce(value)


class RegionField(Field):
    """Made by `region`."""

    position = 0

    @overload
    def __get__(self, op: None, owner: type) -> RegionField: ...
    @overload
    def __get__(self, op: Operation, owner: type) -> Region: ...
    def __get__(self, op: Operation | None, owner: type) -> Region | RegionField:
        return self if op is None else op.regions[self.position]


class VariadicRegionField(Field):
    """Made by `variadic_region`; must be the last region field."""

    arity = VARIADIC
    position = 0

    @overload
    def __get__(self, op: None, owner: type) -> VariadicRegionField: ...
    @overload
    def __get__(self, op: Operation, owner: type) -> list[Region]: ...
    def __get__(self, op: Operation | None, owner: type) -> list[Region] | VariadicRegionField:
        return self if op is None else op.regions[self.position :]


class SuccessorField(Field):
    """Made by `successor`."""

    position = 0

    @overload
    def __get__(self, op: None, owner: type) -> SuccessorField: ...
    @overload
    def __get__(self, op: Operation, owner: type) -> Block: ...
    def __get__(self, op: Operation | None, owner: type) -> Block | SuccessorField:
        return self if op is None else op.successors[self.position]


class VariadicSuccessorField(Field):
    """Made by `variadic_successor`; must be the last successor field."""

    arity = VARIADIC
    position = 0

    @overload
    def __get__(self, op: None, owner: type) -> VariadicSuccessorField: ...
    @overload
    def __get__(self, op: Operation, owner: type) -> list[Block]: ...
    def __get__(self, op: Operation | None, owner: type) -> list[Block] | VariadicSuccessorField:
        return self if op is None else op.successors[self.position :]


def operand(constraint: Constraint = AnyType) -> OperandField:
    """One operand."""
    return OperandField(constraint)


def optional_operand(constraint: Constraint = AnyType) -> OptionalOperandField:
    """One operand or none."""
    return OptionalOperandField(constraint)


def variadic_operand(constraint: Constraint = AnyType) -> VariadicOperandField:
    """Any number of operands."""
    return VariadicOperandField(constraint)


def result(constraint: Constraint = AnyType) -> ResultField:
    """One result."""
    return ResultField(constraint)


def optional_result(constraint: Constraint = AnyType) -> OptionalResultField:
    """One result or none."""
    return OptionalResultField(constraint)


def variadic_result(constraint: Constraint = AnyType) -> VariadicResultField:
    """Any number of results."""
    return VariadicResultField(constraint)


def prop(kind: Kind[A], default: A | None = None) -> PropertyField[A]:
    """A property; with a default it may be left out, and is not printed when equal to it."""
    return PropertyField(kind, default)


def optional_prop(kind: Kind[A]) -> OptionalPropertyField[A]:
    """A property that may be missing."""
    return OptionalPropertyField(kind)


def unit_prop() -> OptionalPropertyField[Any]:
    """A property that is there or not."""
    return OptionalPropertyField(Unit)


def region() -> RegionField:
    """One region."""
    return RegionField()


def variadic_region() -> VariadicRegionField:
    """Any number of regions."""
    return VariadicRegionField()


def successor() -> SuccessorField:
    """One successor block."""
    return SuccessorField()


def variadic_successor() -> VariadicSuccessorField:
    """Any number of successor blocks."""
    return VariadicSuccessorField()
