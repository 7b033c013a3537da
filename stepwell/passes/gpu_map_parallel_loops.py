"""Greedily maps loops to GPU hardware dimensions.

    scf.parallel (...) { scf.parallel (...) { ... } }
    // -> scf.parallel (...) {
    //      scf.parallel (...) { ... } {mapping = [threads]}
    //    } {mapping = [blocks]}

Needs: nothing. Keeps: meaning (it only adds the attribute `mapping`).
"""

from __future__ import annotations

from stepwell.dialects.gpu.attributes import LoopDimMapAttr
from stepwell.dialects.scf.parallel import ParallelOp
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.attributes import ArrayAttr
from stepwell.ir.diagnostics import PassError
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_

MAPPING = "mapping"
POLICIES = ("outermost-first", "innermost-first")
_LEVELS = ("block", "thread")
_SAME = AffineMap.identity(1)


@pass_("gpu-map-parallel-loops", title="GpuMapParallelLoopsPass")
def gpu_map_parallel_loops(
    op: Operation, context: PassContext, *, mapping_policy: str = "outermost-first"
) -> None:
    """Outermost loops get blocks, loops in them threads, all others run one after the other.

    Options: mapping-policy (which dimension of a loop becomes x).

    Raises:
        PassError: there is no such policy.
    """
    if mapping_policy not in POLICIES:
        raise PassError(f"Invalid mapping policy specified: {mapping_policy}")
    outermost = [
        loop
        for loop in walk(op)
        if isinstance(loop, ParallelOp)
        and not any(isinstance(around, ParallelOp) for around in loop.ancestors())
    ]
    level, loops = 0, outermost
    while loops:
        for loop in loops:
            if MAPPING not in loop.attributes:
                loop.set_attribute(MAPPING, _mapping(loop, level, mapping_policy))
        loops = [o for loop in loops for o in loop.body.entry.ops if isinstance(o, ParallelOp)]
        level += 1


def _mapping(loop: ParallelOp, level: int, policy: str) -> ArrayAttr:
    count = len(loop.step)
    mapped = min(count, 3)
    entries = []
    for dim in range(count):
        place = dim if policy == "outermost-first" else mapped - 1 - dim
        processor = "sequential"
        if level < len(_LEVELS) and dim < mapped:
            processor = f"{_LEVELS[level]}_{'xyz'[place]}"
        entries.append(LoopDimMapAttr(processor, _SAME, _SAME))
    return ArrayAttr(tuple(entries))
