"""The error of a dense literal: upstream's words, and where in the literal."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir.numbers.float_text import NumberLiteralError


class DenseLiteralError(NumberLiteralError):
    """What stands inside `dense<...>` is not elements of the type.

    Attributes:
        message: upstream's message.
        notes: upstream's notes, at the same place.
        offset: the offset in the text inside the angle brackets; None for the attribute as a whole
            (upstream points at the word `dense`).
    """

    def __init__(self, message: str, offset: int | None, notes: tuple[str, ...] = ()) -> None:
        super().__init__(message, notes)
        self.offset = offset


def dimensions(sizes: Sequence[int]) -> str:
    """A shape as upstream's messages write it: `[2, 3]`."""
    return f"[{', '.join(map(str, sizes))}]"
