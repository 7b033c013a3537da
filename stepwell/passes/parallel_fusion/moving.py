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
    mine, others = written_and_read([later]), written_and_read([earlier])
    if mine == ([], []) or others == ([], []):
        return False
    if mine is None or others is None:
        return True
    pairs = ((mine[0], [*others[0], *others[1]]), (mine[1], others[0]))
    return any(may_alias(a, b) for some, more in pairs for a in some for b in more)
