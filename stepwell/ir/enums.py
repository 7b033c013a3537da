"""Attributes whose values are a few words: one of several, or a set of flags."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from stepwell.ir.attribute import Attribute, Show, Type
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.property_kinds import Kind

if TYPE_CHECKING:
    from stepwell.ir.text.reader import Reader


class EnumAttr(Attribute):
    """One word of `cases`: `#vector.kind<add>`, or, if not `bracketed`, `#gpu<dim x>`.

    In the syntax of an op it is written `<add>`, or `x` if not `bracketed`.
    """

    value: str
    cases: ClassVar[tuple[str, ...]] = ()
    bracketed: ClassVar[bool] = True

    def text(self, show: Show) -> str:
        if self.bracketed:
            return f"#{self.name}<{self.value}>"
        dialect, _, mnemonic = self.name.partition(".")
        return f"#{dialect}<{mnemonic} {self.value}>"

    @classmethod
    def parse_body(cls, reader: Reader) -> Self:
        return cls(reader.keyword(*cls.cases))

    @classmethod
    def parse_short(cls, reader: Reader) -> Self:
        if not cls.bracketed:
            return cls.parse_body(reader)
        reader.literal("<")
        found = cls.parse_body(reader)
        reader.literal(">")
        return found

    def short(self, show: Show) -> str:
        return f"<{self.value}>" if self.bracketed else self.value


class FlagsAttr(Attribute):
    """Any of the words of `cases`, in that order: `#arith.overflow<nsw, nuw>`.

    `none` stands for no flag; `groups` gives names to sets of flags.
    """

    flags: tuple[str, ...] = ()
    cases: ClassVar[tuple[str, ...]] = ()
    groups: ClassVar[dict[str, tuple[str, ...]]] = {}
    separator: ClassVar[str] = ", "

    @classmethod
    def _normalise(cls, args: tuple[object, ...]) -> tuple[object, ...]:
        words = set(args[0])  # type: ignore[call-overload]
        for group, members in cls.groups.items():
            if group in words:
                words |= set(members)
        return (tuple(case for case in cls.cases if case in words),)

    def words(self) -> str:
        """The flags as they are printed."""
        for group, members in self.groups.items():
            if set(members) == set(self.flags):
                return group
        return self.separator.join(self.flags) or "none"

    def text(self, show: Show) -> str:
        return f"#{self.name}<{self.words()}>"

    @classmethod
    def parse_body(cls, reader: Reader) -> Self:
        choices = (*cls.cases, *cls.groups, "none")
        words = [reader.keyword(*choices)]
        while reader.accept(",") or reader.accept("|"):
            words.append(reader.keyword(*choices))
        return cls(tuple(word for word in words if word != "none"))

    @classmethod
    def parse_short(cls, reader: Reader) -> Self:
        reader.literal("<")
        found = cls.parse_body(reader)
        reader.literal(">")
        return found

    def short(self, show: Show) -> str:
        return f"<{self.words()}>"


class IntegerEnum(Kind[IntegerAttr]):
    """An integer property that custom syntax writes as a word: the predicate of `arith.cmpi`.

    Args:
        type: the type of the integer.
        cases: the words for 0, 1, ...
    """

    def __init__(self, type: Type, cases: tuple[str, ...], description: str) -> None:
        def coerce(value: object) -> IntegerAttr | None:
            number = cases.index(value) if isinstance(value, str) and value in cases else value
            return IntegerAttr(number, type) if isinstance(number, int) else None

        super().__init__(
            IntegerAttr, description, coerce, lambda a: 0 <= a.value < len(cases), type
        )
        self.cases = cases

    def word(self, attribute: IntegerAttr) -> str:
        """The word for a value."""
        return self.cases[attribute.value]


E = TypeVar("E", bound=EnumAttr | FlagsAttr)


def enum_kind(cls: type[E]) -> Kind[E]:
    """The property kind of an enum; the builder takes a word (or several, for flags)."""

    def coerce(value: object) -> E | None:
        if issubclass(cls, FlagsAttr):
            return cls((value,) if isinstance(value, str) else tuple(value))  # type: ignore[arg-type]
        return cls(value) if isinstance(value, str) and value in cls.cases else None

    return Kind(cls, f"#{cls.name} attribute", coerce)
