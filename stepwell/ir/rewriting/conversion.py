"""Dialect conversion: rewriting a program until only legal ops are left.

    target = ConversionTarget()
    target.add_legal_dialect("llvm")
    target.add_illegal_dialect("arith")
    apply_partial_conversion(module, target, [add_to_llvm, ...], converter)

    @conversion_pattern
    def add_to_llvm(op: AddIOp, operands: Sequence[Value], rewriter: ConversionRewriter) -> Rewrite:
        return llvm.AddOp(*operands)

Each op, those around it first, is legal, or is folded, or is rewritten by a pattern; what a pattern
makes is treated the same way, at once. A conversion pattern gets the operands in their converted
types (flattened, where one becomes several; `rewriter.converted(op.lhs)` gives those of one).

- partial: ops of which the target says nothing may stay; explicitly illegal ones may not;
- full: only legal ops may stay.

A pattern that has only inserted ops may still give up: they are erased again. Nothing else is
undone: a conversion that fails says how many ops it had rewritten, and leaves the program between
the two, with casts where they meet.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from stepwell.ir.diagnostics import Diagnostic, PassError, Severity
from stepwell.ir.operation import ErasedOp, Operation
from stepwell.ir.rewriting.casts import is_cast
from stepwell.ir.rewriting.conversion_rewriter import ConversionRewriter
from stepwell.ir.rewriting.conversion_target import ConversionTarget, Legality
from stepwell.ir.rewriting.folding import fold_in_place
from stepwell.ir.rewriting.pattern import (
    NoMatch,
    Pattern,
    PatternSet,
    RewriteFunction,
    Root,
    pattern,
)
from stepwell.ir.rewriting.trace import FOLD, current_trace
from stepwell.ir.rewriting.type_converter import TypeConverter
from stepwell.ir.traits import ConstantLike

DEPTH_LIMIT = 64
"""How often what a pattern made may be rewritten again; more is a circle."""

Patterns: TypeAlias = PatternSet | Iterable[Pattern]


@typing.overload
def conversion_pattern(function: RewriteFunction, /) -> Pattern: ...
@typing.overload
def conversion_pattern(
    *, benefit: int = 1, name: str = "", on: Root | Sequence[Root] = ()
) -> Callable[[RewriteFunction], Pattern]: ...
def conversion_pattern(
    function: RewriteFunction | None = None,
    /,
    *,
    benefit: int = 1,
    name: str = "",
    on: Root | Sequence[Root] = (),
) -> Pattern | Callable[[RewriteFunction], Pattern]:
    """As `pattern`, for functions `f(op, operands, rewriter)`, with the converted operands."""

    def make(function: RewriteFunction) -> Pattern:
        made = pattern(benefit=benefit, name=name, on=on)(function)
        return made.as_conversion()

    return make if function is None else make(function)


F = TypeVar("F", bound=RewriteFunction)


class ConversionPatterns:
    """Patterns that belong together, collected where they are written.

        ARITH = ConversionPatterns()

        @ARITH.of("arith.addi")
        def lower_add(op: Operation, operands: Sequence[Value], rewriter: R) -> Rewrite: ...

    Of two for the same op, the one written later is tried first.
    """

    def __init__(self) -> None:
        self._patterns: list[Pattern] = []

    def of(
        self, *roots: Root, name: str = "", benefit: int = 1, converts: bool = True
    ) -> Callable[[F], F]:
        """Adds the decorated function as a pattern for `roots`; it stays a function.

        Args:
            roots: classes, traits or names of ops.
            name: in traces; the function's own by default.
            benefit: patterns of greater benefit are tried first.
            converts: False for `f(op, rewriter)`, which looks at the operands as they are.
        """

        def add(function: F) -> F:
            make = conversion_pattern if converts else pattern
            made = make(benefit=benefit, name=name, on=roots)(function)
            self._patterns.insert(0, made)
            return function

        return add

    def __iter__(self) -> Iterator[Pattern]:
        return iter(self._patterns)


def apply_partial_conversion(
    root: Operation | Sequence[Operation],
    target: ConversionTarget,
    patterns: Patterns,
    converter: TypeConverter | None = None,
    *,
    fold: bool = True,
    rewriter: ConversionRewriter | None = None,
) -> bool:
    """Converts `root` and all inside it; ops of unknown legality may stay.

    Args:
        root: an op, or several that are not inside each other.
        target: says what is legal.
        patterns: tried on what is not.
        converter: of types.
        fold: whether ops that are not legal are folded if they can be.
        rewriter: given to the patterns, with a converter of its own in place of `converter`.

    Returns:
        Whether anything changed.

    Raises:
        PassError: an explicitly illegal op could not be converted; its notes say why.
    """
    rewriter = rewriter or ConversionRewriter(converter=converter)
    return _Conversion(root, target, patterns, rewriter, full=False, fold=fold).run()


def apply_full_conversion(
    root: Operation | Sequence[Operation],
    target: ConversionTarget,
    patterns: Patterns,
    converter: TypeConverter | None = None,
    *,
    fold: bool = True,
    rewriter: ConversionRewriter | None = None,
) -> bool:
    """As `apply_partial_conversion`, but only legal ops may stay.

    Raises:
        PassError: an op could not be converted; its notes say why.
    """
    rewriter = rewriter or ConversionRewriter(converter=converter)
    return _Conversion(root, target, patterns, rewriter, full=True, fold=fold).run()


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


class _Conversion:
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
        known = patterns if isinstance(patterns, PatternSet) else PatternSet(patterns)
        self.works = _Works(target, known, full, fold)
        self.rewritten = 0

    def run(self) -> bool:
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
        found: list[Operation] = []
        works, casts = self.works, self.rewriter.casts
        stack = list(reversed(self.roots))
        while stack:
            op = stack.pop()
            if works[type(op)] is not None:
                found.append(op)
            if is_cast(op):
                casts[op] = None
            if op.regions and not self.target.is_recursively_legal(op):
                inside = [inner for region in op.regions for block in region for inner in block]
                stack += reversed(inside)
        return found

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
            text = f"the conversion of '{op.name}' goes in a circle"
            raise PassError(Diagnostic(Severity.ERROR, text, op.place))
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
                self._take_back(pattern, changes, insertions)
            return reason
        if outcome is not True:
            rewriter.replace(op, outcome)
        return None

    def _take_back(self, pattern: Pattern, changes: int, insertions: int) -> None:
        """Undoes what a pattern did before it gave up."""
        rewriter = self.rewriter
        only = rewriter.changes - changes == rewriter.insertions - insertions
        if not only or not rewriter.take_back():
            raise PassError(f"pattern '{pattern.name}' gave up after changing the program")
        rewriter.changes, rewriter.insertions = changes, insertions

    def _refusal(
        self, op: Operation, legal: bool | None, reasons: list[tuple[str, str]]
    ) -> PassError:
        self.rewriter.finish()
        why = " that was explicitly marked illegal" if legal is False else ""
        text = f"failed to legalize operation '{op.name}'{why}"
        diagnostic = Diagnostic(Severity.ERROR, text, op.place)
        for name, reason in reasons:
            diagnostic.note(f"pattern '{name}' does not apply: {reason}", op.place)
        if not reasons:
            diagnostic.note("there is no pattern for it", op.place)
        if self.rewritten:
            count = "one other op was" if self.rewritten == 1 else f"{self.rewritten} others were"
            diagnostic.note(f"{count} rewritten before; the program is left between the two")
        return PassError(diagnostic)


__all__ = [
    "ConversionPatterns",
    "ConversionRewriter",
    "ConversionTarget",
    "TypeConverter",
    "apply_full_conversion",
    "apply_partial_conversion",
    "conversion_pattern",
]
