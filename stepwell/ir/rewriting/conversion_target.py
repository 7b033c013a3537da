"""What a conversion leads to: which ops are legal, which are not, and which nobody has said."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from stepwell.ir.operation import Operation

OpKind: TypeAlias = str | type[Operation]
Legality: TypeAlias = Callable[[Operation], "bool | None"]
"""Tells whether an op is legal; None if that is not known."""


def _always(op: Operation) -> bool:
    return True


class ConversionTarget:
    """The legality of ops. What is said of an op goes before what is said of its dialect.

    Attributes:
        memo: what the driver concluded from this target, for the next time. Every change clears it.
    """

    def __init__(self) -> None:
        self._ops: dict[str, Legality | bool] = {}
        self._dialects: dict[str, Legality | bool] = {}
        self._unknown: Legality | None = None
        self._recursive: dict[str, Legality] = {}
        self.memo: dict[object, object] = {}

    def add_legal_op(self, *ops: OpKind) -> None:
        """These ops (classes or names) are legal."""
        self.memo.clear()
        self._ops.update(dict.fromkeys(map(_name, ops), True))

    def add_illegal_op(self, *ops: OpKind) -> None:
        """These ops (classes or names) must go."""
        self.memo.clear()
        self._ops.update(dict.fromkeys(map(_name, ops), False))

    def add_dynamically_legal_op(self, *ops: OpKind, legal: Legality) -> None:
        """These ops are legal where `legal(op)` says so, and must go where it does not."""
        self.memo.clear()
        self._ops.update(dict.fromkeys(map(_name, ops), legal))

    def add_legal_dialect(self, *names: str) -> None:
        """The ops of these dialects are legal."""
        self.memo.clear()
        self._dialects.update(dict.fromkeys(names, True))

    def add_illegal_dialect(self, *names: str) -> None:
        """The ops of these dialects must go."""
        self.memo.clear()
        self._dialects.update(dict.fromkeys(names, False))

    def add_dynamically_legal_dialect(self, *names: str, legal: Legality) -> None:
        """The ops of these dialects are legal where `legal(op)` says so."""
        self.memo.clear()
        self._dialects.update(dict.fromkeys(names, legal))

    def mark_unknown_dynamically_legal(self, legal: Legality) -> None:
        """All ops of which nothing else was said are legal where `legal(op)` says so."""
        self.memo.clear()
        self._unknown = legal

    def mark_recursively_legal(self, *ops: OpKind, legal: Legality = _always) -> None:
        """Where these ops are legal (and `legal(op)` agrees), so is all that is inside them."""
        self._recursive.update(dict.fromkeys(map(_name, ops), legal))

    def legality_of(self, name: str) -> Legality | bool | None:
        """Whether all ops called `name` are legal; a function that tells if it depends on the op;
        None if nobody has said anything of them."""
        of_op, of_dialect = self._ops.get(name), self._dialects.get(name.partition(".")[0])
        said = of_op if of_op is not None else of_dialect
        if said is None:
            return self._unknown
        return said if isinstance(said, bool) else self.is_legal

    def is_legal(self, op: Operation) -> bool | None:
        """Whether `op` is legal; None if that is not known."""
        name = op.name
        for known in (self._ops.get(name), self._dialects.get(name.partition(".")[0])):
            answer = known(op) if callable(known) else known
            if answer is not None:
                return answer
        return self._unknown(op) if self._unknown is not None else None

    def is_recursively_legal(self, op: Operation) -> bool:
        """Whether `op` is legal with all that is inside it."""
        known = self._recursive.get(op.name)
        return known is not None and bool(self.is_legal(op)) and bool(known(op))


def _name(op: OpKind) -> str:
    return op if isinstance(op, str) else op.name
