"""`gpu.subgroup_reduce` by shuffles: each lane combines its value with that of ever farther lanes.

%s = gpu.subgroup_reduce add %x : (f32) -> f32
// -> %y, %v = gpu.shuffle xor %x, 1, 32;  %a = arith.addf %x, %y;  ... 2, 4, 8, 16
"""

from __future__ import annotations

from stepwell.dialects.gpu.attributes import ShuffleModeAttr
from stepwell.dialects.gpu.collectives import ShuffleOp, SubgroupReduceOp
from stepwell.dialects.vector.slices import ExtractOp, InsertOp
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import FloatType, IntegerType, VectorType, i32
from stepwell.ir.value import Value
from stepwell.passes.gpu_lowering.combining import combine
from stepwell.passes.gpu_lowering.shuffles import WORD, as_word, from_word

SUBGROUP = 32
XOR = ShuffleModeAttr("xor")


def expand_subgroup_reduce(op: SubgroupReduceOp, rewriter: Rewriter) -> bool:
    """Replaces a reduction over a subgroup of 32 threads, all of which run it.

    Returns:
        False, nothing changed, if its type cannot be shuffled or its clusters are too large.
    """
    size = op.cluster_size.value if op.cluster_size is not None else SUBGROUP
    stride = op.cluster_stride.value
    type = op.value.type
    element = type.element_type if isinstance(type, VectorType) else type
    if size * stride > SUBGROUP or not isinstance(element, IntegerType | FloatType):
        return False
    if element.width not in (8, 16, 32, 64) or isinstance(type, VectorType) and type.rank != 1:
        return False
    rewriter.start_at(op)
    distances = [d for d in (1, 2, 4, 8, 16) if stride <= d < size * stride]
    if not isinstance(type, VectorType):
        rewriter.replace(op, reduce_lanes(rewriter, op.op.value, op.value, distances))
        return True
    whole: Value = op.value
    for place in range(type.shape[0]):
        part = rewriter.insert(ExtractOp(op.value, [], [place])).result
        reduced = reduce_lanes(rewriter, op.op.value, part, distances)
        whole = rewriter.insert(InsertOp(reduced, whole, [], [place])).result
    rewriter.replace(op, whole)
    return True


def reduce_lanes(rewriter: Rewriter, kind: str, value: Value, distances: list[int]) -> Value:
    """Combines `value` with those of the lanes that are `distances` away, one after the other."""
    type = value.type
    assert isinstance(type, IntegerType | FloatType)
    for distance in distances:
        sent = value if type.width >= WORD else as_word(rewriter, value)
        by = rewriter.constant(distance, i32)
        all_lanes = rewriter.constant(SUBGROUP, i32)
        found: Value = rewriter.insert(ShuffleOp(sent, by, all_lanes, XOR)).shuffleResult
        if type.width < WORD:
            found = from_word(rewriter, found, type)
        value = combine(rewriter, kind, value, found)
    return value
