"""What a pass can ask of the pass manager while it runs: analyses, statistics, nested pipelines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar, cast

from stepwell.ir.operation import Operation

T_co = TypeVar("T_co", covariant=True)
A = TypeVar("A")


class Analysis(Protocol[T_co]):
    """A class (or function) that computes facts about an op and everything inside it."""

    def __call__(self, op: Operation, /) -> T_co:
        """Computes them."""


RunPipeline = Callable[[str, Operation], None]


def _nobody_runs(pipeline: str, op: Operation) -> None:
    raise NotImplementedError("this context was not made by a pass manager")


class PassContext:
    """Given to every pass.

    Args:
        run_pipeline: runs a textual pipeline on an op; the pass manager gives it.
    """

    __slots__ = ("_analyses", "_preserved", "_preserves_all", "_run_pipeline", "statistics")

    def __init__(self, run_pipeline: RunPipeline = _nobody_runs) -> None:
        self._run_pipeline = run_pipeline
        self._analyses: dict[Operation, dict[object, object]] = {}
        self._preserved: set[object] = set()
        self._preserves_all = False
        self.statistics: dict[str, tuple[str, int]] = {}

    def analysis(self, make: Analysis[A], op: Operation) -> A:
        """`make(op)`, computed once until a pass changes something and does not preserve it."""
        known = self._analyses.setdefault(op, {})
        if make not in known:
            known[make] = make(op)
        return cast("A", known[make])

    def preserve(self, *analyses: object) -> None:
        """Declares that the running pass keeps these analyses valid."""
        self._preserved.update(analyses)

    def preserve_all(self) -> None:
        """Declares that the running pass changed nothing that an analysis could see."""
        self._preserves_all = True

    def statistic(self, name: str, description: str, count: int = 1) -> None:
        """Adds `count` to a counter of the running pass, shown by `--mlir-pass-statistics`."""
        self.statistics[name] = (description, self.statistics.get(name, ("", 0))[1] + count)

    def run(self, pipeline: str, op: Operation) -> None:
        """Runs a textual pipeline on `op`, which must be the current op or inside it.

        Raises:
            PassError: the pipeline is malformed, or a pass in it fails.
        """
        self._run_pipeline(pipeline, op)

    @property
    def changed_nothing(self) -> bool:
        """Whether the running pass declared that it changed nothing."""
        return self._preserves_all

    def drop_analyses(self) -> None:
        """Forgets all analyses. For the pass manager."""
        self._analyses = {}

    def begin_pass(self) -> None:
        """Forgets the statistics and promises of the pass before. For the pass manager."""
        self.statistics = {}
        self._preserved = set()
        self._preserves_all = False

    def end_pass(self) -> None:
        """Drops the analyses that the pass did not preserve. For the pass manager."""
        if self._preserves_all or not self._analyses:
            return
        if not self._preserved:
            self._analyses = {}
            return
        self._analyses = {
            op: {make: found for make, found in known.items() if make in self._preserved}
            for op, known in self._analyses.items()
        }
