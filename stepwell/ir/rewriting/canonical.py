"""The canonical patterns of all dialects, loaded as their ops are met."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from stepwell.ir import dialect
from stepwell.ir.dialect import Dialect
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.pattern import Choice, Pattern, PatternSet
from stepwell.ir.rewriting.rules import RuleSet

_known: dict[Dialect, tuple[Pattern, ...]] = {}


def canonicalization_patterns(prefix: str) -> tuple[Pattern, ...]:
    """The canonical patterns of a dialect: all that its `canonicalize` module defines."""
    found = dialect.load(prefix)
    if found is None:
        return ()
    if found not in _known:
        _known[found] = patterns_among(dialect.canonicalization_patterns(found))
    return _known[found]


def patterns_among(values: Iterable[object]) -> tuple[Pattern, ...]:
    """The patterns and the rules in `values`, each once."""
    patterns: dict[Pattern, None] = {}
    for value in values:
        if isinstance(value, Pattern):
            patterns[value] = None
        elif isinstance(value, RuleSet):
            patterns.update(dict.fromkeys(value.patterns))
    return tuple(patterns)


class CanonicalPatterns(PatternSet):
    """The patterns of every dialect of which an op was met.

    Which dialects these are depends on the program only, not on what else was loaded.
    """

    def __init__(self, enabled: Iterable[str] = (), disabled: Iterable[str] = ()) -> None:
        self._names = tuple(enabled), tuple(disabled)
        self._prefixes: tuple[str, ...] = ()
        self._shared = PatternSet(())
        super().__init__(())

    def _choice_for(self, cls: type[Operation]) -> Choice:
        prefix = cls.name.partition(".")[0]
        if prefix not in self._prefixes:
            self._prefixes = tuple(sorted((*self._prefixes, prefix)))
            every = [p for known in self._prefixes for p in canonicalization_patterns(known)]
            self._shared = _set_of(tuple(every), *self._names)
            self.choices.clear()
        return self._shared.choices[cls]


@lru_cache(64)
def _set_of(
    patterns: tuple[Pattern, ...], enabled: tuple[str, ...], disabled: tuple[str, ...]
) -> PatternSet:
    """One set for all programs of the same dialects, which keeps what it found for each class."""
    return PatternSet(patterns, enabled, disabled)
