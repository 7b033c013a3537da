"""Attributes of the linalg dialect: how a dimension iterates, and names of scalar functions."""

from __future__ import annotations

from stepwell.ir.enums import EnumAttr, enum_kind
from stepwell.ir.property_kinds import array_of

UNARY = (
    "exp", "log", "abs", "ceil", "floor", "negf", "reciprocal", "round", "sqrt", "rsqrt",
    "square", "tanh", "erf",
)  # fmt: skip
BINARY = (
    "add", "sub", "mul", "div", "div_unsigned", "max_signed", "min_signed", "max_unsigned",
    "min_unsigned", "powf",
)  # fmt: skip
TERNARY = ("select",)


class IteratorTypeAttr(EnumAttr):
    """How a dimension of the iteration space behaves: `#linalg.iterator_type<parallel>`."""

    name = "linalg.iterator_type"
    cases = ("parallel", "reduction", "window")


class TypeFnAttr(EnumAttr):
    """How integers are converted: `#linalg.type_fn<cast_unsigned>`."""

    name = "linalg.type_fn"
    cases = ("cast_signed", "cast_unsigned")


class UnaryFnAttr(EnumAttr):
    """A function of one scalar."""

    name = "linalg.unary_fn"
    cases = UNARY


class BinaryFnAttr(EnumAttr):
    """A function of two scalars."""

    name = "linalg.binary_fn"
    cases = BINARY


class TernaryFnAttr(EnumAttr):
    """A function of three scalars."""

    name = "linalg.ternary_fn"
    cases = TERNARY


class ElementwiseKindAttr(EnumAttr):
    """What `linalg.elementwise` does to each element."""

    name = "linalg.elementwise_kind"
    cases = (*UNARY, *BINARY, *TERNARY)


PARALLEL = IteratorTypeAttr("parallel")
REDUCTION = IteratorTypeAttr("reduction")

IteratorTypes = array_of(enum_kind(IteratorTypeAttr))
TypeFn = enum_kind(TypeFnAttr)
ElementwiseKind = enum_kind(ElementwiseKindAttr)
