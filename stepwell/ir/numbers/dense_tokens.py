"""The exact reading of a dense literal, token by token, with upstream's rules and messages."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepwell.ir.numbers.dense_error import DenseLiteralError
from stepwell.ir.numbers.element import ElementKind
from stepwell.ir.numbers.element_storage import components_from_bits, components_from_scalars
from stepwell.ir.numbers.float_format import FloatFormat
from stepwell.ir.numbers.float_text import NumberLiteralError, parse_float
from stepwell.ir.numbers.integers import IntegerFormat, parse_integer

_SKIPPED = r"(?:\s|//[^\n]*(?:\n|\Z))*"
_TOKEN = re.compile(
    _SKIPPED
    + r"(?:(?P<float>[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?)|(?P<integer>0x[0-9a-fA-F]+|[0-9]+)"
    r"|(?P<bool>(?:true|false)\b)|(?P<punctuation>[-\[\](),])|(?P<end>\Z)|(?P<other>\S))"
)

_RAGGED = "tensor literal is invalid; ranks are not consistent between elements"
_NO_ELEMENT = "expected element literal of primitive type"
_OUT_OF_RANGE = "integer constant out of range for type"
_NEGATIVE = "expected unsigned integer elements, but parsed negative value"


@dataclass(frozen=True, slots=True)
class NumberToken:
    """A component of an element: its literal without the minus, and where that starts."""

    sort: str
    text: str
    negative: bool
    offset: int


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal as written: its shape (None for a lone scalar) and its components in order."""

    shape: tuple[int, ...] | None
    tokens: list[NumberToken]
    has_pairs: bool


@dataclass(slots=True)
class _OpenList:
    """A list whose end has not been read: the elements so far and the shape of the first."""

    size: int = 0
    inner: tuple[int, ...] | None = None


class _Reader:
    """Reads the tokens of one literal."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self.previous_end = 0
        self.numbers: list[NumberToken] = []
        self.has_pairs = False
        self.advance()

    def advance(self) -> None:
        """Moves to the next token."""
        match = _TOKEN.match(self._text, self._position)
        if match is None or match.lastgroup is None:
            raise DenseLiteralError(_NO_ELEMENT, self._position)
        self.sort = match.lastgroup
        self.token = match[self.sort]
        self.offset = match.start(self.sort)
        self.previous_end = self._position
        self._position = match.end()

    def take(self, punctuation: str) -> bool:
        """Whether the token is `punctuation`, which is then passed over."""
        if self.token != punctuation or self.sort != "punctuation":
            return False
        self.advance()
        return True

    def expect(self, punctuation: str, message: str) -> None:
        """Passes over `punctuation` or raises an error with `message`, where it is missing."""
        if not self.take(punctuation):
            raise DenseLiteralError(message, self.previous_end)

    def element(self) -> None:
        """Reads a number, or a pair in parentheses."""
        if not self.take("("):
            self.number()
            return
        self.has_pairs = True
        self.number()
        self.expect(",", "expected ',' between complex elements")
        self.number()
        self.expect(")", "expected ')' after complex elements")

    def number(self) -> None:
        """Reads one component."""
        negative = self.take("-")
        wanted = ("float", "integer") if negative else ("float", "integer", "bool")
        if self.sort not in wanted:
            message = "expected integer or floating point literal" if negative else _NO_ELEMENT
            raise DenseLiteralError(message, self.offset)
        self.numbers.append(NumberToken(self.sort, self.token, negative, self.offset))
        self.advance()


def read_literal(text: str) -> Literal:
    """The structure of the literal `text`, which is not empty and not a string.

    Raises:
        DenseLiteralError: the brackets, commas or numbers are malformed, or lists differ in shape.
    """
    reader = _Reader(text)
    shape = _read_nested(reader) if reader.token == "[" else None
    if shape is None:
        reader.element()
    if reader.sort != "end":
        raise DenseLiteralError("expected '>'", reader.previous_end)
    return Literal(shape, reader.numbers, reader.has_pairs)


def _read_nested(reader: _Reader) -> tuple[int, ...]:
    """Reads a list and the lists in it; returns its shape."""
    open_lists: list[_OpenList] = []
    while True:
        closed: tuple[int, ...] | None = None
        if reader.take("["):
            open_lists.append(_OpenList())
            if not reader.take("]"):
                continue
            open_lists.pop()
            closed = (0,)
        else:
            reader.element()
            closed = ()
        closed = _close_lists(reader, open_lists, closed)
        if closed is not None:
            return closed


def _close_lists(
    reader: _Reader, open_lists: list[_OpenList], shape: tuple[int, ...]
) -> tuple[int, ...] | None:
    """Adds an element of `shape` to its list and closes the lists that end here.

    Returns the whole literal's shape if all lists have ended, None if an element follows.
    """
    while open_lists:
        parent = open_lists[-1]
        if parent.inner is None:
            parent.inner = shape
        elif parent.inner != shape:
            raise DenseLiteralError(_RAGGED, reader.offset)
        parent.size += 1
        if reader.take(","):
            return None
        reader.expect("]", "expected ']'")
        open_lists.pop()
        shape = (parent.size, *parent.inner)
    return shape


def parse_elements(tokens: list[NumberToken], kind: ElementKind) -> NDArray[np.generic]:
    """The components that `tokens` spell, as elements of `kind`.

    Raises:
        DenseLiteralError: a token is of another sort than the type, or does not fit it.
    """
    form = kind.component
    if isinstance(form, FloatFormat):
        return components_from_bits([_float_bits(token, form) for token in tokens], kind)
    return components_from_scalars([_integer(token, form) for token in tokens], kind)


def _float_bits(token: NumberToken, form: FloatFormat) -> int:
    if token.sort == "bool":
        raise DenseLiteralError("expected floating point literal", token.offset)
    try:
        return parse_float(_with_minus(token), form)
    except NumberLiteralError as error:
        raise DenseLiteralError(error.message, token.offset, error.notes) from None


def _integer(token: NumberToken, form: IntegerFormat) -> int:
    if token.sort == "float":
        message = "expected integer elements, but parsed floating-point"
        raise DenseLiteralError(message, token.offset)
    if token.sort == "bool":
        if form.width != 1:
            message = "expected i1 type for 'true' or 'false' values"
            raise DenseLiteralError(message, token.offset)
        return int(token.text == "true")
    try:
        return parse_integer(_with_minus(token), form, _OUT_OF_RANGE, _NEGATIVE)
    except NumberLiteralError as error:
        raise DenseLiteralError(error.message, token.offset, error.notes) from None


def _with_minus(token: NumberToken) -> str:
    return f"-{token.text}" if token.negative else token.text
