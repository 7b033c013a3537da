"""Running pipelines from Python."""

from __future__ import annotations

from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.pipeline import parse_pipeline
from stepwell.ir.pass_manager.running import PassManager


def run_passes(module: Operation, pipeline: str, verify_each: bool = True) -> None:
    """Runs a textual pipeline on a program, in place.

    Args:
        module: the program.
        pipeline: `builtin.module(canonicalize,func.func(cse))`, or the passes alone.
        verify_each: whether the program is verified after each pass.

    Raises:
        PassError: the pipeline is malformed, or a pass fails.
        VerifyError: a pass made an invalid program.
    """
    PassManager(verify_each=verify_each).run(parse_pipeline(pipeline, module.name), module)
