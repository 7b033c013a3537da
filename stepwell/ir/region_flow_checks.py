"""Checks that what an op and its regions hand to each other is what the receivers take."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir.block import Region
from stepwell.ir.diagnostics import VerifyError
from stepwell.ir.operation import Operation
from stepwell.ir.region_flow import (
    RegionSuccessor,
    as_region_branch,
    forwarded_values,
    region_ends,
)
from stepwell.ir.value import Value


def verify_region_flow(op: Operation) -> None:
    """Checks every way from `op` into its regions, between them and out. Raises VerifyError."""
    branch = as_region_branch(op)
    if branch is None:
        return
    for successor in branch.region_successors(None):
        _check_edge(op, op, branch.entry_operands(successor.target), successor)
    for region in op.regions:
        successors = branch.region_successors(region) if region.first is not None else []
        for end in region_ends(region):
            given = forwarded_values(end)
            for successor in successors:
                _check_edge(op, end, given, successor)


def _check_edge(
    op: Operation, source: Operation, given: Sequence[Value], successor: RegionSuccessor
) -> None:
    wanted = successor.inputs
    problem = ""
    if len(given) != len(wanted):
        problem = (
            f"region branch point has {len(given)} operands, but region successor needs "
            f"{len(wanted)} inputs"
        )
    for number, (value, target) in enumerate(zip(given, wanted, strict=False)):
        if not problem and value.type is not target.type:
            problem = (
                f"successor operand type #{number} '{value.type}' should match successor input "
                f"type #{number} '{target.type}'"
            )
    if problem:
        raise _error(op, source, successor.target, problem)


def _error(op: Operation, source: Operation, target: Region | None, problem: str) -> VerifyError:
    start = "parent" if source is op else f"Operation {source.name}"
    end = "parent" if target is None else f"Region #{op.regions.index(target)}"
    error = op.error(f"along control flow edge from {start} to {end}: {problem}")
    error.diagnostics[0].note("region branch point", source.place)
    return error
