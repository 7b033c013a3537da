"""Attributes of the vector dialect."""

from __future__ import annotations

from stepwell.ir.attributes import ArrayAttr
from stepwell.ir.enums import EnumAttr, enum_kind
from stepwell.ir.property_kinds import array_of


class CombiningKind(EnumAttr):
    """How two elements become one."""

    name = "vector.kind"
    cases = (
        "add", "mul", "minui", "minsi", "minnumf", "maxui", "maxsi", "maxnumf", "and", "or", "xor",
        "maximumf", "minimumf",
    )  # fmt: skip


class IteratorType(EnumAttr):
    """Whether a dimension of a contraction stays or is summed up."""

    name = "vector.iterator_type"
    cases = ("parallel", "reduction")


class PrintPunctuation(EnumAttr):
    """What `vector.print` writes after the value."""

    name = "vector.punctuation"
    cases = ("no_punctuation", "newline", "comma", "open", "close")


KindKind = enum_kind(CombiningKind)
IteratorTypes = array_of(enum_kind(IteratorType))
PunctuationKind = enum_kind(PrintPunctuation)
ADD = CombiningKind("add")
NEWLINE = PrintPunctuation("newline")


def is_reduction(iterators: ArrayAttr) -> list[bool]:
    """For each iterator, whether it is a reduction."""
    return [isinstance(i, IteratorType) and i.value == "reduction" for i in iterators.values]
