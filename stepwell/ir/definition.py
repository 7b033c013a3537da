"""Defining ops: the fields of a class give its builder, accessors, verifier and result types.

    class AddI(Op, name="arith.addi", traits=(Pure, Commutative)):
        '''Adds integers; wraps on overflow.'''

        T = Var("T", SignlessIntegerLike)
        lhs = operand(T)
        rhs = operand(T)
        sum = result(T)
        syntax = "$lhs `,` $rhs attr-dict `:` type($sum)"

`AddI(a, b)` builds one: fields are given in the order of their definition, or by name; result types
are inferred, or given as `result_types=[...]`. A class may also define

- `verify_op(self)`: raises `self.error(...)`;
- `infer_result_types(cls, operands, properties, regions)`: where constraints do not say it;
- `fold(self, operands)`: `operands` are the constant attributes of the operands, or None;
- `evaluate`: the op's meaning, see `stepwell.ir.interpreter`;
- `effects(self)`: what it does to memory, see `stepwell.ir.effects`;
- `parse(cls, p)` and `print(self, p)`, where `syntax` cannot say it, see `stepwell.ir.text`.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, ClassVar, TypeAlias

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.constraints import Bindings
from stepwell.ir.fields import (
    ONE,
    OPERAND_SEGMENTS,
    RESULT_SEGMENTS,
    Field,
    OperandField,
    OptionalOperandField,
    OptionalPropertyField,
    OptionalResultField,
    PropertyField,
    RegionField,
    ResultField,
    SuccessorField,
    TypedField,
    VariadicOperandField,
    VariadicRegionField,
    VariadicResultField,
    VariadicSuccessorField,
)
from stepwell.ir.interning import InternedValue
from stepwell.ir.location import UNKNOWN, Location
from stepwell.ir.operation import Operation
from stepwell.ir.traits import (
    ConstantLike,
    SameOperandsAndResultType,
    SameVariadicSizes,
    Trait,
)
from stepwell.ir.value import Value

OPERAND_FIELDS = (OperandField, OptionalOperandField, VariadicOperandField)
RESULT_FIELDS = (ResultField, OptionalResultField, VariadicResultField)
PROPERTY_FIELDS = (PropertyField, OptionalPropertyField)
REGION_FIELDS = (RegionField, VariadicRegionField)
SUCCESSOR_FIELDS = (SuccessorField, VariadicSuccessorField)

Argument: TypeAlias = (
    "Value | Operation | InternedValue | Region | Block | Sequence[Any] | int | float | str | None"
)


class OpMeta(type):
    """Keeps ops free of a `__dict__`, which every instance would pay for."""

    def __new__(
        mcs, class_name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: object
    ) -> OpMeta:
        namespace.setdefault("__slots__", ())
        return super().__new__(mcs, class_name, bases, namespace, **options)


class Op(Operation, metaclass=OpMeta):
    """Base of all defined ops. See the module's docstring."""

    syntax: ClassVar[str | None] = None
    fields: ClassVar[tuple[Field, ...]] = ()
    parameter_names: ClassVar[tuple[str, ...]] = ()
    property_fields: ClassVar[dict[str, PropertyField[Any] | OptionalPropertyField[Any]]] = {}
    region_fields: ClassVar[tuple[RegionField | VariadicRegionField, ...]] = ()
    successor_fields: ClassVar[tuple[SuccessorField | VariadicSuccessorField, ...]] = ()
    verified_signatures: ClassVar[set[object]] = set()

    def __init_subclass__(
        cls, name: str = "", traits: Sequence[type[Trait]] = (), **options: object
    ) -> None:
        super().__init_subclass__(**options)
        cls.name = name or cls.name
        inherited = [base.traits for base in cls.__bases__ if issubclass(base, Operation)]
        cls.traits = frozenset(traits).union(*inherited)
        cls.yields_constant = ConstantLike in cls.traits
        cls.verified_signatures = set()
        fields = _collect_fields(cls)
        cls.fields = tuple(fields)
        cls.operand_fields = _number([f for f in fields if isinstance(f, OPERAND_FIELDS)])
        cls.result_fields = _number([f for f in fields if isinstance(f, RESULT_FIELDS)])
        cls.parameter_names = tuple(f.name for f in fields if not isinstance(f, RESULT_FIELDS))
        cls.property_fields = {f.name: f for f in fields if isinstance(f, PROPERTY_FIELDS)}
        cls.region_fields = tuple(f for f in fields if isinstance(f, REGION_FIELDS))
        cls.successor_fields = tuple(f for f in fields if isinstance(f, SUCCESSOR_FIELDS))
        for places in (cls.region_fields, cls.successor_fields):
            for position, field in enumerate(places):
                field.position = position
        names = set(cls.property_fields)
        stated = SameVariadicSizes not in cls.traits
        cls.states_operand_segments = stated and needs_segments(cls.operand_fields)
        cls.states_result_segments = stated and needs_segments(cls.result_fields)
        names |= {OPERAND_SEGMENTS} if cls.states_operand_segments else set()
        names |= {RESULT_SEGMENTS} if cls.states_result_segments else set()
        cls.property_names = frozenset(names)

    def __init__(
        self,
        *arguments: Argument,
        result_types: Sequence[Type] | None = None,
        attributes: dict[str, Attribute] | None = None,
        location: Location = UNKNOWN,
        **named: Argument,
    ) -> None:
        given = _match_arguments(type(self), arguments, named)
        operands, properties = _operands_and_properties(type(self), given)
        regions = _regions(type(self), given) if self.region_fields else []
        if result_types is None:
            result_types = type(self).infer_result_types(operands, properties, regions)
        result_types = list(result_types)
        if self.states_result_segments and RESULT_SEGMENTS not in properties:
            if len(result_types) == len(self.result_fields):
                properties[RESULT_SEGMENTS] = DenseArrayAttr.i32([1] * len(result_types))
        self._build(
            operands,
            result_types,
            properties or None,
            attributes,
            _flatten(self.successor_fields, given) if self.successor_fields else (),
            regions,
            location,
        )

    @classmethod
    def infer_result_types(
        cls,
        operands: Sequence[Value],
        properties: dict[str, Attribute],
        regions: Sequence[Region],
    ) -> list[Type]:
        """The types of the results, from the constraints of the fields.

        Raises:
            TypeError: they do not say it; `result_types` must be given.
        """
        if SameOperandsAndResultType in cls.traits and operands:
            return [operands[0].type] * len(cls.result_fields)
        bindings: Bindings = {}
        if all(field.arity == ONE for field in cls.operand_fields):
            for field, value in zip(cls.operand_fields, operands, strict=True):
                field.constraint.bind(value.type, bindings)
        found = [_infer_field(cls, field, bindings) for field in cls.result_fields]
        return [type for type in found if type is not None]

    @classmethod
    def infers_result_types(cls) -> bool:
        """Whether the class has an `infer_result_types` of its own."""
        return any("infer_result_types" in vars(base) for base in cls.__mro__ if base is not Op)

    def verify_op(self) -> None:
        """Checks what the fields cannot say; raises `self.error(...)`."""


def needs_segments(fields: Sequence[TypedField]) -> bool:
    """Whether the sizes of the fields must be written down, there being several open ones."""
    return sum(field.arity != ONE for field in fields) > 1


def _infer_field(cls: type[Op], field: TypedField, bindings: Bindings) -> Type | None:
    type = field.constraint.infer(bindings)
    if type is None and field.arity == ONE:
        raise TypeError(f"{cls.name}: the type of '{field.name}' must be given as result_types")
    return type


def _collect_fields(cls: type[Op]) -> list[Field]:
    """Own copies of all fields, those of base classes first; a later one of a name replaces."""
    found: dict[str, Field] = {}
    for base in reversed(cls.__mro__):
        for attribute, value in vars(base).items():
            if isinstance(value, Field):
                found[attribute] = value
            elif attribute in found and base is not cls:
                continue
            elif attribute in found:
                del found[attribute]
    for attribute, field in found.items():
        own = copy.copy(field)
        found[attribute] = own
        setattr(cls, attribute, own)
    return list(found.values())


def _number(fields: list[Any]) -> tuple[TypedField, ...]:
    known = True
    for number, field in enumerate(fields):
        field.number = number
        field.position = number if known and field.arity == ONE else -1
        known = known and field.arity == ONE
    open_ended = [field for field in fields if field.arity != ONE]
    for field in fields:
        field.behind = len(fields) - 1 - field.number if open_ended == [field] else -1
    return tuple(fields)


def _match_arguments(
    cls: type[Op], arguments: Sequence[Argument], named: dict[str, Argument]
) -> dict[str, Argument]:
    """Arguments by field name."""
    names = cls.parameter_names
    if len(arguments) > len(names):
        raise TypeError(f"{cls.name} takes {len(names)} arguments, got {len(arguments)}")
    given = dict(zip(names, arguments, strict=False))
    for name, value in named.items():
        name = name.removesuffix("_")
        if name not in names:
            raise TypeError(f"{cls.name} has no field '{name}'; its fields: {', '.join(names)}")
        if name in given:
            raise TypeError(f"{cls.name}: '{name}' is given twice")
        given[name] = value
    return given


def _operands_and_properties(
    cls: type[Op], given: dict[str, Argument]
) -> tuple[list[Value], dict[str, Attribute]]:
    operands: list[Value] = []
    sizes: list[int] = []
    for field in cls.operand_fields:
        found = given.get(field.name)
        values = [found] if isinstance(found, Value) else _values(cls, field, found)
        operands += values
        sizes.append(len(values))
    properties: dict[str, Attribute] = {}
    if cls.states_operand_segments:
        properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32(sizes)
    for name, property in cls.property_fields.items():
        value = given.get(name)
        if value is not None and (value is not False or property.arity == ONE):
            properties[name] = property.kind.coerce(value)
        elif property.default is not None:
            properties[name] = property.default
        elif property.arity == ONE:
            raise TypeError(f"{cls.name} needs the property '{name}'")
    return operands, properties


def _values(cls: type[Op], field: TypedField, given: Argument) -> list[Value]:
    """The values given for one operand field; an op stands for its only result."""
    if isinstance(given, Operation):
        given = given.result
    if isinstance(given, Value):  # the result of that op
        return [given]
    if field.arity == ONE or not (given is None or isinstance(given, Sequence)):
        raise TypeError(f"{cls.name} needs a value for the operand '{field.name}', got {given!r}")
    items: Sequence[Any] = given or ()
    return [item.result if isinstance(item, Operation) else item for item in items]


def _regions(cls: type[Op], given: dict[str, Argument]) -> list[Region]:
    regions: list[Region] = []
    for field in cls.region_fields:
        value = given.get(field.name)
        if isinstance(value, Region):
            regions.append(value)
        elif field.arity == ONE:
            regions.append(Region())
        else:
            regions += value or ()  # type: ignore[arg-type]
    return regions


def _flatten(fields: Sequence[Field], given: dict[str, Argument]) -> list[Block]:
    blocks: list[Block] = []
    for field in fields:
        value = given.get(field.name)
        if isinstance(value, Block):
            blocks.append(value)
        else:
            blocks += value or ()  # type: ignore[arg-type]
    return blocks
