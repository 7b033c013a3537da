"""Timing of passes: `--mlir-timing`, as a tree, a list or JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from stepwell.ir.diagnostics import StepwellError
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.instrument import Instrument, Statistics
from stepwell.ir.pass_manager.pipeline import Nest, Step

_BAR = "===" + "-" * 73 + "==="


@dataclass(slots=True)
class Timed:
    """How long something took, and its parts."""

    name: str
    seconds: float = 0.0
    parts: dict[str | int, Timed] = field(default_factory=dict)

    def part(self, key: str | int, name: str) -> Timed:
        """The part under `key`, made the first time."""
        found = self.parts.get(key)
        if found is None:
            found = self.parts[key] = Timed(name)
        return found


class Timing(Instrument):
    """Measures wall time. A pass that runs on many ops is one line with the sum."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._begin = clock()
        self.root = Timed("root")
        self._open: list[tuple[Timed, float]] = [(self.root, self._begin)]

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        """Measures the body of a `with` as one line."""
        self._start(name, name)
        try:
            yield
        finally:
            self._stop()

    def before_pass(self, step: Step, op: Operation) -> None:
        self._start(id(step), step.run.title)

    def after_pass(self, step: Step, op: Operation, statistics: Statistics) -> None:
        self._stop()

    def failed_pass(self, step: Step, op: Operation, error: StepwellError) -> None:
        self._stop()

    def before_nest(self, nest: Nest, op: Operation) -> None:
        first = next(iter(nest.all_steps()), None)
        self._start(-id(first), f"'{nest.anchor}' Pipeline")

    def after_nest(self, nest: Nest, op: Operation) -> None:
        self._stop()

    def _start(self, key: str | int, name: str) -> None:
        self._open.append((self._open[-1][0].part(key, name), self._clock()))

    def _stop(self) -> None:
        timed, started = self._open.pop()
        timed.seconds += self._clock() - started

    def report(self, as_list: bool = False, as_json: bool = False) -> str:
        """The report so far.

        Args:
            as_list: sums by name, the longest first, in place of the tree.
            as_json: JSON in place of a table.
        """
        self.root.seconds = total = self._clock() - self._begin
        rest = Timed("Rest", total - sum(part.seconds for part in self.root.parts.values()))
        if as_json:
            lines = self._list() if as_list else list(self.root.parts.values())
            entries = [_entry(timed, total, not as_list) for timed in lines]
            entries += [_entry(one, total, False) for one in (rest, Timed("Total", total))]
            return "[\n" + ",\n".join(json.dumps(entry) for entry in entries) + "\n]\n"
        shown = [(0, one) for one in self._list()] if as_list else list(_tree(self.root))
        rows = [*shown, (0, rest), (0, Timed("Total", total))]
        head = [
            _BAR,
            "... Execution time report ...".center(len(_BAR)).rstrip(),
            _BAR,
            f"  Total Execution Time: {total:.4f} seconds",
            "",
            "  ----Wall Time----  ----Name----",
        ]
        body = [_row(timed, total, "  " * depth) for depth, timed in rows]
        return "\n".join(head + body) + "\n"

    def _list(self) -> list[Timed]:
        sums: dict[str, Timed] = {}
        for _, timed in _tree(self.root):
            one = sums.setdefault(timed.name, Timed(timed.name))
            one.seconds += timed.seconds
        ordered = sorted(sums.values(), key=lambda timed: -timed.seconds)
        return [Timed("root", self.root.seconds), *ordered]


def _tree(root: Timed) -> Iterator[tuple[int, Timed]]:
    pending = [(0, part) for part in reversed(root.parts.values())]
    while pending:
        depth, timed = pending.pop()
        yield depth, timed
        pending += [(depth + 1, part) for part in reversed(timed.parts.values())]


def _row(timed: Timed, total: float, indent: str) -> str:
    return f"  {timed.seconds:8.4f} ({_percent(timed, total):5.1f}%)  {indent}{timed.name}"


def _percent(timed: Timed, total: float) -> float:
    return 100.0 * timed.seconds / total if total else 100.0


def _entry(timed: Timed, total: float, nested: bool) -> dict[str, object]:
    wall = {"duration": round(timed.seconds, 4), "percentage": round(_percent(timed, total), 1)}
    entry: dict[str, object] = {"wall": wall, "name": timed.name}
    if nested:
        entry["passes"] = [_entry(part, total, True) for part in timed.parts.values()] + [{}]
    return entry
