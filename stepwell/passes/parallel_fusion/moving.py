"""Ops between two loops, moved out of the way: above the first or below the second."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir.operation import Operation, walk
from stepwell.passes.parallel_fusion.accesses import may_alias, written_and_read


def split(
    between: Sequence[Operation], first: Operation, second: Operation
) -> tuple[list[Operation], list[Operation]] | None:
    """Which of the ops between `first` and `second` go above and which go below both.

    Returns:
        Both lists in order, or None if some op can go neither way.
    """
    above: list[Operation] = []
    staying: list[Operation] = [first]
    for op in between:
        if any(depends(op, other) for other in staying):
            staying.append(op)
        else:
            above.append(op)
    below = staying[1:]
    if any(depends(second, other) for other in below):
        return None
    return above, below


def depends(later: Operation, earlier: Operation) -> bool:
    """Whether `later` must run after `earlier`: it uses its results, or they meet in memory."""
    results = set(earlier.results)
    if results and any(value in results for op in walk(later) for value in op.operands):
        return True
    effects = [written_and_read([op]) for op in (later, earlier)]
    if effects[0] == ([], []) or effects[1] == ([], []):
        return False
    if effects[0] is None or effects[1] is None:
        return True
    (written, read), (written_before, read_before) = effects
    return any(
        may_alias(a, b)
        for mine, others in ((written, [*written_before, *read_before]), (read, written_before))
        for a in mine
        for b in others
    )
