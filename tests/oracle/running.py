"""Runs a program through upstream's tools, from text and NumPy inputs to NumPy outputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from tests.oracle.driver import ENTRY, Array, add_driver, read_outputs
from tests.oracle.pipelines import Pipeline
from tests.oracle.signature import read_signature
from tests.oracle.tools import Oracle, call, find_oracle

Lower = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a program left behind: its results, and its buffers as they were after the call."""

    results: tuple[Array, ...]
    buffers: tuple[Array, ...]


def required_oracle() -> Oracle:
    """The installed oracle; skips the calling test, and says so, where there is none."""
    oracle = find_oracle()
    if oracle is None:
        pytest.skip("mlir-opt-22, mlir-runner-22 or the runner's libraries are not installed")
    return oracle


def lower_upstream(oracle: Oracle, pipeline: Pipeline) -> Lower:
    """Lowering by the oracle itself."""
    return lambda text: call([oracle.opt, *pipeline.flags()], text)


def run(
    oracle: Oracle, text: str, lower: Lower, inputs: Sequence[object], entry: str = "main"
) -> Outcome:
    """Calls `entry` with `inputs` and brings back every bit that it returns or writes.

    Args:
        oracle: the tools.
        text: a module in MLIR's text.
        lower: takes a module to the llvm dialect, text to text; the module has a driver added.
        inputs: arrays or Python numbers, one an argument.
        entry: the function to call.

    Raises:
        OracleError: a tool refused the program.
        ValueError: the inputs do not fit the function, or its types cannot be passed.
    """
    generic = call([oracle.opt, "--mlir-print-op-generic", "--mlir-print-local-scope"], text)
    signature = read_signature(generic, entry)
    module = call([oracle.opt, "--mlir-print-local-scope"], text)
    driven = add_driver(module, signature, entry, inputs)
    lowered = lower(driven)
    libraries = [f"--shared-libs={library}" for library in oracle.libraries]
    printed = call([oracle.runner, "-e", ENTRY, "--entry-point-result=void", *libraries], lowered)
    buffers = tuple(one for one in signature.arguments if one.kind == "memref")
    outputs = read_outputs(printed, [*signature.results, *buffers])
    count = len(signature.results)
    return Outcome(tuple(outputs[:count]), tuple(outputs[count:]))
