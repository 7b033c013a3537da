"""What watches passes run: printing, timing, statistics, reproducers."""

from __future__ import annotations

from collections.abc import Mapping

from stepwell.ir.diagnostics import StepwellError
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.pipeline import Nest, Step

Statistics = Mapping[str, tuple[str, int]]
"""Counters of one run of a pass: a description and a count, by name."""


class Instrument:
    """Told about every pass. Subclasses override what they care about."""

    def before_pass(self, step: Step, op: Operation) -> None:
        """`step` is about to run on `op`."""

    def after_pass(self, step: Step, op: Operation, statistics: Statistics) -> None:
        """`step` ran on `op`, which still verifies."""

    def failed_pass(self, step: Step, op: Operation, error: StepwellError) -> None:
        """`step`, or the verifier after it, raised `error`."""

    def before_nest(self, nest: Nest, op: Operation) -> None:
        """`nest` is about to run on the ops just inside `op`."""

    def after_nest(self, nest: Nest, op: Operation) -> None:
        """`nest` ran on all of them."""
