"""The metadata section of a file, `{-# dialect_resources: {...} #-}`.

A resource can be hundreds of megabytes of hex digits; only its place in the text is noted here, and
its bytes are made when they are asked for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stepwell.ir.location import quote

if TYPE_CHECKING:
    from stepwell.ir.text.reader import Reader

_BLOB = re.compile(r'\s*"(0x[0-9a-fA-F]*)"')


class Resource:
    """One blob: a 4-byte little-endian alignment, then the bytes.

    Args:
        text: the text in which it stands.
        start: where its `0x` is.
        end: where its last digit ends.
    """

    __slots__ = ("_end", "_start", "_text")

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text = text
        self._start = start
        self._end = end

    @property
    def hex_text(self) -> str:
        """The digits, with `0x`."""
        return self._text[self._start : self._end]

    @property
    def alignment(self) -> int:
        """Bytes that the data must be aligned to."""
        head = bytes.fromhex(self._text[self._start + 2 : self._start + 10])
        return int.from_bytes(head, "little")

    @property
    def data(self) -> bytes:
        """The bytes."""
        return bytes.fromhex(self._text[self._start + 10 : self._end])


Resources = dict[str, dict[str, dict[str, "Resource | str"]]]
"""Section ("dialect_resources"), then dialect or owner, then key."""


def read_metadata(reader: Reader) -> None:
    """Reads `{-# ... #-}` into `reader.context.resources`.

    Raises:
        ParseError: the section is malformed.
    """
    reader.literal("{-#")
    while not reader.accept("#-}"):
        section = reader.keyword()
        reader.literal(":")
        owners = reader.context.resources.setdefault(section, {})
        reader.literal("{")
        while not reader.accept("}"):
            owner = reader.keyword()
            reader.literal(":")
            _entries(reader, owners.setdefault(owner, {}))
            reader.accept(",")
        reader.accept(",")


def _entries(reader: Reader, entries: dict[str, Resource | str]) -> None:
    reader.literal("{")
    while not reader.accept("}"):
        key = reader.string() if reader.text.startswith('"') else reader.keyword()
        blob = _BLOB.match(reader.source_text, reader.pos) if reader.text == ":" else None
        if blob is not None:
            entries[key] = Resource(reader.source_text, blob.start(1), blob.end(1))
            reader.seek(blob.end())
        else:
            reader.literal(":")
            negative = "-" if reader.accept("-") else ""
            entries[key] = negative + reader.advance()
        reader.accept(",")


def metadata_text(resources: Resources) -> str:
    """The section as text, or nothing if there are no resources."""
    lines: list[str] = []
    for section, owners in resources.items():
        lines.append(f"  {section}: {{")
        groups = []
        for owner, entries in owners.items():
            body = ",\n".join(
                f"      {key}: {quote(value.hex_text) if isinstance(value, Resource) else value}"
                for key, value in entries.items()
            )
            groups.append(f"    {owner}: {{\n{body}\n    }}")
        lines.append(",\n".join(groups))
        lines.append("  }")
    return "\n{-#\n" + "\n".join(lines) + "\n#-}\n" if lines else ""
