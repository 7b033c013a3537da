"""Where a thread is: its place in its block, the block's in the grid, and the sizes of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from stepwell.dialects.gpu.attributes import DimensionKind
from stepwell.dialects.gpu.threads import current_thread
from stepwell.ir.constraints import Index
from stepwell.ir.definition import Op
from stepwell.ir.fields import optional_prop, prop, result
from stepwell.ir.property_kinds import Index as IndexKind
from stepwell.ir.traits import Pure

if TYPE_CHECKING:
    from stepwell.ir.interpreter.machine import Machine, RuntimeValue


class DimensionOp(Op, traits=(Pure,)):
    """Base of the ops that give one of three coordinates."""

    dimension = prop(DimensionKind)
    upper_bound = optional_prop(IndexKind)
    result_ = result(Index)
    syntax = "` ` $dimension (`upper_bound` $upper_bound^)? attr-dict"
    what: ClassVar[str] = ""

    def result_name(self) -> str:
        return f"{self.name.removeprefix('gpu.')}_{self.dimension.value}"

    def execute(self, machine: Machine) -> RuntimeValue:
        return current_thread(machine, self).coordinate(self.what, self.dimension.value)


class ThreadIdOp(DimensionOp, name="gpu.thread_id"):
    """`gpu.thread_id x`: the thread's place in its block."""

    what = "thread"


class BlockIdOp(DimensionOp, name="gpu.block_id"):
    """`gpu.block_id x`: the block's place in the grid."""

    what = "block"


class BlockDimOp(DimensionOp, name="gpu.block_dim"):
    """`gpu.block_dim x`: how many threads a block has."""

    what = "block_size"


class GridDimOp(DimensionOp, name="gpu.grid_dim"):
    """`gpu.grid_dim x`: how many blocks the grid has."""

    what = "grid_size"


class GlobalIdOp(DimensionOp, name="gpu.global_id"):
    """`gpu.global_id x`: the thread's place in the grid."""

    what = "global"


class ClusterIdOp(DimensionOp, name="gpu.cluster_id"):
    """`gpu.cluster_id x`: the cluster's place in the grid."""

    what = "cluster"


class ClusterDimOp(DimensionOp, name="gpu.cluster_dim"):
    """`gpu.cluster_dim x`: how many clusters there are."""

    what = "cluster_count"


class ClusterDimBlocksOp(DimensionOp, name="gpu.cluster_dim_blocks"):
    """`gpu.cluster_dim_blocks x`: how many blocks a cluster has."""

    what = "cluster_size"


class ClusterBlockIdOp(DimensionOp, name="gpu.cluster_block_id"):
    """`gpu.cluster_block_id x`: the block's place in its cluster."""

    what = "cluster_block"


class _SubgroupFact(Op, traits=(Pure,)):
    upper_bound = optional_prop(IndexKind)
    result_ = result(Index)
    syntax = "(`upper_bound` $upper_bound^)? attr-dict `:` type($result)"


class LaneIdOp(Op, name="gpu.lane_id", traits=(Pure,)):
    """`gpu.lane_id`: the thread's place in its subgroup."""

    upper_bound = optional_prop(IndexKind)
    result_ = result(Index)
    syntax = "(`upper_bound` $upper_bound^)? attr-dict"

    def execute(self, machine: Machine) -> RuntimeValue:
        return current_thread(machine, self).lane


class SubgroupIdOp(_SubgroupFact, name="gpu.subgroup_id"):
    """`gpu.subgroup_id : index`: which subgroup of its block the thread is in."""

    def execute(self, machine: Machine) -> RuntimeValue:
        return current_thread(machine, self).subgroup


class NumSubgroupsOp(_SubgroupFact, name="gpu.num_subgroups"):
    """`gpu.num_subgroups : index`: how many subgroups a block has."""

    def execute(self, machine: Machine) -> RuntimeValue:
        return current_thread(machine, self).num_subgroups


class SubgroupSizeOp(_SubgroupFact, name="gpu.subgroup_size"):
    """`gpu.subgroup_size : index`: how many threads a subgroup has."""

    def execute(self, machine: Machine) -> RuntimeValue:
        return current_thread(machine, self).subgroup_size
