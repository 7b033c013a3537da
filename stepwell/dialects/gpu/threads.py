"""What a thread of an interpreted kernel knows of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stepwell.dialects.gpu.attributes import DIMENSIONS

if TYPE_CHECKING:
    from stepwell.ir.interpreter.machine import Machine
    from stepwell.ir.interpreter.memory import MemRef
    from stepwell.ir.operation import Operation

SUBGROUP_SIZE = 32
BLOCK = "block"
Triple = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Thread:
    """One thread: where it is, and the sizes of its block and grid."""

    block: Triple
    thread: Triple
    grid_size: Triple
    block_size: Triple
    subgroup_size: int = SUBGROUP_SIZE
    dynamic_memory: MemRef | None = field(default=None, compare=False)
    """The shared memory of the block whose size the launch gave."""

    def coordinate(self, what: str, dimension: str) -> int:
        """One coordinate of `what`; every cluster is one block."""
        number = DIMENSIONS.index(dimension)
        if what == "global":
            return self.block[number] * self.block_size[number] + self.thread[number]
        if what in ("cluster_size", "cluster_block"):
            return 1 if what == "cluster_size" else 0
        known = {
            "thread": self.thread,
            "block": self.block,
            "block_size": self.block_size,
            "grid_size": self.grid_size,
            "cluster": self.block,
            "cluster_count": self.grid_size,
        }
        return known[what][number]

    @property
    def groups(self) -> tuple[object, ...]:
        """What the thread meets others in: its block, and its subgroup."""
        return BLOCK, self.subgroup

    @property
    def linear(self) -> int:
        """The thread's number in its block, x running fastest."""
        x, y, z = self.thread
        return x + self.block_size[0] * (y + self.block_size[1] * z)

    @property
    def lane(self) -> int:
        """The thread's place in its subgroup."""
        return self.linear % self.subgroup_size

    @property
    def subgroup(self) -> int:
        """The number of the thread's subgroup."""
        return self.linear // self.subgroup_size

    @property
    def num_subgroups(self) -> int:
        """How many subgroups the block has."""
        x, y, z = self.block_size
        return -(-x * y * z // self.subgroup_size)


def current_thread(machine: Machine, op: Operation) -> Thread:
    """The thread that is running.

    Raises:
        InterpreterError: `op` does not run in a kernel.
    """
    thread = machine.thread
    if not isinstance(thread, Thread):
        raise machine.undefined(op, "runs outside of a kernel")
    return thread
