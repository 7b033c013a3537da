"""The metadata section of a file, `{-# dialect_resources: {...} #-}`.

A resource can be hundreds of megabytes of hex digits; only its place in the text is noted here, and
its bytes are made when they are asked for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stepwell.ir.location import quote
from stepwell.ir.resource import Resource

if TYPE_CHECKING:
    from stepwell.ir.text.reader import Reader

_BLOB = re.compile(r'\s*"(0x[0-9a-fA-F]*)"')


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
            _entries(reader, owner, owners.setdefault(owner, {}))
            reader.accept(",")
        reader.accept(",")


def _entries(reader: Reader, owner: str, entries: dict[str, Resource | str]) -> None:
    reader.literal("{")
    while not reader.accept("}"):
        key = reader.string() if reader.text.startswith('"') else reader.keyword()
        blob = _BLOB.match(reader.source_text, reader.pos) if reader.text == ":" else None
        if blob is not None:
            found = reader.context.resource(key) if owner == "builtin" else Resource()
            found.define(reader.source_text, blob.start(1), blob.end(1))
            entries[key] = found
            reader.seek(blob.end())
        else:
            reader.literal(":")
            negative = "-" if reader.accept("-") else ""
            entries[key] = negative + reader.advance()
        reader.accept(",")


def metadata_text(resources: Resources) -> str:
    """The section as text, or nothing if there are no resources."""
    sections = []
    for section, owners in resources.items():
        groups = []
        for owner, entries in owners.items():
            body = ",\n".join(
                f"      {key}: {quote(value.hex_text) if isinstance(value, Resource) else value}"
                for key, value in entries.items()
            )
            groups.append(f"    {owner}: {{\n{body}\n    }}")
        inside = ",\n".join(groups)
        sections.append(f"  {section}: {{\n{inside}\n  }}")
    return "\n\n{-#\n" + ",\n".join(sections) + "\n#-}" if sections else ""
