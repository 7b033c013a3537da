"""The driver of dialect conversion: op by op, each before those inside it, until all are legal.

What is to be done about an op depends on its class first: most classes are legal, or nobody says
anything of them and no pattern is for them. That is found once a class, so that ops that stay cost
a look into a table. What a pattern made or changed is next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from stepwell.ir.diagnostics import Diagnostic, PassError, Severity
from stepwell.ir.dialect import find_op
from stepwell.ir.operation import ErasedOp, Operation, ops_inside
from stepwell.ir.rewriting.casts import CAST
from stepwell.ir.rewriting.conversion_rewriter import ConversionRewriter
from stepwell.ir.rewriting.conversion_target import ConversionTarget, Legality
from stepwell.ir.rewriting.folding import fold_in_place
from stepwell.ir.rewriting.pattern import NoMatch, Pattern, PatternSet
from stepwell.ir.rewriting.trace import FOLD, current_trace
from stepwell.ir.traits import ConstantLike

DEPTH_LIMIT = 64
"""How often what a pattern made may be rewritten again; more is a circle."""

Patterns: TypeAlias = PatternSet | Iterable[Pattern]


@dataclass(frozen=True, slots=True)
class _Work:
    """What to do about the ops of a class."""

    legality: Legality | bool | None
    folds: bool
    patterns: tuple[Pattern, ...]


class _Works(dict[type[Operation], _Work | None]):
    """The work by classes of ops, found when it is first asked for; None: they may stay."""

    def __init__(
        self, target: ConversionTarget, patterns: PatternSet, full: bool, fold: bool
    ) -> None:
        super().__init__({ErasedOp: None})
        self.target, self.patterns, self.full, self.fold = target, patterns, full, fold

    def __missing__(self, cls: type[Operation]) -> _Work | None:
        legality = self.target.legality_of(cls.name)
        folds = self.fold and ConstantLike not in cls.traits
        patterns = self.patterns.for_class(cls)
        idle = legality is None and not (self.full or folds or patterns)
        made = None if legality is True or idle else _Work(legality, folds, patterns)
        self[cls] = made
        return made


def _works(target: ConversionTarget, patterns: Patterns, full: bool, fold: bool) -> _Works:
    """The work for a target; known from the last time if the set of patterns is."""
    if not isinstance(patterns, PatternSet):
        return _Works(target, PatternSet(patterns), full, fold)
    key = patterns, full, fold
    known = target.memo.get(key)
    if not isinstance(known, _Works):
        known = target.memo[key] = _Works(target, patterns, full, fold)
    return known


class Legalization:
    """One conversion of a program.

    Args:
        root: the op, or the ops, to convert with all inside.
        target: says what is legal.
        patterns: tried on what is not.
        rewriter: given to the patterns.
        full: whether ops of unknown legality must go, too.
        fold: whether ops that are not legal are folded if they can be.
    """

    def __init__(
        self,
        root: Operation | Sequence[Operation],
        target: ConversionTarget,
        patterns: Patterns,
        rewriter: ConversionRewriter,
        full: bool,
        fold: bool,
    ) -> None:
        self.roots = dict.fromkeys([root] if isinstance(root, Operation) else root)
        self.target = target
        self.full = full
        self.rewriter = rewriter
        self.trace = current_trace()
        self.works = _works(target, patterns, full, fold)
        self.rewritten = 0

    def run(self) -> bool:
        """Converts; whether anything changed. Raises PassError."""
        rewriter, works = self.rewriter, self.works
        before = rewriter.changes
        found = self._ops_to_do()
        waiting = dict.fromkeys(found)
        for op in found:
            del waiting[op]
            stack = [(op, 0)]
            while stack:
                current, depth = stack.pop()
                if not self._legalize(current, depth):
                    continue
                # What a pattern changed or made is next; ops whose turn comes anyway are left out.
                fresh = [
                    op
                    for op in (current, *rewriter.made)
                    if works[type(op)] is not None and op not in waiting
                ]
                if fresh:
                    stack += [(op, depth + 1) for op in dict.fromkeys(reversed(fresh))]
        changed = rewriter.changes > before
        rewriter.finish()
        return changed

    def _ops_to_do(self) -> list[Operation]:
        """The ops that may have to be converted, each before those inside it."""
        works, stays = self.works, self.target.is_recursively_legal
        ops: list[Operation] = []
        for root in self.roots:
            ops.append(root)
            if root.regions and not stays(root):
                ops += ops_inside(root.regions, stays)
        cast = find_op(CAST)
        self.rewriter.casts.update([(op, None) for op in ops if op.__class__ is cast])
        return [op for op in ops if works[op.__class__] is not None]

    def _legalize(self, op: Operation, depth: int) -> bool:
        """Whether `op` was not legal, and has been rewritten."""
        work = self.works[type(op)]
        if work is None or self.rewriter.casts.get(op) is not None:
            return False
        legality = work.legality
        legal = legality(op) if callable(legality) else legality
        if legal:
            return False
        if depth > DEPTH_LIMIT:
            raise self._failure(f"the conversion of '{op.name}' goes in a circle", op)
        self.rewriter.made.clear()
        if work.folds and self._fold(op):
            self.rewritten += 1
            return True
        reasons = self._rewrite(op, work.patterns)
        if reasons is None:
            self.rewritten += 1
            return True
        if legal is False or self.full:
            raise self._refusal(op, legal, reasons)
        return False

    def _fold(self, op: Operation) -> bool:
        if op in self.roots or not op.results:
            return False
        name, place = op.name, op.place if self.trace is not None else None
        if not fold_in_place(op, self.rewriter):
            return False
        if self.trace is not None:
            self.trace.note_applied(FOLD, name, place)
        return True

    def _rewrite(self, op: Operation, patterns: Sequence[Pattern]) -> list[tuple[str, str]] | None:
        """None if a pattern applied, else why each did not."""
        reasons: list[tuple[str, str]] = []
        trace = self.trace
        name, place = op.name, op.place if trace is not None else None
        for candidate in patterns:
            reason = self._try(candidate, op)
            if reason is None:
                if trace is not None:
                    trace.note_applied(candidate.name, name, place)
                return None
            reasons.append((candidate.name, reason))
            if trace is not None:
                trace.note_refused(candidate.name, op, reason)
        return reasons

    def _try(self, pattern: Pattern, op: Operation) -> str | None:
        """Why `pattern` did not apply; None if it did."""
        rewriter = self.rewriter
        if op.parent is not None:
            rewriter.start_at(op)
        changes, insertions = rewriter.changes, rewriter.insertions
        reason = "it does not match"
        try:
            if pattern.converts:
                outcome = pattern.function(op, rewriter.converted_all(op._operands), rewriter)
            else:
                outcome = pattern.function(op, rewriter)
        except NoMatch as no:
            outcome, reason = None, str(no)
        if outcome is None or outcome is False:
            if rewriter.changes != changes:
                self._take_back(pattern, op, changes, insertions)
            return reason
        if outcome is not True:
            rewriter.replace(op, outcome)
        return None

    def _take_back(self, pattern: Pattern, op: Operation, changes: int, insertions: int) -> None:
        """Undoes what a pattern did before it gave up."""
        rewriter = self.rewriter
        only = rewriter.changes - changes == rewriter.insertions - insertions
        if not only or not rewriter.take_back():
            text = f"pattern '{pattern.name}' gave up after changing the program"
            raise self._failure(text, op)
        rewriter.changes, rewriter.insertions = changes, insertions

    def _refusal(
        self, op: Operation, legal: bool | None, reasons: list[tuple[str, str]]
    ) -> PassError:
        why = " that was explicitly marked illegal" if legal is False else ""
        text = f"failed to legalize operation '{op.name}'{why}"
        notes = [f"pattern '{name}' does not apply: {reason}" for name, reason in reasons]
        return self._failure(text, op, notes or ["there is no pattern for it"])

    def _failure(self, text: str, op: Operation, notes: Iterable[str] = ()) -> PassError:
        """An error about `op` that also says what the conversion has done so far."""
        place = op.place if type(op) is not ErasedOp else None
        self.rewriter.finish()
        diagnostic = Diagnostic(Severity.ERROR, text, place)
        for note in notes:
            diagnostic.note(note, place)
        if self.rewritten:
            count = "one other op was" if self.rewritten == 1 else f"{self.rewritten} others were"
            diagnostic.note(f"{count} rewritten before; the program is left between the two")
        return PassError(diagnostic)
