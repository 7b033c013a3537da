"""Patterns: functions that look at an op and may replace it.

    @pattern(benefit=2)
    def select_of_true(op: SelectOp, rewriter: Rewriter) -> Rewrite:
        '''select true, x, y -> x'''
        if constant_of(op.condition) is not TRUE:
            raise NoMatch("the condition is not the constant true")
        return op.true_value

The annotation of the first parameter says which ops the pattern is tried on: a class of ops (or a
base class, or a union); `Operation` means all. What it returns: None or False if it did not apply
(and has changed nothing); True if it did everything through the rewriter; else what replaces the
op.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from stepwell.ir.by_class import ByClass
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.traits import Trait
from stepwell.ir.value import Value

Rewrite: TypeAlias = bool | Value | Operation | Sequence[Value | Operation] | None
"""What a pattern returns."""

RewriteFunction: TypeAlias = Callable[..., Rewrite]
Root: TypeAlias = type[Operation] | type[Trait] | str
"""What a pattern is tried on: ops of a class, ops with a trait, or ops of a name."""

Maker: TypeAlias = type[Operation] | type[Trait]
"""What must have made an operand: an op of a class, or one with a trait."""

Makers: TypeAlias = tuple[tuple[int, Maker], ...]
"""What must have made which operands."""


class NoMatch(Exception):
    """Raised by a pattern that does not apply; says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """One pattern.

    Attributes:
        name: its name in traces; an equation is its own name.
        roots: op classes that it is tried on, or traits or names of them.
        function: called with the op and a rewriter.
        benefit: patterns of greater benefit are tried first.
        summary: one line.
        converts: whether the function also gets the converted operands (dialect conversion).
        explain: says why it does not apply to an op, for patterns that do not raise `NoMatch`.
        makers: what must have made the operands, in each way that it can match; none: anything.
    """

    name: str
    roots: tuple[Root, ...]
    function: RewriteFunction
    benefit: int = 1
    summary: str = ""
    explain: Callable[[Operation], str] | None = None
    converts: bool = False
    makers: tuple[Makers, ...] = ()

    def may_match(self, cls: type[Operation]) -> bool:
        """Whether the pattern is tried on ops of `cls`."""
        return any(_is_root(root, cls) for root in self.roots)

    def as_conversion(self) -> Pattern:
        """This pattern, with a function that also gets the converted operands."""
        return replace(self, converts=True)

    def __call__(self, op: Operation, rewriter: Rewriter) -> Rewrite:
        return self.function(op, rewriter)


@typing.overload
def pattern(function: RewriteFunction, /) -> Pattern: ...
@typing.overload
def pattern(
    *,
    benefit: int = 1,
    name: str = "",
    on: Root | Sequence[Root] = (),
    operands: Sequence[Maker | None] = (),
) -> Callable[[RewriteFunction], Pattern]: ...
def pattern(
    function: RewriteFunction | None = None,
    /,
    *,
    benefit: int = 1,
    name: str = "",
    on: Root | Sequence[Root] = (),
    operands: Sequence[Maker | None] = (),
) -> Pattern | Callable[[RewriteFunction], Pattern]:
    """Makes a function a `Pattern`.

    Args:
        function: the function, if the decorator is used without parentheses.
        benefit: patterns of greater benefit are tried first.
        name: the function's own by default.
        on: op classes, traits or names of ops, where the annotation cannot say it.
        operands: what must have made the first, second, ... operand: ops of a class, or with a
            trait; None: anything. The pattern is not tried on other ops.

    Raises:
        TypeError: neither `on` nor the annotation names ops.
    """

    def make(function: RewriteFunction) -> Pattern:
        roots = (on,) if isinstance(on, type | str) else tuple(on)
        lines = (function.__doc__ or "").strip().splitlines()
        wanted = tuple((n, maker) for n, maker in enumerate(operands) if maker is not None)
        return Pattern(
            name or function.__name__,
            roots or annotated_roots(function),
            function,
            benefit,
            lines[0] if lines else "",
            makers=(wanted,) if wanted else (),
        )

    return make if function is None else make(function)


def _is_root(root: Root, cls: type[Operation]) -> bool:
    if isinstance(root, str):
        return cls.name == root
    return root in cls.traits if issubclass(root, Trait) else issubclass(cls, root)


def annotated_roots(function: RewriteFunction) -> tuple[Root, ...]:
    """The op classes that the annotation of the first parameter names."""
    annotations = getattr(function, "__annotations__", {})
    first = next(iter(annotations), None)
    if first is None or first == "return":
        raise TypeError(f"pattern {function.__name__}: annotate the first parameter with an op")
    only = types.SimpleNamespace(__annotations__={first: annotations[first]})
    hint = typing.get_type_hints(only, function.__globals__)[first]
    members = typing.get_args(hint) if not isinstance(hint, type) else (hint,)
    if not members or not all(isinstance(m, type) and issubclass(m, Operation) for m in members):
        raise TypeError(f"pattern {function.__name__}: '{first}' must be annotated with op classes")
    return members


class Choice(dict[type, "Choice"]):
    """Patterns to try on ops of one class, of which little more is known.

    Most patterns want operands that were made by certain ops. So this is the root of a tree of
    choices, made as needed: what made one operand leads to the choice that it leaves.

    Args:
        ways: patterns, and what they still want, once for each way in which they can match.

    Attributes:
        patterns: those in `ways`, in the order in which they are tried.
    """

    __slots__ = ("_number", "_ways", "patterns")

    def __init__(self, ways: Sequence[tuple[Pattern, Makers]]) -> None:
        super().__init__()
        self._ways = ways
        self.patterns = tuple(dict.fromkeys(pattern for pattern, _ in ways))
        numbers = [number for _, wanted in ways for number, _ in wanted]
        self._number = min(numbers, default=-1)

    def for_op(self, op: Operation) -> tuple[Pattern, ...]:
        """The patterns that may match `op`, given what made its operands."""
        choice, operands = self, op._operands
        while choice._number >= 0:
            if choice._number < len(operands):
                choice = choice[operands[choice._number].owner.__class__]
            else:
                choice = choice[_Nobody]
        return choice.patterns

    def __missing__(self, owner: type) -> Choice:
        """The choice that is left if the operand asked about belongs to an op or block `owner`."""
        left: list[tuple[Pattern, Makers]] = []
        for pattern, wanted in self._ways:
            here = [root for number, root in wanted if number == self._number]
            if all(issubclass(owner, Operation) and _is_root(root, owner) for root in here):
                left.append((pattern, tuple(w for w in wanted if w[0] != self._number)))
        made = self[owner] = Choice(left)
        return made


class _Nobody:
    """Whoever owns an operand that is not there."""


class PatternSet:
    """Patterns by the ops they may match.

    Args:
        patterns: in order; of two with the same benefit the first is tried first.
        enabled: if given, only patterns of these names are kept.
        disabled: patterns of these names are left out.

    Attributes:
        patterns: those that are kept, in the order in which they are tried.
        choices: the choice of patterns for each class of ops.
    """

    def __init__(
        self,
        patterns: Iterable[Pattern],
        enabled: Iterable[str] = (),
        disabled: Iterable[str] = (),
    ) -> None:
        only, without = frozenset(enabled), frozenset(disabled)
        kept = [p for p in patterns if (not only or p.name in only) and p.name not in without]
        self.patterns = tuple(sorted(kept, key=lambda p: -p.benefit))
        self.choices = ByClass(self._choice_for)
        # Most patterns of a lowering name their op: these are not asked about every class.
        self._named: dict[str, list[tuple[int, Pattern]]] = {}
        self._others: list[tuple[int, Pattern]] = []
        for entry in enumerate(self.patterns):
            roots = entry[1].roots
            if not all(isinstance(root, str) for root in roots):
                self._others.append(entry)
                continue
            for root in roots:
                self._named.setdefault(str(root), []).append(entry)

    def for_class(self, cls: type[Operation]) -> tuple[Pattern, ...]:
        """The patterns to try on ops of `cls`, in order."""
        return self.choices[cls].patterns

    def _choice_for(self, cls: type[Operation]) -> Choice:
        entries = [entry for entry in self._others if entry[1].may_match(cls)]
        entries += self._named.get(cls.name, ())
        found = [pattern for _, pattern in sorted(entries, key=lambda entry: entry[0])]
        return Choice([(pattern, way) for pattern in found for way in pattern.makers or ((),)])
