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

Nothing is undone: a pattern must not change anything before it knows that it applies.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from stepwell.ir.diagnostics import Diagnostic, PassError, Severity
from stepwell.ir.operation import ErasedOp, Operation
from stepwell.ir.rewriting.conversion_rewriter import ConversionRewriter
from stepwell.ir.rewriting.conversion_target import ConversionTarget
from stepwell.ir.rewriting.folding import fold_in_place
from stepwell.ir.rewriting.pattern import (
    NoMatch,
    Pattern,
    PatternSet,
    RewriteFunction,
    Root,
    pattern,
)
from stepwell.ir.rewriting.rewriter import Listener
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


def apply_partial_conversion(
    root: Operation,
    target: ConversionTarget,
    patterns: Patterns,
    converter: TypeConverter | None = None,
) -> bool:
    """Converts `root` and all inside it; ops of unknown legality may stay.

    Returns:
        Whether anything changed.

    Raises:
        PassError: an explicitly illegal op could not be converted; its notes say why.
    """
    return _Conversion(root, target, patterns, converter, full=False).run()


def apply_full_conversion(
    root: Operation,
    target: ConversionTarget,
    patterns: Patterns,
    converter: TypeConverter | None = None,
) -> bool:
    """Converts `root` and all inside it; only legal ops may stay.

    Returns:
        Whether anything changed.

    Raises:
        PassError: an op could not be converted; its notes say why.
    """
    return _Conversion(root, target, patterns, converter, full=True).run()


class _Conversion(Listener):
    def __init__(
        self,
        root: Operation,
        target: ConversionTarget,
        patterns: Patterns,
        converter: TypeConverter | None,
        full: bool,
    ) -> None:
        self.root = root
        self.target = target
        self.patterns = patterns if isinstance(patterns, PatternSet) else PatternSet(patterns)
        self.full = full
        self.rewriter = ConversionRewriter(self, converter=converter)
        self.trace = current_trace()
        self.pending: list[Operation] = []
        self.made: dict[Operation, None] = {}
        self.depths: dict[Operation, int] = {}

    def run(self) -> bool:
        self.waiting = dict.fromkeys(self._all_ops())
        for op in list(self.waiting):
            self.pending.append(op)
            while self.pending:
                current = self.pending.pop()
                self.waiting.pop(current, None)
                self._legalize(current)
        before = self.rewriter.changes
        self.rewriter.finish()
        return before > 0

    def _all_ops(self) -> list[Operation]:
        """The ops to convert, each before those inside it."""
        found: list[Operation] = []
        stack = [self.root]
        while stack:
            op = stack.pop()
            found.append(op)
            if op.regions and not self.target.is_recursively_legal(op):
                inside = [inner for region in op.regions for block in region for inner in block]
                stack += reversed(inside)
        return found

    def inserted(self, op: Operation) -> None:
        self.made[op] = None

    def _legalize(self, op: Operation) -> None:
        if type(op) is ErasedOp or op in self.rewriter.casts:
            return
        legal = self.target.is_legal(op)
        if legal:
            return
        name, place = op.name, op.place
        depth = self.depths.pop(op, 0)
        if depth > DEPTH_LIMIT:
            text = f"the conversion of '{name}' goes in a circle"
            raise PassError(Diagnostic(Severity.ERROR, text, place))
        self.made = {}
        if self._fold(op):
            self._note(FOLD, name, op)
        else:
            reasons = self._rewrite(op)
            if reasons is not None:
                self._refuse(op, legal, reasons)
                return
        self._come_back_to([op, *self.made], depth + 1)

    def _come_back_to(self, ops: Sequence[Operation], depth: int) -> None:
        """Puts off what a pattern changed or made; ops whose turn comes anyway are left out."""
        fresh = [op for op in ops if type(op) is not ErasedOp and op not in self.waiting]
        for op in dict.fromkeys(reversed(fresh)):
            self.depths.setdefault(op, depth)
            self.pending.append(op)

    def _fold(self, op: Operation) -> bool:
        if ConstantLike in op.traits or op is self.root or not op.results:
            return False
        return fold_in_place(op, self.rewriter)

    def _rewrite(self, op: Operation) -> list[tuple[str, str]] | None:
        """None if a pattern applied, else why each did not."""
        reasons: list[tuple[str, str]] = []
        for candidate in self.patterns.for_class(type(op)):
            name = op.name
            reason = self._try(candidate, op)
            if reason is None:
                self._note(candidate.name, name, op)
                return None
            reasons.append((candidate.name, reason))
            if self.trace is not None:
                self.trace.note_refused(candidate.name, op, reason)
        return reasons

    def _try(self, pattern: Pattern, op: Operation) -> str | None:
        """Why `pattern` did not apply; None if it did."""
        rewriter = self.rewriter
        if op.parent is not None:
            rewriter.start_at(op)
        before = rewriter.changes
        try:
            if pattern.converts:
                operands = rewriter.converted_all(op._operands)
                outcome = pattern.function(op, operands, rewriter)
            else:
                outcome = pattern.function(op, rewriter)
        except NoMatch as no:
            outcome, reason = None, str(no)
        else:
            reason = "it does not match"
        if outcome is None or outcome is False:
            if rewriter.changes != before:
                raise PassError(f"pattern '{pattern.name}' gave up after changing the program")
            return reason
        if outcome is not True:
            rewriter.replace(op, outcome)
        return None

    def _note(self, what: str, name: str, op: Operation) -> None:
        if self.trace is not None:
            place = op.place if type(op) is not ErasedOp else None
            self.trace.note_applied(what, name, place)

    def _refuse(self, op: Operation, legal: bool | None, reasons: list[tuple[str, str]]) -> None:
        if legal is None and not self.full:
            return
        why = " that was explicitly marked illegal" if legal is False else ""
        text = f"failed to legalize operation '{op.name}'{why}"
        diagnostic = Diagnostic(Severity.ERROR, text, op.place)
        for name, reason in reasons:
            diagnostic.note(f"pattern '{name}' does not apply: {reason}", op.place)
        if not reasons:
            diagnostic.note("there is no pattern for it", op.place)
        raise PassError(diagnostic)


__all__ = [
    "ConversionRewriter",
    "ConversionTarget",
    "TypeConverter",
    "apply_full_conversion",
    "apply_partial_conversion",
    "conversion_pattern",
]
