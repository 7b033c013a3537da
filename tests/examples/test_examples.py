"""Each example from its text to numbers: compiled, interpreted, and by upstream's tools."""

from __future__ import annotations

import pytest

import stepwell as sw
from stepwell.passes.pipelines import lower_to_llvm
from tests.examples.programs import FOLDER, PROGRAMS, Program, close
from tests.oracle.pipelines import PIPELINES, Pipeline
from tests.oracle.running import Lower, lower_upstream, required_oracle, run
from tests.text_tests.directives import Stage
from tests.text_tests.execution import find as find_tool

NAMES = [f"{index}-{program.name}" for index, program in enumerate(PROGRAMS)]
PAIRS = [
    pytest.param(program, pipeline, id=f"{name}-{pipeline.name}")
    for name, program in zip(NAMES, PROGRAMS, strict=True)
    for pipeline in PIPELINES
    if pipeline.name in program.pipelines
]


def outputs_here(program: Program, target: str, pipeline: str | None = None) -> list[object]:
    """Runs a program through this project: its results, then its buffers after the call."""
    module = sw.parse(program.text(), filename=program.file)
    compiled = sw.compile(module, target=target, pipeline=pipeline)
    inputs = program.inputs()
    returned = compiled[program.entry](*inputs)
    results = list(returned) if isinstance(returned, tuple) else [returned]
    return [*results, *(inputs[index] for index in program.buffers)]


def check(outputs: list[object], program: Program) -> None:
    for given, expected in zip(outputs, program.expected(), strict=True):
        close(given, expected, program.tolerance)


def lower_here(pipeline: Pipeline) -> Lower:
    """Lowering by this project's own passes, through its command line."""

    def lower(text: str) -> str:
        done = find_tool("stepwell-opt", {})(Stage(("stepwell-opt", *pipeline.flags())), text)
        assert done.status == 0, done.errors
        return done.output

    return lower


@pytest.mark.parametrize("target", ["cpu", "interpreter"])
@pytest.mark.parametrize("program", PROGRAMS, ids=NAMES)
def test_example_here(program: Program, target: str) -> None:
    check(outputs_here(program, target), program)


@pytest.mark.parametrize("program", PROGRAMS, ids=NAMES)
def test_example_with_all_parallel_loops_on_threads(program: Program) -> None:
    pipeline = lower_to_llvm(threads=True)
    every = pipeline.replace("to-threads", "to-threads{min-work=1}")
    assert every != pipeline
    check(outputs_here(program, "cpu", every), program)


@pytest.mark.parametrize(("program", "pipeline"), PAIRS)
def test_example_in_the_oracle(program: Program, pipeline: Pipeline) -> None:
    oracle = required_oracle()
    lower = lower_upstream(oracle, pipeline)
    outcome = run(oracle, program.text(), lower, program.inputs(), program.entry)
    check([*outcome.results, *outcome.buffers], program)


@pytest.mark.parametrize(("program", "pipeline"), PAIRS)
def test_example_lowered_here_and_run_upstream(program: Program, pipeline: Pipeline) -> None:
    oracle = required_oracle()
    outcome = run(oracle, program.text(), lower_here(pipeline), program.inputs(), program.entry)
    check([*outcome.results, *outcome.buffers], program)


def test_every_example_is_run() -> None:
    assert {program.file for program in PROGRAMS} == {path.name for path in FOLDER.glob("*.mlir")}
