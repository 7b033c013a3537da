"""Colours for MLIR on a terminal."""

from __future__ import annotations

import re

_RESET = "\033[0m"
_COLOURS = {
    "comment": "\033[90m",
    "string": "\033[32m",
    "value": "\033[36m",
    "symbol": "\033[33m",
    "type": "\033[35m",
    "op": "\033[34m",
    "number": "\033[31m",
}
_PIECES = re.compile(
    r"""(?P<comment>//[^\n]*)
      | (?P<string>"(?:[^"\\\n]|\\.)*")
      | (?P<value>%[\w$.#-]+)
      | (?P<symbol>[@^][\w$.]+)
      | (?P<type>[!\#][\w$.]+|\b(?:tensor|memref|vector|complex|tuple|index|none|bf16|[su]?i\d+
          |f\d+(?:E\w+)?)\b)
      | (?P<op>\b[a-z_]\w*\.[\w.]+|\b(?:module|return|func)\b)
      | (?P<number>-?\b\d[\w.]*)""",
    re.VERBOSE,
)


def highlighted(text: str) -> str:
    """`text` with escape sequences that colour it."""
    return _PIECES.sub(lambda found: _COLOURS[found.lastgroup or ""] + found[0] + _RESET, text)
