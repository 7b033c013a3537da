"""Trying a pattern on an op, with the records and the checks that go with it."""

from __future__ import annotations

from collections import deque

from stepwell.ir.diagnostics import PassError, Place
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.fingerprint import checks_enabled, fingerprint
from stepwell.ir.rewriting.folding import Folded, replace_folded
from stepwell.ir.rewriting.pattern import NoMatch, Pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.rewriting.trace import DEAD, FOLD, current_trace


class Applier:
    """Tries patterns.

    Args:
        rewriter: given to the patterns.
        root: what patterns may change, for the checks.
    """

    def __init__(self, rewriter: Rewriter, root: Operation) -> None:
        self.rewriter = rewriter
        self.root = root
        self.trace = current_trace()
        self.checks = checks_enabled()
        self._last: deque[str] = deque(maxlen=16)

    def last(self) -> list[str]:
        """What was applied last, each once."""
        return list(dict.fromkeys(self._last))

    def erase(self, op: Operation) -> None:
        """Erases a dead op."""
        if self.trace is not None:
            self._note(DEAD, op.name, op.place)
        self.rewriter.erase(op)

    def replace_folded(self, op: Operation, found: Folded) -> bool:
        """Puts what `op` folds to in its place; whether that could be done."""
        name, place = op.name, op.place if self.trace is not None else None
        done = replace_folded(op, found, self.rewriter)
        if done and self.trace is not None:
            self._note(FOLD, name, place)
        return done

    def _note(self, what: str, name: str, place: Place | None) -> None:
        assert self.trace is not None
        self._last.append(what)
        self.trace.note_applied(what, name, place)

    def apply(self, pattern: Pattern, op: Operation) -> bool:
        """Tries `pattern` on `op`; whether it applied."""
        before = fingerprint(self.root) if self.checks else 0
        name, place = op.name, op.place if self.trace is not None else None
        reason = self._try(pattern, op)
        if self.checks:
            self._check(pattern, name, reason is None, before)
        if reason is not None:
            self._note_refused(pattern, op, reason)
            return False
        if self.trace is None:
            self._last.append(pattern.name)
        else:
            self._note(pattern.name, name, place)
        return True

    def _note_refused(self, pattern: Pattern, op: Operation, reason: str) -> None:
        if self.trace is None or not self.trace.wants_reason(pattern.name):
            return
        if pattern.explain is not None:
            reason = pattern.explain(op)
        self.trace.note_refused(pattern.name, op, reason)

    def _try(self, pattern: Pattern, op: Operation) -> str | None:
        """Why `pattern` did not apply; None if it did."""
        self.rewriter.start_at(op)
        try:
            outcome = pattern.function(op, self.rewriter)
        except NoMatch as no:
            return str(no)
        if outcome is None or outcome is False:
            return "it does not match"
        if outcome is not True:
            self.rewriter.replace(op, outcome)
        return None

    def _check(self, pattern: Pattern, op_name: str, applied: bool, before: int) -> None:
        changed = fingerprint(self.root) != before
        if changed == applied:
            return
        fault = (
            "said that it does not apply, but changed the program"
            if changed
            else "said that it applied, but changed nothing"
        )
        raise PassError(f"pattern '{pattern.name}' on '{op_name}' {fault}")
