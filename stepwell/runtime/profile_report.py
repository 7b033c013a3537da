"""What a profiler collected, as text: named scopes with their shares, and a table of calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from stepwell.runtime.profiler import Entry, Profiler, Scope

HEADER = "=== Performance Report ==="
FOOTER = "==========================="
OUTSIDE = "outside_scopes"


@dataclass(slots=True)
class _Row:
    name: str
    time: int
    children: list[_Row] = field(default_factory=list)


def report_text(profiler: Profiler) -> str:
    """The scopes and calls with their times and their shares of the whole.

    The outermost rows add up to the whole: the named scopes, and one row for calls outside of them;
    without scopes, the calls. Under a scope are its scopes and the calls made in it itself.
    """
    top = _top_rows(profiler.root)
    whole = sum(row.time for row in top)
    tenths = _tenths([row.time for row in top], whole)
    groups = [_group(row, share, whole) for row, share in zip(top, tenths, strict=True)]
    widths = [max((len(line[i]) for g in groups for line in g), default=0) for i in (0, 1)]
    parts = ["\n".join(_aligned(line, widths) for line in group) for group in groups]
    return "\n".join([HEADER, "\n\n".join(parts) or "nothing was run", FOOTER])


def _top_rows(root: Scope) -> list[_Row]:
    if not root.scopes:
        return _call_rows(root)
    rows = [_row(scope) for scope in root.scopes.values()]
    calls = _call_rows(root)
    if calls:
        rows.append(_Row(OUTSIDE, sum(row.time for row in calls), calls))
    return rows


def _call_rows(scope: Scope) -> list[_Row]:
    entries = sorted(scope.calls.values(), key=lambda entry: (-entry.total, entry.name))
    return [_Row(entry.name, entry.total) for entry in entries]


def _row(scope: Scope) -> _Row:
    """The row of a scope with those of all scopes in it."""
    made = _Row(scope.name, scope.total)
    pending = [(scope, made)]
    while pending:
        one, row = pending.pop()
        for inner in one.scopes.values():
            child = _Row(inner.name, inner.total)
            row.children.append(child)
            pending.append((inner, child))
        row.children += _call_rows(one)
    return made


def _group(top: _Row, share: int, whole: int) -> list[tuple[str, str, str]]:
    """The lines of an outermost row and of all under it: name, time, share."""
    lines = [(f"{top.name}:", _milliseconds(top.time), _percent(share))]
    pending = [(child, 1) for child in reversed(top.children)]
    while pending:
        row, depth = pending.pop()
        # Rounded down, the shares under a row never add up to more than the row's.
        text = _percent(row.time * 1000 // whole if whole else 0)
        lines.append((f"{'  ' * depth}- {row.name}:", _milliseconds(row.time), text))
        pending += [(child, depth + 1) for child in reversed(row.children)]
    return lines


def _aligned(line: tuple[str, str, str], widths: list[int]) -> str:
    return f"{line[0]:<{widths[0]}} {line[1]:>{widths[1]}} ({line[2]})"


def _tenths(times: Sequence[int], whole: int) -> list[int]:
    """Shares of the whole in tenths of a percent, which add up to 1000."""
    if not whole:
        return [0 for _ in times]
    shares = [time * 1000 // whole for time in times]
    left = 1000 - sum(shares)
    order = sorted(range(len(times)), key=lambda i: -(times[i] * 1000 % whole))
    for i in order[:left]:
        shares[i] += 1
    return shares


def _percent(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}%"


def _milliseconds(nanoseconds: int) -> str:
    amount = nanoseconds / 1e6
    return f"{amount:.1f}ms" if amount >= 1 else f"{amount:.3f}ms"


COLUMNS = [
    "Name",
    "FileName",
    "Count",
    "TotalTime",
    "AvgTime",
    "MinTime",
    "MaxTime",
    "Input",
    "Output",
    "InOut",
    "Compute",
]


def report_rows(profiler: Profiler) -> list[list[str | int | float]]:
    """Jittor's table: COLUMNS, then a row for each kind of call, the longest total first.

    Times are in nanoseconds, Input, Output and InOut in bytes of all calls together, Compute in
    element operations of all calls.
    """
    header: list[str | int | float] = [*COLUMNS]
    entries = sorted(profiler.entries.values(), key=lambda one: (-one.total, one.name))
    return [header, *(_cells(entry) for entry in entries)]


def _cells(entry: Entry) -> list[str | int | float]:
    average = entry.total / max(entry.count, 1)
    return [
        entry.name,
        entry.place,
        entry.count,
        entry.total,
        average,
        entry.least,
        entry.most,
        entry.inputs,
        entry.outputs,
        entry.inputs + entry.outputs,
        entry.work,
    ]
