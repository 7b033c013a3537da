"""The gpu ops that become other gpu ops before they are lowered."""

from __future__ import annotations

from stepwell.dialects.arith.integer import AddIOp, MulIOp
from stepwell.dialects.gpu.attributes import ShuffleModeAttr
from stepwell.dialects.gpu.collectives import (
    AllReduceOp,
    ShuffleOp,
    SubgroupBroadcastOp,
    SubgroupReduceOp,
)
from stepwell.dialects.gpu.indexing import BlockDimOp, BlockIdOp, GlobalIdOp, ThreadIdOp
from stepwell.ir.operation import Operation, walk
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import i32
from stepwell.ir.value import Value
from stepwell.passes.gpu_lowering.all_reduce import expand_all_reduce
from stepwell.passes.gpu_lowering.shuffles import can_shuffle, expand_shuffle
from stepwell.passes.gpu_lowering.subgroup_reduce import SUBGROUP, expand_subgroup_reduce


def expand_collectives(root: Operation) -> None:
    """`gpu.all_reduce` and `gpu.global_id` by simpler ops, and shuffles by shuffles of 32 bits."""
    rewriter = Rewriter()
    for op in list(walk(root)):
        if isinstance(op, AllReduceOp):
            expand_all_reduce(op, rewriter)
        elif isinstance(op, GlobalIdOp):
            _expand_global_id(op, rewriter)
    for op in list(walk(root)):
        if isinstance(op, ShuffleOp) and can_shuffle(op.value.type):
            expand_shuffle(op, rewriter)


def expand_subgroup_reductions(root: Operation, has_redux: bool = False) -> None:
    """`gpu.subgroup_reduce` by shuffles, but for those which the GPU has an instruction for; and
    `gpu.subgroup_broadcast` from a lane that is named."""
    rewriter = Rewriter()
    for op in list(walk(root)):
        if isinstance(op, SubgroupReduceOp) and not (has_redux and op.uniform is not None):
            expand_subgroup_reduce(op, rewriter)
        elif isinstance(op, SubgroupBroadcastOp) and op.lane is not None:
            _expand_broadcast(op, op.lane, rewriter)


def _expand_broadcast(op: SubgroupBroadcastOp, lane: Value, rewriter: Rewriter) -> None:
    rewriter.start_at(op)
    lanes = rewriter.constant(SUBGROUP, i32)
    made = rewriter.insert(ShuffleOp(op.src, lane, lanes, ShuffleModeAttr("idx")))
    rewriter.replace(op, made.shuffleResult)


def _expand_global_id(op: GlobalIdOp, rewriter: Rewriter) -> None:
    rewriter.start_at(op)
    dimension = op.dimension
    block = rewriter.insert(BlockIdOp(dimension)).result
    size = rewriter.insert(BlockDimOp(dimension)).result
    first = rewriter.insert(MulIOp(block, size)).result
    thread = rewriter.insert(ThreadIdOp(dimension)).result
    rewriter.replace(op, rewriter.insert(AddIOp(thread, first)))
