"""Feeding tokens to a Lark LALR parser, with types."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from lark import Lark


class Token:
    """What a grammar is fed: the name of a terminal, its value, and where it stands."""

    __slots__ = ("start", "type", "value")

    def __init__(self, type: str, value: Any = None, start: int = 0) -> None:
        self.type = type
        self.value = value
        self.start = start


class Feeder:
    """One parse by the tables of `lark`, fed token by token."""

    __slots__ = ("_feed", "_interactive")

    def __init__(self, lark: Lark, start: str | None = None) -> None:
        self._interactive: Any = lark.parse_interactive(start=start)
        self._feed: Any = self._interactive.parser_state.feed_token

    def feed(self, token: Token) -> None:
        """Takes the next token.

        Raises:
            lark.exceptions.UnexpectedInput: it cannot stand here.
        """
        self._feed(token)

    def end(self) -> Any:
        """Ends the input; gives what the start rule built."""
        return self._interactive.feed_eof()

    def choices(self) -> Container[str]:
        """The terminals that the parser's state has an action for."""
        return self._interactive.choices()  # type: ignore[no-any-return]

    @property
    def values(self) -> list[Any]:
        """What has been built or fed and not been reduced yet."""
        return self._interactive.parser_state.value_stack  # type: ignore[no-any-return]
