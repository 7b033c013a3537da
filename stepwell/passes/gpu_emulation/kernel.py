"""A kernel, read before it is split: what its threads know without computing it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile

from stepwell.dialects.gpu.collectives import (
    AllReduceOp,
    BarrierOp,
    DynamicSharedMemoryOp,
    PrintfOp,
    RotateOp,
    ShuffleOp,
    SubgroupBroadcastOp,
    SubgroupReduceOp,
)
from stepwell.dialects.gpu.function import GPUFuncOp
from stepwell.dialects.gpu.indexing import (
    DimensionOp,
    LaneIdOp,
    NumSubgroupsOp,
    SubgroupIdOp,
    SubgroupSizeOp,
)
from stepwell.dialects.memref.allocation import AllocaOp
from stepwell.ir import types
from stepwell.ir.block import Block
from stepwell.ir.diagnostics import PassError
from stepwell.ir.operation import Operation, walk
from stepwell.ir.types import DYNAMIC, MemRefType, index
from stepwell.ir.value import Value

Coordinate = tuple[str, str]
"""What it counts, as `Thread.coordinate` calls it, and the dimension (or nothing)."""

OF_THREAD = ("thread", "global", "lane", "subgroup", "linear")
EXCHANGES = (
    BarrierOp, AllReduceOp, SubgroupReduceOp, SubgroupBroadcastOp, ShuffleOp, RotateOp,
)  # fmt: skip
WHOLE_BLOCK = (BarrierOp, AllReduceOp)
_FACTS: dict[type[Operation], str] = {
    LaneIdOp: "lane",
    SubgroupIdOp: "subgroup",
    NumSubgroupsOp: "num_subgroups",
    SubgroupSizeOp: "subgroup_size",
}
_CLUSTER = {"cluster": "block", "cluster_count": "grid_size"}


@dataclass(slots=True)
class Kernel:
    """A kernel whose coordinates and memory are arguments of its entry block.

    Attributes:
        function: the kernel; it is taken apart, and erased in the end.
        coordinates: the arguments that are a place or a size.
        shared: the arguments that are memory of the block.
        private: the arguments that are memory of each thread.
        dynamic: the argument that is the memory whose size the launch says.
        splitting: the ops that hold an exchange.
    """

    function: GPUFuncOp
    coordinates: dict[Value, Coordinate] = field(default_factory=dict)
    shared: dict[Value, MemRefType] = field(default_factory=dict)
    private: dict[Value, MemRefType] = field(default_factory=dict)
    dynamic: Value | None = None
    splitting: dict[Operation, None] = field(default_factory=dict)

    @property
    def body(self) -> Block:
        """The entry block."""
        return self.function.body.entry

    @property
    def parameters(self) -> list[Value]:
        """What the launch passes."""
        return list(self.body.args[: len(self.function.type.inputs)])


def read_kernel(function: GPUFuncOp) -> Kernel:
    """Takes coordinates, attributions and stack memory out of the body of a kernel.

    Raises:
        VerifyError: an op in it cannot run on the CPU.
        PassError: its control flow is lowered already.
    """
    if function.body.entry.next is not None:
        raise PassError(
            f"the kernel {function.attributes['sym_name']} has branches; gpu-to-loops must come "
            "before convert-scf-to-cf"
        )
    kernel = Kernel(function)
    for argument in function.workgroup_attributions:
        kernel.shared[argument] = _memory(function, argument)
    for argument in function.private_attributions:
        kernel.private[argument] = _memory(function, argument)
    known: dict[Coordinate, Value] = {}
    for op in list(walk(function)):
        _take_out(op, kernel, known)
    return kernel


def _take_out(op: Operation, kernel: Kernel, known: dict[Coordinate, Value]) -> None:
    """Notes what `op` means for the kernel; memory and coordinates become arguments."""
    if isinstance(op, EXCHANGES):
        around = takewhile(lambda outer: outer is not kernel.function, op.ancestors())
        kernel.splitting.update(dict.fromkeys(around))
    elif isinstance(op, AllocaOp) and not op.dynamicSizes:
        _replace(op, _private(kernel, op))
    elif isinstance(op, DynamicSharedMemoryOp):
        if kernel.dynamic is None:
            kernel.dynamic = kernel.body.add_argument(op.result.type)
        _replace(op, kernel.dynamic)
    elif isinstance(op, PrintfOp) or op.name.startswith("gpu.subgroup_mma"):
        raise op.error("cannot run on the CPU; use the interpreter, or a GPU")
    else:
        coordinate = _coordinate(op)
        if coordinate is None:
            return
        if coordinate not in known:
            known[coordinate] = kernel.body.add_argument(index)
            kernel.coordinates[known[coordinate]] = coordinate
        _replace(op, known[coordinate])


def _coordinate(op: Operation) -> Coordinate | None:
    if isinstance(op, DimensionOp):
        dimension = op.dimension.value
        return _CLUSTER.get(op.what, op.what), dimension
    what = _FACTS.get(type(op))
    return (what, "") if what is not None else None


def _replace(op: Operation, value: Value) -> None:
    op.result.replace_all_uses_with(value)
    op.erase()


def _private(kernel: Kernel, op: AllocaOp) -> Value:
    argument = kernel.body.add_argument(op.memref.type)
    kernel.private[argument] = _memory(op, argument)
    return argument


def _memory(op: Operation, argument: Value) -> MemRefType:
    """The type of memory that is made by the pass, in no space."""
    type = argument.type
    assert isinstance(type, MemRefType)
    if type.layout is not None or DYNAMIC in type.shape:
        raise op.error(f"memory of the type '{type}' is not supported on the CPU")
    return types.MemRefType(type.shape, type.element_type)
