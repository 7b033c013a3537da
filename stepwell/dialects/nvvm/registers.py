"""The special registers of a thread: `nvvm.read.ptx.sreg.tid.x : i32`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from stepwell.dialects.gpu.threads import current_thread
from stepwell.dialects.llvm.attributes import ConstantRangeAttr
from stepwell.ir.constraints import instance
from stepwell.ir.definition import Op
from stepwell.ir.fields import optional_prop, result
from stepwell.ir.property_kinds import instance_of
from stepwell.ir.traits import Pure
from stepwell.ir.types import IntegerType

if TYPE_CHECKING:
    from stepwell.ir.interpreter.machine import Machine, RuntimeValue

PREFIX = "nvvm.read.ptx.sreg."
Range = instance_of(ConstantRangeAttr)
Integer = instance(IntegerType, description="LLVM dialect-compatible type")
_COORDINATES = {
    "tid": "thread",
    "ntid": "block_size",
    "ctaid": "block",
    "nctaid": "grid_size",
    "clusterid": "cluster",
    "nclusterid": "cluster_count",
    "cluster.ctaid": "cluster_block",
    "cluster.nctaid": "cluster_size",
}
_WITHOUT_RANGE = ("clock", "clock64", "globaltimer", "globaltimer.lo")


class RegisterOp(Op):
    """Base of the ops that read a register."""

    res = result(Integer)
    register: ClassVar[str] = ""

    def execute(self, machine: Machine) -> RuntimeValue:
        thread = current_thread(machine, self)
        group, _, dimension = self.register.rpartition(".")
        if group in _COORDINATES:
            return thread.coordinate(_COORDINATES[group], dimension)
        facts = {
            "laneid": thread.lane,
            "warpid": thread.subgroup,
            "nwarpid": thread.num_subgroups,
            "warpsize": thread.subgroup_size,
        }
        if self.register not in facts:
            raise machine.undefined(self, "reads a register that only a real GPU has")
        return facts[self.register]


def _constant(register: str) -> type[RegisterOp]:
    """The op that reads a register which does not change while a thread runs."""

    class ConstantRegisterOp(RegisterOp, name=PREFIX + register, traits=(Pure,)):
        """Reads a register that keeps its value."""

        range = optional_prop(Range)
        syntax = "(`range` $range^)? attr-dict `:` type($res)"

    ConstantRegisterOp.register = register
    return ConstantRegisterOp


def _changing(register: str) -> type[RegisterOp]:
    """The op that reads a clock."""

    class ClockOp(RegisterOp, name=PREFIX + register):
        """Reads a register whose value changes."""

        syntax = "attr-dict `:` type($res)"

    ClockOp.register = register
    return ClockOp


REGISTERS = (
    *(f"{group}.{dimension}" for group in _COORDINATES for dimension in "xyz"),
    "cluster.ctarank", "cluster.nctarank", "laneid", "warpid", "nwarpid", "warpsize", "smid",
    "nsmid", "gridid", "lanemask.eq", "lanemask.ge", "lanemask.gt", "lanemask.le", "lanemask.lt",
    *(f"envreg{number}" for number in range(32)),
)  # fmt: skip
OPS: dict[str, type[RegisterOp]] = {
    **{PREFIX + name: _constant(name) for name in REGISTERS},
    **{PREFIX + name: _changing(name) for name in _WITHOUT_RANGE},
}
