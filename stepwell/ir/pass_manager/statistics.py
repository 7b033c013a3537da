"""Counters of passes: `--mlir-pass-statistics`."""

from __future__ import annotations

from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.instrument import Instrument, Statistics
from stepwell.ir.pass_manager.pipeline import Nest, Step

_BAR = "===" + "-" * 73 + "==="

Counters = dict[str, tuple[str, int]]


class PassStatistics(Instrument):
    """Adds up what passes counted with `PassContext.statistic`."""

    def __init__(self) -> None:
        self._counters: dict[Step, Counters] = {}

    def after_pass(self, step: Step, op: Operation, statistics: Statistics) -> None:
        _add(self._counters.setdefault(step, {}), statistics)

    def report(self, pipeline: Nest, as_list: bool = False) -> str:
        """The report.

        Args:
            pipeline: what ran; gives the order.
            as_list: sums by pass, sorted by name, in place of the pipeline's shape.
        """
        head = [_BAR, "... Pass statistics report ...".center(len(_BAR)).rstrip(), _BAR]
        body = self._list() if as_list else self._nest(pipeline, 0)
        return "\n".join(head + body) + "\n"

    def _list(self) -> list[str]:
        sums: dict[str, Counters] = {}
        for step, counters in self._counters.items():
            _add(sums.setdefault(step.run.title, {}), counters)
        return [
            line
            for title in sorted(sums)
            if sums[title]
            for line in (title, *_lines(sums[title], "  "))
        ]

    def _nest(self, nest: Nest, depth: int) -> list[str]:
        lines: list[str] = []
        indent = "  " * depth
        for step in nest.steps:
            if isinstance(step, Nest):
                inner = self._nest(step, depth + 1)
                lines += [f"{indent}'{step.anchor}' Pipeline", *inner] if inner else []
            elif self._counters.get(step):
                lines += [indent + step.run.title, *_lines(self._counters[step], indent + "  ")]
        return lines


def _add(into: Counters, counters: Statistics) -> None:
    for name, (description, count) in counters.items():
        into[name] = (description, into.get(name, ("", 0))[1] + count)


def _lines(counters: Counters, indent: str) -> list[str]:
    digits = max(len(str(count)) for _, count in counters.values())
    width = max(len(name) for name in counters)
    return [
        f"{indent}(S) {count:{digits}} {name:{width}} - {description}"
        for name, (description, count) in sorted(counters.items())
    ]
