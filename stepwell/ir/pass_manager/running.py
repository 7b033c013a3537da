"""Running a pipeline on an op, with verification after each pass and instruments around it."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from stepwell.ir.collector import collector_held_off
from stepwell.ir.diagnostics import Diagnostic, PassError, Severity, StepwellError
from stepwell.ir.operation import ErasedOp, Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.instrument import Instrument
from stepwell.ir.pass_manager.pipeline import ANY, Nest, Step, parse_pipeline
from stepwell.ir.traits import IsolatedFromAbove
from stepwell.ir.value import StaleHandleError
from stepwell.ir.verifier import verify

Verify: TypeAlias = Callable[[Operation], None]

_LOG = logging.getLogger("stepwell.passes")


class InternalError(PassError):
    """A pass raised something that is no answer for a user: a fault of the pass."""


@dataclass(slots=True)
class PassManager:
    """Runs pipelines.

    Args:
        instruments: told about every pass before and after it runs.
        verify_each: whether the op is verified after each pass.
        verify: what verifies it.
    """

    instruments: Sequence[Instrument] = ()
    verify_each: bool = True
    verify: Verify = verify
    _context: PassContext = field(init=False)

    def __post_init__(self) -> None:
        self._context = PassContext(self._run_text)

    def run(self, pipeline: Nest, op: Operation) -> None:
        """Runs `pipeline` on `op`, which is changed in place.

        Raises:
            StepwellError: what a pass or the verifier raised; later passes did not run.
            InternalError: a pass raised another exception.
        """
        if pipeline.anchor not in (ANY, op.name):
            message = f"can't run '{pipeline.anchor}' pass manager on '{op.name}' op"
            raise PassError(Diagnostic(Severity.ERROR, message, op.place))
        self._run_nest(pipeline, op)

    def _run_text(self, text: str, op: Operation) -> None:
        """What `PassContext.run` does: a pipeline inside a pass."""
        outer = self._context
        self._context = PassContext(self._run_text)
        try:
            self.run(parse_pipeline(text, op.name), op)
        finally:
            self._context = outer
            outer.drop_analyses()

    def _run_nest(self, nest: Nest, op: Operation) -> None:
        for step in nest.merged():
            if isinstance(step, Step):
                self._run_step(step, op)
                continue
            for instrument in self.instruments:
                instrument.before_nest(step, op)
            for inner in _ops_for(step.anchor, op):
                if not isinstance(inner, ErasedOp):
                    self._run_nest(step, inner)
            for instrument in reversed(self.instruments):
                instrument.after_nest(step, op)

    def _run_step(self, step: Step, op: Operation) -> None:
        context = self._context
        context.begin_pass()
        for instrument in self.instruments:
            instrument.before_pass(step, op)
        try:
            self._call(step, op)
            context.end_pass()
            if self.verify_each and not context.changed_nothing:
                self.verify(op)
        except StepwellError as error:
            for instrument in reversed(self.instruments):
                instrument.failed_pass(step, op, error)
            raise
        for instrument in reversed(self.instruments):
            instrument.after_pass(step, op, context.statistics)

    def _call(self, step: Step, op: Operation) -> None:
        try:
            with collector_held_off():
                step.run.function(op, self._context, **step.arguments)
        except Exception as error:
            if isinstance(error, StepwellError) and not isinstance(error, StaleHandleError):
                raise
            _LOG.debug("%s", traceback.format_exc())
            text = f"internal error in pass '{step.run.name}': {type(error).__name__}: {error}"
            raise InternalError(Diagnostic(Severity.ERROR, text, op.place)) from error


def _ops_for(anchor: str, op: Operation) -> list[Operation]:
    """The ops just inside `op` that a nest runs on."""
    inside = [inner for region in op.regions for block in region.blocks for inner in block.ops]
    if anchor == ANY:
        return [inner for inner in inside if IsolatedFromAbove in inner.traits]
    return [inner for inner in inside if inner.name == anchor]
