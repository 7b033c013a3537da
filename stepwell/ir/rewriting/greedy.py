"""The greedy driver: applies folds and patterns until nothing changes any more.

As upstream's `applyPatternsGreedily`: a worklist of all ops, top down; each op is erased if it is
dead, else folded, else the patterns for its class are tried, those of greater benefit first. What a
change touches goes on the worklist again. When the list is empty, regions are simplified; if
anything has changed, all of it is repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from stepwell.ir.diagnostics import PassError
from stepwell.ir.operation import ErasedOp, Operation, ops_inside, walk_post_order
from stepwell.ir.rewriting.applier import Applier
from stepwell.ir.rewriting.dead_ops import DeadOps
from stepwell.ir.rewriting.folding import ConstantPool, fold
from stepwell.ir.rewriting.pattern import Pattern, PatternSet
from stepwell.ir.rewriting.region_simplification import AGGRESSIVE, DISABLED, simplify_regions
from stepwell.ir.rewriting.rewriter import Listener, Rewriter
from stepwell.ir.value import Value

PATIENCE = 100_000
PATIENCE_PER_OP = 100
"""More changes than this in one iteration are a sign that patterns undo each other."""


@dataclass(frozen=True, slots=True)
class GreedyOptions:
    """How the greedy driver works.

    Attributes:
        top_down: whether ops are first visited before those that use them.
        simplify: what is done to regions: "disabled", "normal" or "aggressive".
        max_iterations: how often the whole is repeated; -1 for no limit.
        max_rewrites: how many patterns may apply in one iteration; -1 for no limit.
        fold: whether ops are folded.
        share_constants: whether constants are shared and gathered at the start of functions.
    """

    top_down: bool = True
    simplify: str = "aggressive"
    max_iterations: int = 10
    max_rewrites: int = -1
    fold: bool = True
    share_constants: bool = True


class GreedyResult(NamedTuple):
    """Whether the driver came to an end by itself, and whether it changed anything."""

    converged: bool
    changed: bool


def apply_patterns_greedily(
    root: Operation,
    patterns: PatternSet | Iterable[Pattern],
    options: GreedyOptions = GreedyOptions(),  # noqa: B008
) -> GreedyResult:
    """Applies `patterns`, folds, and removes dead ops, everywhere inside `root`, not to it."""
    known = patterns if isinstance(patterns, PatternSet) else PatternSet(patterns)
    return _Driver(root, known, options).run()


def apply_patterns_to(
    ops: Sequence[Operation],
    patterns: PatternSet | Iterable[Pattern],
    options: GreedyOptions = GreedyOptions(),  # noqa: B008
) -> GreedyResult:
    """Applies `patterns` to `ops` and to the ops that this makes, and to no others."""
    known = patterns if isinstance(patterns, PatternSet) else PatternSet(patterns)
    if not ops:
        return GreedyResult(True, False)
    return _OpsDriver(ops, known, options).run()


class _Driver(Listener):
    def __init__(self, root: Operation, patterns: PatternSet, options: GreedyOptions) -> None:
        self.root = root
        self.patterns = patterns
        self.options = options
        self.folds, self.shares = options.fold, options.share_constants
        self.worklist: dict[Operation, None] = {}
        self.rewriter = Rewriter(self)
        self.quiet = Rewriter()
        self.constants = ConstantPool()
        self.dead_ops = DeadOps()
        self.applier = Applier(self.rewriter, root)
        self.rewrites_left = options.max_rewrites
        self.patience = 0

    def run(self) -> GreedyResult:
        iteration = 0
        while iteration != self.options.max_iterations:
            iteration += 1
            start = self.rewriter.changes
            self.populate()
            self.drain()
            self.simplify()
            if self.rewriter.changes == start:
                return GreedyResult(True, self._has_changed())
        return GreedyResult(False, self._has_changed())

    def _has_changed(self) -> bool:
        return self.rewriter.changes + self.quiet.changes > 0

    def simplify(self) -> None:
        if self.options.simplify != DISABLED:
            aggressive = self.options.simplify == AGGRESSIVE
            simplify_regions(self.root.regions, self.rewriter, aggressive)

    # The worklist; the last op is taken first.

    def populate(self) -> None:
        self.constants = ConstantPool()
        self.dead_ops = DeadOps()
        root = self.root
        if self.options.top_down:
            found = [op for op in ops_inside(root.regions) if self._stays(op)]
        else:
            found = [op for op in walk_post_order(root) if op is not root and self._stays(op)]
        self.worklist = dict.fromkeys(reversed(found) if self.options.top_down else found)
        self.rewrites_left = self.options.max_rewrites
        self.patience = PATIENCE + PATIENCE_PER_OP * len(found)

    def _stays(self, op: Operation) -> bool:
        """Whether `op` is still there after the sharing of constants."""
        return not (op.yields_constant and self.shares) or self.constants.adopt(op, self.quiet)

    def add(self, op: Operation) -> None:
        """Puts `op` on the worklist, to be visited next."""
        self.worklist[op] = None

    def inserted(self, op: Operation) -> None:
        self.add(op)

    def modified(self, op: Operation) -> None:
        if op is not self.root:
            self.add(op)

    def replacing(self, op: Operation, values: Sequence[Value]) -> None:
        for value in values:
            owner = value.defining_op
            if owner is not None:
                self.add(owner)

    def erasing(self, op: Operation) -> None:
        for value in op._operands:
            owner = value.defining_op
            if owner is not None and owner is not op and len(value._users or ()) <= 2:
                self.add(owner)
        parent = op.parent_op
        if parent is not None and parent is not self.root:
            self.add(parent)
        self.worklist.pop(op, None)
        self.constants.forget(op)

    # Work.

    def drain(self) -> None:
        worklist, visit = self.worklist, self.visit
        while worklist and self.rewrites_left != 0:
            op, _ = worklist.popitem()
            # An op that was erased with the one around it may have come back as an operand's owner.
            if op.__class__ is not ErasedOp and op.parent is not None and visit(op):
                self._lose_patience()

    def visit(self, op: Operation) -> bool:
        """Does one thing to `op`, if there is one to do; whether it did."""
        if self.dead_ops.is_dead(op):
            self.applier.erase(op)
            return True
        if self.folds and not op.yields_constant:
            found = fold(op)
            if found is not False and self.applier.replace_folded(op, found):
                return True
        choice = self.patterns.choices[op.__class__]
        # Whoever traces may want to hear of each pattern why it does not apply.
        for pattern in choice.for_op(op) if self.applier.trace is None else choice.patterns:
            if self.applier.apply(pattern, op):
                self.rewrites_left -= 1
                return True
        return False

    def _lose_patience(self) -> None:
        self.patience -= 1
        if self.patience < 0:
            raise PassError(
                "the patterns undo each other and would never come to an end; the last to apply: "
                + ", ".join(self.applier.last())
            )


class _OpsDriver(_Driver):
    """Works on given ops and the new ones that this makes."""

    def __init__(
        self, ops: Sequence[Operation], patterns: PatternSet, options: GreedyOptions
    ) -> None:
        super().__init__(outermost(ops[0]), patterns, options)
        self.allowed = dict.fromkeys(ops)

    def populate(self) -> None:
        self.dead_ops = DeadOps()
        found = list(self.allowed)
        self.worklist = dict.fromkeys(reversed(found) if self.options.top_down else found)
        self.rewrites_left = self.options.max_rewrites
        self.patience = PATIENCE + PATIENCE_PER_OP * len(found)

    def simplify(self) -> None:
        pass

    def add(self, op: Operation) -> None:
        if op in self.allowed:
            self.worklist[op] = None

    def inserted(self, op: Operation) -> None:
        self.allowed[op] = None
        self.add(op)

    def erasing(self, op: Operation) -> None:
        super().erasing(op)
        self.allowed.pop(op, None)


def outermost(op: Operation) -> Operation:
    """The op that is around everything, or `op` itself."""
    return list((op, *op.ancestors()))[-1]
