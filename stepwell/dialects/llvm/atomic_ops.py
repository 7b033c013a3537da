"""Atomic changes of memory, of the llvm dialect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from stepwell.dialects.llvm.attributes import ATOMIC_OPS, AtomicOp, Ordering
from stepwell.dialects.llvm.memory import memory_of
from stepwell.dialects.llvm.types import AnyPointer, StructType
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, optional_prop, prop, result, unit_prop
from stepwell.ir.interpreter.machine import Machine, RuntimeValue
from stepwell.ir.property_kinds import I64, Array, Str
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.block import Region


def atomic_result(op: str, old: Any, value: Any, width: int) -> RuntimeValue:
    """What `op` leaves in memory that held `old`, before it is wrapped to the width."""
    mask = (1 << width) - 1
    match op:
        case "xchg":
            return value
        case "add" | "fadd":
            return old + value
        case "sub" | "fsub":
            return old - value
        case "_and":
            return old & value
        case "nand":
            return ~(old & value)
        case "_or":
            return old | value
        case "_xor":
            return old ^ value
        case "max":
            return max(old, value)
        case "min":
            return min(old, value)
        case "fmax":
            return np.fmax(old, value)
        case "fmin":
            return np.fmin(old, value)
        case "fmaximum":
            return np.maximum(old, value)
        case "fminimum":
            return np.minimum(old, value)
        case "umax":
            return max(old & mask, value & mask)
        case "umin":
            return min(old & mask, value & mask)
        case "uinc_wrap":
            return 0 if old & mask >= value & mask else old + 1
        case "udec_wrap":
            return value if old == 0 or old & mask > value & mask else old - 1
        case "usub_cond":
            return old - value if old & mask >= value & mask else old
    return max((old & mask) - (value & mask), 0)


class AtomicRMWOp(Op, name="llvm.atomicrmw"):
    """`%old = llvm.atomicrmw add %p, %v acq_rel : !llvm.ptr, i32`.

    Changes memory, gives the old value.
    """

    bin_op = prop(AtomicOp)
    ptr = operand(AnyPointer)
    val = operand()
    ordering = prop(Ordering)
    syncscope = optional_prop(Str)
    alignment = optional_prop(I64)
    volatile__ = unit_prop()
    access_groups = optional_prop(Array)
    alias_scopes = optional_prop(Array)
    noalias_scopes = optional_prop(Array)
    tbaa = optional_prop(Array)
    res = result()
    syntax = (
        "(`volatile` $volatile_^)? $bin_op $ptr `,` $val "
        "(`syncscope` `(` $syncscope^ `)`)? $ordering attr-dict `:` type($ptr) `,` type($val)"
    )

    @classmethod
    def infer_result_types(
        cls,
        operands: Sequence[Value],
        properties: dict[str, Attribute],
        regions: Sequence[Region],
    ) -> list[Type]:
        return [operands[1].type]

    def execute(self, machine: Machine, pointer: RuntimeValue, value: RuntimeValue) -> RuntimeValue:
        memory, type = memory_of(machine), self.val.type
        old = memory.load(pointer, type)
        width = type.width if isinstance(type, (types.IntegerType, types.FloatType)) else 64
        memory.store(pointer, atomic_result(ATOMIC_OPS[self.bin_op.value], old, value, width), type)
        return old


class CmpXchgOp(Op, name="llvm.cmpxchg"):
    """`%r = llvm.cmpxchg %p, %old, %new acq_rel monotonic : !llvm.ptr, i32`: exchanges if equal.

    The result is the value that was there, and whether it was exchanged.
    """

    ptr = operand(AnyPointer)
    cmp = operand()
    val = operand()
    success_ordering = prop(Ordering)
    failure_ordering = prop(Ordering)
    syncscope = optional_prop(Str)
    alignment = optional_prop(I64)
    weak = unit_prop()
    volatile__ = unit_prop()
    access_groups = optional_prop(Array)
    alias_scopes = optional_prop(Array)
    noalias_scopes = optional_prop(Array)
    tbaa = optional_prop(Array)
    res = result()
    syntax = (
        "(`weak` $weak^)? (`volatile` $volatile_^)? $ptr `,` $cmp `,` $val "
        "(`syncscope` `(` $syncscope^ `)`)? $success_ordering $failure_ordering attr-dict "
        "`:` type($ptr) `,` type($val)"
    )

    @classmethod
    def infer_result_types(
        cls,
        operands: Sequence[Value],
        properties: dict[str, Attribute],
        regions: Sequence[Region],
    ) -> list[Type]:
        return [StructType((operands[2].type, types.i1))]

    def verify_op(self) -> None:
        if self.cmp.type is not self.val.type:
            raise self.error("failed to verify that operand #1 and operand #2 have the same type")

    def execute(
        self, machine: Machine, pointer: RuntimeValue, expected: RuntimeValue, new: RuntimeValue
    ) -> RuntimeValue:
        memory, type = memory_of(machine), self.val.type
        old = memory.load(pointer, type)
        same = old == expected
        if same:
            memory.store(pointer, new, type)
        return old, int(same)


class FenceOp(Op, name="llvm.fence"):
    """`llvm.fence seq_cst`: orders memory accesses between threads."""

    ordering = prop(Ordering)
    syncscope = optional_prop(Str)
    syntax = "(`syncscope` `(` $syncscope^ `)`)? $ordering attr-dict"

    def verify_op(self) -> None:
        if self.ordering.value in (0, 1, 2):
            raise self.error("can be given only acquire, release, acq_rel, and seq_cst orderings")

    def execute(self, machine: Machine) -> None:
        """Means nothing where there is one thread."""
