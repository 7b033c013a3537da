"""Building IR by hand.

function = FuncOp("f", FunctionType((i32,), (i32,)), body=Region([Block([i32])]))
b = Builder.at_end(function.body.entry)
(x,) = function.body.args
total = b.insert(AddIOp(x, b.constant(1, i32)))
doubled = b.make(MulIOp, total, 2)             # numbers become constants of the right type
b.insert(ReturnOp([doubled]))
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.block import Block
from stepwell.ir.constraints import Exactly, Var
from stepwell.ir.definition import Argument, Op
from stepwell.ir.diagnostics import StepwellError
from stepwell.ir.fields import ONE, OperandField, TypedField
from stepwell.ir.location import UNKNOWN, Location
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value

AnyOp = TypeVar("AnyOp", bound=Op)


class Builder(Rewriter):
    """Inserts ops at a place: `Builder.at_end(block)`, `Builder.before_op(op)`, ...

    It is a `Rewriter` too: `with b.at_start(block):` moves the place for a while.
    """

    @classmethod
    def into(cls, block: Block, location: Location = UNKNOWN) -> Builder:
        """Inserts at the end of `block`; ops without a location get `location`."""
        made = cls(location=location)
        made.set_point(block, None)
        return made

    @classmethod
    def before_op(cls, op: Operation) -> Builder:
        """Inserts before `op`, with its location."""
        made = cls()
        made.start_at(op)
        return made

    @classmethod
    def after_op(cls, op: Operation) -> Builder:
        """Inserts after `op`, with its location."""
        made = cls.before_op(op)
        made.set_point(made.block, op.next)
        return made

    def make(
        self,
        cls: type[AnyOp],
        *arguments: Argument,
        result_types: Sequence[Type] | None = None,
        attributes: dict[str, Attribute] | None = None,
        **named: Argument,
    ) -> AnyOp:
        """Makes an op and inserts it; numbers given for operands become constants.

        Args:
            cls: the class of the op.
            arguments: its fields, in order.
            result_types: if they cannot be inferred.
            attributes: discardable attributes.
            named: fields by name.

        Raises:
            StepwellError: the type of a number is not clear from the other operands.
        """
        fields = [field for field in cls.fields if field not in cls.result_fields]
        given = {field.name: value for field, value in zip(fields, arguments, strict=False)}
        given |= {name.removesuffix("_"): value for name, value in named.items()}
        for field in cls.operand_fields:
            value = given.get(field.name)
            if field.arity == ONE and isinstance(value, int | float):
                given[field.name] = self.constant(value, _type_for(cls, field, given, result_types))
        op = cls(result_types=result_types, attributes=attributes, **given)  # type: ignore[arg-type]
        return self.insert(op)


def _type_for(
    cls: type[Op],
    field: TypedField,
    given: dict[str, Argument],
    result_types: Sequence[Type] | None,
) -> Type:
    """The type that an operand must have, by its constraint and the other operands."""
    if isinstance(field.constraint, Exactly):
        return field.constraint.type
    if isinstance(field.constraint, Var):
        for other, type in _known_types(cls, given, result_types):
            if isinstance(other.constraint, Var) and other.constraint.name == field.constraint.name:
                return type
    known = _known_types(cls, given, result_types)
    if len(known) >= 1 and len({type for _, type in known}) == 1:
        return known[0][1]
    raise StepwellError(
        f"{cls.name}: the type of the number given for '{field.name}' is not clear; "
        "use builder.constant(number, type)"
    )


def _known_types(
    cls: type[Op], given: dict[str, Argument], result_types: Sequence[Type] | None
) -> list[tuple[TypedField, Type]]:
    found: list[tuple[TypedField, Type]] = []
    for field in cls.operand_fields:
        value = given.get(field.name)
        if isinstance(value, Operation):
            value = value.result
        if isinstance(value, Value) and isinstance(field, OperandField):
            found.append((field, value.type))
    if result_types is not None and len(result_types) == len(cls.result_fields):
        found += zip(cls.result_fields, result_types, strict=True)
    return found
