"""The names of values and blocks in printed text.

Names given in the source are kept; results of constants get `%c0`, `%cst`, ... as upstream names
them; all others are numbered. Names are unique within an isolated op, and free again after their
region.
"""

from __future__ import annotations

import re

from stepwell.ir.block import Block, Region
from stepwell.ir.operation import Operation
from stepwell.ir.traits import IsolatedFromAbove
from stepwell.ir.value import Value

_UNFIT = re.compile(r"[^A-Za-z0-9_$.-]")


class Names:
    """Assigns names region by region, as the printer comes to them.

    Args:
        keep_hints: whether names from the source are kept; without, only upstream's own hints are.
    """

    def __init__(self, keep_hints: bool = True) -> None:
        self.keep_hints = keep_hints
        self.values: dict[Value, str] = {}
        self.blocks: dict[Block, str] = {}

    def name_isolated(self, op: Operation) -> None:
        """Names everything inside `op`'s regions, down to (not into) isolated ops."""
        for region in op.regions:
            taken: set[str] = set()
            stack: list[tuple[Region | None, _Scope]] = [(region, _Scope(taken))]
            while stack:
                current, scope = stack.pop()
                if current is None:  # everything inside has been named: its names end here
                    taken.difference_update(scope.own)
                    continue
                stack.append((None, scope))
                inner = self._name_region(current, scope)
                stack += [(child, scope.nested()) for child in reversed(inner)]

    def name_results_of(self, op: Operation) -> None:
        """Names the results of one op that stands alone."""
        if op.results:
            self._name_op(op, _Scope(set()))

    def _name_region(self, region: Region, scope: _Scope) -> list[Region]:
        """Names the arguments and results in `region`; returns the regions inside it."""
        inner: list[Region] = []
        for number, block in enumerate(region.blocks):
            self.blocks[block] = f"^bb{number}"
            self._name_arguments(block, scope)
            op = block.first
            while op is not None:
                if op.results:
                    self._name_op(op, scope)
                if op.regions and IsolatedFromAbove not in op.traits:
                    inner += op.regions
                op = op.next
        return inner

    def _name_arguments(self, block: Block, scope: _Scope) -> None:
        region = block.parent
        owner = region.parent if region is not None else None
        suggest = getattr(owner, "argument_names", None) if block.is_entry else None
        suggested = suggest(region) if suggest is not None else ()
        for position, argument in enumerate(block.args):
            hint = argument.name_hint if self.keep_hints else None
            if hint is None and position < len(suggested):
                hint = suggested[position]
            self.values[argument] = scope.argument(hint) if block.is_entry else scope.result(hint)

    def _name_op(self, op: Operation, scope: _Scope) -> None:
        """Names the results of an op that has some."""
        results = op.results
        if len(results) == 1:
            hint = results[0].name_hint if self.keep_hints else None
            if not hint:
                suggest = getattr(op, "result_name", None)
                hint = suggest() if suggest is not None else None
            self.values[results[0]] = scope.result(hint)
            return
        hints = self._hints(op)
        starts = [n for n, hint in enumerate(hints) if hint is not None or n == 0]
        for start, stop in zip(starts, [*starts[1:], len(results)], strict=True):
            name = scope.result(hints[start])
            if stop - start == 1:
                self.values[results[start]] = name
                continue
            for offset, result in enumerate(results[start:stop]):
                self.values[result] = f"{name}#{offset}"

    def _hints(self, op: Operation) -> list[str | None]:
        """What each of several results should be called; one without belongs to that before it."""
        kept = [result.name_hint if self.keep_hints else None for result in op.results]
        several = getattr(op, "result_names", None)
        return kept if any(kept) or several is None else list(several())


class _Scope:
    """The names of one region; `taken` is shared with those around it."""

    __slots__ = ("arguments", "conflicts", "number", "own", "taken")

    def __init__(
        self, taken: set[str], number: int = 0, arguments: int = 0, conflicts: int = 0
    ) -> None:
        self.taken = taken
        self.conflicts = conflicts
        self.own: list[str] = []
        self.number = number
        self.arguments = arguments
        self.conflicts = conflicts

    def nested(self) -> _Scope:
        """A scope for a region inside, whose numbers go on from here."""
        return _Scope(self.taken, self.number, self.arguments, self.conflicts)

    def result(self, hint: str | None) -> str:
        """A name for a result: the hint made unique, or the next number."""
        if hint:
            if hint in self.taken or not (hint.isidentifier() and hint.isascii()):
                return self._unique(hint)
            self.taken.add(hint)
            self.own.append(hint)
            return f"%{hint}"
        name = f"%{self.number}"
        self.number += 1
        return name

    def argument(self, hint: str | None) -> str:
        """A name for a block argument: the hint made unique, or the next `%argN`."""
        if hint:
            return self._unique(hint)
        name = self._unique(f"arg{self.arguments}")
        self.arguments += 1
        return name

    def _unique(self, hint: str) -> str:
        name = _UNFIT.sub("_", hint)
        if name[0].isdigit():
            name = f"_{name}"
        candidate = name
        while candidate in self.taken:
            candidate = f"{name}_{self.conflicts}"
            self.conflicts += 1
        self.taken.add(candidate)
        self.own.append(candidate)
        return f"%{candidate}"
