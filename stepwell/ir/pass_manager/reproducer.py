"""Reproducers: a file with a program and the pipeline that fails on it.

`stepwell-opt --run-reproducer FILE` runs it again; the format is upstream's, so `mlir-opt` can too.
"""

from __future__ import annotations

from pathlib import Path

from stepwell.ir.diagnostics import Diagnostic, PassError, Severity, StepwellError
from stepwell.ir.location import quote
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.instrument import Instrument
from stepwell.ir.pass_manager.ir_printing import Show, outermost
from stepwell.ir.pass_manager.pipeline import Nest, Step
from stepwell.ir.text.lexer import unquote
from stepwell.ir.text.resources import Resources

SECTION = "external_resources"
OWNER = "mlir_reproducer"


def reproducer_text(program: str, pipeline: str, verify_each: bool) -> str:
    """The file: the program, and the pipeline as a resource."""
    section = (
        f"  {SECTION}: {{\n    {OWNER}: {{\n"
        f"      pipeline: {quote(pipeline)},\n"
        f"      disable_threading: true,\n"
        f"      verify_each: {'true' if verify_each else 'false'}\n    }}\n  }}\n#-}}\n"
    )
    body = program.rstrip()
    if body.endswith("#-}"):  # it has resources of its own
        return f"{body.removesuffix('#-}').rstrip()},\n{section}"
    return f"{body}\n\n{{-#\n{section}"


def pipeline_of(resources: Resources) -> tuple[str, bool]:
    """The pipeline in a reproducer's resources, and whether each pass is verified.

    Raises:
        PassError: there is no pipeline in them.
    """
    found = resources.get(SECTION, {}).get(OWNER, {})
    pipeline = found.get("pipeline")
    if not isinstance(pipeline, str):
        raise PassError("this file holds no pipeline to run; it was not made as a reproducer")
    text = unquote(pipeline) if pipeline.startswith('"') else pipeline
    return text, found.get("verify_each", "true") == "true"


class CrashReproducer(Instrument):
    """Writes a reproducer when a pass fails.

    Args:
        path: the file to write.
        pipeline: what runs.
        show: turns an op into text.
        verify_each: noted in the file.
        local: keep the program as it was just before the failing pass, with that pass alone,
            instead of the program as it was given, with the whole pipeline.
    """

    def __init__(
        self, path: str, pipeline: Nest, show: Show, verify_each: bool, local: bool
    ) -> None:
        self.path = path
        self.pipeline = pipeline
        self.show = show
        self.verify_each = verify_each
        self.local = local
        self._program: str | None = None

    def before_pass(self, step: Step, op: Operation) -> None:
        if self.local or self._program is None:
            self._program = self.show(outermost(op))

    def failed_pass(self, step: Step, op: Operation, error: StepwellError) -> None:
        pipeline = _around(step, op) if self.local else self.pipeline.to_text()
        text = reproducer_text(self._program or "", pipeline, self.verify_each)
        where = f"`{step.run.title}` on '{op.name}' operation"
        place = outermost(op).place
        failed = Diagnostic(
            Severity.ERROR,
            "Failures have been detected while processing an MLIR pass pipeline",
            place,
        )
        try:
            Path(self.path).write_text(text, encoding="utf-8")
            outcome = f"reproducer generated at `{self.path}`"
        except OSError as problem:
            outcome = f"the reproducer could not be written: {problem}"
        error.diagnostics.append(
            failed.note(
                f"Pipeline failed while executing {where if self.local else f'[{where}]'}: "
                + outcome,
                place,
            )
        )
        error.args = ("\n".join(one.render() for one in error.diagnostics),)


def _around(step: Step, op: Operation) -> str:
    """The pass in nests that lead from the outermost op to the one it ran on."""
    text = step.to_text()
    for anchor in (op, *op.ancestors()):
        text = f"{anchor.name}({text})"
    return text


__all__ = ["CrashReproducer", "PassError", "pipeline_of", "reproducer_text"]
