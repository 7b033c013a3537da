"""What banners and timings call a pass: the name of upstream's class."""

from __future__ import annotations

_UNUSUAL: dict[str, str] = {}


def title_of(name: str) -> str:
    """Upstream's class name of the pass `name`: mostly its words with capitals, then `Pass`."""
    words = "".join(word[:1].upper() + word[1:] for word in name.split("-"))
    return _UNUSUAL.get(name, words + "Pass")
