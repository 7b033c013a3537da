"""Blobs that a file keeps at its end, outside of the program."""

from __future__ import annotations


class Resource:
    """The bytes behind a `dense_resource`, decoded when they are asked for.

    The text form is hex digits: a 4-byte little-endian alignment, then the bytes. A program
    mentions a resource before the file defines it, so it starts out empty.
    """

    __slots__ = ("_end", "_start", "_text")

    def __init__(self) -> None:
        self._text: str | None = None
        self._start = self._end = 0

    def define(self, text: str, start: int, end: int) -> None:
        """Notes that the digits, with `0x`, are `text[start:end]`."""
        self._text, self._start, self._end = text, start, end

    @property
    def is_defined(self) -> bool:
        """Whether the file has the bytes."""
        return self._text is not None

    @property
    def hex_text(self) -> str:
        """The digits, with `0x`."""
        assert self._text is not None, "the file does not define this resource"
        return self._text[self._start : self._end]

    @property
    def alignment(self) -> int:
        """Bytes that the data must be aligned to."""
        return int.from_bytes(bytes.fromhex(self.hex_text[2:10]), "little")

    @property
    def data(self) -> bytes:
        """The bytes."""
        assert self._text is not None, "the file does not define this resource"
        return bytes.fromhex(self._text[self._start + 10 : self._end])
