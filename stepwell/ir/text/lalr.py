"""Feeding tokens to a Lark LALR parser, with types.

Lark makes the tables; following them is a few lines here, because Lark's own loop serves text and
error recovery as well and costs twice the time.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any, NamedTuple

from lark import Lark
from lark.exceptions import UnexpectedToken
from lark.parsers.lalr_analysis import Shift

_END = "$END"


class Token:
    """What a grammar is fed: the name of a terminal, its value, and where it stands."""

    __slots__ = ("start", "type", "value")

    def __init__(self, type: str, value: Any = None, start: int = 0) -> None:
        self.type = type
        self.value = value
        self.start = start


class _Step(NamedTuple):
    """What to do at a symbol: go to a state, or reduce `size` values by `build` to an `origin`."""

    state: int
    build: Callable[[list[Any]], Any] | None
    size: int
    origin: str


class Tables:
    """The tables of a grammar for one start rule, as plain dictionaries.

    Args:
        lark: the grammar, with a transformer.
        start: the rule, if there are several to start with.
    """

    __slots__ = ("end", "start", "steps")

    def __init__(self, lark: Lark, start: str | None = None) -> None:
        state: Any = lark.parse_interactive(start=start).parser_state
        conf = state.parse_conf
        self.start: int = state.position
        self.end: int = conf.end_state
        self.steps: dict[int, dict[str, _Step]] = {
            number: {
                str(symbol): _step(action, argument, conf.callbacks)
                for symbol, (action, argument) in actions.items()
            }
            for number, actions in conf.states.items()
        }


def _step(action: object, argument: Any, callbacks: Any) -> _Step:
    if action is Shift:
        return _Step(argument, None, 0, "")
    size, origin = len(argument.expansion), str(argument.origin.name)
    return _Step(-1, callbacks[argument], size, origin)


class Feeder:
    """One parse, fed token by token. `values` are what was built or fed and not reduced yet."""

    __slots__ = ("_end", "_states", "_steps", "values")

    def __init__(self, tables: Tables) -> None:
        self._end = tables.end
        self._steps = tables.steps
        self._states = [tables.start]
        self.values: list[Any] = []

    def feed(self, token: Token) -> None:
        """Takes the next token.

        Raises:
            lark.exceptions.UnexpectedInput: it cannot stand here.
        """
        states, values, steps = self._states, self.values, self._steps
        name = token.type
        while True:
            step = steps[states[-1]].get(name)
            if step is None:
                raise self._unexpected(token)
            state, build, size, origin = step
            if build is None:
                states.append(state)
                values.append(token)
                return
            items: list[Any] = []
            if size:
                items = values[-size:]
                del values[-size:], states[-size:]
            values.append(build(items))
            states.append(steps[states[-1]][origin].state)
            if states[-1] == self._end and name == _END:
                return

    def end(self) -> Any:
        """Ends the input; gives what the start rule built."""
        self.feed(Token(_END))
        return self.values[-1]

    def choices(self) -> Container[str]:
        """The terminals that the parser's state has an action for."""
        return self._steps[self._states[-1]]

    def _unexpected(self, token: Token) -> UnexpectedToken:
        expected = {name for name in self._steps[self._states[-1]] if name.isupper()}
        return UnexpectedToken(token, expected)  # type: ignore[no-untyped-call]
