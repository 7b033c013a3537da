"""The bytes of an entry: whatever is not exactly what was written is refused."""

from __future__ import annotations

import json
import struct
from hashlib import sha256

import pytest

from stepwell.runtime.cache.entry import (
    HEADER_SIZE,
    MAGIC,
    CorruptEntry,
    Entry,
    decode_entry,
    encode_entry,
)
from tests.runtime.cache.conftest import entry_for, key_for

SMALL = [
    Entry({}, b""),
    Entry({"symbols": ["main"], "n": -1.5, "ok": None}, b"\x7fELF" + bytes(range(60))),
    Entry({"name": "é\u2028"}, b"\x00" * 70),
]


@pytest.mark.parametrize("entry", SMALL)
def test_an_entry_comes_back_as_it_was(entry: Entry) -> None:
    key = key_for("a")
    assert decode_entry(encode_entry(key, entry), key) == entry


def test_the_same_metadata_in_another_order_gives_the_same_bytes() -> None:
    key = key_for("a")
    first = encode_entry(key, Entry({"a": 1, "b": 2}, b"x"))
    assert first == encode_entry(key, Entry({"b": 2, "a": 1}, b"x"))


@pytest.mark.parametrize("entry", SMALL)
def test_every_flipped_bit_is_refused(entry: Entry) -> None:
    key = key_for("a")
    content = bytearray(encode_entry(key, entry))
    for bit in range(len(content) * 8):
        content[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CorruptEntry):
            decode_entry(bytes(content), key)
        content[bit // 8] ^= 1 << bit % 8


@pytest.mark.parametrize("entry", SMALL)
def test_every_truncation_and_extension_and_zero_fill_is_refused(entry: Entry) -> None:
    key = key_for("a")
    content = encode_entry(key, entry)
    size = len(content)
    broken = [content[:end] for end in range(size)]
    # The digest may end in zero bytes; filling those changes nothing.
    filled = (content[:end] + bytes(size - end) for end in range(size))
    broken += [candidate for candidate in filled if candidate != content]
    broken += [content + b"\0", content + content, b"\0" + content]
    for candidate in broken:
        with pytest.raises(CorruptEntry):
            decode_entry(candidate, key)


def test_an_entry_of_another_key_is_refused() -> None:
    content = encode_entry(key_for("a"), SMALL[1])
    with pytest.raises(CorruptEntry, match="another key"):
        decode_entry(content, key_for("b"))


def test_another_format_version_is_refused_even_with_a_right_digest() -> None:
    key = key_for("a")
    body = struct.pack(">8sI32sQQ", MAGIC, 2, bytes.fromhex(key), 2, 0) + b"{}"
    with pytest.raises(CorruptEntry, match="version 2"):
        decode_entry(body + sha256(body).digest(), key)


@pytest.mark.parametrize("metadata", [b"[1]", b"nonsense", b"[" * 100_000, b'"\xff"', b"null"])
def test_metadata_that_is_no_object_is_refused_even_with_a_right_digest(metadata: bytes) -> None:
    key = key_for("a")
    body = struct.pack(">8sI32sQQ", MAGIC, 1, bytes.fromhex(key), len(metadata), 0) + metadata
    with pytest.raises(CorruptEntry, match="metadata"):
        decode_entry(body + sha256(body).digest(), key)


def test_lengths_near_the_end_of_the_integers_are_refused() -> None:
    key = key_for("a")
    for sizes in [(2**64 - 1, 1), (0, 2**64 - 1), (2**63, 2**63)]:
        body = struct.pack(">8sI32sQQ", MAGIC, 1, bytes.fromhex(key), *sizes)
        with pytest.raises(CorruptEntry):
            decode_entry(body + sha256(body).digest(), key)


@pytest.mark.parametrize(
    "key", ["", "a", "../" * 21 + "a", "A" * 64, "g" * 64, "a" * 63 + "\n", "a" * 64 + "\n"]
)
def test_only_hexadecimal_digests_are_keys(key: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        encode_entry(key, entry_for("a"))


def test_metadata_that_is_not_json_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="JSON"):
        encode_entry(key_for("a"), Entry({"x": float("nan")}, b""))


def test_the_layout_is_the_documented_one() -> None:
    entry = entry_for("a", 10)
    content = encode_entry(key_for("a"), entry)
    metadata = json.dumps(dict(entry.metadata), separators=(",", ":")).encode()
    assert content[HEADER_SIZE : HEADER_SIZE + len(metadata)] == metadata
    assert content[-32:] == sha256(content[:-32]).digest()
