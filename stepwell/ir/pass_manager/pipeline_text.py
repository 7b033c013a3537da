"""Reading pipelines as text: `builtin.module(func.func(cse,canonicalize{max-iterations=3}))`.

What a name means is not known here; see `stepwell.ir.pass_manager.pipeline`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from stepwell.ir.diagnostics import Diagnostic, PassError, Place, Severity, Source

_CLOSES = {"(": ")", "[": "]", "{": "}"}
_SHOWN = {
    "RPAR": "')'",
    "OPEN": "'('",
    "COMMA": "','",
    "LBRACE": "'{'",
    "RBRACE": "'}'",
    "NAME": "a pass or op name",
    "$END": "the end",
}


@dataclass(frozen=True, slots=True)
class Given:
    """An option that a pipeline gives: its name, the text of its value, and where it stands."""

    name: str
    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Element:
    """A pass with options, or an op with what runs on it."""

    name: str
    offset: int
    options: tuple[Given, ...] = ()
    nested: tuple[Element, ...] | None = field(default=None)


def read_pipeline(source: Source) -> tuple[Element, ...]:
    """The elements of a pipeline.

    Raises:
        PassError: the text is malformed; points into it.
    """
    try:
        return _Builder(source).build()
    except UnexpectedInput as error:
        offset, message = _explain(error, source.text)
        raise pipeline_error(source, offset, message) from None


def pipeline_error(source: Source, offset: int, message: str) -> PassError:
    """An error that points into the pipeline's text."""
    place = Place(source.name, *source.line_and_column(offset), source)
    return PassError(Diagnostic(Severity.ERROR, message, place))


def read_options(text: str, start: int = 0) -> tuple[Given, ...]:
    """The options in `a=1 b=x,y c="q r"`; values may be quoted or stand in braces.

    Args:
        text: what stands between the braces.
        start: its offset in the pipeline, for messages.
    """
    found, position = [], 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        end = _option_end(text, position)
        name, equals, value = text[position:end].partition("=")
        found.append(Given(name, _unwrapped(value) if equals else "", start + position))
        position = end
    return tuple(found)


def _option_end(text: str, position: int) -> int:
    """Where the option that begins at `position` ends: at a space outside of all brackets."""
    closers: list[str] = []
    quote = ""
    while position < len(text):
        char = text[position]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in _CLOSES:
            closers.append(_CLOSES[char])
        elif closers and char == closers[-1]:
            closers.pop()
        elif char.isspace() and not closers:
            break
        position += 1
    return position


def _unwrapped(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    if value.startswith("{") and value.endswith("}") and _option_end(value, 0) == len(value):
        return value[1:-1]
    return value


@v_args(inline=True)
class _Actions(Transformer[Token, Any]):
    """Turns the grammar's rules into elements, without a tree."""

    def name(self, token: Token) -> Token:
        return token

    def inside(self, *_: object) -> None:
        return None

    def options(self, opening: Token, *rest: Any) -> tuple[int, int]:
        return (opening.end_pos or 0), rest[-1].start_pos

    def nested(self, _: Token, elements: tuple[Any, ...]) -> tuple[Any, ...]:
        return ("nested", elements)

    def element(self, name: Token, *rest: tuple[Any, Any]) -> Any:
        options = nested = None
        for part in rest:
            if part[0] == "nested":
                nested = part[1]
            else:
                options = part
        return (str(name), name.start_pos or 0, options, nested)

    def elements(self, *elements: Any) -> tuple[Any, ...]:
        return tuple(element for element in elements if element is not None)

    def start(self, elements: tuple[Any, ...]) -> tuple[Any, ...]:
        return elements


@cache
def _grammar() -> Lark:
    text = Path(__file__).with_name("pipeline.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="contextual", transformer=_Actions())


class _Builder:
    """Makes elements of what the actions gave, with the text of their options."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def build(self) -> tuple[Element, ...]:
        raw: Any = _grammar().parse(self.source.text)
        return self._elements(raw, 0)

    def _elements(self, raw: Sequence[Any], depth: int) -> tuple[Element, ...]:
        if depth > 100:
            raise pipeline_error(self.source, raw[0][1] if raw else 0, "too deeply nested")
        return tuple(self._element(one, depth) for one in raw)

    def _element(self, raw: Any, depth: int) -> Element:
        name, offset, options, nested = raw
        given: tuple[Given, ...] = ()
        if options is not None:
            given = read_options(self.source.text[options[0] : options[1]], options[0])
        inner = self._elements(nested, depth + 1) if nested is not None else None
        return Element(name, offset, given, inner)


def _explain(error: UnexpectedInput, text: str) -> tuple[int, str]:
    expected: set[str] = set()
    offset = error.pos_in_stream or 0
    if isinstance(error, UnexpectedToken):
        expected = set(error.expected)
        if error.token.type == "$END":
            offset = len(text)
    elif isinstance(error, UnexpectedCharacters):
        expected = set(error.allowed or ())
    if expected & {"WORD", "STRING"}:
        return offset, "the options are not closed: expected '}'"
    if not _brackets_match(text) and offset < len(text) and text[offset] == ")":
        return offset, "there is a ')' too many"
    names = [shown for name, shown in _SHOWN.items() if name in expected]
    return offset, "expected " + " or ".join(names) if names else "malformed pipeline"


def _brackets_match(text: str) -> bool:
    return text.count("(") == text.count(")")
