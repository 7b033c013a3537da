"""Intrinsics that copy, fill, mark and gather memory."""

from __future__ import annotations

import numpy as np

from stepwell.dialects.llvm.constants import zero_value
from stepwell.dialects.llvm.layout import size_of
from stepwell.dialects.llvm.memory import NULL, memory_of
from stepwell.dialects.llvm.types import AnyPointer, AnyVector, LLVMType
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.constraints import I8, SignlessInteger
from stepwell.ir.definition import Op
from stepwell.ir.effects import Effect, read, write
from stepwell.ir.fields import operand, optional_prop, prop, result, unit_prop, variadic_operand
from stepwell.ir.interpreter.machine import POISON, Machine, RuntimeValue
from stepwell.ir.property_kinds import I32, I64, Array, Bool, DictArray, instance_of
from stepwell.ir.traits import Pure


class ByteCopyOp(Op):
    """Base of the two copies of n bytes; the interpreter lets the source and the target overlap."""

    dst = operand(AnyPointer)
    src = operand(AnyPointer)
    len_ = operand(SignlessInteger)
    isVolatile = prop(Bool)
    access_groups = optional_prop(Array)
    alias_scopes = optional_prop(Array)
    noalias_scopes = optional_prop(Array)
    tbaa = optional_prop(Array)
    arg_attrs = optional_prop(DictArray)
    res_attrs = optional_prop(DictArray)

    def effects(self) -> list[Effect]:
        return [read(self.src), write(self.dst)]

    def execute(self, machine: Machine, to: RuntimeValue, source: RuntimeValue, size: int) -> None:
        memory_of(machine).copy(to, source, size)


class MemcpyOp(ByteCopyOp, name="llvm.intr.memcpy"):
    """`"llvm.intr.memcpy"(%to, %from, %n) <{isVolatile = false}> : ...`: copies n bytes."""


class MemmoveOp(ByteCopyOp, name="llvm.intr.memmove"):
    """`"llvm.intr.memmove"(%to, %from, %n) <{isVolatile = false}> : ...`: copies n bytes."""


class MemcpyInlineOp(Op, name="llvm.intr.memcpy.inline"):
    """`"llvm.intr.memcpy.inline"(%to, %from) <{len = 8 : i64, ...}> : ...`.

    Copies a known number of bytes.
    """

    dst = operand(AnyPointer)
    src = operand(AnyPointer)
    len_ = prop(instance_of(IntegerAttr))
    isVolatile = prop(Bool)
    access_groups = optional_prop(Array)
    alias_scopes = optional_prop(Array)
    noalias_scopes = optional_prop(Array)
    tbaa = optional_prop(Array)
    arg_attrs = optional_prop(DictArray)
    res_attrs = optional_prop(DictArray)

    def effects(self) -> list[Effect]:
        return [read(self.src), write(self.dst)]

    def execute(self, machine: Machine, to: RuntimeValue, source: RuntimeValue) -> None:
        memory_of(machine).copy(to, source, self.len_.value)


class MemsetOp(Op, name="llvm.intr.memset"):
    """`"llvm.intr.memset"(%to, %byte, %n) <{isVolatile = false}> : ...`: sets n bytes."""

    dst = operand(AnyPointer)
    val = operand(I8)
    len_ = operand(SignlessInteger)
    isVolatile = prop(Bool)
    access_groups = optional_prop(Array)
    alias_scopes = optional_prop(Array)
    noalias_scopes = optional_prop(Array)
    tbaa = optional_prop(Array)
    arg_attrs = optional_prop(DictArray)
    res_attrs = optional_prop(DictArray)

    def effects(self) -> list[Effect]:
        return [write(self.dst)]

    def execute(self, machine: Machine, to: RuntimeValue, value: int, size: int) -> None:
        memory_of(machine).fill(to, value, size)


class MaskedLoadOp(Op, name="llvm.intr.masked.load"):
    """`%v = llvm.intr.masked.load %p, %mask, %other {alignment = 4 : i32} : ...`.

    Reads some lanes.
    """

    data = operand(AnyPointer)
    mask = operand(AnyVector)
    pass_thru = variadic_operand(AnyVector)
    alignment = prop(I32)
    nontemporal = unit_prop()
    res = result(AnyVector)
    syntax = "operands attr-dict `:` functional-type(operands, results)"

    def effects(self) -> list[Effect]:
        return [read(self.data)]

    def execute(
        self, machine: Machine, pointer: RuntimeValue, mask: RuntimeValue, *other: RuntimeValue
    ) -> RuntimeValue:
        element = types.element_type_or_self(self.res.type)
        pointers = [pointer.moved(lane * size_of(element)) for lane in range(len(mask))]
        return _gathered(machine, pointers, mask, other, self.res.type)


class MaskedStoreOp(Op, name="llvm.intr.masked.store"):
    """`llvm.intr.masked.store %v, %p, %mask {alignment = 4 : i32} : ...`: writes some lanes."""

    value = operand(AnyVector)
    data = operand(AnyPointer)
    mask = operand(AnyVector)
    alignment = prop(I32)
    syntax = (
        "$value `,` $data `,` $mask attr-dict `:` type($value) `,` type($mask) `into` type($data)"
    )

    def effects(self) -> list[Effect]:
        return [write(self.data)]

    def execute(
        self, machine: Machine, value: RuntimeValue, pointer: RuntimeValue, mask: RuntimeValue
    ) -> None:
        element = types.element_type_or_self(self.value.type)
        pointers = [pointer.moved(lane * size_of(element)) for lane in range(len(mask))]
        _scatter(machine, pointers, mask, value, self.value.type)


class MaskedGatherOp(Op, name="llvm.intr.masked.gather"):
    """`%v = llvm.intr.masked.gather %ptrs, %mask, %other {alignment = 1 : i32} : ...`."""

    ptrs = operand(AnyVector)
    mask = operand(AnyVector)
    pass_thru = variadic_operand(AnyVector)
    alignment = prop(I32)
    res = result(AnyVector)
    syntax = "operands attr-dict `:` functional-type(operands, results)"

    def effects(self) -> list[Effect]:
        return [read()]

    def execute(
        self, machine: Machine, pointers: RuntimeValue, mask: RuntimeValue, *other: RuntimeValue
    ) -> RuntimeValue:
        return _gathered(machine, list(pointers), mask, other, self.res.type)


class MaskedScatterOp(Op, name="llvm.intr.masked.scatter"):
    """`llvm.intr.masked.scatter %v, %ptrs, %mask {alignment = 1 : i32} : ...`."""

    value = operand(AnyVector)
    ptrs = operand(AnyVector)
    mask = operand(AnyVector)
    alignment = prop(I32)
    syntax = (
        "$value `,` $ptrs `,` $mask attr-dict `:` type($value) `,` type($mask) `into` type($ptrs)"
    )

    def effects(self) -> list[Effect]:
        return [write()]

    def execute(
        self, machine: Machine, value: RuntimeValue, pointers: RuntimeValue, mask: RuntimeValue
    ) -> None:
        _scatter(machine, list(pointers), mask, value, self.value.type)


class ExpandLoadOp(Op, name="llvm.intr.masked.expandload"):
    """`%v = "llvm.intr.masked.expandload"(%p, %mask, %other) : ...`.

    Neighbours into the true lanes.
    """

    ptr = operand(AnyPointer)
    mask = operand(AnyVector)
    passthru = operand(AnyVector)
    align = optional_prop(I64)
    arg_attrs = optional_prop(DictArray)
    res_attrs = optional_prop(DictArray)
    res = result(AnyVector)

    def effects(self) -> list[Effect]:
        return [read(self.ptr)]

    def execute(
        self, machine: Machine, pointer: RuntimeValue, mask: RuntimeValue, other: RuntimeValue
    ) -> RuntimeValue:
        pointers = _compressed(pointer, mask, self.res.type)
        return _gathered(machine, pointers, mask, (other,), self.res.type)


class CompressStoreOp(Op, name="llvm.intr.masked.compressstore"):
    """`"llvm.intr.masked.compressstore"(%v, %p, %mask) : ...`: the true lanes, side by side."""

    value = operand(AnyVector)
    ptr = operand(AnyPointer)
    mask = operand(AnyVector)
    align = optional_prop(I64)
    arg_attrs = optional_prop(DictArray)
    res_attrs = optional_prop(DictArray)

    def effects(self) -> list[Effect]:
        return [write(self.ptr)]

    def execute(
        self, machine: Machine, value: RuntimeValue, pointer: RuntimeValue, mask: RuntimeValue
    ) -> None:
        pointers = _compressed(pointer, mask, self.value.type)
        _scatter(machine, pointers, mask, value, self.value.type)


def _compressed(pointer: RuntimeValue, mask: RuntimeValue, type: Type) -> list[RuntimeValue]:
    """For each lane the place after those of the true lanes before it."""
    step = size_of(types.element_type_or_self(type))
    before = np.cumsum(mask) - mask
    return [pointer.moved(int(number) * step) for number in before]


def _gathered(
    machine: Machine,
    pointers: list[RuntimeValue],
    mask: RuntimeValue,
    other: tuple[RuntimeValue, ...],
    type: Type,
) -> RuntimeValue:
    """What the pointers point to where the mask is true, `other` (or zero) elsewhere."""
    made = other[0].copy() if other and other[0] is not POISON else zero_value(type)
    memory, element = memory_of(machine), types.element_type_or_self(type)
    for lane in np.flatnonzero(mask):
        made[lane] = memory.load(pointers[lane], element)
    return made


def _scatter(
    machine: Machine,
    pointers: list[RuntimeValue],
    mask: RuntimeValue,
    value: RuntimeValue,
    type: Type,
) -> None:
    memory, element = memory_of(machine), types.element_type_or_self(type)
    for lane in np.flatnonzero(mask):
        memory.store(pointers[lane], value[lane], element)


class StackSaveOp(Op, name="llvm.intr.stacksave"):
    """`%s = llvm.intr.stacksave : !llvm.ptr`: the end of the stack."""

    res = result(AnyPointer)
    syntax = "attr-dict `:` type($res)"

    def execute(self, machine: Machine) -> RuntimeValue:
        return NULL


class StackRestoreOp(Op, name="llvm.intr.stackrestore"):
    """`llvm.intr.stackrestore %s : !llvm.ptr`: gives back what was put on the stack since."""

    ptr = operand(AnyPointer)
    syntax = "$ptr attr-dict `:` type($ptr)"

    def execute(self, machine: Machine, pointer: RuntimeValue) -> None:
        """The interpreter's stack memory lives as long as anybody points to it."""


class LifetimeOp(Op):
    """Base of the two ends of a stay on the stack."""

    ptr = operand(AnyPointer)
    syntax = "$ptr attr-dict `:` type($ptr)"

    def execute(self, machine: Machine, pointer: RuntimeValue) -> None:
        """Changes no value."""


class LifetimeStartOp(LifetimeOp, name="llvm.intr.lifetime.start"):
    """`llvm.intr.lifetime.start %p : !llvm.ptr`: stack memory is used from here."""


class LifetimeEndOp(LifetimeOp, name="llvm.intr.lifetime.end"):
    """`llvm.intr.lifetime.end %p : !llvm.ptr`: stack memory is used up to here."""


class PrefetchOp(Op, name="llvm.intr.prefetch"):
    """`"llvm.intr.prefetch"(%p) <{cache = 1 : i32, hint = 3 : i32, rw = 0 : i32}> : ...`."""

    addr = operand(AnyPointer)
    rw = prop(I32)
    hint = prop(I32)
    cache = prop(I32)

    def execute(self, machine: Machine, pointer: RuntimeValue) -> None:
        """Changes no value."""


class PtrMaskOp(Op, name="llvm.intr.ptrmask", traits=(Pure,)):
    """`%q = llvm.intr.ptrmask %p, %m : (!llvm.ptr, i64) -> !llvm.ptr`.

    Clears bits of an address.
    """

    ptr = operand(LLVMType)
    mask = operand(LLVMType)
    res = result(LLVMType)
    syntax = "$ptr `,` $mask attr-dict `:` functional-type(operands, results)"

    def evaluate(self, pointer: RuntimeValue, mask: int) -> RuntimeValue:
        return pointer.moved((pointer.address & mask) - pointer.address)
