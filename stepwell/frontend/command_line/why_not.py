"""`--why-not PATTERN`: which ops a pattern left alone, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from stepwell.ir.diagnostics import Diagnostic, Severity
from stepwell.ir.pass_manager.options import did_you_mean
from stepwell.ir.rewriting.trace import Refusal, Trace, tracing


@contextmanager
def explaining(patterns: Sequence[str], found: list[Diagnostic]) -> Iterator[None]:
    """Inside, rewrites are watched; at the end `found` holds what is known of `patterns`.

    Args:
        patterns: their names; "*" means all. If there are none, nothing is watched.
        found: gets a remark for each op that a pattern was tried on in vain, and for each pattern
            that was not tried at all.
    """
    if not patterns:
        yield
        return
    trace = Trace(why_not=patterns)
    try:
        with tracing(trace):
            yield
    finally:
        found += [refusal.diagnostic() for refusal in _distinct(trace.refused)]
        found += [_summary(pattern, trace) for pattern in patterns if pattern != "*"]


def _distinct(refusals: Sequence[Refusal]) -> list[Refusal]:
    """Each once, in order: drivers try a pattern again whenever something near the op changes."""
    return list(dict.fromkeys(refusals))


def _summary(pattern: str, trace: Trace) -> Diagnostic:
    applied = [one.pattern for one in trace.applied]
    count = applied.count(pattern)
    if count:
        text = f"pattern '{pattern}' applied {count} time{'s' if count > 1 else ''}"
    elif any(one.pattern == pattern for one in trace.refused):
        text = f"pattern '{pattern}' never applied"
    else:
        hint = did_you_mean(pattern, sorted(set(applied)))
        text = f"pattern '{pattern}' was not tried: no op it matches, or no such pattern{hint}"
    return Diagnostic(Severity.REMARK, text)
