"""Which loop of a structured op passes along neighbours in memory."""

from __future__ import annotations

from stepwell.dialects.linalg.attributes import PARALLEL
from stepwell.dialects.linalg.generic import GenericOp
from stepwell.dialects.linalg.structured import StructuredOp
from stepwell.ir.affine.map import AffineMap
from stepwell.passes.meta_to_linalg.inversion import terms_of

FAR_NEIGHBOUR = 4


def smooth_loop(op: StructuredOp) -> int | None:
    """The loop that should be innermost, or None if none passes along neighbours.

    Whoever wrote a generic op chose its order: its innermost loop stays if it can. Of others, those
    that run in parallel are preferred, and of these those that go one element on each time.
    """
    last = op.num_loops - 1
    if isinstance(op, GenericOp) and _is_smooth(op, last, FAR_NEIGHBOUR):
        return last
    kinds = op.iterator_types
    parallel = [loop for loop, kind in enumerate(kinds) if kind is PARALLEL]
    reduced = [loop for loop, kind in enumerate(kinds) if kind is not PARALLEL]
    for loops in (parallel, reduced):
        for stride in (1, FAR_NEIGHBOUR):
            smooth = [loop for loop in loops if _is_smooth(op, loop, stride)]
            if smooth:
                return smooth[-1]
    return None


def _is_smooth(op: StructuredOp, loop: int, stride: int) -> bool:
    """Whether the loop moves a few elements at most in each operand; one, in what is written."""
    inputs = len(op.dps_inputs)
    strides = [stride_of(map, loop) for map in op.indexing_maps]
    if any(found is None or not 0 <= found <= stride for found in strides):
        return False
    return all(found in (0, 1) for found in strides[inputs:])


def stride_of(map: AffineMap, loop: int) -> int | None:
    """How many elements the loop moves each time; None if that is not known, or a whole row."""
    if any(expr.uses_dim(loop) for expr in map.results[:-1]):
        return None
    if not map.results:
        return 0
    last = terms_of(map.results[-1])
    return None if last is None else last[0].get(loop, 0)
