"""The smallest program that is still interesting, found by taking away more and more.

Delta debugging (Zeller, Hildebrandt: Simplifying and Isolating Failure-Inducing Input, 2002): each
edit is tried at many places at once, then at half as many, down to single ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stepwell.frontend.reduction.edits import EDITS, Edit
from stepwell.ir.clone import clone
from stepwell.ir.diagnostics import StepwellError
from stepwell.ir.operation import Operation, walk
from stepwell.ir.text.printer import print_to_text
from stepwell.ir.verifier import verify

Test = Callable[[Operation], bool]
"""Whether a program is still interesting; it gets a copy that it may change."""


class Reducer:
    """One reduction.

    Attributes:
        best: the smallest interesting program so far; not a part of the one that was given.
        tries: how many programs have been tested.

    Args:
        program: an interesting one.
        is_interesting: asked about valid programs that are smaller than `best` only.
        most_tries: how often.
        edits: what to take away, in order, again and again until nothing helps any more.
    """

    def __init__(
        self,
        program: Operation,
        is_interesting: Test,
        most_tries: int,
        edits: Sequence[Edit[Any]] = EDITS,
    ) -> None:
        self.best = clone(program)
        self.tries = 0
        self._is_interesting = is_interesting
        self._most_tries = most_tries
        self._edits = edits
        self._size = size_of(self.best)

    def run(self) -> Operation:
        """Reduces as far as it goes, and returns `best`."""
        before = None
        while before != self._size and not self._is_over:
            before = self._size
            for edit in self._edits:
                self._reduce_by(edit)
        return self.best

    @property
    def _is_over(self) -> bool:
        return self.tries >= self._most_tries

    def _reduce_by(self, edit: Edit[Any]) -> None:
        """From the end to the start, since what is later depends on what is earlier."""
        step = _count(edit, self.best)
        while step and not self._is_over:
            stop = _count(edit, self.best)
            while stop > 0 and not self._is_over:
                start = max(stop - step, 0)
                self._try(edit, start, stop)
                stop = min(start, _count(edit, self.best))
            step //= 2

    def _try(self, edit: Edit[Any], start: int, stop: int) -> None:
        """Keeps a program that is edited at places `start` to `stop` if it is good."""
        smaller = clone(self.best)
        try:
            chosen = list(edit.places(smaller))[start:stop]
            if not sum([edit.change(place) for place in reversed(chosen)]):
                return
            size = size_of(smaller)
            if size >= self._size:
                return
            verify(smaller)
        except StepwellError:
            return
        self.tries += 1
        if self._is_interesting(clone(smaller)):
            self.best, self._size = smaller, size


def size_of(program: Operation) -> tuple[int, int]:
    """The number of ops, and the length of the text."""
    return sum(1 for _ in walk(program)), len(print_to_text(program))


def _count(edit: Edit[Any], program: Operation) -> int:
    return sum(1 for _ in edit.places(program))
