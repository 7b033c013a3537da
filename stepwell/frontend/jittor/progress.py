"""The line `Compiling Operators(i/n) used: … eta: …` on the standard error.

All operations of a plan are compiled together: i of n is the share of the work that is done, as a
number of operations. The line replaces itself; it is shown on a terminal once compiling has taken
two seconds, or as `jt.flags.compile_progress` says.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from stepwell.frontend.jittor.flags import flags
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.instrument import Instrument, Statistics
from stepwell.ir.pass_manager.pipeline import Step
from stepwell.runtime.phases import listening

PATIENCE = 2.0
REFRESH = 0.2
# The share of the time after which a phase is over, of what plans usually take.
_AFTER_BUILD = 0.05
_AFTER_PASSES = 0.7


class Progress(Instrument):
    """Shows how far the compiling of one plan has come.

    Args:
        count: the operations of the plan. passes: how many passes will run, about.
        patience: the seconds before anything is shown.
    """

    def __init__(self, count: int, passes: int, patience: float) -> None:
        self.count = max(count, 1)
        self.passes = max(passes, 1)
        self.patience = patience
        self.start = time.perf_counter()
        self.passes_run = 0
        self.is_shown = False
        self.done_shown = -1
        self.shown_at = 0.0

    def after_pass(self, step: Step, op: Operation, statistics: Statistics) -> None:
        """One pass more has run."""
        self.passes_run += 1
        share = min(self.passes_run / self.passes, 1.0)
        self.show(_AFTER_BUILD + share * (_AFTER_PASSES - _AFTER_BUILD))

    def phase(self, name: str, ended: bool) -> None:
        """A phase has started or ended."""
        if name == "build":
            self.show(_AFTER_BUILD if ended else 0.0)
        elif name == "codegen" and not ended:
            self.show(_AFTER_PASSES)

    def show(self, share: float) -> None:
        """Writes the line, if it is time to, with `share` of the work done."""
        used = time.perf_counter() - self.start
        if used < self.patience:
            return
        done = self.count if share >= 1 else min(int(share * self.count), self.count - 1)
        eta = used * (1 - share) / share if share > 0 else 0.0
        now = time.perf_counter()
        if done == self.done_shown and now < self.shown_at + REFRESH:
            return
        self.done_shown, self.shown_at, self.is_shown = done, now, True
        line = f"Compiling Operators({done}/{self.count})"
        sys.stderr.write(f"{line} used: {_seconds(used)}s eta: {_seconds(eta)}s\r")
        sys.stderr.flush()

    def finish(self) -> None:
        """Writes the last line, if there was any."""
        self.show(1.0)
        if self.is_shown:
            sys.stderr.write("\n")


@contextmanager
def showing_progress(count: int, passes: int) -> Iterator[Progress]:
    """Shows the progress of what is compiled inside; see `Progress`."""
    when = flags.compile_progress
    is_watched = when == "always" or (when == "auto" and sys.stderr.isatty())
    patience = 0.0 if when == "always" else PATIENCE if is_watched else float("inf")
    progress = Progress(count, passes, patience)
    with listening(progress.phase):
        yield progress
    progress.finish()


def _seconds(amount: float) -> str:
    return f"{amount:.0f}" if amount >= 100 else f"{amount:.3g}" if amount >= 1e-4 else "0"
