"""What the patterns did, and why others did not.

with tracing(Trace(why_not=["x + 0 -> x"])) as trace:
    canonicalize(module, context)
trace.applied, trace.refused
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from stepwell.ir.diagnostics import Diagnostic, Place, Severity
from stepwell.ir.operation import Operation

FOLD = "(fold)"
DEAD = "(dead)"


@dataclass(frozen=True, slots=True)
class Application:
    """A pattern changed an op."""

    pattern: str
    op: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A pattern was tried on an op and did not apply."""

    pattern: str
    op: str
    place: Place | None
    reason: str

    def diagnostic(self) -> Diagnostic:
        """As a remark that points to the op."""
        text = f"pattern '{self.pattern}' does not apply to '{self.op}': {self.reason}"
        return Diagnostic(Severity.REMARK, text, self.place)


@dataclass(slots=True)
class Trace:
    """A record of pattern applications.

    Args:
        why_not: the names of patterns whose refusals are kept; "*" for all.
    """

    why_not: Iterable[str] = ()
    applied: list[Application] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    _wanted: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._wanted = frozenset(self.why_not)

    def note_applied(self, pattern: str, op_name: str, place: Place | None) -> None:
        """Records that `pattern` changed an op."""
        self.applied.append(Application(pattern, op_name, place))

    def wants_reason(self, pattern: str) -> bool:
        """Whether refusals of `pattern` are kept."""
        return pattern in self._wanted or "*" in self._wanted

    def note_refused(self, pattern: str, op: Operation, reason: str) -> None:
        """Records that `pattern` did not apply to `op`, if that is wanted."""
        if self.wants_reason(pattern):
            self.refused.append(Refusal(pattern, op.name, op.place, reason))


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


@contextmanager
def tracing(trace: Trace) -> Iterator[Trace]:
    """Inside, all drivers record what they do in `trace`."""
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)


def current_trace() -> Trace | None:
    """The trace to record in, if any."""
    return _current.get()
