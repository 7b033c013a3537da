"""The profiler: how long compiled calls take, by name and by the scopes they are made in.

with Profiler() as profiler:
    with profiler.scope("forward"):
        compiled["main"](x)          # functions fetched while a profiler runs are timed
print(profiler.report())
profiler.chrome_trace("trace.json")  # for chrome://tracing and ui.perfetto.dev
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from stepwell.runtime.phases import listening

Function = Callable[..., object]

COMPILING = "compiling"
_EVENT_LIMIT = 1_000_000


@dataclass(slots=True)
class Entry:
    """The calls of one name. Times are in nanoseconds, sizes in bytes.

    Args:
        name: what is called. place: where it comes from. count: the number of calls.
        total, least, most: of their times. inputs, outputs: bytes read and written by all of them.
        work: the element operations of all of them, where they are known.
    """

    name: str
    place: str = ""
    count: int = 0
    total: int = 0
    least: int = 0
    most: int = 0
    inputs: int = 0
    outputs: int = 0
    work: int = 0

    def add(self, time: int, inputs: int, outputs: int, work: int) -> None:
        """Counts one call."""
        self.least = min(self.least, time) if self.count else time
        self.most = max(self.most, time)
        self.count += 1
        self.total += time
        self.inputs += inputs
        self.outputs += outputs
        self.work += work


@dataclass(slots=True)
class Scope:
    """A named part of the program: its time in nanoseconds, its parts, the calls made in it."""

    name: str
    total: int = 0
    count: int = 0
    scopes: dict[str, Scope] = field(default_factory=dict)
    calls: dict[str, Entry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """Something that took time: nanoseconds since the profiler started."""

    name: str
    kind: str
    start: int
    duration: int
    inputs: int = 0
    outputs: int = 0


class Profiler:
    """Collects times from `start` to `stop`; one profiler at a time is active."""

    active: Profiler | None = None

    def __init__(self) -> None:
        self._phases = ExitStack()
        self._phase_start = 0
        self._clear()

    def _clear(self) -> None:
        self.root = Scope("")
        self.entries: dict[Hashable, Entry] = {}
        self.spans: list[Span] = []
        self._path = [self.root]
        self._origin = time.perf_counter_ns()

    def start(self) -> None:
        """Starts anew: what was collected before is forgotten."""
        if Profiler.active is not None:
            Profiler.active.stop()
        self._clear()
        Profiler.active = self
        self._phases.enter_context(listening(self._phase))

    def stop(self) -> None:
        """Ends collecting; what was collected stays."""
        if Profiler.active is self:
            Profiler.active = None
            self._phases.close()

    def _phase(self, name: str, ended: bool) -> None:
        """A phase of compiling has started or ended."""
        now = time.perf_counter_ns()
        if ended:
            self.record_compiling(self._phase_start, now - self._phase_start)
        self._phase_start = now

    @property
    def is_running(self) -> bool:
        """Whether it collects."""
        return Profiler.active is self

    def __enter__(self) -> Profiler:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    @contextmanager
    def scope(self, name: str) -> Iterator[None]:
        """Gives the time inside a name. Scopes of one name in the same scope are added up."""
        outer = self._path[-1]
        inner = outer.scopes.setdefault(name, Scope(name))
        self._path.append(inner)
        start = time.perf_counter_ns()
        try:
            yield
        finally:
            duration = time.perf_counter_ns() - start
            # A profiler that was started anew inside knows nothing of this scope.
            if self._path[-1] is inner:
                self._path.pop()
                inner.total += duration
                inner.count += 1
                self._note(Span(name, "scope", start - self._origin, duration))

    def record(
        self,
        name: str,
        start: int,
        duration: int,
        *,
        key: Hashable = None,
        place: str = "",
        inputs: int = 0,
        outputs: int = 0,
        work: int = 0,
    ) -> None:
        """Adds one call.

        Args:
            name: what was called. start: `time.perf_counter_ns()` before it.
            duration: in nanoseconds. key: what calls of one row share; the name, unless given.
            place: where it comes from; the first call's stays.
            inputs, outputs: the bytes that it read and wrote. work: its element operations.
        """
        entry = self.entries.setdefault(name if key is None else key, Entry(name, place))
        here = self._path[-1].calls.setdefault(name, Entry(name, place))
        for one in (entry, here):
            one.add(duration, inputs, outputs, work)
        self._note(Span(name, "call", start - self._origin, duration, inputs, outputs))

    def record_compiling(self, start: int, duration: int) -> None:
        """Adds time of compiling, which the scope shows and the table of calls does not."""
        calls = self._path[-1].calls
        calls.setdefault(COMPILING, Entry(COMPILING)).add(duration, 0, 0, 0)
        self._note(Span(COMPILING, "compile", start - self._origin, duration))

    def timed(self, function: Function, name: str) -> Function:
        """`function`, each call of which is recorded while this profiler runs."""

        def call(*arguments: object) -> object:
            if not self.is_running:
                return function(*arguments)
            start = time.perf_counter_ns()
            results = function(*arguments)
            duration = time.perf_counter_ns() - start
            read, written = array_bytes(arguments), array_bytes((results,))
            self.record(name, start, duration, inputs=read, outputs=written)
            return results

        return call

    def chrome_trace(self, path: str | Path) -> None:
        """Writes what was collected as a Chrome trace, in JSON; raises OSError."""
        events = [
            {
                "name": span.name,
                "cat": span.kind,
                "ph": "X",
                "ts": span.start / 1e3,
                "dur": span.duration / 1e3,
                "pid": 1,
                "tid": threading.main_thread().native_id or 1,
                "args": {"input_bytes": span.inputs, "output_bytes": span.outputs},
            }
            for span in sorted(self.spans, key=lambda span: (span.start, -span.duration))
        ]
        trace = {"traceEvents": events, "displayTimeUnit": "ms"}
        Path(path).write_text(json.dumps(trace, indent=1) + "\n")

    def _note(self, span: Span) -> None:
        if len(self.spans) < _EVENT_LIMIT:
            self.spans.append(span)


def array_bytes(values: tuple[object, ...]) -> int:
    """The bytes of the arrays among `values`, and in tuples among them."""
    total, pending = 0, list(values)
    while pending:
        one = pending.pop()
        if isinstance(one, np.ndarray):
            total += one.nbytes
        elif isinstance(one, tuple):
            pending += one
    return total
