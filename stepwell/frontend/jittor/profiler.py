"""`jt.profiler`: the time of kernels, by Jittor's names, and of the named parts of a program.

jt.flags.profiler_enable = True
with jt.profile_scope("forward_pass"):
    output = model(input)
jt.profiler.report()

A scope computes what was built in it when it ends, and what was built before when it starts: while
the profiler runs, work is done in the scope that asks for it, and not when it is asked for.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from stepwell.frontend.jittor.flags import flag_scope, flags
from stepwell.frontend.jittor.node import Node
from stepwell.frontend.jittor.places import user_stack
from stepwell.frontend.jittor.plans import measure
from stepwell.frontend.jittor.program import Recording
from stepwell.frontend.jittor.var import sync_all
from stepwell.runtime.profile_report import report_rows, report_text
from stepwell.runtime.profiler import Profiler, array_bytes

Rows = list[list[str | int | float]]

_NAME_LIMIT = 60
_MOVES = frozenset(("broadcast", "cast", "copy", "reindex", "reshape", "slice", "transpose"))


class _TensorProfiler:
    """Measures plans; one plan is one kernel."""

    def __init__(self) -> None:
        self.profiler = Profiler()
        self.warmup = self.rerun = 0

    def start(self, warmup: int = 0, rerun: int = 0) -> None:
        """Starts anew: each plan is run `warmup` times before it is measured, and `rerun` times
        more after."""
        self.warmup, self.rerun = warmup, rerun
        sync_all()
        self.profiler.start()
        measure(self._run)
        flags.values["profiler_enable"] = True

    def stop(self) -> None:
        """Ends measuring; what was measured stays for `report`."""
        if self.profiler.is_running:
            sync_all()
        measure(None)
        self.profiler.stop()
        flags.values["profiler_enable"] = False

    def report(self) -> Rows:
        """Prints the scopes with their shares, and returns Jittor's table, a row for each kernel.

        See `stepwell.runtime.profile_report` for what the rows and columns are.
        """
        if self.profiler.is_running:
            sync_all()
        print(report_text(self.profiler))
        return report_rows(self.profiler)

    def chrome_trace(self, path: str | Path) -> None:
        """Writes a Chrome trace of the scopes and kernels; raises OSError."""
        self.profiler.chrome_trace(path)

    def _run(
        self, plan: Callable[..., object], arguments: Sequence[object], recording: Recording
    ) -> object:
        for _ in range(self.warmup):
            plan(*arguments)
        name, work = _name(recording), sum(_elements(node) for node in _operations(recording))
        place = next((f"{one.file}:{one.line}" for one in user_stack()), "")
        read = array_bytes(tuple(arguments))
        results: object = None
        for _ in range(1 + self.rerun):
            start = time.perf_counter_ns()
            results = plan(*arguments)
            duration = time.perf_counter_ns() - start
            written = array_bytes((results,))
            self.profiler.record(
                name,
                start,
                duration,
                key=plan,
                place=place,
                inputs=read,
                outputs=written,
                work=work,
            )
        return results


profiler = _TensorProfiler()


def profile_scope(
    warmup: str | int = 0, rerun: int = 0, **wanted: object
) -> AbstractContextManager[Rows]:
    """A part of a program to be measured, in one of two ways.

    `profile_scope("name")` names what is done inside, while the profiler runs; scopes nest.
    `profile_scope(warmup, rerun, **flags)` is Jittor's: it runs the profiler, and gives a list that
    holds the table of `report` in the end.

    Raises:
        TensorError: a name is no flag, or a value none of its.
    """
    if isinstance(warmup, str):
        return _named(warmup)
    return _profiled(warmup, rerun, wanted)


def profile_mark(name: str) -> AbstractContextManager[Rows]:
    """A named part of a program: `profile_scope(name)`."""
    return _named(name)


@contextmanager
def _named(name: str) -> Iterator[Rows]:
    if not profiler.profiler.is_running:
        yield []
        return
    sync_all()
    with profiler.profiler.scope(name):
        yield []
        sync_all()


@contextmanager
def _profiled(warmup: int, rerun: int, wanted: dict[str, object]) -> Iterator[Rows]:
    rows: Rows = []
    with flag_scope(**wanted):
        profiler.start(warmup, rerun)
        try:
            yield rows
        finally:
            profiler.stop()
            rows += profiler.report()


def _operations(recording: Recording) -> list[Node]:
    leaves = set(recording.leaves)
    return [
        node
        for node in recording.nodes()
        if node not in leaves and node.instruction.name != "constant"
    ]


def _name(recording: Recording) -> str:
    """The operations of a plan, each kind once, in order."""
    names = dict.fromkeys(node.instruction.name for node in _operations(recording))
    whole = "_".join(names)
    return whole if len(whole) <= _NAME_LIMIT else f"{whole[:_NAME_LIMIT]}..."


def _elements(node: Node) -> int:
    """The element operations of a node: of its result, or, where it reads more, of what it reads;
    none where elements only move."""
    if node.instruction.name in _MOVES:
        return 0
    if node.instruction.name == "matmul":
        return 2 * math.prod(node.shape) * node.inputs[0].shape[-1]
    return max(math.prod(one.shape) for one in (node, *node.inputs))


def _enable(value: bool) -> None:
    if value == profiler.profiler.is_running:
        return
    if value:
        profiler.start()
    else:
        profiler.stop()


flags.when_changed("profiler_enable", _enable)
