"""Where the cache is and how large it may grow: `STEPWELL_CACHE_DIR`, `STEPWELL_CACHE_LIMIT`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from platformdirs import user_cache_dir

from stepwell.ir.diagnostics import StepwellError
from stepwell.runtime.cache.disk import DEFAULT_LIMIT

_SIZE = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?)\s*(?:([kmgt])(i?)b?|b?)", re.IGNORECASE)
_POWERS = {"k": 1, "m": 2, "g": 3, "t": 4}


class BadSetting(StepwellError):
    """An environment variable has a value that means nothing."""


def cache_path(environment: Mapping[str, str] = os.environ) -> str | None:
    """The folder of the cache, or None if `STEPWELL_CACHE_DIR` is empty or `off`."""
    chosen = environment.get("STEPWELL_CACHE_DIR")
    if chosen is None:
        return user_cache_dir("stepwell", appauthor=False)
    if chosen.strip().lower() in ("", "off"):
        return None
    return os.path.abspath(os.path.expanduser(chosen))


def cache_limit(environment: Mapping[str, str] = os.environ) -> int:
    """How many bytes the cache may take: `STEPWELL_CACHE_LIMIT`, like `500MB` or `2GiB`.

    Raises BadSetting if that is no size.
    """
    chosen = environment.get("STEPWELL_CACHE_LIMIT", "").strip()
    return parse_size(chosen) if chosen else DEFAULT_LIMIT


def parse_size(text: str) -> int:
    """The number of bytes in `text`. Raises BadSetting if it is no size.

    >>> parse_size("2GiB"), parse_size("1.5 kB"), parse_size("100")
    (2147483648, 1500, 100)
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise BadSetting(f"STEPWELL_CACHE_LIMIT: {text!r:.80} is not a size such as 500MB or 2GiB")
    number, letter, binary = match.groups()
    power = _POWERS[letter.lower()] if letter else 0
    return int(float(number) * (1024 if binary else 1000) ** power)


def format_size(size: int) -> str:
    """`size` in bytes for people to read.

    >>> format_size(999), format_size(1536), format_size(2 << 30)
    ('999 bytes', '1.5 KiB', '2.0 GiB')
    """
    if size < 1024:
        return f"{size} bytes"
    value = float(size)
    for unit in ("KiB", "MiB", "GiB"):
        value /= 1024
        if value < 1024:
            return f"{value:.1f} {unit}"
    return f"{value / 1024:.1f} TiB"
