"""What the type of an operand or result must be.

Types are interned, so a constraint remembers which ones it has accepted: checking a type seen
before is one look-up. `Var` ties several operands and results to one type; `Transform` derives one
from it.
"""

from __future__ import annotations

from collections.abc import Callable

from stepwell.ir import types
from stepwell.ir.attribute import Type

Bindings = dict[str, Type]


class Constraint:
    """A set of types with a description for messages ("signless-integer-like")."""

    def __init__(self, accepts: Callable[[Type], bool], description: str) -> None:
        self._accepts = accepts
        self._known: dict[Type, bool] = {}
        self.description = description

    def accepts(self, type: Type) -> bool:
        """Whether `type` is in the set."""
        known = self._known.get(type)
        if known is None:
            known = self._known[type] = self._accepts(type)
        return known

    def check(self, type: Type, bindings: Bindings) -> str | None:
        """None if `type` is right, else what was expected. May bind variables."""
        return None if self.accepts(type) else self.description

    def infer(self, bindings: Bindings) -> Type | None:
        """The only type that is right, given what is bound, or None if that is not known."""
        return None

    def bind(self, type: Type, bindings: Bindings) -> None:
        """Notes what a known type says about the variables."""

    def __or__(self, other: Constraint) -> Constraint:
        return Constraint(
            lambda type: self.accepts(type) or other.accepts(type),
            f"{self.description} or {other.description}",
        )

    def __and__(self, other: Constraint) -> Constraint:
        return Constraint(
            lambda type: self.accepts(type) and other.accepts(type),
            f"{self.description} that is {other.description}",
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.description}>"


class Exactly(Constraint):
    """One type."""

    def __init__(self, type: Type) -> None:
        super().__init__(lambda found: found is type, str(type))
        self.type = type

    def infer(self, bindings: Bindings) -> Type | None:
        return self.type


class Var(Constraint):
    """A type variable: all its places have one type, which `base` accepts."""

    def __init__(self, name: str, base: Constraint) -> None:
        super().__init__(base.accepts, base.description)
        self.name = name
        self.base = base

    def check(self, type: Type, bindings: Bindings) -> str | None:
        bound = bindings.get(self.name)
        if bound is not None:
            return None if bound is type else f"'{bound}' (like the values before it)"
        if not self.base.accepts(type):
            return self.description
        bindings[self.name] = type
        return None

    def infer(self, bindings: Bindings) -> Type | None:
        return bindings.get(self.name) or self.base.infer(bindings)

    def bind(self, type: Type, bindings: Bindings) -> None:
        bindings.setdefault(self.name, type)


class Transform(Constraint):
    """The type that `function` makes of the variable's type."""

    def __init__(self, of: Var, function: Callable[[Type], Type], description: str) -> None:
        super().__init__(lambda type: True, description)
        self.of = of
        self.function = function

    def check(self, type: Type, bindings: Bindings) -> str | None:
        expected = self.infer(bindings)
        return None if expected is None or expected is type else f"'{expected}'"

    def infer(self, bindings: Bindings) -> Type | None:
        bound = bindings.get(self.of.name)
        return None if bound is None else self.function(bound)


def instance(*classes: type[Type], description: str = "") -> Constraint:
    """The types that are instances of one of `classes`."""
    words = description or " or ".join(cls.__name__ for cls in classes)
    return Constraint(lambda type: isinstance(type, classes), words)


def like(element: Constraint) -> Constraint:
    """`element`, or a vector or tensor of it."""

    def accepts(type: Type) -> bool:
        if element.accepts(type):
            return True
        shaped = isinstance(
            type, (types.VectorType, types.RankedTensorType, types.UnrankedTensorType)
        )
        return shaped and element.accepts(types.element_type_or_self(type))

    return Constraint(accepts, f"{element.description}-like")


def shaped(*classes: type[Type], element: Constraint | None = None, words: str) -> Constraint:
    """Instances of `classes` whose elements `element` accepts."""

    def accepts(type: Type) -> bool:
        if not isinstance(type, classes):
            return False
        return element is None or element.accepts(types.element_type_or_self(type))

    of = f" of {element.description} values" if element is not None else " of any type values"
    return Constraint(accepts, words + of)


AnyType = Constraint(lambda type: True, "any type")
Index = Exactly(types.index)
I1 = Exactly(types.i1)
I8, I16, I32, I64 = (Exactly(type) for type in (types.i8, types.i16, types.i32, types.i64))
F16, F32, F64 = (Exactly(type) for type in (types.f16, types.f32, types.f64))
AnyInteger = instance(types.IntegerType, description="integer")
SignlessInteger = Constraint(
    lambda type: isinstance(type, types.IntegerType) and type.is_signless, "signless integer"
)
AnySignlessIntegerOrIndex = Constraint(
    lambda type: SignlessInteger.accepts(type) or type is types.index, "signless integer or index"
)
AnyFloat = instance(types.FloatType, description="floating-point")
AnyComplex = instance(types.ComplexType, description="complex-type")
SignlessIntegerLike = Constraint(like(AnySignlessIntegerOrIndex).accepts, "signless-integer-like")
SignlessFixedWidthIntegerLike = Constraint(
    like(SignlessInteger).accepts, "signless-fixed-width-integer-like"
)
FloatLike = Constraint(like(AnyFloat).accepts, "floating-point-like")
BoolLike = Constraint(like(I1).accepts, "bool-like")
IndexLike = Constraint(like(Index).accepts, "index-like")
AnyRankedTensor = shaped(types.RankedTensorType, words="ranked tensor")
AnyTensor = shaped(types.RankedTensorType, types.UnrankedTensorType, words="tensor")
AnyMemRef = shaped(types.MemRefType, words="memref")
AnyRankedOrUnrankedMemRef = shaped(
    types.MemRefType, types.UnrankedMemRefType, words="ranked or unranked memref"
)
AnyVector = shaped(types.VectorType, words="vector")
AnyShaped = instance(types.ShapedType, description="shaped")
AnyFunctionType = instance(types.FunctionType, description="function type")


def bool_of(var: Var) -> Transform:
    """i1 in the shape of the variable's type: the result of a comparison."""
    return Transform(var, lambda type: types.with_element(type, types.i1), "i1 of the same shape")


def element_of(var: Var) -> Transform:
    """The element type of the variable's type."""
    return Transform(var, types.element_type_or_self, "the element type")
