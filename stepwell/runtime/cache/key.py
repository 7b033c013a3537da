"""The key of a compiled module: a digest of everything that its machine code depends on."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from stepwell.runtime.cache.entry import FORMAT_VERSION


def cache_key(parts: Mapping[str, bytes | str]) -> str:
    """The key for `parts`: 64 hexadecimal digits.

    Every name and value is written with its length and kind in front, so no two different sets of
    parts are ever hashed as the same bytes; the order of the parts does not matter.

    >>> cache_key({"ir": "ab", "options": "c"}) == cache_key({"options": "c", "ir": "ab"})
    True
    >>> cache_key({"ir": "ab", "options": "c"}) == cache_key({"ir": "a", "options": "bc"})
    False
    """
    digest = sha256(b"stepwell cache key %d\n%d\n" % (FORMAT_VERSION, len(parts)))
    for name in sorted(parts):
        value = parts[name]
        kind = b"text" if isinstance(value, str) else b"bytes"
        # Python strings may hold lone surrogates; they too must have a key, and one of their own.
        name_bytes = name.encode("utf-8", "surrogatepass")
        content = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        digest.update(b"%d %s %d\n" % (len(name_bytes), kind, len(content)))
        digest.update(name_bytes)
        digest.update(content)
    return digest.hexdigest()
