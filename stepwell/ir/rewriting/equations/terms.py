"""What equations are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from stepwell.ir.operation import Operation


@dataclass(frozen=True, slots=True)
class Variable:
    """A value; the same name is the same value. A capital letter demands a constant."""

    name: str

    @property
    def is_constant(self) -> bool:
        """Whether only constants match."""
        return self.name[0].isupper()

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Literal:
    """A number: the constant of that value, or a vector or tensor full of it."""

    value: bool | int | float
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Power:
    """`2^k`: a constant that is a power of two; `k` becomes the exponent."""

    exponent: str

    def __str__(self) -> str:
        return f"2^{self.exponent}"


@dataclass(frozen=True, slots=True)
class PropertyTerm:
    """`[slt]`, `[slt|sgt]` or `[predicate=slt]`; a word that is no value of it is a variable."""

    words: tuple[str, ...]
    name: str = ""

    def __str__(self) -> str:
        return (f"{self.name}=" if self.name else "") + "|".join(self.words)


@dataclass(frozen=True, slots=True)
class OpTerm:
    """An op with its operands."""

    cls: type[Operation]
    properties: tuple[PropertyTerm, ...]
    arguments: tuple[Term, ...]

    def __str__(self) -> str:
        shown = f"[{', '.join(map(str, self.properties))}]" if self.properties else ""
        return f"{self.cls.name}{shown}({', '.join(map(str, self.arguments))})"


Term: TypeAlias = Variable | Literal | Power | OpTerm


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression over the numbers and types of the match.

    Attributes:
        kind: "or", "and", "not", a comparison, "+", "-", "number", "name", "width", "type", ...
        parts: the expressions inside.
        value: of a number or a name.
    """

    kind: str
    parts: tuple[Condition, ...] = ()
    value: int | str = 0


@dataclass(frozen=True, slots=True)
class Equation:
    """`left -> right if condition`; `right` has a term for each result."""

    text: str
    left: OpTerm
    right: tuple[Term, ...]
    condition: Condition | None = field(default=None)


def subterms(term: Term) -> list[Term]:
    """`term` and all terms inside it."""
    found: list[Term] = [term]
    for item in found:
        if isinstance(item, OpTerm):
            found += item.arguments
    return found
