"""Reading MLIR text token by token.

A `Reader` stands before one token (`kind`, `text`, `start`) and offers what custom syntax needs:
literals, keywords, numbers, symbols, types, attributes, dictionaries, locations. Types and
attributes are parsed by the LALR grammar in `attribute.lark`; a leaf such as `tensor<4xf32>` is
read once for each distinct text. The same class reads whole files (through `OpParser`) and the
bodies of dialect attributes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from lark.exceptions import UnexpectedInput

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import (
    UNIT,
    DictionaryAttr,
    StringAttr,
    SymbolRefAttr,
    TypeAttr,
)
from stepwell.ir.diagnostics import Diagnostic, ParseError, Place, Severity, StepwellError
from stepwell.ir.location import UNKNOWN, DeferredLoc, Location
from stepwell.ir.property_kinds import Kind
from stepwell.ir.text import lexer
from stepwell.ir.text.attribute_grammar import parser_for, symbol_name
from stepwell.ir.text.context import ParseContext
from stepwell.ir.text.lalr import Token
from stepwell.ir.text.leaves import ATTRIBUTE_WORDS, TYPE_WORDS, attribute_leaf, simple_type
from stepwell.ir.text.lexer import TOKEN, closing, unquote
from stepwell.ir.text.literals import LiteralError, number_attribute
from stepwell.ir.types import DYNAMIC

R = TypeVar("R")

_TERMINALS = {
    ":": "COLON", ",": "COMMA", "=": "EQUAL", "(": "LPAR", ")": "RPAR", "[": "LSQB", "]": "RSQB",
    "{": "LBRACE", "}": "RBRACE", "<": "LESS", ">": "MORE", "->": "ARROW", "::": "DCOLON",
}  # fmt: skip
_LOCATION_WORDS = {"to": "TO", "callsite": "CALLSITE", "at": "AT_WORD", "fused": "FUSED"}


class Reader:
    """A position in a text. See the module's docstring.

    Args:
        text: what to read.
        context: what is shared by all readers of one file.
        position: where to start in `text`.
        base: where `text` begins in the file, for places.
    """

    __slots__ = ("base", "context", "kind", "pos", "source_text", "start", "text")

    kind: int
    text: str
    start: int
    pos: int

    def __init__(self, text: str, context: ParseContext, position: int = 0, base: int = 0) -> None:
        self.source_text = text
        self.context = context
        self.base = base
        self.seek(position)

    # Tokens.

    def seek(self, position: int) -> None:
        """Moves to the first token at or after `position`."""
        found = TOKEN.match(self.source_text, position)
        assert found is not None
        kind = found.lastindex
        self.pos = found.end()
        if kind is None:
            self.kind, self.text, self.start = lexer.EOF, "", self.pos
        else:
            self.kind = kind
            self.text = text = found[kind]
            self.start = self.pos - len(text)

    def advance(self) -> str:
        """Moves to the next token; returns the text of the one left behind."""
        left = self.text
        found = TOKEN.match(self.source_text, self.pos)
        kind = found.lastindex  # type: ignore[union-attr]
        self.pos = found.end()  # type: ignore[union-attr]
        if kind is None:
            self.kind, self.text, self.start = lexer.EOF, "", self.pos
        else:
            self.kind = kind
            self.text = text = found[kind]  # type: ignore[index]
            self.start = self.pos - len(text)
        return left

    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self.kind == lexer.EOF

    def peek(self) -> str:
        """The text of the token after this one."""
        found = TOKEN.match(self.source_text, self.pos)
        assert found is not None
        return found[found.lastindex] if found.lastindex else ""

    # Errors.

    def place(self, start: int | None = None) -> Place:
        """The place of an offset (default: of this token)."""
        offset = self.base + (self.start if start is None else start)
        source = self.context.source
        return Place(source.name, *source.line_and_column(offset), source)

    def error(self, message: str, start: int | None = None) -> ParseError:
        """An error at an offset (default: at this token), to be raised."""
        return ParseError(Diagnostic(Severity.ERROR, message, self.place(start)))

    def found(self) -> str:
        """Words for this token, for messages."""
        return "end of input" if self.at_end() else f"'{self.text}'"

    def checked(self, make: Callable[[], R], start: int) -> R:
        """`make()`, its errors placed at `start` if they have no place."""
        try:
            return make()
        except StepwellError as error:
            if error.diagnostics[0].place is not None:
                raise
            raise self.error(error.diagnostics[0].message, start) from None

    # Words and punctuation.

    def literal(self, text: str) -> None:
        """Expects the token `text`."""
        if self.text != text or self.kind == lexer.STRING:
            self._expected(text)
        self.advance()

    def _expected(self, text: str) -> NoReturn:
        raise self.error(f"expected '{text}', found {self.found()}")

    def accept(self, text: str) -> bool:
        """Whether the token is `text`; if so, moves past it."""
        if self.text == text and self.kind != lexer.STRING:
            self.advance()
            return True
        return False

    def keyword(self, *choices: str) -> str:
        """Expects a bare word (one of `choices`, if there are any) and returns it."""
        if self.kind != lexer.BARE or (choices and self.text not in choices):
            words = " or ".join(f"'{choice}'" for choice in choices) or "a keyword"
            raise self.error(f"expected {words}, found {self.found()}")
        return self.advance()

    def optional_keyword(self, *choices: str) -> str | None:
        """The bare word, if it is one of `choices`."""
        return self.advance() if self.kind == lexer.BARE and self.text in choices else None

    def integer(self) -> int:
        """Expects an integer with an optional minus."""
        value = self.optional_integer()
        if value is None:
            raise self.error(f"expected integer value, found {self.found()}")
        return value

    def optional_integer(self) -> int | None:
        """An integer with an optional minus, if there is one."""
        negative = self.text == "-" and self.peek()[:1].isdigit()
        if negative:
            self.advance()
        if self.kind != lexer.INTEGER:
            if self.kind == lexer.BARE and self.text in ("true", "false"):
                return int(self.advance() == "true")
            return None
        text = self.advance()
        value = int(text, 16) if text.startswith("0x") else int(text)
        return -value if negative else value

    def size(self) -> int:
        """Expects a non-negative integer or `?` (DYNAMIC)."""
        return DYNAMIC if self.accept("?") else self.integer()

    def string(self) -> str:
        """Expects a string literal; returns what it stands for."""
        if self.kind != lexer.STRING:
            raise self.error(f"expected string, found {self.found()}")
        return unquote(self.advance())

    def symbol_name(self) -> str:
        """Expects `@name`."""
        if self.kind != lexer.AT:
            raise self.error(f"expected valid '@'-identifier for symbol name, found {self.found()}")
        return symbol_name(self.advance())

    def optional_symbol_name(self) -> str | None:
        """The name in `@name`, if that is here."""
        return symbol_name(self.advance()) if self.kind == lexer.AT else None

    def comma_separated(self, item: Callable[[], R], opening: str = "", close: str = "") -> list[R]:
        """`opening item, item close`; with brackets the list may be empty."""
        items: list[R] = []
        if opening:
            self.literal(opening)
            if self.accept(close):
                return items
        items.append(item())
        while self.accept(","):
            items.append(item())
        if close:
            self.literal(close)
        return items

    def raw_brackets(self) -> tuple[str, int]:
        """The text inside the bracket that is here, and where it starts; moves past it."""
        if self.text not in lexer.OPENING:
            raise self.error(f"expected a bracket, found {self.found()}")
        end = closing(self.source_text, self.start)
        if end < 0:
            raise self.error(f"unbalanced '{self.text}' character")
        inside = self.source_text[self.start + 1 : end - 1]
        start = self.start + 1
        self.seek(end)
        return inside, start

    def sub_reader(self, text: str, start: int) -> Reader:
        """A reader of a part of this text, which begins at `start`."""
        return Reader(text, self.context, 0, self.base + start)

    # Types.

    def type(self) -> Type:
        """Expects a type."""
        if self.kind == lexer.BARE:
            known = simple_type(self.text)
            if known is not None:
                self.advance()
                return known
        if self.text == "(":
            return self._grammar("type")  # type: ignore[no-any-return]
        found = self.optional_type()
        if found is None:
            raise self.error(f"expected type, found {self.found()}")
        return found

    def optional_type(self) -> Type | None:
        """A type, if one starts here."""
        if self.kind == lexer.BARE:
            known = simple_type(self.text)
            if known is not None:
                self.advance()
                return known
            if self.text not in TYPE_WORDS or self._angle() < 0:
                return None
        elif self.text == "(":
            return self._grammar("type")  # type: ignore[no-any-return]
        elif self.kind != lexer.BANG:
            return None
        return self.context.type_leaf(self, self.leaf_text())

    def leaf_text(self) -> tuple[str, int]:
        """The token here with the `<...>` that follows it; moves past both."""
        start, end = self.start, self.pos
        angle = self._angle()
        if angle >= 0:
            end = closing(self.source_text, angle)
            if end < 0:
                raise self.error("unbalanced '<' character in pretty dialect name", self.pos)
        self.seek(end)
        return self.source_text[start:end], start

    def _angle(self) -> int:
        """Where the `<` is that belongs to the token here, or -1; space may precede it in words."""
        text, end = self.source_text, self.pos
        if text.startswith("<", end):
            return end
        if self.kind == lexer.BARE:
            while text[end : end + 1].isspace():
                end += 1
            if text.startswith("<", end):
                return end
        return -1

    def types(self) -> list[Type]:
        """Expects a comma-separated list of types."""
        return self.comma_separated(self.type)

    def function_results(self) -> list[Type]:
        """Expects what may stand after `->`: a type, or a list of types in parentheses."""
        if self.text == "(":
            return self.comma_separated(self.type, "(", ")")
        return [self.type()]

    # Attributes.

    def attribute(self, type: Type | None = None) -> Attribute:
        """Expects an attribute.

        Args:
            type: the type of a number, where the place in the syntax says it; then none is read.
        """
        kind = self.kind
        if kind == lexer.INTEGER or kind == lexer.FLOAT or self.text == "-":
            return self._number(type)
        if kind == lexer.STRING:
            value = unquote(self.advance())
            return StringAttr(value, self.type() if type is None and self.accept(":") else None)
        if kind == lexer.AT:
            return self.symbol_reference()
        if kind == lexer.BARE or kind == lexer.HASH:
            found = self._leaf_attribute(type)
            if found is not None:
                return found
        elif self.text in ("[", "{"):
            return self._grammar("attribute")  # type: ignore[no-any-return]
        found_type = self.optional_type()
        if found_type is None:
            raise self.error(f"expected attribute value, found {self.found()}")
        return TypeAttr(found_type)

    def typed(self, kind: Kind[Any]) -> Attribute:
        """Expects an attribute of `kind`, without its type where the kind says that."""
        start = self.start
        found = self.attribute(kind.type)
        if not kind.accepts(found):
            raise self.error(f"expected {kind.description}, found '{found}'", start)
        return found

    def _number(self, type: Type | None) -> Attribute:
        start = self.start
        sign = self.advance() if self.text == "-" else ""
        if self.kind not in (lexer.INTEGER, lexer.FLOAT):
            raise self.error(f"expected attribute value, found {self.found()}")
        text = sign + self.advance()
        if type is None and self.accept(":"):
            type = self.type()
        try:
            return number_attribute(text, type, start)
        except LiteralError as error:
            raise self.error(error.message, error.start) from None

    def symbol_reference(self) -> SymbolRefAttr:
        """Expects `@name` or `@outer::@inner`."""
        names = [self.symbol_name()]
        while self.text == "::":
            self.advance()
            names.append(self.symbol_name())
        return SymbolRefAttr(names[0], tuple(names[1:]))

    def _leaf_attribute(self, type: Type | None) -> Attribute | None:
        """An alias, dialect attribute, or one that starts with a word of its own."""
        if self.kind == lexer.BARE:
            if self.text == "loc":
                return self.location()
            if self.text not in ATTRIBUTE_WORDS:
                return None
            if self.text == "unit":
                self.advance()
                return UNIT
        return attribute_leaf(self, type)

    def dictionary(self) -> dict[str, Attribute]:
        """Expects `{...}`."""
        start = self.start
        if self.text != "{":
            raise self.error(f"expected '{{' in attribute dictionary, found {self.found()}")
        found: DictionaryAttr = self._grammar("dictionary")
        names = [name for name, _ in found.entries]
        for name, following in zip(names, names[1:], strict=False):
            if name == following:
                raise self.error(f"duplicate key '{name}' in dictionary attribute", start)
        return dict(found.entries)

    def optional_dictionary(self) -> dict[str, Attribute]:
        """The entries of `{...}` if that is here, else none."""
        return self.dictionary() if self.text == "{" else {}

    def location(self) -> Location:
        """Expects `loc(...)`."""
        self.literal("loc")
        self.literal("(")
        if self.kind == lexer.HASH and self.text[1:] not in self.context.attribute_aliases:
            name, start = self.advance()[1:], self.start
            self.literal(")")
            self.context.deferred = True
            return DeferredLoc(name, start)
        found: Location = self._grammar("location")
        self.literal(")")
        return found

    def optional_location(self) -> Location | None:
        """A location, if one starts here."""
        return self.location() if self.text == "loc" and self.kind == lexer.BARE else None

    # The grammar.

    def _grammar(self, start: str) -> Any:
        """Feeds tokens to the LALR parser until what began here is complete."""
        parser = parser_for(start)
        first, depth = self.start, 0
        closed = False
        try:
            while not (closed and not self._goes_on(start)):
                token = self._token(parser.choices() if self.kind == lexer.BARE else ())
                parser.feed(token)
                if token.type in ("LPAR", "LSQB", "LBRACE", "LESS"):
                    self.context.enter(self, token.start)
                    depth += 1
                elif token.type in ("RPAR", "RSQB", "RBRACE", "MORE"):
                    self.context.depth -= 1
                    depth -= 1
                closed = depth == 0 and token.type not in (
                    "ARROW",
                    "COLON",
                    "TO",
                    "FUSED",
                    "CALLSITE",
                )
            return parser.end()
        except UnexpectedInput as unexpected:
            raise self._syntax_error(unexpected, first) from None
        except LiteralError as error:
            raise self.error(error.message, error.start) from None

    def _goes_on(self, start: str) -> bool:
        """Whether what could be complete goes on: a function type, or a location."""
        if start == "type":
            return self.text == "->"
        return start == "location" and self.text != ")" and self.kind != lexer.EOF

    def _token(self, accepts: Any) -> Token:
        """The token here (or the leaf that starts here) for the grammar; moves past it."""
        kind, text, start = self.kind, self.text, self.start
        if kind == lexer.BARE:
            if text in _LOCATION_WORDS and _LOCATION_WORDS[text] in accepts:
                self.advance()
                return Token(_LOCATION_WORDS[text], text, start)
            if "KEY" in accepts:
                self.advance()
                return Token("KEY", text, start)
            return self._leaf_token(start)
        if kind == lexer.PUNCTUATION and text in _TERMINALS:
            self.advance()
            return Token(_TERMINALS[text], text, start)
        if kind == lexer.INTEGER or kind == lexer.FLOAT or text == "-":
            sign = self.advance() if text == "-" else ""
            terminal = "FLOAT" if self.kind == lexer.FLOAT else "INTEGER"
            if self.kind not in (lexer.INTEGER, lexer.FLOAT):
                raise self.error(f"expected attribute value, found {self.found()}")
            return Token(terminal, sign + self.advance(), start)
        if kind == lexer.STRING:
            return Token("STRING", self.advance(), start)
        if kind == lexer.AT:
            return Token("AT", self.advance(), start)
        return self._leaf_token(start)

    def _leaf_token(self, start: int) -> Token:
        if self.text == "unknown" and self.kind == lexer.BARE:
            self.advance()
            return Token("ATTRIBUTE", UNKNOWN, start)
        if self.kind in (lexer.BARE, lexer.HASH):
            found = self._leaf_attribute(None)
            if found is not None:
                return Token("ATTRIBUTE", found, start)
        type = self.optional_type()
        if type is None:
            raise self.error(f"expected attribute value, found {self.found()}")
        return Token("TYPE", type, start)

    def _syntax_error(self, unexpected: UnexpectedInput, first: int) -> ParseError:
        token = getattr(unexpected, "token", None)
        start = token.start if isinstance(token, Token) else self.start
        names = sorted(getattr(unexpected, "expected", None) or [])
        shown = {name: f"'{text}'" for text, name in _TERMINALS.items()}
        words = [shown.get(name, name.lower().replace("_word", "")) for name in names]
        wanted = f"expected {' or '.join(words)}" if 0 < len(words) <= 4 else "unexpected token"
        at_end = start >= len(self.source_text)
        what = (
            "end of input"
            if at_end
            else "'" + self.source_text[start:].split(None, 1)[0][:20] + "'"
        )
        return self.error(f"{wanted}, found {what}", start)
