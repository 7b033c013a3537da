"""What a cache file holds, as bytes: header, key, metadata, payload, and a digest over all of it.

    magic, 8 bytes | version, u32 | key, 32 bytes | metadata length, u64 | payload length, u64
    metadata as JSON in UTF-8 | payload | SHA-256 of everything before it

The lengths stand in the header so that a reader can compare them with the size of the file before
it allocates anything. The digest covers the key, so an entry renamed to another key is refused.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

from stepwell.ir.diagnostics import StepwellError

JSON: TypeAlias = "None | bool | int | float | str | list[JSON] | dict[str, JSON]"

MAGIC = b"STEPWELL"
FORMAT_VERSION = 1
DIGEST_SIZE = 32
_HEADER = struct.Struct(">8sI32sQQ")
HEADER_SIZE = _HEADER.size
LARGEST_ENTRY = 1 << 30

_KEY = re.compile(r"[0-9a-f]{64}")


class CorruptEntry(StepwellError):
    """The bytes are not a whole entry of the key they were asked for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A compiled module: object code, and what is known about it. Not to be changed once made."""

    metadata: Mapping[str, JSON]
    payload: bytes


def check_key(key: str) -> str:
    """Returns `key`; raises ValueError unless it is 64 lower-case hexadecimal digits.

    Keys become file names, so nothing else may ever pass: no separator, no dot, no NUL.
    """
    if not _KEY.fullmatch(key):
        raise ValueError(f"a cache key is 64 hexadecimal digits, not {key!r:.80}")
    return key


def encode_entry(key: str, entry: Entry) -> bytes:
    """The bytes of `entry` under `key`; the same entry gives the same bytes.

    Raises TypeError or ValueError if the metadata is not JSON.
    """
    metadata = json.dumps(
        dict(entry.metadata), sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()
    header = _HEADER.pack(
        MAGIC,
        FORMAT_VERSION,
        bytes.fromhex(check_key(key)),
        len(metadata),
        len(entry.payload),
    )
    digest = sha256(header)
    digest.update(metadata)
    digest.update(entry.payload)
    return b"".join((header, metadata, entry.payload, digest.digest()))


def announced_size(header: bytes, key: str) -> int:
    """The size of the whole file, from its first HEADER_SIZE bytes.

    Raises CorruptEntry if they are not the header of an entry for `key`.
    """
    metadata_size, payload_size = _read_header(header, key)
    return HEADER_SIZE + metadata_size + payload_size + DIGEST_SIZE


def decode_entry(content: bytes, key: str) -> Entry:
    """The entry in `content`, checked whole. Raises CorruptEntry if anything is not as written."""
    metadata_size, payload_size = _read_header(content[:HEADER_SIZE], key)
    payload_start = HEADER_SIZE + metadata_size
    payload_end = payload_start + payload_size
    if len(content) != payload_end + DIGEST_SIZE:
        raise CorruptEntry("the length is not the one in the header")
    view = memoryview(content)
    if sha256(view[:payload_end]).digest() != view[payload_end:]:
        raise CorruptEntry("the digest does not match the content")
    metadata = _read_metadata(content[HEADER_SIZE:payload_start])
    return Entry(metadata, content[payload_start:payload_end])


def _read_header(header: bytes, key: str) -> tuple[int, int]:
    if len(header) < HEADER_SIZE:
        raise CorruptEntry("the file ends inside its header")
    magic, version, stored_key, metadata_size, payload_size = _HEADER.unpack(header)
    if magic != MAGIC:
        raise CorruptEntry("not a stepwell cache file")
    if version != FORMAT_VERSION:
        raise CorruptEntry(f"format version {version}, expected {FORMAT_VERSION}")
    if stored_key != bytes.fromhex(check_key(key)):
        raise CorruptEntry("the entry belongs to another key")
    return metadata_size, payload_size


def _read_metadata(text: bytes) -> dict[str, JSON]:
    # The digest says that we wrote this; RecursionError is what the json module raises when not.
    try:
        metadata = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CorruptEntry("the metadata is not JSON") from error
    if not isinstance(metadata, dict):
        raise CorruptEntry("the metadata is not an object")
    return metadata
