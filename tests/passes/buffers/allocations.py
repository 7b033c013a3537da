"""Runs programs and keeps book of what they allocate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepwell.ir.interpreter.arguments import to_runtime
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.interpreter.memory import Allocation, MemRef
from stepwell.ir.operation import Operation
from stepwell.ir.text.parse import parse_module
from stepwell.ir.verifier import verify
from stepwell.passes.pipelines import run_passes

DEALLOCATION = "buffer-deallocation-pipeline,convert-bufferization-to-memref"
BUFFERS = (
    "one-shot-bufferize{bufferize-function-boundaries=true "
    "function-boundary-type-conversion=identity-layout-map}"
)


@contextmanager
def all_allocations() -> Iterator[list[Allocation]]:
    """Inside, the list grows by every allocation that is made."""
    made: list[Allocation] = []
    plain = Allocation.fresh.__func__  # type: ignore[attr-defined]

    def fresh(cls: Any, *arguments: Any, **named: Any) -> Allocation:
        allocation: Allocation = plain(cls, *arguments, **named)
        made.append(allocation)
        return allocation

    Allocation.fresh = classmethod(fresh)  # type: ignore[method-assign, assignment]
    try:
        yield made
    finally:
        Allocation.fresh = classmethod(plain)  # type: ignore[method-assign, assignment]


def lowered(text: str, pipeline: str) -> Operation:
    """The program after a pipeline, verified."""
    module = parse_module(text)
    run_passes(module, pipeline)
    verify(module)
    return module


def run_without_leak(
    module: Operation, name: str, arguments: Sequence[object]
) -> list[NDArray[np.generic]]:
    """What the results hold, which alone may still be allocated when the function is done."""
    function = next(op for op in module.regions[0].entry if _name(op) == name)
    types = function.get_attribute("function_type").value.inputs  # type: ignore[union-attr]
    values = [to_runtime(v, t, "argument") for v, t in zip(arguments, types, strict=True)]
    with all_allocations() as made:
        results = Interpreter(module, max_steps=1_000_000).run(function, values)
    returned = [value for value in results if isinstance(value, MemRef)]
    for allocation in made:
        kept = any(value.allocation is allocation for value in returned)
        is_global = allocation.name.startswith("@")
        if allocation.alive and not kept and not is_global:
            raise AssertionError(f"'{allocation.name}' leaks: {allocation.buffer}")
        assert allocation.alive or not kept, "a freed buffer is returned"
    for value in values:
        if isinstance(value, MemRef):
            assert value.allocation.alive, "the callee freed its argument"
            assert not any(value.allocation is result.allocation for result in returned), (
                "the caller would free its own argument"
            )
    return [value.to_numpy() for value in returned]


def _name(op: Operation) -> str:
    return getattr(op.get_attribute("sym_name"), "value", "")
