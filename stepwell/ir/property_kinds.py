"""What a property of an op may hold, and how Python literals become one.

`prop(I64)` is a property holding a 64-bit integer: `op.alignment` gives its IntegerAttr, the
builder takes a plain `16`, and in a `syntax` it is printed without its type, because its kind says
it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import (
    UNIT,
    ArrayAttr,
    DenseArrayAttr,
    DictionaryAttr,
    FloatAttr,
    IntegerAttr,
    StringAttr,
    SymbolRefAttr,
    TypeAttr,
    UnitAttr,
)

A = TypeVar("A", bound=Attribute)
E = TypeVar("E", bound=Attribute)


class Kind(Generic[A]):
    """A set of attributes.

    Args:
        cls: the class of the attributes.
        description: words for messages.
        coerce: makes one from a Python literal; returns None if it cannot.
        accepts: a further condition.
        type: the type all of them have; it is then left out in custom syntax.
    """

    def __init__(
        self,
        cls: type[A],
        description: str,
        coerce: Callable[[object], A | None] = lambda value: None,
        accepts: Callable[[A], bool] = lambda attribute: True,
        type: Type | None = None,
    ) -> None:
        self.cls = cls
        self.description = description
        self._coerce = coerce
        self._accepts = accepts
        self.type = type

    def accepts(self, attribute: Attribute) -> bool:
        """Whether `attribute` is one of them."""
        return isinstance(attribute, self.cls) and self._accepts(attribute)

    def coerce(self, value: object) -> A:
        """`value` if it is one of them, else one made of the Python literal.

        Raises:
            TypeError: there is no such attribute.
        """
        if isinstance(value, Attribute) and self.accepts(value):
            return value  # type: ignore[return-value]
        made = None if isinstance(value, Attribute) else self._coerce(value)
        if made is None:
            raise TypeError(f"expected {self.description}, found {value!r}")
        return made


def integer_kind(type: Type, description: str = "") -> Kind[IntegerAttr]:
    """Integers of one type."""
    return Kind(
        IntegerAttr,
        description or f"{type} attribute",
        lambda value: IntegerAttr(value, type) if isinstance(value, int) else None,
        lambda attribute: attribute.type is type,
        type,
    )


def array_kind(element: Type) -> Kind[DenseArrayAttr]:
    """`array<element: ...>`."""

    def coerce(value: object) -> DenseArrayAttr | None:
        return DenseArrayAttr(element, tuple(value)) if isinstance(value, Iterable) else None

    return Kind(
        DenseArrayAttr,
        f"{element} dense array attribute",
        coerce,
        lambda attribute: attribute.element_type is element,
    )


def array_of(kind: Kind[E]) -> Kind[ArrayAttr]:
    """`[...]` whose items are of `kind`."""

    def coerce(value: object) -> ArrayAttr | None:
        if not isinstance(value, (list, tuple)):
            return None
        return ArrayAttr(tuple(kind.coerce(item) for item in value))

    return Kind(
        ArrayAttr,
        f"array of {kind.description}",
        coerce,
        lambda attribute: all(kind.accepts(item) for item in attribute.values),
    )


def instance_of(cls: type[A], description: str = "") -> Kind[A]:
    """All attributes of a class."""
    return Kind(cls, description or f"{cls.name or cls.__name__} attribute")


def _any_literal(value: object) -> Attribute | None:
    match value:
        case bool():
            return IntegerAttr(int(value), types.i1)
        case int():
            return IntegerAttr(value, types.i64)
        case float():
            return FloatAttr.of(value, types.f64)
        case str():
            return StringAttr(value)
        case list() | tuple():
            return ArrayAttr(tuple(AnyAttr.coerce(item) for item in value))
        case dict():
            return DictionaryAttr.of({key: AnyAttr.coerce(item) for key, item in value.items()})
    return None


def _symbol(value: object) -> SymbolRefAttr | None:
    return SymbolRefAttr(value) if isinstance(value, str) else None


AnyAttr: Kind[Attribute] = Kind(Attribute, "any attribute", _any_literal)
TypedAttr: Kind[Attribute] = Kind(
    Attribute, "TypedAttr instance", _any_literal, lambda a: getattr(a, "type", None) is not None
)
Str = Kind(StringAttr, "string attribute", lambda v: StringAttr(v) if isinstance(v, str) else None)
SymbolName = Kind(StringAttr, "string attribute", Str._coerce)
SymbolRef = Kind(SymbolRefAttr, "symbol reference attribute", _symbol)
FlatSymbolRef = Kind(
    SymbolRefAttr, "flat symbol reference attribute", _symbol, lambda attribute: not attribute.path
)
Unit = Kind(UnitAttr, "unit attribute", lambda value: UNIT if value else None)
Bool = integer_kind(types.i1, "bool attribute")
Index = integer_kind(types.index)
I8, I16, I32, I64 = (
    integer_kind(t, f"{t.width}-bit signless integer attribute")
    for t in (types.i8, types.i16, types.i32, types.i64)
)
F32, F64 = (
    Kind(
        FloatAttr,
        f"{t.width}-bit float attribute",
        lambda value, t=t: FloatAttr.of(value, t) if isinstance(value, (int, float)) else None,  # type: ignore[misc]
        lambda attribute, t=t: attribute.type is t,  # type: ignore[misc]
        t,
    )
    for t in (types.f32, types.f64)
)
TypeOf: Kind[TypeAttr] = Kind(
    TypeAttr, "type attribute", lambda value: TypeAttr(value) if isinstance(value, Type) else None
)
FunctionTypeOf: Kind[TypeAttr] = Kind(
    TypeAttr,
    "type attribute of function type",
    TypeOf._coerce,
    lambda attribute: isinstance(attribute.value, types.FunctionType),
)
Array: Kind[ArrayAttr] = Kind(
    ArrayAttr,
    "array attribute",
    lambda v: (
        ArrayAttr(tuple(AnyAttr.coerce(i) for i in v)) if isinstance(v, (list, tuple)) else None
    ),
)
DictArray = array_of(Kind(DictionaryAttr, "dictionary attribute"))
Dictionary: Kind[DictionaryAttr] = Kind(DictionaryAttr, "dictionary of named attribute values")
I64Array = array_of(I64)
DenseI64Array, DenseI32Array, DenseI8Array = (
    array_kind(types.i64),
    array_kind(types.i32),
    array_kind(types.i8),
)
DenseBoolArray = array_kind(types.i1)
