"""Integer types as number formats: wrapping, signs, and the range check of literals.

A signless `iN` accepts literals from -2**(N-1) to 2**N - 1 and holds them as signed numbers, so
`255 : i8` is -1. `index` is a signed 64-bit integer. As upstream, a literal `-0` is out of range.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from stepwell.ir.numbers.float_text import NumberLiteralError, decimal_value

_LITERAL = re.compile(r"(-?)\s*(?:0x([0-9a-fA-F]+)|([0-9]+))\Z")
_NAME = re.compile(r"(s|u)?i(0|[1-9][0-9]{0,7})\Z")

OUT_OF_RANGE = "integer constant out of range for attribute"
NEGATIVE_UNSIGNED = "negative integer literal not valid for unsigned integer type"


def to_unsigned(value: int, width: int) -> int:
    """`value` modulo 2**width, from 0 up.

    >>> to_unsigned(-1, 8)
    255
    """
    return value & ((1 << width) - 1)


def to_signed(value: int, width: int) -> int:
    """`value` modulo 2**width, from -2**(width-1) up.

    >>> to_signed(255, 8)
    -1
    """
    if width == 0:
        return 0
    half = 1 << (width - 1)
    return ((value + half) & ((1 << width) - 1)) - half


def wrap(value: int, width: int, signed: bool = True) -> int:
    """`value` as a `width`-bit integer holds it.

    >>> wrap(200, 8), wrap(200, 8, signed=False)
    (-56, 200)
    """
    return to_signed(value, width) if signed else to_unsigned(value, width)


class Signedness(Enum):
    """The three kinds of integer types; the value is the prefix of the name."""

    SIGNLESS = ""
    SIGNED = "s"
    UNSIGNED = "u"


@dataclass(frozen=True)
class IntegerFormat:
    """An integer type: `iN`, `siN`, `uiN`, or `index`, which is 64 signed bits here."""

    name: str
    width: int
    signedness: Signedness

    @property
    def is_signed(self) -> bool:
        """Whether values are held as signed numbers; true of signless ones, but not of i1."""
        if self.signedness is Signedness.SIGNLESS:
            return self.width != 1
        return self.signedness is Signedness.SIGNED

    @property
    def storage_bytes(self) -> int:
        """Bytes of one element in a dense attribute's raw form (i1 is packed, see the storage)."""
        return (self.width + 7) // 8

    @property
    def smallest(self) -> int:
        """The smallest literal accepted."""
        if self.signedness is Signedness.UNSIGNED or self.width == 0:
            return 0
        return -(1 << (self.width - 1))

    @property
    def largest(self) -> int:
        """The largest literal accepted."""
        if self.signedness is Signedness.SIGNED and self.width:
            return (1 << (self.width - 1)) - 1
        return (1 << self.width) - 1

    def accepts(self, value: int) -> bool:
        """Whether a literal may stand for `value`."""
        return self.smallest <= value <= self.largest

    def wrap(self, value: int) -> int:
        """`value` as the type holds it; an i1 is 0 or 1."""
        return wrap(value, self.width, self.is_signed)


INDEX = IntegerFormat("index", 64, Signedness.SIGNED)


@lru_cache(maxsize=512)
def integer_format(name: str) -> IntegerFormat:
    """The format of the integer type `name`.

    Raises:
        KeyError: `name` is not an integer type.
    """
    if name == "index":
        return INDEX
    match = _NAME.match(name)
    if match is None:
        raise KeyError(name)
    return IntegerFormat(name, int(match[2]), Signedness(match[1] or ""))


def literal_value(text: str) -> int:
    """The number that an integer literal spells, decimal or hexadecimal.

    Raises:
        NumberLiteralError: `text` is not an integer literal.
    """
    match = _LITERAL.match(text)
    if match is None:
        raise NumberLiteralError("expected integer literal")
    magnitude = int(match[2], 16) if match[2] else decimal_value(match[3])
    return -magnitude if match[1] else magnitude


def parse_integer(
    text: str,
    form: IntegerFormat,
    out_of_range: str = OUT_OF_RANGE,
    negative_unsigned: str = NEGATIVE_UNSIGNED,
) -> int:
    """The value that the literal `text` has in the type `form`.

    Args:
        text: decimal or hexadecimal, perhaps with a minus.
        form: the type.
        out_of_range: the message when the type cannot hold the number.
        negative_unsigned: the message for a minus in an unsigned type.

    Raises:
        NumberLiteralError: the literal is malformed or does not fit.
    """
    value = literal_value(text)
    if text.startswith("-"):
        if form.signedness is Signedness.UNSIGNED:
            raise NumberLiteralError(negative_unsigned)
        if value == 0:
            raise NumberLiteralError(out_of_range)
    if not form.accepts(value):
        raise NumberLiteralError(out_of_range)
    return form.wrap(value)


def print_integer(value: int, form: IntegerFormat) -> str:
    """How an attribute's value prints: `true`/`false` for i1, else decimal."""
    if form.width == 1 and form.signedness is Signedness.SIGNLESS:
        return "true" if value & 1 else "false"
    return str(value)
