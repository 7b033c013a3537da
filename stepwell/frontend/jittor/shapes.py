"""Shapes as users see them."""

from __future__ import annotations


class NanoVector(tuple[int, ...]):
    """A shape: a tuple that equals the list of its sizes too, printed as `[2,3,]`."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return tuple.__eq__(self, tuple(other) if isinstance(other, list) else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = tuple.__hash__

    def __repr__(self) -> str:
        return "[" + "".join(f"{size}," for size in self) + "]"
