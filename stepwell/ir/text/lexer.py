"""MLIR's tokens, by one regular expression: https://mlir.llvm.org/docs/LangRef/#common-syntax"""

from __future__ import annotations

import re
from typing import Final

(
    EOF,
    PERCENT,
    BARE,
    PUNCTUATION,
    FLOAT,
    INTEGER,
    STRING,
    AT,
    CARET,
    HASH,
    BANG,
    UNKNOWN,
) = range(12)

LONGEST_INTEGER: Final = 4000
"""How many digits an integer may have: Python refuses to convert more than 4300."""

_ID = r"[A-Za-z_][\w$.]*"
_SUFFIX = r"(?:\d+|[A-Za-z_$.-][\w$.-]*)"
SSA_ID = r"%(?:\d+|[A-Za-z_$.-][\w$.-]*)"
_STRING = r'"(?:[^"\\\n]|\\.)*"'

TOKEN: Final = re.compile(
    rf"""(?:[ \t\r\n]+|//[^\n]*)*
    (?: (%{_SUFFIX}(?:\#\d+)?)
      | ({_ID})
      | (->|::|>=|<=|==|\.\.\.|\{{-\#|\#-\}}|[-:,=<>{{}}()\[\]?+*/|])
      | ([0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?)
      | (0x[0-9a-fA-F]+|[0-9]{{1,{LONGEST_INTEGER}}})
      | ({_STRING})
      | (@(?:{_ID}|{_STRING}))
      | (\^{_SUFFIX})
      | (\#{_SUFFIX})
      | (!{_SUFFIX})
      | (.)
    )?""",
    re.VERBOSE | re.ASCII,
)
"""Skips space and comments, then matches one token; `lastindex` is its kind, None at the end."""

SPACE: Final = re.compile(r"(?:[ \t\r\n]+|//[^\n]*)*")

_FLAT = r'(?:[^<>"\[\](){}=-]|->|>=|<=|==|[=-]|"(?:[^"\\]|\\.)*"|[\[\](){}]'
_NESTED = _FLAT + r")*"
for _ in range(3):
    _NESTED = _FLAT + rf"|<{_NESTED}>)*"
ANGLES: Final = re.compile(rf"<{_NESTED}>", re.ASCII)
"""A balanced `<...>` of up to four levels; `closing` handles deeper ones."""

_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|->|>=|<=|//[^\n]*|[<>()\[\]{}]')
_CLOSES = {"<": ">", "(": ")", "[": "]", "{": "}"}
OPENING: Final = frozenset(_CLOSES)


def closing(text: str, start: int) -> int:
    """The offset just after the bracket that closes the one at `start`; -1 if there is none."""
    if text[start] == "<":
        found = ANGLES.match(text, start)
        if found:
            return found.end()
    stack: list[str] = []
    for bracket in _BRACKET.finditer(text, start):
        char = bracket.group()
        if char in _CLOSES:
            stack.append(_CLOSES[char])
        elif len(char) == 1:
            if stack and char == stack[-1]:
                stack.pop()
                if not stack:
                    return bracket.end()
            elif char == ">":  # a comparison or part of an unknown token
                continue
            else:
                return -1
    return -1


_ESCAPE = re.compile(r"\\(?:([0-9A-Fa-f]{2})|(.))")
_SIMPLE = {"n": "\n", "t": "\t", "\\": "\\", '"': '"'}


def unquote(literal: str) -> str:
    """The text that a string literal (with its quotes) stands for.

    Bytes that are not UTF-8 are kept as surrogate escapes, so nothing is lost.
    """
    inner = literal[1:-1]
    if "\\" not in inner:
        return inner
    pieces: list[bytes] = []
    position = 0
    for escape in _ESCAPE.finditer(inner):
        pieces.append(inner[position : escape.start()].encode("utf-8", "surrogateescape"))
        code, char = escape.groups()
        if code is not None:
            pieces.append(bytes([int(code, 16)]))
        else:
            pieces.append(_SIMPLE.get(char, "\\" + char).encode())
        position = escape.end()
    pieces.append(inner[position:].encode("utf-8", "surrogateescape"))
    return b"".join(pieces).decode("utf-8", "surrogateescape")
